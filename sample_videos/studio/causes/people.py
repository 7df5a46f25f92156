"""Parties that wait, posts that are empty, visitors after hours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time

from sample_videos.studio.causes.cause import Cause, Causes
from sample_videos.studio.truth import FrameTruth, Pair, PartyTruth, Truth

SERVE_M, SERVE_S = 1.5, 5.0
"""domain.md 2.3: served is staff within 1.5 m for 5 s in all."""


def waits(kind: str, *, abandoned: bool = False) -> Causes:
    def causes(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
        for party in truth.parties:
            for wait in party.waits:
                if wait.kind == kind:
                    until = wait.t_end_s if wait.t_end_s is not None else float("inf")
                    why = f"{party.id} waited {wait.wait_s:.0f} s, limit {limits['limit_s']:.0f} s ({wait.end})"
                    harmless = abandoned and wait.end != "abandoned"
                    cause = Cause(
                        party.id, wait.t_start_s, until, limits["limit_s"], why, wait.wait_s, harmless=harmless
                    )
                    yield replace(cause, settles_s=limits.get("seated_s", 0.0))

    return causes


def in_zone(*kinds: str, served: bool) -> Causes:
    """Parties in a zone. served: staff with them for 5 s ends it; else only leaving does (a shuttle stop)."""

    def causes(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
        for zone in truth.zones:
            if zone.kind in kinds:
                for party in truth.parties:
                    yield from _stays(truth, limits, party, zone.floor_m, served=served)

    return causes


def _stays(
    truth: Truth, limits: dict[str, float], party: PartyTruth, floor_m: Sequence[Pair], *, served: bool
) -> Iterator[Cause]:
    began: float | None = None
    together = 0.0
    for frame in (*_one_view(truth), None):
        guests = (
            [
                p
                for p in frame.persons
                if p.id in party.members and holds(floor_m, p.x_m, p.y_m) and p.activity != "riding"
            ]
            if frame
            else []
        )
        staff = [p for p in frame.persons if p.inside and _role(truth, p.id) == "staff"] if frame else []
        near = any(math.hypot(s.x_m - g.x_m, s.y_m - g.y_m) <= SERVE_M for s in staff for g in guests)
        together += frame.dt_s if frame and near and served else 0.0
        if guests and began is None and together < SERVE_S:
            began = frame.t_s if frame else None
        elif began is not None and (not guests or together >= SERVE_S):
            end = frame.t_s if frame else float("inf")
            lasted = min(end, truth.duration_s) - began
            yield Cause(party.id, began, end, limits["limit_s"], f"{party.id} was there for {lasted:.0f} s", lasted)
            began = None


def _one_view(truth: Truth) -> tuple[FrameTruth, ...]:
    """The first camera's frames: all cameras tell the same places, and a second told twice is not two."""
    first = next(iter(truth.cameras))
    return tuple(frame for frame in truth.frames if frame.camera == first)


def holds(floor_m: Sequence[Pair], x_m: float, y_m: float) -> bool:
    """Whether a point lies in a polygon of the floor: even-odd rule."""
    inside = False
    for (x0, y0), (x1, y1) in zip(floor_m, [*floor_m[1:], floor_m[0]], strict=True):
        if (y0 > y_m) != (y1 > y_m) and x_m < x0 + (y_m - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside


def _role(truth: Truth, name: str) -> str:
    return next(p.role for p in truth.persons if p.id == name)


def after_hours(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    """A visitor in the hall, the last duty is over, and no staff in the hall."""
    now = datetime.fromisoformat(truth.start).strftime("%H:%M")
    on_duty = any(a <= now < b for post in truth.posts for a, b in (w.split("-") for w in post.duty))
    began: float | None = None
    for frame in (*_one_view(truth), None):
        here = {_role(truth, p.id) for p in frame.persons if p.inside} if frame else set()
        alone = "visitor" in here and "staff" not in here
        if alone and began is None and frame:
            began = frame.t_s
        elif not alone and began is not None:
            end = frame.t_s if frame else float("inf")
            yield Cause("hall", began, end, limits["limit_s"], "a visitor after hours, no staff", harmless=on_duty)
            began = None


def post_late(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    start = datetime.fromisoformat(truth.start)
    for post in truth.posts:
        for window in post.duty:
            begins = datetime.combine(start.date(), time.fromisoformat(window.split("-")[0]))
            due = (begins - start).total_seconds()
            if 0 <= due < truth.duration_s:
                manned = [s.t_s for s in post.states if s.staff >= post.required and s.t_s <= due][-1:]
                still = manned and not [s for s in post.states if manned[0] < s.t_s <= due and s.staff < post.required]
                comes = next((s.t_s for s in post.states if s.t_s > due and s.staff >= post.required), float("inf"))
                why = f"{post.id} was due at {window.split('-')[0]}"
                yield Cause(post.id, due, comes, limits["limit_s"], why, harmless=bool(still))


def post(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for post in truth.posts:
        began: float | None = None
        for state in (*post.states, None):
            empty = state is not None and state.staff < post.required and not state.served_nearby
            if empty and began is None:
                began = state.t_s if state else None
            elif not empty and began is not None:
                end = state.t_s if state else float("inf")
                lasted = min(end, truth.duration_s) - began
                yield Cause(
                    post.id, began, end, limits["limit_s"], f"{post.id} was empty for {lasted:.0f} s", round(lasted, 1)
                )
                began = None
        if any(s.served_nearby and s.staff < post.required for s in post.states):
            yield Cause(post.id, 0.0, 0.0, 0.0, f"{post.id} is covered by service nearby", harmless=True)
