"""Registrations of the front desk: who said that a party came, and when; by a number, never by a name. Pure.

A batch is taken whole or not at all: a wrong line means that the sender's export is wrong, and half a day's
registrations against a whole day's arrivals would be a false rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.domain.instants import us_of_datetime
from models.domain.readings import FUTURE_US

MOST = 10_000
"""Lines of one batch: a year of a busy showroom."""
_REFERENCE = re.compile(r"[^\x00-\x1f\x7f]{1,64}")
_YEARS = range(2000, 2100)


class Fault(StrEnum):
    """What is wrong with a line; worded as `registrations.fault.*`."""

    TIME = "time"
    FUTURE = "future"
    REFERENCE = "reference"
    TWICE = "twice"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Registration:
    """reference: the front desk's own number, nobody's name; at_us: UTC µs."""

    reference: str
    at_us: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that cannot be taken. position: the line of a file, the index of a list."""

    position: int
    got: str
    fault: Fault


def checked(
    lines: Iterable[tuple[int, str, str]], time_zone: str, *, now_us: int | None = None, known: Set[str] = frozenset()
) -> tuple[list[Registration], list[Problem]]:
    """(registrations, problems) of lines (position, reference, ISO-8601 time; local where it has no offset).

    now_us: later than this is a fault (None: not asked). known: references on record already.
    """
    found: dict[str, Registration] = {}
    problems: list[Problem] = []
    for position, told, moment in lines:
        reference = told.strip()
        at_us = _at_us(moment.strip(), time_zone)
        if at_us is None:
            problems.append(Problem(position, moment[:60], Fault.TIME))
        elif now_us is not None and at_us > now_us + FUTURE_US:
            problems.append(Problem(position, moment[:60], Fault.FUTURE))
        elif not _REFERENCE.fullmatch(reference):
            problems.append(Problem(position, reference[:60], Fault.REFERENCE))
        elif reference in found:
            problems.append(Problem(position, reference, Fault.TWICE))
        elif reference in known:
            problems.append(Problem(position, reference, Fault.KNOWN))
        else:
            found[reference] = Registration(reference, at_us)
    return list(found.values()), problems


def _at_us(told: str, time_zone: str) -> int | None:
    try:
        moment = datetime.fromisoformat(told)
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(time_zone))
        return us_of_datetime(aware) if moment.year in _YEARS else None
    except (ValueError, OverflowError):
        return None
