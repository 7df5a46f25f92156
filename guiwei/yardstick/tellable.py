"""When a picture can tell whether a lamp or an air-conditioner is on: what the figures of known seconds are taken over.

Not in a sick view; and an air-conditioner not while its signs contradict each other, where domain.md section 4.2
allows no verdict: a dark display beside a light, louver or ribbon that says it runs, unless two of these have agreed
for 120 s.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from guiwei.yardstick.playing import Played
from models.domain.messages import Observation
from sample_videos.studio.truth import AirconState, AirconTruth, ViewTruth

T = TypeVar("T")
Span = tuple[float, float]
AGREE_S = 120.0


def pieces(told: Sequence[tuple[float, T]], cuts: Iterable[float], end_s: float) -> Iterator[tuple[float, float, T]]:
    """(begin, end, what) of what was told: each holds until the next, the last until `end_s`, parted at the cuts."""
    ordered = sorted(set(cuts))
    ends = [*(t_s for t_s, _ in told[1:]), end_s]
    for (t_s, what), until_s in zip(told, ends, strict=True):
        edges = [t_s, *(cut for cut in ordered if t_s < cut < until_s), until_s]
        yield from ((begin, end, what) for begin, end in itertools.pairwise(edges) if end > begin)


def told_by_camera(played: Played, kind: str, subject: str) -> dict[str, list[tuple[float, Observation]]]:
    """Camera, by name -> (t_s, what it told of whether the thing is on), in order. Meters are left out."""
    told: dict[str, list[tuple[float, Observation]]] = {}
    for one in played.messages:
        if (
            isinstance(one, Observation)
            and (one.kind, one.subject, one.predicate) == (kind, subject, "on")
            and one.camera
        ):
            told.setdefault(one.camera, []).append((played.clock.s(one.utc_us, one.camera), one))
    return dict(sorted(told.items()))


def within(spans: Iterable[Span], t_s: float) -> bool:
    return any(begin <= t_s < end for begin, end in spans)


def sick_spans(views: Sequence[ViewTruth], camera: str) -> list[Span]:
    """Spells of the camera's sick views; a nudged camera still shows what is lit."""
    return [(one.t_start_s, one.t_end_s) for one in views if one.camera == camera and one.state != "nudged"]


def contradictory_spans(unit: AirconTruth, duration_s: float) -> list[Span]:
    """Spells in which the unit's own signs, as shown, allow no verdict."""
    spans: list[Span] = []
    agree_s: float | None = None
    ends = [*(state.t_s for state in unit.states[1:]), duration_s]
    for state, end_s in zip(unit.states, ends, strict=True):
        running = _running(state)
        agree_s = None if running < 2 else state.t_s if agree_s is None else agree_s
        if state.display_c is None and running:
            until_s = end_s if agree_s is None else min(end_s, max(state.t_s, agree_s + AGREE_S))
            spans.append((state.t_s, until_s))
    return spans


def _running(state: AirconState) -> int:
    return int(state.led) + int(state.louver_deg > 0) + int(state.ribbon)
