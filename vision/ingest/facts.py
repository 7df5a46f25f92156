"""What a source had to leave out or make up: counted while reading, told afterwards, never silent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from models.texts import Language, text


class FactKind(StrEnum):
    """Texts in models/texts/ingest.yaml under `ingest.fact.<member>`."""

    BROKEN_PACKETS = "broken_packets"
    """Packets that could not be read or decoded."""
    WITHHELD_PICTURES = "withheld_pictures"
    """Pictures that libav drew on a damaged one: they may show what was long ago, so nobody gets them."""
    OUT_OF_ORDER = "out_of_order"
    """Pictures not later than the one before them."""
    DERIVED_TIMES = "derived_times"
    """Pictures without a time of their own, dated by the stream's average rate."""
    UNDATED = "undated"
    """Pictures of a live stream without a time, where there was no rate to date them by: left out."""
    RESIZED = "resized"
    """Times the picture's size changed."""
    ENDED_EARLY = "ended_early"
    """Whole seconds that a file promised and did not hold."""


@dataclass(frozen=True, slots=True)
class Fact:
    kind: FactKind
    count: int

    def said(self, language: Language) -> str:
        """One sentence for a person."""
        return text(f"ingest.fact.{self.kind}", language, count=self.count)


class Tally:
    """The counts of one source, over all its runs."""

    def __init__(self) -> None:
        self._counts: Counter[FactKind] = Counter()
        self._size_px: tuple[int, int] | None = None

    def add(self, kind: FactKind, count: int = 1) -> None:
        self._counts[kind] += count

    def note_size(self, size_px: tuple[int, int]) -> None:
        """Width and height of the next picture."""
        if self._size_px not in (None, size_px):
            self.add(FactKind.RESIZED)
        self._size_px = size_px

    def facts(self) -> tuple[Fact, ...]:
        """Those that happened, in the order of FactKind."""
        return tuple(Fact(kind, self._counts[kind]) for kind in FactKind if self._counts[kind])
