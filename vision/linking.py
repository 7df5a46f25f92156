"""Who a new track is: somebody who went unseen, and whether two who crossed have kept their own names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

from models.domain.clothing import Colour, colour_distance
from models.domain.media import US
from models.domain.presence import Role
from vision.clothes import alike, unlike
from vision.clothing import BOTTOM_M, TOP_M, part_of
from vision.place import Box
from vision.presence import Presence
from vision.tracking import Sighting, area, intersection, overlap

SAME_PLACE_M = 0.75
"""A new box this near to where somebody went unseen is that person: two people stand further apart."""
REACH_MPS = 2.0
"""A hurried walk."""
SLACK_M = 0.8
CROWN_SLACK_M = 0.3
"""Boxes of one person differ by this at the crown from frame to frame (hair, a raised arm)."""
CROWN_S = 1.0
"""A crown is followed as long as a person counts as seen."""
JUMP_MPS = 3.0
JUMP_SLACK_M = 0.6
"""A box that is cut by furniture in one frame and whole in the next moves its middle by half a shoulder width."""
MIXED = 0.1
"""Boxes that meet by this much may be taken for each other."""
WEAK_SCORE = 0.4
SHADOW_S = 1.5
LEVEL = 0.03
"""Boxes whose lower ends differ by less of their height may be of either one before the other."""
COVERED = 0.1
LIKE_COLOUR = 22.0
"""Mean Lab distance of one person's clothes between two places of a room (measured on the samples: up to 14)."""
SWAP_GAIN = 12.0
"""How much better exchanged colours must fit before two tracks are taken to have been exchanged."""


def plausible(presence: Presence, sighting: Sighting, others: Sequence[Presence], utc_us: int) -> bool:
    """Whether a tracked box can be the presence: the crown within a hurried step, a weak box where the last one was,
    nobody else's place. The tracker knows boxes only; a chair that looks a little like a person takes it in."""
    elapsed_s = (utc_us - presence.last_found_us) / US
    reach_px = (JUMP_MPS * elapsed_s + JUMP_SLACK_M) * presence.place.px_per_m
    if math.dist(_crown(presence.box), _crown(sighting.box)) > reach_px:
        return False
    own = overlap(presence.box, sighting.box)
    if sighting.score < WEAK_SCORE and own < 0.25:
        return False
    return own >= 0.2 or not any(
        p is not presence and p.believed and overlap(p.box, sighting.box) > 0.5 and utc_us - p.last_found_us < US
        for p in others
    )


