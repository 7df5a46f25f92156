"""How a presence ends that is no longer found: it left, it vanished, or it is still there, unseen."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.media import US
from models.domain.presence import Departure, Exit
from models.domain.truth import Truth
from vision.place import Box, Locator, box_height
from vision.presence import Evidence, Presence

MISSED_S = 0.4
"""A box missed for less is a blink."""
HEADING_S = 0.6
"""A box that will touch the border within this time at its present pace is on its way out: frames may be dropped."""
BORDER_UNKNOWN_S = 1.5
"""At a border without an empty reference a miss this long is a departure."""
BORDER_LONGEST_S = 30.0
"""Something that stays in the border's strip this long is no longer the person."""
EMPTY_S = 2.0
"""A place must look empty this long: one frame may lie."""
STILL_S = 60.0
"""Where no empty reference can tell (a chair was moved, never seen empty), a place where nothing at all moves for this
long holds nobody: sitting people move within seconds."""


@dataclass(frozen=True, slots=True)
class Parting:
    how: Exit
    gone_us: int


def parting_of(presence: Presence, utc_us: int, locator: Locator, evidence: Evidence) -> Parting | None:
    """Judge a presence that was not found in this frame. May move its `last_seen_us` on (still going out)."""
    missed_us = utc_us - presence.last_found_us
    if missed_us < MISSED_S * US or not evidence.looked(presence.box):
        return None
    if presence.doorway.going_out():
        return Parting(Exit.LEFT, presence.last_seen_us)
    strip = border_strip(presence.box, locator) or border_strip(presence.heading(HEADING_S), locator)
    if strip is not None:
        return _over_the_border(presence, utc_us, strip, evidence)
    return _in_mid_room(presence, utc_us, evidence)


def departure(presence: Presence, name: str, parting: Parting) -> Departure:
    return Departure(
        person=name,
        role=presence.votes.role,
        how=parting.how,
        last_seen_us=presence.last_seen_us,
        gone_us=max(parting.gone_us, presence.last_seen_us),
        set_off_us=presence.path.set_off_us(presence.last_seen_us),
    )


def border_strip(box: Box, locator: Locator) -> Box | None:
    """The half of the box nearest to the picture's border that cuts it; None for a box within the picture.

    The upper border counts for people small against the picture only: a near one is cut at the head while he stands.
    """
    cut = locator.cut(box)
    (x0, y0, x1, y1), (width, height) = box, locator.size_px
    half_w, half_h = (x1 - x0) / 2, (y1 - y0) / 2
    if "left" in cut:
        return 0.0, y0, max(half_w, 24.0), y1
    if "right" in cut:
        return min(width - half_w, width - 24.0), y0, float(width), y1
    if "bottom" in cut:
        return x0, min(height - half_h, height - 24.0), x1, float(height)
    if "top" in cut and box_height(box) < height / 3:
        return x0, 0.0, x1, max(half_h, 24.0)
    return None


def _over_the_border(presence: Presence, utc_us: int, strip: Box, evidence: Evidence) -> Parting | None:
    state = evidence.empty(strip)
    missed_s = (utc_us - presence.last_found_us) / US
    if state is Truth.HOLDS or (state is Truth.UNKNOWN and missed_s >= BORDER_UNKNOWN_S):
        return Parting(Exit.LEFT, presence.last_seen_us)
    if missed_s >= BORDER_LONGEST_S:
        presence.last_seen_us = presence.last_found_us
        return Parting(Exit.LEFT, presence.last_seen_us)
    if state is Truth.FAILS:
        presence.last_seen_us = utc_us
    return None


def _in_mid_room(presence: Presence, utc_us: int, evidence: Evidence) -> Parting | None:
    state = evidence.empty(presence.box)
    if state is Truth.HOLDS:
        presence.empty_since_us = presence.empty_since_us or utc_us
        if utc_us - presence.empty_since_us >= EMPTY_S * US:
            return Parting(Exit.VANISHED, presence.empty_since_us)
        return None
    presence.empty_since_us = None
    if presence.still_since_us is None or evidence.stirs(-presence.key, presence.box):
        presence.still_since_us = utc_us
    if utc_us - presence.still_since_us >= STILL_S * US:
        return Parting(Exit.VANISHED, utc_us)
    return None
