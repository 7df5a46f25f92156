"""Learns lamp groups from a clip in which they are switched: finds the lamps, groups them by when they switch, takes
references of on and off. People who walk by switch nothing: a lamp steps within a second and then stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.energy import LampPart, LampRegion
from models.domain.geometry import Polygon
from models.domain.media import US, Frame
from vision.luminaires.region import LEAST_GAP, OFFSET, masks
from vision.luminaires.sight import chroma_of

WIDTH_PX = 960
"""Pictures are looked at no wider than this: ceiling lamps at the edge of a wide view are 2 px high at 480."""
LONGEST_S = 180.0
"""At 10 pictures a second that is 1 GB; a lesson takes a minute."""
BRIGHT = 150
"""Grey level that a lit lamp reaches in some second of the clip."""
FALL = 0.12
"""A switched lamp falls by this share of its level."""
STANDS_OUT = 1.10
"""A lit lamp is this much brighter than the mean of its neighbourhood."""
GLARING, GLARES_OUT = 0.9, 1.4
"""A lamp that is lit throughout: as bright as anything in the picture, and far above its neighbourhood at all times."""
FILLED = 0.8
MOST_PATTERNS, LOOSE = 12, 1
"""Different switching patterns looked for; seconds in which a pixel may differ from its pattern."""
LEAST_PX = 5
MOST_PX = 10_000
"""Pixels of a surround that are looked at."""
LARGEST_SHARE = 0.05
PLATEAU_US = 2 * US
"""A state lasts at least this long in a teaching clip."""
STEP_US = US
TOGETHER_US = round(0.3 * US)
ASIDE_US, NEAR_US = round(0.2 * US), round(1.6 * US)
"""A step is measured between what lies this far before and after it."""
LOW, HIGH, QUIET = 0.4, 0.6, 0.4
"""Shares of a lamp's own swing: its states, and how much a plateau may vary (others are switched, exposure follows)."""
STEADY = 0.2
"""ln: a lamp that is lit throughout varies by less (exposure moves it a little)."""
GRID = 10
SURFACES = 2
LEAST_PATCHES = 8
"""Of a hundred: a person covers one to six."""

Grey = NDArray[np.uint8]
Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Switching:
    """utc_us: middle of the step; on: what it became."""

    utc_us: int
    on: bool


@dataclass(frozen=True, slots=True)
class TaughtGroup:
    """Lamps that switch together; without switchings they were lit throughout (references of on only)."""

    regions: tuple[LampRegion, ...]
    switchings: tuple[Switching, ...]


@dataclass(slots=True)
class Clip:
    """Grey pictures of one camera with their times, as `add` takes them."""

    declared_px: tuple[int, int]
    pictures: list[Grey] = field(default_factory=list)
    times_us: list[int] = field(default_factory=list)
    chroma: list[float] = field(default_factory=list)

    def add(self, frame: Frame) -> bool:
        """False once the clip is as long as can be taught from."""
        if self.times_us and frame.utc_us - self.times_us[0] > LONGEST_S * US:
            return False
        width = min(WIDTH_PX, frame.image.shape[1])
        height = max(1, round(frame.image.shape[0] * width / frame.image.shape[1]))
        small = cv2.resize(frame.image, (width, height), interpolation=cv2.INTER_AREA)
        self.pictures.append(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8))
        self.times_us.append(frame.utc_us)
        self.chroma.append(chroma_of(frame.image))
        return True


@dataclass(frozen=True, slots=True)
class _Lamp:
    """A candidate in the small picture: its polygon there, ln ratios, own ln levels, switchings."""

    polygon: NDArray[np.float64]
    part: LampPart
    series: Series
    levels: Series
    switchings: tuple[Switching, ...] = ()


def taught_groups(clip: Clip, camera: str) -> tuple[TaughtGroup, ...]:
    """The groups of a clip in order of their first switching, then lamps that were lit throughout; may be empty."""
    if len(clip.pictures) < 8:
        return ()
    stack, times = np.stack(clip.pictures), np.array(clip.times_us)
    seconds = _second_medians(stack, times)
    lamps = [_with_switchings(lamp, times) for lamp in _lamps(stack, _spots(seconds))]
    switched = [lamp for lamp in lamps if lamp.switchings]
    together = _mates(switched, times) if switched else _hidden_lamps(stack, times)
    events = [mates[0].switchings for mates in together]
    patches = list(_patches(stack))
    groups = [
        [
            *mates,
            *_surfaces(patches, times, lamps, (events[i], [s for e in (*events[:i], *events[i + 1 :]) for s in e])),
        ]
        for i, mates in enumerate(together)
    ]
    found = [_group(group, times, clip, camera) for group in groups]
    glaring = _glaring(seconds.min(0).astype(np.float32))  # letters that the camera writes are no filled rectangles
    steady = [lamp for lamp in _lamps(stack, [glaring], filled=FILLED) if _steady(lamp, switched)]
    found += [TaughtGroup((_region(lamp, None, clip, camera),), ()) for lamp in steady]
    return tuple(group for group in found if group is not None)


