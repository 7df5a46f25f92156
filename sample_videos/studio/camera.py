"""A camera of the studio: pinhole with radial distortion, and the wider pinhole that Blender renders for it.

Blender renders a plain pinhole of the same size, wide enough that after bending it fills the picture; `remap` bends it.
Pure numpy and OpenCV: both the stage (bpy's environment) and the rest import it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
NEWTON_ROUNDS = 25


@dataclass(frozen=True)
class StudioCamera:
    """position_m in the site frame; yaw from +x counter-clockwise, pitch downwards, roll about the view, degrees."""

    position_m: tuple[float, float, float] = (0.28, 0.28, 2.8)
    yaw_deg: float = 36.0
    pitch_deg: float = 26.0
    roll_deg: float = 0.0
    hfov_deg: float = 90.0
    k1: float = -0.06
    k2: float = 0.004
    width: int = 1280
    height: int = 720

    @classmethod
    def from_words(cls, words: dict[str, Any]) -> StudioCamera:
        """From the JSON a stage is told; the inverse of `words`."""
        return cls(**{**words, "position_m": tuple(words["position_m"])})

    @classmethod
    def seen_along(
        cls,
        rotation: ArrayLike,
        position_m: tuple[float, float, float],
        lens: tuple[float, float, float],
        size: tuple[int, int],
    ) -> StudioCamera:
        """From a world-to-camera rotation; lens: focal length px, k1, k2. The inverse of `rotation`."""
        told, (focal, k1, k2) = np.asarray(rotation, float), lens
        ahead = told[2]
        yaw, pitch = math.degrees(math.atan2(ahead[1], ahead[0])), -math.degrees(math.asin(ahead[2]))
        hfov = 2 * math.degrees(math.atan(size[0] / 2 / focal))
        level = cls(position_m, yaw, pitch, 0.0, hfov, k1, k2, *size)
        turn = told @ level.rotation.T
        return replace(level, roll_deg=math.degrees(math.atan2(turn[1, 0], turn[0, 0])))

    @property
    def words(self) -> dict[str, Any]:
        names = ("yaw_deg", "pitch_deg", "roll_deg", "hfov_deg", "k1", "k2", "width", "height")
        return {"position_m": list(self.position_m), **{name: getattr(self, name) for name in names}}

    @property
    def focal_px(self) -> float:
        return self.width / 2 / math.tan(math.radians(self.hfov_deg / 2))

    @property
    def matrix(self) -> Floats:
        f = self.focal_px
        return np.array([[f, 0, self.width / 2], [0, f, self.height / 2], [0, 0, 1.0]])

    @property
    def distortion(self) -> Floats:
        return np.array([self.k1, self.k2, 0, 0, 0.0])

    @cached_property
    def rotation(self) -> Floats:
        """World to camera; camera looks along +z, x right, y down."""
        yaw, pitch, roll = (math.radians(a) for a in (self.yaw_deg, self.pitch_deg, self.roll_deg))
        ahead = np.array([math.cos(pitch) * math.cos(yaw), math.cos(pitch) * math.sin(yaw), -math.sin(pitch)])
        right = np.array([math.sin(yaw), -math.cos(yaw), 0])
        turn = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
        return np.asarray(turn @ np.stack([right, np.cross(ahead, right), ahead]))

    @cached_property
    def translation(self) -> Floats:
        return np.asarray(-self.rotation @ np.array(self.position_m))

    @cached_property
    def rays(self) -> Floats:
        """(h, w, 2): direction (x, y, 1) of every pixel centre of the delivered picture."""
        grid = np.stack(np.meshgrid(np.arange(self.width) + 0.5, np.arange(self.height) + 0.5), -1)
        bent = (grid - (self.width / 2, self.height / 2)) / self.focal_px
        far = np.linalg.norm(bent, axis=-1, keepdims=True)
        radius = far.copy()
        for _ in range(NEWTON_ROUNDS):
            r2 = radius * radius
            value = radius * (1 + self.k1 * r2 + self.k2 * r2 * r2) - far
            radius -= value / (1 + 3 * self.k1 * r2 + 5 * self.k2 * r2 * r2)
        return np.asarray(bent * (radius / np.maximum(far, 1e-12)))

    @cached_property
    def wide_focal_px(self) -> float:
        """Focal length of the pinhole that is rendered: every bent pixel lies inside it."""
        reach = np.abs(self.rays).max((0, 1)) / (self.width / 2, self.height / 2)
        return float(0.995 / reach.max())

    @cached_property
    def _maps(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        wide = self.rays * self.wide_focal_px + (self.width / 2 - 0.5, self.height / 2 - 0.5)
        return wide[..., 0].astype(np.float32), wide[..., 1].astype(np.float32)

    def remap(self, wide: NDArray[Any]) -> NDArray[Any]:
        """The rendered pinhole picture (h, w[, 3]) as this lens sees it."""
        return np.asarray(cv2.remap(wide, *self._maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    def in_camera(self, world_m: ArrayLike) -> Floats:
        return np.asarray(np.asarray(world_m, float) @ self.rotation.T + self.translation)

    def project_wide(self, world_m: ArrayLike) -> tuple[Floats, Floats]:
        """(..., 3) m -> (..., 2) px of the rendered pinhole picture, and depth in metres."""
        seen = self.in_camera(world_m)
        flat = seen[..., :2] / seen[..., 2:] * self.wide_focal_px + (self.width / 2, self.height / 2)
        return flat, seen[..., 2]

    def project(self, world_m: ArrayLike) -> tuple[Floats, Floats]:
        """(..., 3) m -> (..., 2) px of the delivered picture, and depth in metres."""
        seen = self.in_camera(world_m)
        return self.bent(seen[..., :2] / seen[..., 2:]), seen[..., 2]

    def bent(self, rays: Floats) -> Floats:
        """Directions (..., 2) of (x, y, 1) -> (..., 2) px of the delivered picture."""
        r2 = (rays**2).sum(-1, keepdims=True)
        bent = rays * (1 + self.k1 * r2 + self.k2 * r2 * r2)
        return np.asarray(bent * self.focal_px + (self.width / 2, self.height / 2))

    @property
    def floor_to_image(self) -> Floats:
        """Homography floor metres -> undistorted picture."""
        found = self.matrix @ np.stack([self.rotation[:, 0], self.rotation[:, 1], self.translation], 1)
        return np.asarray(found / found[2, 2])
