"""A small drawn room with known truth: textured floor and walls, furniture of boxes and cylinders, light, noise, H.264.

Drawn by painting items from far to near, their parts upwards (the camera hangs above), at twice the size. No ray
casting, so that it shares nothing with the code under test but the camera; edges are cut in short pieces,
because a lens bends them.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import av
import cv2
import numpy as np

from models.domain.camera_pose import CameraPose
from models.domain.furniture import ROUND, SYMMETRY, FurnitureItem, ItemClass, Label, Part, Pose
from models.domain.geometry import Lens
from models.domain.media import Image
from models.domain.site import Name

SIZE_PX = (1280, 720)
TWICE = 2
SIZES = {
    ItemClass.CHAIR: (0.50, 0.48, 0.86),
    ItemClass.ARMCHAIR: (0.62, 0.62, 0.86),
    ItemClass.TABLE: (1.30, 0.75, 0.74),
    ItemClass.ROUND_TABLE: (0.90, 0.90, 0.74),
    ItemClass.SOFA: (0.88, 1.90, 0.80),
    ItemClass.PLANT: (0.60, 0.60, 1.30),
    ItemClass.BIN: (0.30, 0.30, 0.62),
}


@dataclass(frozen=True)
class Light:
    """Gain of the lamps, colour (B, G, R), where the light comes from, how hard, noise (8-bit sigma)."""

    gain: float = 1.0
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    towards: tuple[float, float, float] = (0.3, -0.5, 0.8)
    hard: float = 0.45
    noise: float = 2.0


DAY = Light()
DUSK = Light(0.62, (0.80, 0.95, 1.12), (-0.2, 0.1, 1.0), 0.30, 3.5)


def camera(hfov_deg: float = 90.0, yaw_deg: float = 40.0, pitch_deg: float = 26.0, k1: float = -0.06) -> CameraPose:
    """A corner camera 2.8 m up at (0.3, 0.3)."""
    width, height = SIZE_PX
    f = width / 2 / math.tan(math.radians(hfov_deg / 2))
    a, p = math.radians(yaw_deg), math.radians(pitch_deg)
    ahead = np.array([math.cos(p) * math.cos(a), math.cos(p) * math.sin(a), -math.sin(p)])
    right = np.array([math.sin(a), -math.cos(a), 0.0])
    rotation = np.stack([right, np.cross(ahead, right), ahead])
    lens = Lens(f, f, (width - 1) / 2, (height - 1) / 2, (k1, 0.004, 0.0, 0.0, 0.0))
    return CameraPose(lens, rotation, -rotation @ np.array([0.3, 0.3, 2.8]))


def item(name: str, cls: ItemClass, x_m: float, y_m: float, heading_deg: float = 0.0) -> FurnitureItem:
    symmetry = 0 if cls in ROUND else SYMMETRY.get(cls, 1)
    pose = Pose(x_m, y_m, heading_deg)
    return FurnitureItem(
        name, Name(name, name), "hall", cls, SIZES[cls], pose, 80.0, 10.0, symmetry, (Label((0.0, 0.0)),)
    )


@dataclass
class Room:
    camera: CameraPose
    items: Sequence[FurnitureItem]
    seed: int = 1
    tile_m: float = 0.6
    _floor: Image = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._floor = self._background()

    def picture(self, moved: Mapping[str, Pose | None] | None = None, light: Light = DAY, noise_seed: int = 0) -> Image:
        """moved: item -> where it stands instead; None takes it away. (h, w, 3) BGR with sensor noise."""
        faces: list[tuple[tuple[float, float, float], np.ndarray, np.ndarray]] = []
        centre = self.camera.centre
        for one in self.items:
            pose = (moved or {}).get(one.id, one.pose)
            if pose is None:
                continue
            rng = np.random.default_rng(abs(hash_of(one.id)) + self.seed)
            for part in one.parts:
                base = rng.uniform(50, 190) + rng.uniform(-25, 25, 3)
                for corners in _faces(part):
                    world = _placed(corners, pose)
                    normal = np.cross(world[1] - world[0], world[2] - world[0])
                    normal /= max(1e-9, float(np.linalg.norm(normal)))
                    patches = _patches(corners, rng, base)
                    if normal @ (centre - world.mean(0)) <= 0:
                        continue
                    shade = (1 - light.hard) + light.hard * max(0.0, float(normal @ np.array(light.towards)))
                    for patch, colour in patches:
                        placed = _placed(patch, pose)
                        far = math.dist((pose.x_m, pose.y_m), centre[:2])
                        order = (-far, part.centre[2], -float(np.linalg.norm(placed.mean(0) - centre)))
                        faces.append((order, placed, colour * shade))
        drawn = self._floor.copy()
        for _, world, colour in sorted(faces, key=lambda face: face[0]):
            at = (self.camera.project(_dense(world)) + 0.5) * TWICE - 0.5
            if np.isfinite(at).all():
                cv2.fillConvexPoly(drawn, np.round(at * 16).astype(np.int32), colour.tolist(), cv2.LINE_AA, 4)
        small = cv2.resize(drawn, SIZE_PX, interpolation=cv2.INTER_AREA).astype(np.float32)
        lit = small * light.gain * np.array(light.colour, np.float32)
        noise = np.random.default_rng(noise_seed).normal(0, light.noise, lit.shape)
        return np.clip(lit + noise, 0, 255).astype(np.uint8)

    def still(self, moved: Mapping[str, Pose | None] | None = None, light: Light = DAY, seed: int = 0) -> np.ndarray:
        """The float mean of 8 frames after H.264 of surveillance quality."""
        frames = [self.picture(moved, light, 1000 * seed + k) for k in range(8)]
        return np.mean([f.astype(np.float32) for f in compressed(frames)], axis=0)

    def _background(self) -> Image:
        width, height = SIZE_PX
        rng = np.random.default_rng(self.seed)
        across, down = np.meshgrid(np.arange(width * TWICE), np.arange(height * TWICE))
        pixels = np.column_stack([across.ravel(), down.ravel()])
        at = self.camera.at_height((pixels + 0.5) / TWICE - 0.5)
        texture = cv2.GaussianBlur(rng.uniform(110, 200, (400, 400, 3)).astype(np.float32), (0, 0), 2.0)
        far = ~np.isfinite(at).all(1) | (np.abs(at) > 30).any(1)
        at[far] = 0
        index = (np.floor(at / 0.05).astype(int)) % 400
        colour = texture[index[:, 1], index[:, 0]]
        joint = (np.abs(at / self.tile_m - np.round(at / self.tile_m)) < 0.006 / self.tile_m).any(1)
        colour[joint] *= 0.75
        colour[far] = 120
        return colour.reshape(height * TWICE, width * TWICE, 3).astype(np.uint8)


def compressed(frames: Sequence[Image], crf: int = 26) -> list[Image]:
    """Through x264 and back."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=15, options={"crf": str(crf), "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = frames[0].shape[1], frames[0].shape[0], "yuv420p"
        for frame in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as back:
        return [frame.to_ndarray(format="bgr24") for frame in back.decode(video=0)]


