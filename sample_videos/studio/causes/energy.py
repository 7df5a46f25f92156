"""Lamps and air-conditioners on or off against window, policy and presence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time

from sample_videos.studio.causes.cause import Cause
from sample_videos.studio.truth import LampState, Truth

WINDOW = (time(8, 20), time(17, 30))
AIRCON_WINDOW = (time(8, 30), time(17, 30))
"""domain.md 1.1."""


def light_on_empty(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for lamp in truth.lamps:
        for on in _spells(lamp.states, on=True):
            for empty in _empty_spells(truth):
                both = _meets(on, empty)
                if both and not lamp.overnight:
                    why = f"{lamp.id} is on and nobody is there"
                    yield Cause(lamp.id, *both, limits["limit_s"], why, harmless=truth.lighting == "scheduled")


def light_after_hours(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    if not _in_window(truth, WINDOW):
        for lamp in truth.lamps:
            for t0, t1 in _spells(lamp.states, on=True):
                why = f"{lamp.id} is on after hours" + (", as it should be" if lamp.overnight else "")
                yield Cause(lamp.id, t0, t1, limits["limit_s"], why, harmless=lamp.overnight)


def light_off_in_window(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    if _in_window(truth, WINDOW):
        for lamp in truth.lamps:
            for t0, t1 in _spells(lamp.states, on=False):
                harmless = lamp.overnight or truth.lighting == "vacancy"
                yield Cause(lamp.id, t0, t1, limits["limit_s"], f"{lamp.id} is off in its window", harmless=harmless)


def disagreement(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    """A relay says another thing of its lamps than is true."""
    for meter in truth.meters:
        lamp = next(one for one in truth.lamps if one.id == meter.lamp)
        for on in (True, False):
            for said in _spells(meter.says, on=on):
                for really in _spells(lamp.states, on=not on):
                    both = _meets(said, really)
                    if both:
                        why = f"the meter of {lamp.id} says {'on' if on else 'off'}, and it is not"
                        yield Cause(lamp.id, *both, limits["limit_s"], why)


def vip_missed(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    """Every lamp is owed while a visit lasts."""
    for visit in truth.visits:
        for lamp in truth.lamps:
            for off in _spells(lamp.states, on=False):
                both = _meets(off, (visit.t_arrives_s, visit.t_leaves_s))
                if both:
                    yield Cause(lamp.id, *both, limits["limit_s"], f"{lamp.id} is off while visit {visit.id} lasts")


def aircon_on_empty(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for unit, t0, t1, _ in _aircon_spells(truth):
        for empty in _empty_spells(truth):
            both = _meets((t0, t1), empty)
            if both:
                yield Cause(unit, *both, limits["limit_s"], f"{unit} runs and nobody is there")


def aircon_after_hours(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    if not _in_window(truth, AIRCON_WINDOW):
        for unit, t0, t1, _ in _aircon_spells(truth):
            yield Cause(unit, t0, t1, limits["limit_s"], f"{unit} runs after hours")


def setpoint(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    summer = "06-01" <= truth.start[5:10] < "10-15"
    winter = truth.start[5:10] >= "10-15" or truth.start[5:10] < "03-01"
    for unit, t0, t1, shown in _aircon_spells(truth):
        if shown is not None:
            off = (summer and shown < limits["summer_min_c"]) or (winter and shown > limits["winter_max_c"])
            yield Cause(unit, t0, t1, limits["limit_s"], f"{unit} shows {shown} C", float(shown), harmless=not off)


def _spells(states: Sequence[LampState], *, on: bool) -> Iterator[tuple[float, float]]:
    for state, after in zip(states, [*states[1:], None], strict=True):
        if state.on is on:
            yield state.t_s, after.t_s if after else float("inf")


def _empty_spells(truth: Truth) -> list[tuple[float, float]]:
    """When nobody is in the room, seen or not."""
    first = next(iter(truth.cameras))
    frames = [f for f in truth.frames if f.camera == first]
    found: list[tuple[float, float]] = []
    for frame in frames:
        if not any(p.inside for p in frame.persons):
            end = frame.t_s + frame.dt_s
            if found and abs(found[-1][1] - frame.t_s) < 1e-3:
                found[-1] = (found[-1][0], end)
            else:
                found.append((frame.t_s, end))
    return [(a, float("inf") if b >= truth.duration_s - 0.3 else b) for a, b in found]


def _meets(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float] | None:
    low, high = max(a[0], b[0]), min(a[1], b[1])
    return (low, high) if high > low else None


def _in_window(truth: Truth, window: tuple[time, time]) -> bool:
    return window[0] <= datetime.fromisoformat(truth.start).time() < window[1]


def _aircon_spells(truth: Truth) -> Iterator[tuple[str, float, float, int | None]]:
    for unit in truth.aircons:
        began: tuple[float, int | None] | None = None
        for state in unit.states:
            if state.on and began is None:
                began = state.t_s, state.display_c
            elif not state.on and began is not None:
                yield unit.id, began[0], state.t_s, began[1]
                began = None
        if began is not None:
            yield unit.id, began[0], float("inf"), began[1]
