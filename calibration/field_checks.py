"""Checks of single values in a site file. Each raises a PydanticCustomError whose type is a key of models/texts."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic_core import PydanticCustomError

from models.domain.geometry import XY, area, crosses_itself, side
from models.texts import both

FORBIDDEN_KINDS = frozenset(
    {"washroom", "toilet", "restroom", "bathroom", "changing_room", "fitting_room", "dormitory", "guest_room"}
)
"""Places where no picture may be taken: Regulation 799 Art. 8 (domain.md sections 0.8 and 5)."""
_FORBIDDEN_NAMES = re.compile(
    r"(?i)卫生间|洗手间|厕所|更衣室|试衣间|浴室|淋浴|宿舍"
    r"|\b(wash|bath|changing|fitting|dressing|locker)[ _-]?rooms?\b|\brestrooms?\b|\btoilets?\b|\bdormitor(y|ies)\b"
)
_WAY_PAST = re.compile(r"(?i)走廊|通道|过道|corridor|hallway")
_PASSWORD_PART = re.compile(r"(?i)\b(pass(word|wd)?|pwd|psw|pw)=")
"""Some cameras take the login as part of the path or the query."""
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")
_ROTA = re.compile(r"[A-Z]([1-9][0-9]?)?")
_SMALLEST_AREA = 1e-6


def fault(key: str, **places: object) -> PydanticCustomError:
    """An error of ours: `key` names the text, `places` fill it (`expected`, `hint` are shown on lines of their own)."""
    return PydanticCustomError(key, "{message}", {"message": both(key, **places), **places})


def closest(word: str, allowed: Sequence[str]) -> str:
    """The one of `allowed` that `word` was probably meant to be, or ""."""
    found = difflib.get_close_matches(word, allowed, n=1, cutoff=0.6)
    return found[0] if found else ""


def user_name(value: str) -> str:
    """Refuse a colon: no login can hold one (RFC 7617 section 2), and what stands behind it is a password."""
    if ":" in value:
        raise fault("site.problem.user_with_colon")
    return value


def seen_kind(kind: object) -> object:
    """Refuse kinds of place that the law closes to cameras; other values pass on to the list of kinds."""
    if isinstance(kind, str) and kind.lower() in FORBIDDEN_KINDS:
        raise fault("site.problem.forbidden_place", place=kind)
    return kind


def seen_name(name: str) -> str:
    """Refuse names of such places too, unless it is the corridor that leads there."""
    found = _FORBIDDEN_NAMES.search(name.replace("_", " "))
    if found and not _WAY_PAST.search(name):
        raise fault("site.problem.forbidden_place", place=found.group())
    return name


def printable(value: str) -> str:
    """Refuse control, format and other invisible characters (Unicode categories C*, line and paragraph separators)."""
    for position, character in enumerate(value):
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            raise fault("site.problem.control_character", position=position + 1, code=f"U+{ord(character):04X}")
    return value


def file_address(value: str) -> str:
    """A path, relative to the site folder or absolute; no URL, no `~`."""
    if "://" in value:
        raise fault("site.problem.url_as_file")
    if value.startswith("~"):
        raise fault("site.problem.home_path")
    return printable(value)


def rtsp_address(value: str) -> str:
    """rtsp[s]://host[:port]/path, without user, password or white space."""
    printable(value)
    if "@" in value or _PASSWORD_PART.search(value):
        raise fault("site.problem.credentials_in_url")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise fault("site.problem.bad_url") from error
    if parts.scheme not in {"rtsp", "rtsps"}:
        raise fault("site.problem.url_scheme", scheme=parts.scheme or "-")
    if not host or re.search(r"\s", value) or parts.fragment:
        raise fault("site.problem.bad_url")
    return value


@cache
def time_zones() -> tuple[str, ...]:
    """Names of the IANA database that say a place, and UTC."""
    return tuple(sorted(z for z in available_timezones() if "/" in z or z == "UTC"))


def time_zone(value: str) -> str:
    """An IANA name such as Asia/Shanghai."""
    if value not in time_zones():
        raise fault("site.problem.time_zone", hint=closest(value, time_zones()) or "Asia/Shanghai")
    return value


def shape(corners: Sequence[XY]) -> tuple[XY, ...]:
    """A polygon of three corners or more that differ, with an area, whose sides do not cross."""
    polygon = tuple(corners)
    if len(set(polygon)) < len(polygon):
        raise fault("site.problem.repeated_corner")
    if area(polygon) < _SMALLEST_AREA:
        raise fault("site.problem.no_area")
    if crosses_itself(polygon):
        raise fault("site.problem.crosses_itself")
    return polygon


def line_with_inside(a: XY, b: XY, inside: XY) -> None:
    """Two ends that differ, and a point beside the line through them."""
    if a == b:
        raise fault("site.problem.no_line")
    if side(a, b, inside) == 0:
        raise fault("site.problem.inside_on_line")


def duty_windows(values: Sequence[str]) -> list[str]:
    """HH:MM-HH:MM in local time, opening before closing, 24:00 allowed as the end, no two overlapping."""
    spans = []
    for value in values:
        found = _WINDOW.fullmatch(value)
        if not found:
            raise fault("site.problem.duty_form", value=repr(value))
        opens, closes = (int(t[:2]) * 60 + int(t[3:]) for t in value.split("-"))
        if closes <= opens:
            raise fault("site.problem.duty_order", value=value)
        spans.append((opens, closes, value))
    spans.sort()
    for (_, closes, first), (opens, _, second) in pairwise(spans):
        if opens < closes:
            raise fault("site.problem.duty_overlap", first=first, second=second)
    return [value for *_, value in spans]


def rota_place(value: str) -> str:
    """A place in the rota, as the showrooms write it: one capital letter and at most a number ("A", "B2"); "" for none.

    Whoever holds the place today is nobody's business here: a name does not fit the form.
    """
    if value and not _ROTA.fullmatch(value):
        raise fault("site.problem.rota_form", value=repr(value))
    return value


def month_day(value: str) -> str:
    """MM-DD, a day that every year has."""
    try:
        date.fromisoformat(f"2001-{value}")
    except ValueError as error:
        raise fault("site.problem.month_day") from error
    return value
