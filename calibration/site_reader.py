"""From `site.yaml` to a checked SiteFile, with every problem of the file told at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from calibration.field_checks import closest
from calibration.problem import Problem, SiteFileError, path_text, shown
from calibration.references import reference_problems
from calibration.schema import allowed_keys
from calibration.site_file import SITE_FILE, SiteFile
from calibration.yaml_document import Document, Key, read_document
from models.texts import both

_SECTIONS = ("cameras", "zones", "entrances", "posts")
_STAND_IN = {"id": "unknown", "name": {"zh": "未知", "en": "unknown"}, "time_zone": "UTC"}

_TYPES = {
    "string_type": "text",
    "int_type": "whole",
    "int_from_float": "whole",
    "float_type": "number",
    "bool_type": "truth",
    "tuple_type": "list",
    "list_type": "list",
    "dict_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "finite_number": "finite",
}
_BOUNDS = {"greater_than": ">", "greater_than_equal": ">=", "less_than": "<", "less_than_equal": "<="}


def read_site_file(folder: Path) -> SiteFile:
    """The checked content of `folder/site.yaml`.

    Raises SiteFileError (a SiteError) with all problems found, each with line, key, value and next step.
    """
    file = folder / SITE_FILE
    document = read_document(file)
    if not isinstance(document.data, Mapping) or not document.data:
        raise SiteFileError(str(file), [Problem(both("site.file.empty"), next_step=both("site.next.init"))])
    # A section left empty (`posts:` and nothing below) counts as empty, as a person means it.
    document.data = {key: {} if value is None else value for key, value in document.data.items()}
    found, problems = _validated(document)
    if found is not None:
        problems += reference_problems(found, document)
    if problems:
        raise SiteFileError(str(file), list(dict.fromkeys(problems)))
    if found is None:
        raise SiteFileError(str(file), [Problem(both("site.file.empty"))])
    return found


def _validated(document: Document) -> tuple[SiteFile | None, list[Problem]]:
    """The file, or as much of it as stands, so that references are checked in the same pass."""
    try:
        return SiteFile.model_validate_json(json.dumps(document.data)), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    problems = [_problem(detail, document) for detail in details if not _follows_from_another(detail)]
    try:
        return SiteFile.model_validate_json(json.dumps(_without_broken(document.data, details))), problems
    except ValidationError:
        return None, problems


def _without_broken(data: Mapping[str, Any], details: list[ErrorDetails]) -> dict[str, Any]:
    """A copy in which what was refused is left out, whole entry by whole entry."""
    rest = {k: dict(v) if k in _SECTIONS and isinstance(v, Mapping) else v for k, v in data.items()}
    for detail in details:
        section, *below = detail["loc"]
        if section == "site":
            rest["site"] = _STAND_IN
        elif section in _SECTIONS and below and isinstance(rest.get(str(section)), dict):
            rest[str(section)].pop(str(below[0]), None)
        else:
            rest.pop(str(section), None)
    return rest


def _problem(detail: ErrorDetails, document: Document) -> Problem:
    loc: Key = tuple(p for p in detail["loc"] if p != "[key]" and p not in {"float", "bool"})
    kind, context = detail["type"], detail.get("ctx", {})
    key = path_text(loc)
    if kind in {"extra_forbidden", "missing"}:
        return _key_problem(kind, loc, document)
    line, column = document.place(loc)
    got = shown(detail["input"], key)
    if kind.startswith("site."):
        return Problem(
            str(context["message"]),
            key,
            line,
            column,
            "" if isinstance(detail["input"], Mapping) else got,
            next_step=_hint(str(context.get("hint", ""))),
        )
    what, expected, hint = both("site.problem.value"), detail["msg"], ""
    if "[key]" in detail["loc"]:
        what, got, expected = both("site.problem.id"), repr(loc[-1]), "a-z 0-9 _ -"
    elif kind in _TYPES:
        what, expected = both("site.problem.type"), both(f"site.type.{_TYPES[kind]}")
    elif kind in {"enum", "literal_error"}:
        what, expected = both("site.problem.choice"), str(context["expected"]).replace(" or ", ", ")
        hint = closest(str(detail["input"]), [w.strip("' ") for w in expected.split(",")])
    elif kind == "string_pattern_mismatch":
        what, expected = both("site.problem.form"), str(context["pattern"])
    elif kind in _BOUNDS:
        limit = next(v for k, v in context.items() if k in {"gt", "ge", "lt", "le"})
        what, expected = both("site.problem.range"), f"{_BOUNDS[kind]} {limit:g}"
    elif kind in {"too_short", "too_long"}:
        what = both("site.problem.count")
        expected = _count(kind, context)
    return Problem(what, key, line, column, got, expected, _hint(hint))


def _follows_from_another(detail: ErrorDetails) -> bool:
    """A list is called too short as well when one of its entries was refused; that is told already."""
    limit = detail.get("ctx", {}).get("min_length", 0)
    return detail["type"] == "too_short" and isinstance(detail["input"], list) and len(detail["input"]) >= limit


def _count(kind: str, context: Mapping[str, Any]) -> str:
    return f">= {context['min_length']}" if kind == "too_short" else f"<= {context['max_length']}"


def _key_problem(kind: str, loc: Key, document: Document) -> Problem:
    """A key that may not stand there, or one that must."""
    line, column = document.place(loc)
    name, allowed = str(loc[-1]), allowed_keys(loc[:-1])
    if kind == "missing":
        what = both("site.problem.missing", name=name)
        return Problem(what, path_text(loc), line, column, next_step=both("site.next.add", name=name))
    if name in {"password", "passwd", "pwd", "token"}:
        return Problem(
            both("site.problem.secret_inside"), path_text(loc), line, column, next_step=both("site.next.secrets_file")
        )
    return Problem(
        both("site.problem.unknown_key"),
        path_text(loc),
        line,
        column,
        repr(name),
        ", ".join(allowed),
        _hint(closest(name, allowed)) or both("site.next.remove"),
    )


def _hint(word: str) -> str:
    return both("site.next.did_you_mean", word=word) if word else ""
