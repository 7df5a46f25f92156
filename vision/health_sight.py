"""Tells of a camera whether its view is clear, and if not, what is wrong: a pipelines.camera_feed.Sight."""

from __future__ import annotations

from collections.abc import Sequence

from models.domain.media import Frame
from models.domain.messages import Observation, Scene
from models.domain.truth import Truth
from vision.scene_health import SceneHealth
from vision.view_condition import Condition


class HealthSight:
    """health: the one that the camera's observer feeds. Tells at the first frame and whenever the condition changes."""

    def __init__(self, health: SceneHealth) -> None:
        self._health = health
        self._told: Condition | str | None = "nothing"

    def look(self, frame: Frame, scene: Scene) -> Sequence[Observation]:  # noqa: ARG002 - the health has seen the frame
        condition = self._health.condition
        if condition == self._told:
            return ()
        self._told = condition
        cues = () if condition is None else (f"health.{condition}",)
        truth = Truth.of(condition is None)
        return (Observation("camera", scene.camera, "clear", truth, scene.utc_us, scene.camera, (), cues),)
