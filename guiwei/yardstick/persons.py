"""How well people are found, placed, and told apart as staff and visitors."""

from __future__ import annotations

import math
from collections.abc import Iterator

from guiwei.yardstick.cast import Box, Cast, TrueFrames, counts, paired
from guiwei.yardstick.playing import Played
from guiwei.yardstick.sample import Sample, Spot, Tally
from models.domain.geometry import XY, contains
from models.domain.presence import Role
from sample_videos.studio.truth import PersonSight, Truth
from vision.tracking import START_SCORE, overlap

HEIGHTS_PX = ((0, 80), (80, 120), (120, 170), (170, 10_000))
"""The classes in which the generator's notes give the embedded network's recall."""
SHARES = ((0.25, 0.6), (0.6, 0.9), (0.9, 1.01))
ON_DUTY = frozenset({"staff", "cleaner", "guard"})
"""Not visitors: the product knows two roles, and who is in a uniform is staff."""


def person_tallies(played: Played, cast: Cast) -> Iterator[Tally]:
    """Persons found by the network (`found.*`) and shown as presences (`present.*`): by size and by visibility."""
    frames = TrueFrames(played.clip.truth)
    for found in played.found:
        sights = frames.seen(found.camera, found.t_s)
        if sights is not None:
            sure = found.boxes[(found.boxes.scores >= START_SCORE) & (found.boxes.classes == 0)]
            boxes = [(float(a), float(b), float(c), float(d)) for a, b, c, d in sure.boxes]
            # A poster is told to the product as one; that the network falls for it is no error of the product.
            posters = played.site.cameras[found.camera].static_person_masks
            boxes = [box for box in boxes if not any(contains(mask, _middle(box)) for mask in posters)]
            yield from _found("found", boxes, sights, Spot(played.clip.name, found.camera, found.t_s))
    for moment in cast.moments:
        spot = Spot(played.clip.name, moment.camera, moment.t_s)
        yield from _found("present", [person.box for person in moment.persons], moment.sights, spot)


def _found(name: str, boxes: list[Box], sights: tuple[PersonSight, ...], spot: Spot) -> Iterator[Tally]:
    pairs = paired(boxes, sights)
    taken = {j for _, j in pairs}
    for j, sight in enumerate(sights):
        if not counts(sight):
            continue
        here = Spot(spot.clip, spot.camera, spot.t_s, sight.id)
        outcome = "right" if j in taken else "wrong"
        for label in _classes(sight):
            yield Tally(f"{name}.recall.{label}", outcome, 1.0, here)
    for i, box in enumerate(boxes):
        match = next((sights[j] for at, j in pairs if at == i), None)
        if match is not None and not counts(match):
            continue  # hardly to be seen, or outside the door: neither asked for nor wrong
        if match is None and any(_touches(box, sight) for sight in sights if not counts(sight)):
            continue
        yield Tally(f"{name}.precision", "wrong" if match is None else "right", 1.0, spot)


def _middle(box: Box) -> XY:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _touches(box: Box, sight: PersonSight) -> bool:
    shape = sight.box_px
    return shape is not None and overlap(box, (shape[0], shape[1], shape[2], shape[3])) > 0.1


def _classes(sight: PersonSight) -> list[str]:
    assert sight.box_px is not None or sight.visible_box_px is not None
    shape = sight.box_px or sight.visible_box_px
    assert shape is not None
    height = shape[3] - shape[1]
    found = ["all"]
    found += [f"height_{a}_{b if b < 10_000 else 'up'}_px" for a, b in HEIGHTS_PX if a <= height < b]
    found += [f"visible_{round(100 * a)}_{round(100 * min(b, 1))}" for a, b in SHARES if a <= sight.visible_share < b]
    return found


def place_samples(played: Played, cast: Cast) -> Iterator[Sample]:
    """Where on the floor a seen person was said to stand, metres; z by the place's own sigma."""
    for moment in cast.moments:
        for person, sight in moment.pairs:
            floor, sigma_m = person.place.floor, person.place.sigma_m
            if floor is None or not counts(sight):
                continue
            dx, dy = floor[0] - sight.x_m, floor[1] - sight.y_m
            spot = Spot(played.clip.name, moment.camera, moment.t_s, sight.id)
            yield Sample("person_place_m", math.hypot(dx, dy), spot, (dx / sigma_m, dy / sigma_m) if sigma_m else ())


def role_tallies(played: Played, cast: Cast) -> Iterator[Tally]:
    """Seconds with the right role, the wrong one, or none yet."""
    roles = _roles(played.clip.truth)
    for moment in cast.moments:
        for person, sight in moment.pairs:
            right = roles[sight.id] is person.role
            outcome = "unknown" if person.role is Role.UNKNOWN else "right" if right else "wrong"
            spot = Spot(played.clip.name, moment.camera, moment.t_s, sight.id)
            yield Tally("role", outcome, moment.step_s, spot)


def _roles(truth: Truth) -> dict[str, Role]:
    return {person.id: Role.STAFF if person.role in ON_DUTY else Role.VISITOR for person in truth.persons}
