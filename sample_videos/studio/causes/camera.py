"""Views that are sick, and cameras that were pushed."""

from __future__ import annotations

from collections.abc import Iterator

from sample_videos.studio.causes.cause import Cause, Causes
from sample_videos.studio.truth import Truth

REREGISTERED_PX, MOVED_PX = 8.0, 30.0
"""Issue 5: 2-8 px are re-registered, 40 px are a moved camera; between them a clip does not judge."""


def health(*states: str) -> Causes:
    def causes(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
        for view in truth.views:
            if view.state in states:
                lasts = view.t_end_s if view.t_end_s < truth.duration_s - 1e-6 else float("inf")
                why = f"{view.camera} is {view.state}"
                yield Cause(view.camera, view.t_start_s, lasts, limits["limit_s"], why, seen_by_health=True)

    return causes


def moved(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for name, camera in truth.cameras.items():
        for move in camera.moves:
            far = (move.dx_px**2 + move.dy_px**2) ** 0.5
            if far >= MOVED_PX or 0 < far <= REREGISTERED_PX:
                why = f"{name} was pushed by {far:.0f} px"
                yield Cause(name, move.t_s, float("inf"), limits["limit_s"], why, far, harmless=far <= REREGISTERED_PX)