def _second_medians(stack: Grey, times: NDArray[np.int64]) -> Grey:
    """(seconds, h, w): the median picture of each second."""
    second = (times - times[0]) // US
    kept = [np.median(stack[second == s], 0) for s in np.unique(second) if np.count_nonzero(second == s) > 1]
    return np.asarray(kept if kept else [np.median(stack, 0)], np.uint8)


def _spots(seconds: Grey) -> list[NDArray[np.bool_]]:
    """Bright places that fall by a switch, apart by when they do: panels that touch belong to different groups."""
    brightest, darkest = seconds.max(0).astype(np.float32), seconds.min(0).astype(np.float32)
    lit = (brightest >= BRIGHT) & (brightest >= STANDS_OUT * _around(brightest))
    lit &= (brightest - darkest) >= FALL * brightest
    where = np.flatnonzero(lit)
    if not len(where):
        return []
    on = seconds.reshape(len(seconds), -1)[:, where] > ((brightest + darkest) / 2).ravel()[where]
    found: list[NDArray[np.bool_]] = []
    while len(where) >= LEAST_PX and len(found) < MOST_PATTERNS:
        packed = np.ascontiguousarray(np.packbits(on, axis=0).T)  # sorted as bytes, not as columns of truths
        _, first, counts = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_counts=True)
        like = (on != on[:, [int(first[counts.argmax()])]]).sum(0) <= LOOSE
        spots = np.zeros(lit.size, np.bool_)
        spots[where[like]] = True
        found.append(spots.reshape(lit.shape))
        where, on = where[~like], on[:, ~like]
    return found


