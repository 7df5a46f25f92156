"""Registrations of visitors from a CSV of the front desk: `reference,time` with one line each, all or none taken."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from models.domain.errors import UsageError
from models.domain.instants import us_of_datetime
from models.texts import both

COLUMNS = ("reference", "time")
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Registration:
    """reference: the front desk's own number, nobody's name; at_us: UTC µs."""

    reference: str
    at_us: int


def read_registrations(path: Path, time_zone: str) -> list[Registration]:
    """Every line of the file; times without offset are local. Raises UsageError naming every bad line; takes nothing
    of a file with one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ())[:2] != COLUMNS:
                got = ",".join(reader.fieldnames or ())
                raise UsageError(both("registrations.columns"), where=str(path), got=got, expected=",".join(COLUMNS))
            rows = [(number, row) for number, row in zip(range(2, MOST), reader, strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(both("registrations.unreadable"), where=str(path), got=str(error)) from None
    return _checked(path, rows, ZoneInfo(time_zone))


def _checked(path: Path, rows: list[tuple[int, dict[str, str]]], zone: ZoneInfo) -> list[Registration]:
    found: dict[str, Registration] = {}
    problems: list[str] = []
    for number, row in rows:
        reference, told = (row["reference"] or "").strip(), (row["time"] or "").strip()
        try:
            moment = datetime.fromisoformat(told)
        except ValueError:
            problems.append(f"{number}: {told!r}")
            continue
        if not reference or reference in found:
            problems.append(f"{number}: {reference!r}")
            continue
        found[reference] = Registration(
            reference, us_of_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))
        )
    if problems:
        raise UsageError(
            both("registrations.lines"),
            where=str(path),
            got="; ".join(problems[:10]) + (" ..." if len(problems) > 10 else ""),
            expected="R-001,2026-06-01T10:20:00",
            next_step=both("registrations.lines.next"),
        )
    return list(found.values())
