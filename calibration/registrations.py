"""Registrations of visitors from a CSV of the front desk: `reference,time` with one line each, all or none taken."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from models.domain.errors import UsageError
from models.domain.registrations import MOST, Problem, Registration, checked
from models.texts import Language, both, text

COLUMNS = ("reference", "time")
NAMED = 10
"""Bad lines named in a refusal; more are counted."""

Line = tuple[int, str, str]
"""(line of the file, reference, time)."""


class UnreadableCsvError(ValueError):
    """Not a CSV of registrations. got, expected: what to say."""

    def __init__(self, got: str, expected: str) -> None:
        super().__init__(got)
        self.got, self.expected = got, expected


def csv_lines(told: str) -> list[Line]:
    """The lines of a CSV. Raises UnreadableCsvError for other columns, a broken quote or too many lines."""
    expected = ",".join(COLUMNS)
    try:
        reader = csv.DictReader(io.StringIO(told.removeprefix("\ufeff"), newline=""), strict=True)
        if tuple(reader.fieldnames or ())[:2] != COLUMNS:
            raise UnreadableCsvError(",".join(reader.fieldnames or ())[:200], expected)
        lines = [(reader.line_num, row["reference"] or "", row["time"] or "") for row in reader]
    except csv.Error as error:
        raise UnreadableCsvError(str(error), expected) from None
    if len(lines) > MOST:
        raise UnreadableCsvError(f"{len(lines)} lines", f"<= {MOST} lines")
    return lines


def read_lines(path: Path) -> list[Line]:
    """The lines of a file. Raises UsageError when it is none of ours."""
    try:
        return csv_lines(path.read_text(encoding="utf-8"))
    except UnreadableCsvError as error:
        raise UsageError(
            both("registrations.columns"), where=str(path), got=error.got, expected=error.expected
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(both("registrations.unreadable"), where=str(path), got=str(error)) from None


def read_registrations(path: Path, time_zone: str) -> list[Registration]:
    """Every line of the file; times without offset are local. Raises UsageError naming every bad line; takes nothing
    of a file with one."""
    found, problems = checked(read_lines(path), time_zone)
    if problems:
        raise UsageError(
            both("registrations.lines"),
            where=str(path),
            got=told_of(problems, "zh"),
            expected="R-001,2026-06-01T10:20:00",
            next_step=both("registrations.lines.next"),
        )
    return found


def told_of(problems: Sequence[Problem], language: Language) -> str:
    """`3: 'yesterday' is no time; ...` of the first ten."""
    said = [f"{p.position}: {p.got!r} {text(f'registrations.fault.{p.fault}', language)}" for p in problems[:NAMED]]
    rest = len(problems) - NAMED
    return "; ".join(said) + (f"; +{rest}" if rest > 0 else "")
