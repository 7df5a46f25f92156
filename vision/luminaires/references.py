"""References as the sight will measure: with its own meters, in pictures of the size that it will see.

Lamps are found in small pictures (teaching.py), and a lamp at the edge of a wide view is one or two pixels high there:
its ratio to its surround in a small picture is another one than in a large picture (measured on the rendered hall: 0.49
in the small one, 0.10 in the large one, off 0.22), so a group taught in the one cannot be told in the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.domain.energy import LampPart, LampRegion
from models.domain.geometry import Polygon
from models.domain.media import Frame
from vision.luminaires.region import LEAST_GAP, RegionMeter, usual_level
from vision.luminaires.teaching import STEP_US, Switching, TaughtGroup
from vision.reference_cells import CellBook

SHARES = (2, 50, 98)
"""Percentiles of a state's readings: what passers-by and noise make of it is left out."""


class References:
    """`add` the frames of the clip a second time, then `groups`. declared_px: the camera's width and height."""

    def __init__(
        self, groups: Sequence[TaughtGroup], declared_px: tuple[int, int], privacy_masks: Sequence[Polygon] = ()
    ) -> None:
        self._groups, self._declared_px = tuple(groups), declared_px
        self._meters: list[list[RegionMeter]] = []
        self._frame_px = (0, 0)
        self._times_us: list[int] = []
        self.cells = CellBook(declared_px, privacy_masks)
        self._ratios: list[list[list[float]]] = [[[] for _ in group.regions] for group in self._groups]
        self._levels: list[list[list[float]]] = [[[] for _ in group.regions] for group in self._groups]

    def add(self, frame: Frame) -> None:
        """Measure every region in one frame; nan where nothing can be said (blackness)."""
        if frame.size_px != self._frame_px:
            self._frame_px = frame.size_px
            lamps = [r.polygon for g in self._groups for r in g.regions if r.part is LampPart.LAMP and r.off]
            self._meters = [
                [RegionMeter(replace(r, least_level=None), self._declared_px, frame.size_px, lamps) for r in g.regions]
                for g in self._groups
            ]
        usual = usual_level(frame.image)
        self._times_us.append(frame.utc_us)
        for meters, ratios, levels in zip(self._meters, self._ratios, self._levels, strict=True):
            for meter, ratio, level in zip(meters, ratios, levels, strict=True):
                said = meter.ratio(frame.image, usual)
                ratio.append(np.nan if said is None else said)
                level.append(meter.level(frame.image, usual))
        self.cells.add(
            frame.image,
            {r.polygon: on for g in self._groups if (on := _state(g, frame)) is not None for r in g.regions},
        )

    def groups(self) -> tuple[TaughtGroup, ...]:
        """The groups with what was measured; regions and groups that cannot be told apart at this size are left out."""
        times = np.array(self._times_us)
        found = []
        for group, ratios, levels in zip(self._groups, self._ratios, self._levels, strict=True):
            on, calm = _states(group.switchings, times)
            regions = [
                _measured(region, np.array(ratio), np.array(level), (on, calm))
                for region, ratio, level in zip(group.regions, ratios, levels, strict=True)
            ]
            useful = tuple(r for r in regions if r.on and (not group.switchings or _apart(r)))
            if useful:
                found.append(replace(group, regions=useful))
        return tuple(found)


def _state(group: TaughtGroup, frame: Frame) -> bool | None:
    """On or off in a frame; None within a second of a switching."""
    if any(abs(frame.utc_us - s.utc_us) < STEP_US for s in group.switchings):
        return None
    before = [s.on for s in group.switchings if s.utc_us < frame.utc_us]
    return before[-1] if before else not group.switchings or not group.switchings[0].on


def _states(switchings: Sequence[Switching], times: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether on at each time; whether no switching is near."""
    on = np.full(len(times), not switchings or not switchings[0].on)
    calm = np.ones(len(times), np.bool_)
    for switching in switchings:
        on[times >= switching.utc_us] = switching.on
        calm &= np.abs(times - switching.utc_us) >= STEP_US
    return on, calm


def _measured(
    region: LampRegion,
    ratios: NDArray[np.float64],
    levels: NDArray[np.float64],
    states: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> LampRegion:
    on, calm = states
    said = calm & ~np.isnan(ratios)
    lit, dark = _span(ratios[said & on]), _span(ratios[said & ~on])
    return replace(region, on=lit, off=dark, least_level=round(float(np.percentile(levels, 1)), 4))


def _span(readings: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(np.percentile(readings, share)), 4) for share in SHARES) if len(readings) else ()


def _apart(region: LampRegion) -> bool:
    return bool(region.off) and min(region.on) - max(region.off) >= LEAST_GAP
