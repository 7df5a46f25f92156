"""What is wrong in a site file: each problem with its place, and all of them in one error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.domain.errors import SiteError
from models.texts import both

SECRET_KEYS = frozenset({"secret", "password", "passwd", "pwd", "token"})
_USER_INFO = re.compile(r"//\S*@")
_PASSWORD_PART = re.compile(r"(?i)((?:pass(?:word|wd)?|pwd|psw|pw|token|secret)=)[^&\s]*")
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. line and column count from 1 (0: the whole file); key is a path such as `cameras.hall.size[0]`."""

    what: str
    key: str = ""
    line: int = 0
    column: int = 0
    got: str = ""
    expected: str = ""
    next_step: str = ""

    def where(self, file: str) -> str:
        place = f"{file}:{self.line}:{self.column}" if self.line else file
        return f"{place} {self.key}".rstrip()


class SiteFileError(SiteError):
    """One or more problems of one file, told together. `problems` is in the order of the file."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.column)))
        first = self.problems[0]
        if len(self.problems) == 1:
            super().__init__(
                first.what,
                where=first.where(file),
                got=first.got,
                expected=first.expected,
                next_step=first.next_step,
            )
            return
        super().__init__(
            both("site.problem.several", count=len(self.problems)),
            where=file,
            got="; ".join(dict.fromkeys(p.what for p in self.problems)),
            next_step=both("site.next.correct_all"),
        )

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return super().__str__()
        blocks = [f"{self.what} ({self.file})"]
        for problem in self.problems:
            single = SiteError(
                problem.what,
                where=problem.where(self.file),
                got=problem.got,
                expected=problem.expected,
                next_step=problem.next_step,
            )
            blocks.append(f"- {single}")
        return "\n".join(blocks)


def shown(value: Any, key: str = "") -> str:
    """A value as an error may show it: short, never a password, never the inside of a mapping or a list of mappings."""
    if key.rsplit(".", 1)[-1] in SECRET_KEYS:
        return both("site.shown.secret")
    if key.rsplit(".", 1)[-1] == "user" and isinstance(value, str):
        value = value.partition(":")[0] + (":***" if ":" in value else "")
    if isinstance(value, Mapping):
        return both("site.shown.mapping", keys=", ".join(map(str, value)) or "-")
    if isinstance(value, list):
        return both("site.shown.list", count=len(value))
    if isinstance(value, str):
        plain = _PASSWORD_PART.sub(r"\1***", _USER_INFO.sub("//***@", value))
        return repr(plain if len(plain) <= _LONGEST_SHOWN else plain[:_LONGEST_SHOWN] + "…")
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def path_text(path: Sequence[str | int]) -> str:
    """("cameras", "hall", "size", 0) -> `cameras.hall.size[0]`."""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
