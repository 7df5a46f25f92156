"""Close-up photographs of a leg and its label with known truth: every pixel's ray is cast against a cone on a floor.

World in millimetres, z up, the leg's axis through the origin. Shares nothing with the code under test but the words.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import cv2
import numpy as np

TWICE = 2
LEGS = {"black": (38, 36, 34), "chrome": (150, 152, 150), "oak": (96, 138, 176), "white": (222, 226, 228)}
LABELS = {"red": (48, 42, 196), "yellow": (40, 196, 226), "green": (70, 150, 40), "blue": (176, 92, 30)}
"""BGR."""


@dataclass(frozen=True)
class Closeup:
    """offset_mm: label's centre from the leg's, (x, y) in the floor. label: a key of LABELS, or "transparent", "none".

    The camera looks at a point near the foot: distance_mm away, tilted tilt_deg from straight down, from azimuth_deg.
    """

    offset_mm: tuple[float, float] = (12.0, 0.0)
    leg_mm: float = 40.0
    label_mm: float = 30.0
    label: str = "red"
    leg: str = "black"
    floor: str = "tile"
    tilt_deg: float = 50.0
    azimuth_deg: float = 20.0
    roll_deg: float = 3.0
    distance_mm: float = 420.0
    aside_mm: tuple[float, float] = (8.0, -6.0)
    taper: float = 0.0
    light_deg: float = 130.0
    gain: float = 1.0
    noise: float = 2.5
    blur_px: float = 0.8
    quality: int = 85
    size_px: tuple[int, int] = (1280, 960)
    seed: int = 1
    foot: bool = True
    """False: nobody photographed a leg at all."""

    def picture(self) -> np.ndarray:
        """(h, w, 3) BGR uint8."""
        at, ahead = self._rays()
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = -at[2] / ahead[:, 2]
        reach[~(reach > 0)] = np.inf
        floor = at + ahead * np.where(np.isfinite(reach), reach, 0.0)[:, None]
        colour = self._floor_colour(floor[:, :2]) * self._shade(floor[:, :2])[:, None]
        if self.foot:
            body, where, normal = self._body(at, ahead)
            hit = body < reach
            colour[hit] = self._leg_colour(where[hit], normal[hit])
        colour[~np.isfinite(reach) & ~(self.foot and (body < np.inf))] = 90
        width, height = self.size_px
        drawn = colour.reshape(height * TWICE, width * TWICE, 3).astype(np.float32)
        drawn = cv2.GaussianBlur(drawn, (0, 0), max(0.3, self.blur_px * TWICE))
        small = cv2.resize(drawn, self.size_px, interpolation=cv2.INTER_AREA) * self.gain
        rng = np.random.default_rng(self.seed)
        small += cv2.GaussianBlur(rng.normal(0, 1, small.shape).astype(np.float32), (0, 0), 0.7) * self.noise * 2
        return np.clip(small, 0, 255).astype(np.uint8)

    def jpeg(self) -> bytes:
        encoded, data = cv2.imencode(".jpg", self.picture(), [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        assert encoded
        return data.tobytes()

    def _rays(self) -> tuple[np.ndarray, np.ndarray]:
        width, height = self.size_px
        tilt, way, roll = (math.radians(v) for v in (self.tilt_deg, self.azimuth_deg, self.roll_deg))
        away = np.array([math.sin(tilt) * math.cos(way), math.sin(tilt) * math.sin(way), math.cos(tilt)])
        target = np.array([*self.aside_mm, 12.0])
        at, ahead = target + self.distance_mm * away, -away
        right = np.array([-math.sin(way), math.cos(way), 0.0])
        down = np.cross(ahead, right)
        right, down = (
            math.cos(roll) * right + math.sin(roll) * down,
            math.cos(roll) * down - math.sin(roll) * right,
        )
        focal = 0.76 * max(self.size_px)
        across, below = np.meshgrid(np.arange(width * TWICE), np.arange(height * TWICE))
        u = ((across.ravel() + 0.5) / TWICE - width / 2) / focal
        v = ((below.ravel() + 0.5) / TWICE - height / 2) / focal
        bent = 1 + 0.02 * (u * u + v * v)
        rays = ahead + (u * bent)[:, None] * right + (v * bent)[:, None] * down
        return at, rays / np.linalg.norm(rays, axis=1, keepdims=True)

    def _body(self, at: np.ndarray, ahead: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A cone: radius (leg/2)(1 + taper z / leg). Depth (inf: missed), where, outward normal."""
        radius, slope = self.leg_mm / 2, 0.5 * self.taper
        r0, r1 = radius + slope * at[2], slope * ahead[:, 2]
        a = (ahead[:, :2] ** 2).sum(1) - r1**2
        b = ahead[:, :2] @ at[:2] - r0 * r1
        c = at[:2] @ at[:2] - r0**2
        with np.errstate(invalid="ignore"):
            depth = (-b - np.sqrt(b * b - a * c)) / a
        where = at + ahead * np.where(np.isfinite(depth), depth, 0.0)[:, None]
        depth[~((depth > 0) & (where[:, 2] >= 0))] = np.inf
        normal = np.column_stack([where[:, :2], np.full(len(where), -slope * radius)])
        return depth, where, normal / np.linalg.norm(normal, axis=1, keepdims=True)

    def _leg_colour(self, where: np.ndarray, normal: np.ndarray) -> np.ndarray:
        light = math.radians(self.light_deg)
        facing = normal @ np.array([math.cos(light), math.sin(light), 0.4])
        base = np.array(LEGS[self.leg], float)
        shade = 0.72 + 0.30 * np.clip(facing, -0.3, 1)
        low = 0.75 + 0.25 * np.clip(where[:, 2] / 10, 0, 1)
        colour = base * (shade * low)[:, None]
        if self.leg == "chrome":
            angle = np.arctan2(normal[:, 1], normal[:, 0])
            colour *= (0.85 + 0.4 * np.sin(5 * angle) + 0.25 * np.sin(11 * angle + 1))[:, None]
        if self.leg == "oak":
            angle = np.arctan2(normal[:, 1], normal[:, 0])
            colour *= (1 + 0.06 * np.sin(24 * angle + 0.05 * where[:, 2]))[:, None]
        return colour + 60 * (np.clip(facing, 0, 1) ** 30)[:, None]

    def _shade(self, at: np.ndarray) -> np.ndarray:
        """Contact shadow around the foot and a soft cast one."""
        if not self.foot:
            return np.ones(len(at))
        light = math.radians(self.light_deg)
        ahead, radius = -np.array([math.cos(light), math.sin(light)]), self.leg_mm / 2
        along, aside = at @ ahead, np.abs(at @ np.array([-ahead[1], ahead[0]]))
        cast = 1 / (1 + np.exp((aside - radius) / (3 + 0.06 * np.abs(along)))) * (along > 0) * np.exp(-along / 160)
        near = np.exp(-np.clip(np.linalg.norm(at, axis=1) - radius, 0, None) / 5)
        return (1 - 0.35 * cast) * (1 - 0.30 * near)

    def _floor_colour(self, at: np.ndarray) -> np.ndarray:
        colour = _FLOORS[self.floor](at, self.seed)
        if self.label == "none":
            return colour
        away = np.linalg.norm(at - np.array(self.offset_mm), axis=1)
        inside = away < self.label_mm / 2
        if self.label == "transparent":
            rim = np.exp(-(((away - self.label_mm / 2 + 0.5) / 0.45) ** 2))
            colour = np.where(inside[:, None], 0.93 * colour + 14, colour)
            glint = inside & (np.abs(at @ np.array([0.6, 0.8]) - self.offset_mm[0] * 0.6) < 1.2)
            return colour + rim[:, None] * 22 + glint[:, None] * 25
        return np.where(inside[:, None], np.array(LABELS[self.label], float), colour)


