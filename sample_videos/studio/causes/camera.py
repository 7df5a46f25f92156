"""Views that are sick, and cameras that were pushed."""

from __future__ import annotations

from collections.abc import Iterator

from sample_videos.studio.causes.cause import Cause, Causes
from sample_videos.studio.truth import Truth

REREGISTERED_PX, MOVED_PX = 8.0, 30.0
"""Issue 5: 2-8 px are re-registered, 40 px are a moved camera; between them a clip does not judge."""

TOUCHING_S = 0.3
"""Spells no farther apart are one: nobody cleared the lens in between."""


def health(*states: str) -> Causes:
    def causes(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
        for camera, began, ended, told in _episodes(truth, states):
            lasts = ended if ended < truth.duration_s - 1e-6 else float("inf")
            yield Cause(camera, began, lasts, limits["limit_s"], f"{camera} is {told}", seen_by_health=True)

    return causes


def _episodes(truth: Truth, states: tuple[str, ...]) -> list[tuple[str, float, float, str]]:
    """camera, from, until, states: a lens that is covered and then black has been blocked once."""
    found: list[tuple[str, float, float, str]] = []
    for view in sorted(truth.views, key=lambda v: (v.camera, v.t_start_s)):
        if view.state in states:
            camera, began, told = view.camera, view.t_start_s, str(view.state)
            if found and found[-1][0] == camera and began <= found[-1][2] + TOUCHING_S:
                _, began, _, before = found.pop()
                told = f"{before}, {told}"
            found.append((camera, began, view.t_end_s, told))
    return found


def moved(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for name, camera in truth.cameras.items():
        for move in camera.moves:
            far = (move.dx_px**2 + move.dy_px**2) ** 0.5
            if far >= MOVED_PX or 0 < far <= REREGISTERED_PX:
                why = f"{name} was pushed by {far:.0f} px"
                yield Cause(name, move.t_s, float("inf"), limits["limit_s"], why, far, harmless=far <= REREGISTERED_PX)
