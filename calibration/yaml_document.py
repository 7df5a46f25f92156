"""Reading YAML strictly: plain data with the place of every key, and nothing that YAML can hide.

Refused: anchors, aliases and tags (they let a small file grow without bound or name a type), repeated keys, more than
one document, more than 1 MB, deep nesting, characters that do not print. Scalars follow YAML 1.2: `off`, `yes`,
`10-15`, `2026-06-01` and `08:30` are text, only true/false are truth values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from errno import EINVAL
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from calibration.problem import Problem, SiteFileError, path_text
from models.texts import both

MAX_BYTES = 1_000_000
"""A site of a hundred cameras stays below 200 kB; more is a mistake or an attack."""
MAX_DEPTH = 16
"""The deepest key of the schema lies seven levels down."""

MAX_NODES = 50_000
"""Ten times what a site of a hundred cameras needs; more would only hold the reader up."""

Key = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """Plain data, and where each key stands: path -> (line, column), both from 1."""

    data: Any
    places: dict[Key, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Of the path, or of the nearest thing around it that stands in the file."""
        key = tuple(path)
        while key not in self.places and key:
            key = key[:-1]
        return self.places.get(key, (1, 1))


class _Loader(Reader, Scanner, Parser, Composer, BaseResolver):
    """A loader with YAML 1.2 scalars that notes everything a site file may not hold."""

    def __init__(self, stream: str) -> None:
        Reader.__init__(self, stream)
        for part in (Scanner, Parser, Composer, BaseResolver):
            part.__init__(self)
        self.depth, self.nodes = 0, 0
        self.problems: list[Problem] = []

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        for thing in _hidden(event):
            self.problems.append(
                Problem(
                    both(f"site.yaml.{thing}"),
                    line=line,
                    column=column,
                    expected=both("site.expected.plain_values"),
                    next_step=both("site.next.write_out"),
                )
            )
        if isinstance(event, yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            return ScalarNode("tag:yaml.org,2002:null", "", self.get_mark(), self.get_mark())
        if self.depth >= MAX_DEPTH:
            raise SiteFileError("", [Problem(both("site.yaml.deep", limit=MAX_DEPTH), line=line, column=column)])
        if self.nodes >= MAX_NODES:
            raise SiteFileError("", [Problem(both("site.yaml.long", limit=MAX_NODES), line=line, column=column)])
        self.depth, self.nodes = self.depth + 1, self.nodes + 1
        node: Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(null|Null|NULL|~|)\Z"), ["n", "N", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]{1,18}\Z"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z"),
    list("-+.0123456789"),
)


def read_document(file: Path) -> Document:
    """The file as plain data with places.

    Raises SiteFileError naming every anchor, alias, tag and repeated key, or the first thing that is no YAML at all.
    """
    text = _text_of(file)
    try:
        loader = _Loader(text)  # refuses control characters at once
        root = loader.get_single_node()
    except SiteFileError as error:
        raise SiteFileError(str(file), error.problems) from None
    except yaml.YAMLError as error:
        raise SiteFileError(str(file), [_syntax_problem(error, text)]) from None
    document = Document({})
    if root is not None:
        document.data = _plain(root, (), document.places, loader.problems)
    if loader.problems:
        raise SiteFileError(str(file), loader.problems)
    return document


def _text_of(file: Path) -> str:
    try:
        if file.exists() and not file.is_file():
            raise OSError(EINVAL, both("site.file.special"))  # a pipe would keep us waiting for ever
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        found = error.strerror or type(error).__name__
        problem = Problem(both("site.file.unreadable"), got=found, next_step=both("site.next.init"))
        raise SiteFileError(str(file), [problem]) from None
    if len(raw) > MAX_BYTES:
        problem = Problem(both("site.file.large"), expected=f"<= {MAX_BYTES} B", next_step=both("site.next.shorten"))
        raise SiteFileError(str(file), [problem])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem(
            both("site.file.encoding"), line=line, column=1, expected="UTF-8", next_step=both("site.next.utf8")
        )
        raise SiteFileError(str(file), [problem]) from None


def _hidden(event: yaml.Event) -> list[str]:
    if isinstance(event, yaml.AliasEvent):
        return ["alias"]
    return [name for name in ("anchor", "tag") if getattr(event, name, None)]


def _syntax_problem(error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    if isinstance(error, ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__
    key = "site.yaml.documents" if "single document" in str(getattr(error, "context", "")) else "site.yaml.syntax"
    return Problem(both(key), line=line, column=column, got=str(reason), next_step=both("site.next.yaml"))


def _plain(node: Node, path: Key, places: dict[Key, tuple[int, int]], problems: list[Problem]) -> Any:
    places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, MappingNode):
        return _plain_mapping(node, path, places, problems)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, i), places, problems) for i, item in enumerate(node.value)]
    return _scalar(node)


def _plain_mapping(
    node: MappingNode, path: Key, places: dict[Key, tuple[int, int]], problems: list[Problem]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        if not isinstance(key_node, ScalarNode):
            problems.append(Problem(both("site.yaml.key"), path_text(path), line, column))
            continue
        key = str(key_node.value)
        below = (*path, key)
        if key in found:
            first = places[below][0]
            problems.append(
                Problem(
                    both("site.yaml.repeated", first=first),
                    path_text(below),
                    line,
                    column,
                    next_step=both("site.next.keep_one"),
                )
            )
            continue
        places[below] = (line, column)
        found[key] = _plain(value_node, below, places, problems)
    return found


def _scalar(node: Node) -> str | int | float | bool | None:
    value = str(node.value)
    kind = node.tag.rsplit(":", 1)[-1]
    if kind == "bool":
        return value.lower() == "true"
    if kind == "null":
        return None
    if kind == "int":
        return int(value)
    if kind == "float":
        return float(value.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return value