def _crown(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, box[1]


def same_place(presence: Presence, new: Presence) -> bool:
    """Boxes that meet, feet closer together than two people stand, or a crown that moved on a step just now."""
    near_m = SAME_PLACE_M + min(presence.place.sigma_m, 0.5)
    return (
        overlap(presence.box, new.box) > 0.3
        or _share(presence, new)
        or presence.place.distance_m(new.place) <= near_m
        or _crown_moved_on(presence, new)
    )


def _crown_moved_on(presence: Presence, new: Presence) -> bool:
    """Furniture hides the feet of somebody who walks behind it, and the foot point jumps by metres; the crown goes on
    as before."""
    elapsed_s = (new.last_found_us - presence.last_found_us) / US
    reach_px = (REACH_MPS * elapsed_s + CROWN_SLACK_M) * presence.place.px_per_m
    return elapsed_s <= CROWN_S and math.dist(_crown(presence.box), _crown(new.box)) <= reach_px


def reachable(presence: Presence, new: Presence) -> bool:
    """Whether the unseen presence can have walked to where the new track began, and wears alike."""
    elapsed_s = max(0.0, (new.last_found_us - presence.last_found_us) / US)
    near = presence.place.distance_m(new.place) <= REACH_MPS * elapsed_s + SLACK_M + new.place.sigma_m
    return near and _like(presence, new)


def _like(one: Presence, other: Presence) -> bool:
    apart = colour_distance(one.colour, other.colour)
    return (apart is None or apart <= LIKE_COLOUR) and not unlike(one.colour, other.colour)


def wearer_of(other: Presence, unseen: Sequence[Presence]) -> Presence | None:
    """Of those within reach of each other the one who is known to wear what `other` wears."""
    there = [p for p in unseen if _within_reach(p, other) and alike(p.colour, other.colour)]
    return min(there, key=lambda p: (colour_distance(p.colour, other.colour) or 0.0, p.key), default=None)


def _within_reach(one: Presence, other: Presence) -> bool:
    between_s = abs(one.last_found_us - other.last_found_us) / US
    return one.place.distance_m(other.place) <= REACH_MPS * between_s + SLACK_M + other.place.sigma_m


def heirs_of(news: Sequence[Presence], unseen: Sequence[Presence]) -> dict[int, Presence]:
    """Key of each new track -> the presence it continues at the same place; best pairs first, each presence once, so
    that somebody who has just come up to another does not take the other's name."""
    pairs = [(new, known) for new in news for known in unseen if same_place(known, new)]
    pairs.sort(key=lambda pair: (-overlap(pair[0].box, pair[1].box), pair[1].place.distance_m(pair[0].place)))
    heirs: dict[int, Presence] = {}
    for new, known in pairs:
        if new.key not in heirs and all(known is not other for other in heirs.values()):
            heirs[new.key] = known
    return heirs


def successor_of(new: Presence, unseen: Sequence[Presence]) -> Presence | None:
    """The unseen presence that a believed track continues: at the same place, or elsewhere in the room for tracks that
    began there (whoever comes in at the door or the border is a new person)."""
    here = heirs_of([new], unseen)
    if here or new.came_in:
        return here.get(new.key)
    there = [p for p in unseen if reachable(p, new)]
    return min(there, key=lambda p: (colour_distance(p.colour, new.colour) or 0.0, p.key), default=None)


def hides_in(new: Presence, others: Sequence[Presence]) -> bool:
    """Whether a new box is a second box of somebody who is seen already."""
    return any(overlap(new.box, p.box) > 0.5 or _share(new, p) for p in others)


def _share(a: Presence, b: Presence) -> bool:
    """Most of the smaller box lies in the other, crowns level: parts of one person."""
    shared = intersection(a.box, b.box) > 0.6 * min(area(a.box), area(b.box))
    return shared and abs(a.box[1] - b.box[1]) < 0.1 * max(a.box[3] - a.box[1], b.box[3] - b.box[1])


def shadow_of(presence: Presence, seen: Sequence[Presence], utc_us: int) -> Presence | None:
    """Somebody seen who began in mid-room, later, exactly where `presence` has gone unseen, in like clothes: the same
    person under a second name (two boxes of one person were followed for a while)."""
    if utc_us - presence.last_found_us < SHADOW_S * US:
        return None
    for other in seen:
        later = other.believed and not other.came_in and other.first_us > presence.first_us
        if later and hides_in(other, [presence]) and _like(presence, other):
            return other
    return None


def note_crowding(presences: Sequence[Presence], utc_us: int) -> None:
    for a, b in combinations(presences, 2):
        met = overlap(a.box, b.box)
        if met > 0.02:
            a.crowded_us = b.crowded_us = utc_us
        if met > MIXED:
            a.mixed_us = b.mixed_us = utc_us
            for one, other in ((a, b), (b, a)):
                if other.votes.role is not Role.STAFF:
                    one.met, one.met_us = other, utc_us


def soles_hidden(box: Box, others: Sequence[Box]) -> bool:
    """Whether the middle of a box's lower end lies in the box of somebody nearer to the camera."""
    x, y = (box[0] + box[2]) / 2, box[3]
    level = y + LEVEL * (box[3] - box[1])
    return any(other[0] < x < other[2] and other[1] < y and other[3] > level for other in others)


def uncovered(presence: Presence, others: Sequence[Presence]) -> tuple[bool, bool]:
    """Whether nobody nearer to the camera stands before the torso, and before the legs."""
    parts = [part_of(presence.box, presence.place.px_per_m, below_m) for below_m in (TOP_M, BOTTOM_M)]
    level = presence.box[3] - LEVEL * (presence.box[3] - presence.box[1])
    nearer = [p.box for p in others if p is not presence and p.box[3] > level]
    top, bottom = (all(intersection(part, box) <= COVERED * area(part) for box in nearer) for part in parts)
    return top, bottom


def exchanged(a: Presence, b: Presence, now_a: Colour, now_b: Colour) -> bool:
    """Whether the tracks of two people who just crossed were exchanged, by the colours they wear now."""
    own = _fit(a, now_a, b, now_b)
    if own is None or own <= SWAP_GAIN:
        return False
    crossed = _fit(a, now_b, b, now_a)
    return crossed is not None and crossed + SWAP_GAIN < own


def _fit(a: Presence, colour_a: Colour, b: Presence, colour_b: Colour) -> float | None:
    first = colour_distance(a.colour, colour_a)
    second = colour_distance(b.colour, colour_b)
    return None if first is None or second is None else first + second


def exchange(a: Presence, b: Presence) -> None:
    """Give each the other's track, box and place."""
    for name in (
        "track",
        "box",
        "located",
        "path",
        "last_found_us",
        "last_seen_us",
        "doorway",
        "stature",
        "posture",
        "_heights",
    ):
        mine, other = getattr(a, name), getattr(b, name)
        setattr(a, name, other)
        setattr(b, name, mine)
    a.clothes.settle()
    b.clothes.settle()