def shifted(pose: Pose, dx_mm: float = 0.0, dy_mm: float = 0.0, turn_deg: float = 0.0) -> Pose:
    return replace(
        pose, x_m=pose.x_m + dx_mm / 1000, y_m=pose.y_m + dy_mm / 1000, heading_deg=pose.heading_deg + turn_deg
    )


def hash_of(word: str) -> int:
    return sum((i + 1) * ord(c) for i, c in enumerate(word))


def _placed(points: np.ndarray, pose: Pose) -> np.ndarray:
    angle = math.radians(pose.heading_deg)
    c, s = math.cos(angle), math.sin(angle)
    x, y = points[:, 0], points[:, 1]
    return np.column_stack([pose.x_m + c * x - s * y, pose.y_m + s * x + c * y, points[:, 2]])


def _faces(part: Part) -> list[np.ndarray]:
    """Outward faces, corners counter-clockwise from outside."""
    x, y, z = (s / 2 for s in part.size)
    if part.round:
        angles = np.linspace(0, 2 * math.pi, 16, endpoint=False)
        ring = np.column_stack([x * np.cos(angles), y * np.sin(angles)])
    else:
        ring = np.array([(x, y), (-x, y), (-x, -y), (x, -y)])
    n = len(ring)
    low, high = np.column_stack([ring, np.full(n, -z)]), np.column_stack([ring, np.full(n, z)])
    sides = [np.array([low[i], low[(i + 1) % n], high[(i + 1) % n], high[i]]) for i in range(n)]
    return [face + part.centre for face in (high, *sides)]


def _patches(corners: np.ndarray, rng: np.random.Generator, base: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """A quad cut into a few patches of slightly different colour, so that faces have a texture; others stay whole."""
    if len(corners) != 4:
        return [(corners, base)]
    spans = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])
    across, up = (max(1, min(4, round(float(s) / 0.12))) for s in spans)
    u, v = np.linspace(0, 1, across + 1), np.linspace(0, 1, up + 1)

    def at(a: float, b: float) -> np.ndarray:
        return (1 - a) * (1 - b) * corners[0] + a * (1 - b) * corners[1] + a * b * corners[2] + (1 - a) * b * corners[3]

    cells = [(i, j) for i in range(across) for j in range(up)]
    quads = [
        np.array([at(u[i], v[j]), at(u[i + 1], v[j]), at(u[i + 1], v[j + 1]), at(u[i], v[j + 1])]) for i, j in cells
    ]
    return [(quad, np.clip(base + rng.normal(0, 14, 3), 10, 245)) for quad in quads]


def _dense(polygon: np.ndarray) -> np.ndarray:
    steps = np.linspace(0, 1, 4, endpoint=False)[:, None]
    return np.concatenate([a + (b - a) * steps for a, b in zip(polygon, np.roll(polygon, -1, axis=0), strict=True)])
