"""The one catalogue of Chinese and English texts: every `*.yaml` beside this file.

A file holds `key: {zh: ..., en: ...}`, flat, keys dotted (`rule.greeter.post_unattended.name`). `{name}` places
are filled by `text`. Keys may stand once in all files; a test checks that both languages are there, with the same
places.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import yaml

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
# libyaml reads the catalogue in a tenth of the time, and every command waits for it; same rules, same result.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Key -> language -> text. Raises ValueError when a key stands twice."""
    entries: dict[str, dict[str, str]] = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            found: dict[str, dict[str, str]] = yaml.load(file.read_text(encoding="utf-8"), _LOADER) or {}  # noqa: S506
            if twice := entries.keys() & found.keys():
                raise ValueError(f"models/texts/{file.name}: keys that stand elsewhere too: {sorted(twice)}")
            entries |= found
    return entries


def text(key: str, language: Language, **places: object) -> str:
    """The text of a key. Raises KeyError for an unknown key or a place left unfilled."""
    return catalogue()[key][language].format(**places)


def both(key: str, **places: object) -> str:
    """A text in both languages on one line, Chinese first: an error is read before a language could be chosen."""
    return f"{text(key, 'zh', **places)} / {text(key, 'en', **places)}"