def _texture(at: np.ndarray, cell_mm: tuple[float, float], seed: int, smooth: float) -> np.ndarray:
    """(n,) of mean 0 and deviation 1, periodic, bilinear."""
    rng = np.random.default_rng(seed)
    size = 256
    wide = np.tile(rng.normal(0, 1, (size, size)).astype(np.float32), (2, 2))
    table = cv2.GaussianBlur(wide, (0, 0), smooth)[size // 2 : size // 2 + size, size // 2 : size // 2 + size]
    table = table / table.std()
    index = np.mod(at / np.array(cell_mm), size)
    low = index.astype(int)
    (u, v), (i, j) = (index - low).T, low.T % size
    i1, j1 = (i + 1) % size, (j + 1) % size
    return (1 - u) * ((1 - v) * table[i, j] + v * table[i, j1]) + u * ((1 - v) * table[i1, j] + v * table[i1, j1])


def _tile(at: np.ndarray, seed: int) -> np.ndarray:
    colour = np.array((196.0, 202, 206)) + 5 * _texture(at, (2.0, 2.0), seed, 2.0)[:, None]
    joint = np.abs(np.mod(at + np.array([70.0, 110.0]), 300.0) - 150.0).min(1) < 1.5
    colour[joint] = (128, 132, 136)
    return colour


def _wood(at: np.ndarray, seed: int) -> np.ndarray:
    grain = _texture(at, (6.0, 0.5), seed, 1.5)
    colour = np.array((104.0, 146, 188)) + 9 * grain[:, None] + 4 * _texture(at, (9.0, 3.0), seed + 1, 2.0)[:, None]
    joint = np.abs(np.mod(at[:, 1] + 35, 90.0) - 45) < 0.7
    colour[joint] *= 0.6
    return colour


def _stone(at: np.ndarray, seed: int) -> np.ndarray:
    speckle = _texture(at, (0.9, 0.9), seed, 0.8)
    veins = _texture(at, (8.0, 8.0), seed + 2, 3.0)
    return np.array((150.0, 156, 160)) + 7 * speckle[:, None] + 8 * veins[:, None]


_FLOORS = {"tile": _tile, "wood": _wood, "stone": _stone}


def taken(number: int) -> Closeup:
    """One of a series as people take them: any leg, label, floor and light, from the side on which the label shows; a
    third of the labels transparent, every eighth photograph without one."""
    dice = random.Random(number)
    leg_mm = dice.choice([25.0, 40.0, 60.0])
    label_mm = round(leg_mm * dice.choice([0.6, 0.7, 0.75]), 1)
    label = dice.choice([*LABELS, "transparent", "transparent"]) if number % 8 else "none"
    offset_mm = (leg_mm - label_mm) / 2 + dice.uniform(2.0, 0.5 * leg_mm)
    azimuth_deg = dice.uniform(-180, 180)
    way = math.radians(azimuth_deg + dice.uniform(-70, 70))
    return Closeup(
        offset_mm=(offset_mm * math.cos(way), offset_mm * math.sin(way)),
        leg_mm=leg_mm,
        label_mm=label_mm,
        label=label,
        leg=dice.choice(["black", "chrome", "oak", "white", "black"]),
        floor=dice.choice(["tile", "wood", "stone"]),
        tilt_deg=dice.uniform(32, 60),
        azimuth_deg=azimuth_deg,
        roll_deg=dice.uniform(-8, 8),
        distance_mm=dice.uniform(4.5, 8) * leg_mm,
        aside_mm=(dice.uniform(-10, 10), dice.uniform(-10, 10)),
        taper=dice.choice([0, 0, 0.1, 0.2]),
        light_deg=dice.uniform(0, 360),
        gain=dice.uniform(0.6, 1.1),
        noise=dice.uniform(1.5, 4),
        blur_px=dice.uniform(0.6, 1.3),
        quality=dice.choice([70, 80, 90]),
        size_px=(800, 600),
        seed=number,
    )