def _glaring(darkest: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Lamps that are lit throughout."""
    glares = (darkest >= GLARING * darkest.max()) & (darkest >= GLARES_OUT * _around(darkest))
    return np.asarray(glares, np.bool_)


def _around(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    reach = max(9, picture.shape[1] // 8) | 1
    return np.asarray(cv2.blur(picture, (reach, max(5, reach // 2) | 1)), np.float32)


def _lamps(stack: Grey, layers: Sequence[NDArray[np.bool_]], *, filled: float = 0.0) -> list[_Lamp]:
    """Compact spots of each layer; filled: least share of its rectangle that a spot has to fill."""
    polygons = [polygon for spots in layers for polygon in _rectangles(spots, filled)]
    return [_lamp(stack, p, polygons) for p in polygons]


def _rectangles(spots: NDArray[np.bool_], filled: float) -> Iterable[NDArray[np.float64]]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(spots.astype(np.uint8), connectivity=8)
    for label in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[label])
        if LEAST_PX <= area <= LARGEST_SHARE * spots.size and area >= filled * w * h:
            yield _corners(x, y, w, h)


def _lamp(stack: Grey, polygon: NDArray[np.float64], others: Sequence[NDArray[np.float64]]) -> _Lamp:
    inner, ring = masks(polygon, (stack.shape[2], stack.shape[1]), others)
    inside, outside = _levels(stack, inner, MOST_PX), _levels(stack, ring, MOST_PX)
    return _Lamp(polygon, LampPart.LAMP, inside - outside, inside)


def _levels(stack: Grey, mask: NDArray[np.uint8], most_px: int) -> Series:
    """ln of the mean level under a mask in every picture; of large places every few pixels are enough."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    step = max(1, int(np.sqrt((np.ptp(rows) + 1) * (np.ptp(columns) + 1) / most_px)))
    window = slice(rows[0], rows[-1] + 1, step), slice(columns[0], columns[-1] + 1, step)
    within = mask[window].copy()
    if not within.any():
        window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        within = mask[window].copy()
    return np.log(np.array([cv2.mean(near, within)[0] for near in stack[(slice(None), *window)]]) + OFFSET)


def _with_switchings(lamp: _Lamp, times: NDArray[np.int64]) -> _Lamp:
    """Only steps in which the lamp itself changed: a lamp whose neighbour goes out stands out more, and burns on."""
    own = [
        switching
        for switching in _switchings(lamp.series, times)
        if 2 * _step(lamp.levels, times, switching) >= _step(lamp.series, times, switching)
    ]
    return replace(lamp, switchings=tuple(own))


def _step(series: Series, times: NDArray[np.int64], switching: Switching) -> float:
    """Rise of a series across a switching on, fall across one off."""
    after = (times > switching.utc_us + ASIDE_US) & (times < switching.utc_us + NEAR_US)
    before = (times < switching.utc_us - ASIDE_US) & (times > switching.utc_us - NEAR_US)
    if not after.any() or not before.any():
        return 0.0
    rise = float(np.median(series[after]) - np.median(series[before]))
    return rise if switching.on else -rise


def _switchings(series: Series, times: NDArray[np.int64]) -> Iterable[Switching]:
    """Steps of a series between two plateaus: fast, lasting, and large against what the plateaus vary by."""
    low, high = np.percentile(series, 3), np.percentile(series, 97)
    if high - low < LEAST_GAP:
        return
    where = np.clip((series - low) / (high - low), 0, 1)
    state: bool | None = None
    changes: list[tuple[int, bool]] = []
    for i, at in enumerate(where):
        now = True if at >= HIGH else False if at <= LOW else None
        if now is not None and now is not state:
            changes.append((i, now))
            state = now
    bounds = [i for i, _ in changes[1:]]
    starts, ends = [0, *bounds], [*bounds, len(series)]
    lasting = [times[e - 1] - times[s] >= PLATEAU_US for s, e in zip(starts, ends, strict=True)]
    quiet = [_quiet(where[s:e]) for s, e in zip(starts, ends, strict=True)]
    for k, (i, on) in enumerate(changes[1:], 1):
        before = i - 1
        while before > 0 and LOW < where[before] < HIGH:
            before -= 1
        fast = times[i] - times[before] <= STEP_US
        if fast and lasting[k - 1] and lasting[k] and quiet[k - 1] and quiet[k]:
            yield Switching(int(times[before] + times[i]) // 2, on)


def _quiet(plateau: Series) -> bool:
    spread = np.percentile(plateau, 80) - np.percentile(plateau, 20)
    return bool(spread < QUIET)


def _mates(lamps: Sequence[_Lamp], times: NDArray[np.int64]) -> list[list[_Lamp]]:
    """Lamps that switch at the same moments, in order of the first."""
    slack_us = max(TOGETHER_US, round(1.5 * float(np.median(np.diff(times)))))
    groups: list[list[_Lamp]] = []
    for lamp in sorted(lamps, key=lambda one: one.switchings[0].utc_us):
        mates = next((g for g in groups if _together(g[0], lamp, slack_us)), None)
        groups.append([lamp]) if mates is None else mates.append(lamp)
    return [group for group in groups if not any(_mirrors(group, other, slack_us) for other in groups)]


def _mirrors(group: Sequence[_Lamp], other: Sequence[_Lamp], slack_us: int) -> bool:
    """Whether a group brightens each time one that swings more in all goes dark: exposure opens up, or a neighbour
    stands out more. Many panes and tiles may answer one lamp, but each by little against its surround."""
    return _swing(other) > _swing(group) and all(
        any(s.on is not o.on and abs(s.utc_us - o.utc_us) <= slack_us for o in other[0].switchings)
        for s in group[0].switchings
    )


def _swing(group: Sequence[_Lamp]) -> float:
    """ln: from dark to lit against the surround, summed over the group."""
    return float(sum(np.ptp(np.percentile(lamp.series, (3, 97))) for lamp in group))


def _together(one: _Lamp, other: _Lamp, slack_us: int) -> bool:
    return len(one.switchings) == len(other.switchings) and all(
        a.on is b.on and abs(a.utc_us - b.utc_us) <= slack_us
        for a, b in zip(one.switchings, other.switchings, strict=True)
    )


def _surfaces(
    patches: Sequence[_Lamp],
    times: NDArray[np.int64],
    lamps: Sequence[_Lamp],
    events: tuple[Sequence[Switching], Sequence[Switching]],
) -> list[_Lamp]:
    """At most two patches of wall or floor that step with this group and with no other. events: own, others'."""
    own, others = events
    ranked: list[tuple[float, _Lamp]] = []
    for patch in patches:
        if any(_overlap(patch.polygon, lamp.polygon) for lamp in lamps):
            continue
        least = min(_step(patch.series, times, switching) for switching in own)
        foreign = max((abs(_step(patch.series, times, switching)) for switching in others), default=0.0)
        if least >= LEAST_GAP and foreign <= 0.3 * least:
            ranked.append((least, replace(patch, switchings=tuple(own))))
    return [lamp for _, lamp in sorted(ranked, key=lambda r: -r[0])[:SURFACES]]


def _patches(stack: Grey) -> list[_Lamp]:
    """The picture in a grid, each patch against the picture's median."""
    height, width = stack.shape[1:]
    usual = np.log(np.median(stack.reshape(len(stack), -1)[:, ::7], 1) + OFFSET)
    found = []
    for row in range(GRID):
        for column in range(GRID):
            x0, x1 = column * width // GRID, (column + 1) * width // GRID
            y0, y1 = row * height // GRID, (row + 1) * height // GRID
            levels = np.log(stack[:, y0:y1, x0:x1].mean((1, 2)) + OFFSET)
            found.append(_Lamp(_corners(x0, y0, x1 - x0, y1 - y0), LampPart.SURFACE, levels - usual, levels))
    return found


def _hidden_lamps(stack: Grey, times: NDArray[np.int64]) -> list[list[_Lamp]]:
    """Groups whose lamps are out of view or lost in the glare of the ceiling: many patches step together, which
    nobody who walks in brings about."""
    patches = [p for patch in _patches(stack) if (p := _with_switchings(patch, times)).switchings]
    return [mates[:SURFACES] for mates in _mates(patches, times) if len(mates) >= LEAST_PATCHES]


def _corners(x: int, y: int, width: int, height: int) -> NDArray[np.float64]:
    """A rectangle that covers these pixels and no more when it is drawn, and has an area even if it is a pixel high."""
    x1, y1 = x + width - 0.6, y + height - 0.6
    return np.array([[x, y], [x1, y], [x1, y1], [x, y1]], np.float64)


def _overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return bool((one.min(0) <= other.max(0)).all() and (other.min(0) <= one.max(0)).all())


def _states(lamp: _Lamp, times: NDArray[np.int64]) -> NDArray[np.bool_]:
    """On or off at each time."""
    on = np.full(len(times), not lamp.switchings[0].on)
    for switching in lamp.switchings:
        on[times >= switching.utc_us] = switching.on
    return on


def _group(group: Sequence[_Lamp], times: NDArray[np.int64], clip: Clip, camera: str) -> TaughtGroup | None:
    on = _states(group[0], times)
    near = np.zeros(len(times), np.bool_)
    for switching in group[0].switchings:
        near |= np.abs(times - switching.utc_us) < STEP_US
    regions = [_region(lamp, on, clip, camera, near) for lamp in group]
    useful = tuple(r for r in regions if min(r.on) - max(r.off) >= LEAST_GAP)
    return TaughtGroup(useful, group[0].switchings) if useful else None


def _region(
    lamp: _Lamp, on: NDArray[np.bool_] | None, clip: Clip, camera: str, near: NDArray[np.bool_] | None = None
) -> LampRegion:
    """References: what a state's readings span, without the moments around a switching and without passers-by."""
    height, width = clip.pictures[0].shape
    scale = np.array([clip.declared_px[0] / width, clip.declared_px[1] / height])
    corners: Polygon = tuple(
        (round(float(x), 1), round(float(y), 1)) for x, y in np.minimum(lamp.polygon * scale, clip.declared_px)
    )
    calm = np.ones(len(lamp.series), np.bool_) if near is None else ~near
    spans = [_span(lamp.series[calm if on is None else calm & (on if state else ~on)]) for state in (True, False)]
    chroma = round(float(np.median(clip.chroma)), 2)
    usual = np.log([float(np.median(picture[::12, ::12])) + OFFSET for picture in clip.pictures])
    least = round(float(np.percentile(lamp.levels - usual, 1)), 4)
    return LampRegion(camera, lamp.part, corners, spans[0], () if on is None else spans[1], least, chroma)


def _span(readings: Series) -> tuple[float, ...]:
    if not len(readings):
        return ()
    return tuple(round(float(np.percentile(readings, share)), 4) for share in (2, 50, 98))


def _steady(lamp: _Lamp, switched: Sequence[_Lamp]) -> bool:
    """Lit throughout, and no part of a lamp that is switched."""
    swing = np.percentile(lamp.levels, 99) - np.percentile(lamp.levels, 1)
    return bool(swing < STEADY) and not any(_overlap(lamp.polygon, other.polygon) for other in switched)
