"""Furniture, lamps and air-conditioners: what was observed of them against where they stand and how they are switched.

Furniture: observations of kind `furniture` with the values `offset_x`, `offset_y` (mm from the reference, site frame)
and `turn` (degrees). Lamps and air-conditioners: kinds `luminaire` and `aircon`, predicate `on`, as cameras tell it: a
meter needs no yardstick.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guiwei.yardstick.playing import Played
from guiwei.yardstick.sample import LEAST, Sample, Slip, SlipKind, Spot, Tally, bound
from guiwei.yardstick.tellable import Span, contradictory_spans, pieces, sick_spans, told_by_camera, within
from models.domain.finding import Quantity
from models.domain.messages import Observation
from models.domain.truth import Truth as Seen
from sample_videos.studio.truth import ItemTruth, Pose, Truth

NEAR_M = 6.0
"""Within this distance the goal for furniture holds (design.md, Numbers that decide)."""
SETTLE_S = 5.0
"""After an item is moved an observer may still average over the move: such observations are not scored."""
SWITCH_S = 10.0
"""A flip told within this of a true switch, the same way, is that switch."""
SETTLED_S = 2.0
"""A switch is to be told within this (issue "Energy"): until then it is a delay, afterwards a state."""
TURNS_DEG = 20.0
"""Up to this turn the goal for angles holds; larger ones are a quantity of their own."""


def furniture(played: Played) -> Iterator[Sample | Tally]:
    """Errors of every scored observation, and how many were given (right), refused (unknown)."""
    items = {item.id: item for item in played.clip.truth.items if item.reference is not None}
    for message in played.messages:
        if isinstance(message, Observation) and message.kind == "furniture" and message.subject in items:
            item = items[message.subject]
            t_s = played.clock.s(message.utc_us, message.camera)
            pose = _pose(item, t_s)
            if pose is not None and pose.present:
                yield from _measured(played, message, item, pose, t_s)


def _measured(played: Played, told: Observation, item: ItemTruth, pose: Pose, t_s: float) -> Iterator[Sample | Tally]:
    values = dict(told.values)
    spot = Spot(played.clip.name, told.camera, t_s, item.id)
    given = told.truth is not Seen.UNKNOWN and "offset_x" in values and "offset_y" in values
    yield Tally("furniture_observed", "right" if given else "unknown", 1.0, spot)
    if not given:
        return
    assert item.reference is not None
    true = (pose.x_m - item.reference[0]) * 1000, (pose.y_m - item.reference[1]) * 1000
    errors = values["offset_x"].value - true[0], values["offset_y"].value - true[1]
    z = tuple(e / s for e, s in zip(errors, (values["offset_x"].sigma, values["offset_y"].sigma), strict=True) if s)
    if LEAST in values and item.symmetry_order > 0:
        # "Turned by at least": nothing is claimed of the turn but the bound, of the place no more than the sigma.
        yield Tally("turned_at_least", bound(values[LEAST].value, _smallest(pose.turn_deg, item)), 1.0, spot)
        yield Sample("position_turned_mm", math.hypot(*errors), spot, z)
        return
    group = _group(played.clip.truth, told.camera, pose, moved=math.hypot(*true) > 0.5)
    yield Sample(f"position_{group}_mm", math.hypot(*errors), spot, z)
    if "turn" in values and item.symmetry_order > 0:
        yield _turned(values["turn"], item, pose, spot)


def _smallest(turn_deg: float, item: ItemTruth) -> float:
    """The smallest turn, 0 or more, that looks the same."""
    full = 360.0 / item.symmetry_order
    return abs((turn_deg + full / 2) % full - full / 2)


def _turned(told: Quantity, item: ItemTruth, pose: Pose, spot: Spot) -> Sample:
    full = 360.0 / item.symmetry_order
    error = (told.value - pose.turn_deg + full / 2) % full - full / 2
    name = "angle_deg" if _smallest(pose.turn_deg, item) <= TURNS_DEG else "angle_large_deg"
    return Sample(name, error, spot, (error / told.sigma,) if told.sigma else ())


def _group(truth: Truth, camera: str, pose: Pose, *, moved: bool) -> str:
    x, y, z = truth.cameras[camera].position_m if camera in truth.cameras else (pose.x_m, pose.y_m, 0.0)
    near = math.dist((x, y, z), (pose.x_m, pose.y_m, 0.0)) <= NEAR_M
    return ("moved" if moved else "untouched") + ("" if near else "_far")


def _pose(item: ItemTruth, t_s: float) -> Pose | None:
    """The pose in force; None while it has just changed."""
    at = next((pose for pose in reversed(item.poses) if pose.t_s <= t_s), None)
    return None if at is None or (at.t_s > 0 and t_s - at.t_s < SETTLE_S) else at


@dataclass(frozen=True, slots=True)
class _Switched:
    """Something with a switch. changes: (t_s, on) of the truth, the first at the clip's beginning.

    contradictory: when its own signs allow no verdict.
    """

    kind: str
    id: str
    changes: tuple[tuple[float, bool], ...]
    contradictory: tuple[Span, ...] = ()


def switches(played: Played) -> Iterator[Sample | Slip | Tally]:
    """Delay of every true switch, flips that are none, and seconds with the right state."""
    truth = played.clip.truth
    lamps = [_Switched("luminaire", one.id, tuple((s.t_s, s.on) for s in one.states)) for one in truth.lamps]
    aircons = [
        _Switched(
            "aircon",
            one.id,
            tuple((s.t_s, s.on) for s in one.states),
            tuple(contradictory_spans(one, truth.duration_s)),
        )
        for one in truth.aircons
    ]
    for thing in (*lamps, *aircons):
        for camera, told in told_by_camera(played, thing.kind, thing.id).items():
            yield from _switched(played, thing, [(t_s, one.truth) for t_s, one in told], camera)


Told = tuple[float, Seen]


def _switched(played: Played, thing: _Switched, told: Sequence[Told], camera: str) -> Iterator[Sample | Slip | Tally]:
    sick = sick_spans(played.clip.truth.views, camera)
    yield from _states(played, thing, told, camera, [*sick, *thing.contradictory])
    flips = _flips(told)
    for t_s, on in _true_switches(thing):
        if t_s >= played.clip.truth.duration_s:  # a clip that was cut short keeps the truth of the whole
            continue
        spot = Spot(played.clip.name, camera, t_s, thing.id)
        match = min(
            (flip for flip in flips if flip[1] is on and -1.0 <= flip[0] - t_s <= SWITCH_S),
            key=lambda flip: abs(flip[0] - t_s),
            default=None,
        )
        if match is not None:
            flips.remove(match)
            yield Sample(f"{thing.kind}_switch_s", match[0] - t_s, spot)
        elif not within(sick, t_s):
            yield Slip(SlipKind.MISS, f"{thing.kind}_switch", spot, f"{thing.id} is switched {'on' if on else 'off'}")
    for t_s, on in flips:
        if _on(thing, t_s) is on and any(0.0 <= t_s - end_s <= SWITCH_S for _, end_s in sick):
            continue  # it was switched while nobody could see it
        spot = Spot(played.clip.name, camera, t_s, thing.id)
        yield Slip(SlipKind.FALSE_ALARM, f"{thing.kind}_switch", spot, f"{thing.id} told as {'on' if on else 'off'}")


def _true_switches(thing: _Switched) -> list[tuple[float, bool]]:
    return [
        (after[0], after[1])
        for before, after in zip(thing.changes, thing.changes[1:], strict=False)
        if before[1] is not after[1]
    ]


def _flips(told: Sequence[Told]) -> list[tuple[float, bool]]:
    """Changes between on and off; not knowing in between changes nothing."""
    flips: list[tuple[float, bool]] = []
    state: Seen | None = None
    for t_s, value in told:
        if value is not Seen.UNKNOWN:
            if state is not None and value is not state:
                flips.append((t_s, value is Seen.HOLDS))
            state = value
    return flips


def _states(
    played: Played, thing: _Switched, told: Sequence[Told], camera: str, untellable: Sequence[Span]
) -> Iterator[Tally]:
    """Each observation holds until the next. Seconds right after a true switch are left to its delay; those in which no
    picture can tell are a quantity of their own, of which unknown is the right answer."""
    just = [(at_s, at_s + SETTLED_S) for at_s, _ in _true_switches(thing)]
    cuts = [edge for span in (*just, *untellable) for edge in span]
    for begin, end, value in pieces(told, cuts, played.clip.truth.duration_s):
        on = _on(thing, begin)
        if on is None or within(just, begin):
            continue
        right = "right" if (value is Seen.HOLDS) is on else "wrong"
        outcome = "unknown" if value is Seen.UNKNOWN else right
        name = f"{thing.kind}_state" + ("_untellable" if within(untellable, begin) else "")
        yield Tally(name, outcome, end - begin, Spot(played.clip.name, camera, begin, thing.id))


def _on(thing: _Switched, t_s: float) -> bool | None:
    return next((on for at_s, on in reversed(thing.changes) if at_s <= t_s), None)
