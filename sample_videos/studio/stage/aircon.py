"""A wall-mounted air-conditioner: display digits, status light, louver and a ribbon at the outlet, each switchable."""

from __future__ import annotations

import math

import bmesh
import numpy as np

from sample_videos.studio.stage.materials import glow, paint
from sample_videos.studio.stage.shapes import box, empty, made

SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
    "8": "abcdefg", "9": "abfgcd", " ": "", "-": "g",
}  # fmt: skip
WIDE_M = 0.95
DIGIT_M = (0.034, 0.037, 0.009)
"""Half width step, half height step, stroke of a digit."""
RIBBON_M = (0.34, 0.035)
RIBBON_PHASES = 6


class Aircon:
    """Its back on the wall plane x = at[0], facing -x; `show` sets what can be seen of its state."""

    def __init__(self, at, m):
        p = self.frame = empty("aircon")
        p.location = at
        box("aircon", (0.22, WIDE_M, 0.30), (-0.11, 0, 0), m["white"], 0.035, p, seg=3)
        box("aircon", (0.01, WIDE_M * 0.94, 0.004), (-0.222, 0, -0.02), m["grey"], 0, p)
        box("aircon", (0.08, WIDE_M * 0.88, 0.03), (-0.19, 0, -0.14), m["black"], 0, p)
        box("aircon", (0.002, 0.17, 0.11), (-0.2205, 0.225, 0.06), m["black"], 0, p)
        self.louver = box("louver", (0.075, WIDE_M * 0.88, 0.008), (-0.037, 0, 0), m["white"], 0.002, p)
        self.louver.location = (-0.145, 0, -0.152)
        self.dark, self.lit = paint("segment-off", (0.04, 0.04, 0.045), 0.4), glow("segment-on", (0.55, 0.9, 1), 6.0)
        self.led_dark, self.led_lit = paint("led-off", (0.25, 0.27, 0.25), 0.3), glow("led-on", (0.1, 1, 0.2), 8.0)
        self.digits = [self._digit(0.265 - k * 0.075, p) for k in range(2)]
        self.led = box("led", (0.004, 0.016, 0.016), (-0.2225, 0.36, 0.06), self.led_dark, 0, p)
        self.ribbon_cloth = paint("ribbon", (0.75, 0.04, 0.05), 0.6)
        self.ribbons = [self._ribbon(phase) for phase in range(-1, RIBBON_PHASES)]

    def _digit(self, y, p):
        sw, sh, t = DIGIT_M
        spots = {
            "a": (0, sh), "g": (0, 0), "d": (0, -sh), "f": (-sw / 2, sh / 2), "b": (sw / 2, sh / 2),
            "e": (-sw / 2, -sh / 2), "c": (sw / 2, -sh / 2),
        }  # fmt: skip
        parts = {}
        for name, (u, v) in spots.items():
            lying = name in "agd"
            size = (0.003, sw * 0.85 if lying else t, t if lying else sh * 0.85)
            # the unit faces -x: its viewer's right is -y
            parts[name] = box("segment", size, (-0.2215, y - u, 0.06 + v), self.dark, 0, p)
        return parts

    def _ribbon(self, phase):
        """A strip from the outlet: hanging still (phase -1) or at one of the shapes of its flutter."""
        mesh, long, wide = bmesh.new(), *RIBBON_M
        before = None
        for s in np.linspace(0, 1, 12):
            if phase < 0:
                x, z = -0.19, -0.155 - long * s
            else:
                swing = math.sin(2 * math.pi * (s * 0.9 - phase / RIBBON_PHASES)) * 0.06 * s
                x, z = -0.19 - long * 0.75 * s - swing * 0.6, -0.155 - long * 0.55 * s + swing
            now = [mesh.verts.new((x, -0.25 + k * wide, z)) for k in (0, 1)]
            if before:
                mesh.faces.new((before[0], now[0], now[1], before[1]))
            before = now
        return made("ribbon", mesh, self.ribbon_cloth, self.frame, smooth=True)

    def show(self, state):
        """state: {display: int | None, led: bool, louver_deg, ribbon: phase, -1 hanging}."""
        shown = "  " if state["display"] is None else f"{state['display']:2d}"
        for parts, sign in zip(self.digits, shown, strict=True):
            for name, part in parts.items():
                part.data.materials[0] = self.lit if name in SEGMENTS[sign] else self.dark
        self.led.data.materials[0] = self.led_lit if state["led"] else self.led_dark
        self.louver.rotation_euler = (0, -math.radians(state["louver_deg"]), 0)
        for number, ribbon in enumerate(self.ribbons, -1):
            ribbon.hide_render = number != state["ribbon"]

    def light_by(self, group):
        """Which pass carries the glow of its lights."""
        for part in [self.led, *(s for parts in self.digits for s in parts.values())]:
            part.lightgroup = group
