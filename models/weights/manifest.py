"""What networks exist, where each comes from, under which licence, and the checksums that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from models.weights.refusal import refusal


@dataclass(frozen=True, slots=True)
class Carrier:
    """A wheel on the package index that has the files inside."""

    package: str
    version: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a network."""

    name: str
    member: str
    """Path inside the carrier."""
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One network of the manifest."""

    name: str
    carrier: Carrier
    parts: tuple[Part, ...]
    licence: str
    classes: str
    input: str


@cache
def manifest() -> Mapping[str, Entry]:
    """Name -> entry, in the order of manifest.yaml."""
    raw = yaml.safe_load(resources.files(__package__).joinpath("manifest.yaml").read_text(encoding="utf-8"))
    return {name: _entry(name, fields) for name, fields in raw.items()}


def entry(name: str) -> Entry:
    """The entry of that name. Raises WeightsError for an unknown one."""
    known = manifest()
    if name not in known:
        raise refusal("weights.error.unknown", where=name, got=name, known=" | ".join(known))
    return known[name]


def _entry(name: str, fields: dict[str, Any]) -> Entry:
    parts = tuple(Part(file, **about) for file, about in fields["files"].items())
    return Entry(name, Carrier(**fields["carrier"]), parts, fields["licence"], fields["classes"], fields["input"])
