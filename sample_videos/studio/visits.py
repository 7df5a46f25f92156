"""Parties, their waits, and who is in a post: read off the story's clock and floor plan, not off pictures.

Definitions of domain.md 2.3 and 2.4, in their plainest form: a party enters with its first foot over the entrance
line; it is served once staff and a member have been within 1.5 m for 5 s in all; a post is manned by staff in its
region; a party that leaves unserved has given up when it sets off for the door.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from sample_videos.studio import hall
from sample_videos.studio.causes.people import holds
from sample_videos.studio.rooms import zones_of
from sample_videos.studio.shot import Shot
from sample_videos.studio.story import Person, Story, legs_of
from sample_videos.studio.truth import PartyTruth, PostState, PostTruth, WaitTruth

STEP_S = 0.1
SERVE_M, SERVE_S = 1.5, 5.0
COVER_M = 5.0
POST = "reception"


def _moments(story: Story) -> list[tuple[float, tuple[Person, ...]]]:
    count = math.ceil(story.shot.shot.duration_s / STEP_S)
    return [(round(k * STEP_S, 1), story.people(round(k * STEP_S, 1))) for k in range(count)]


def parties_of(story: Story) -> tuple[PartyTruth, ...]:
    """Every party of visitors, in the order of the shot; a visitor without a party is one."""
    shot = story.shot
    groups: dict[str, list[str]] = {}
    for name, person in shot.people.items():
        if person.role == "visitor":
            groups.setdefault(person.party or name, []).append(name)
    moments = _moments(story) if groups else []
    return tuple(_party(name, members, moments, shot) for name, members in groups.items())


def _party(
    name: str, members: Sequence[str], moments: Sequence[tuple[float, tuple[Person, ...]]], shot: Shot
) -> PartyTruth:
    inside = [t for t, people in moments if any(p.id in members and p.inside for p in people)]
    if not inside:
        return PartyTruth(id=name, members=tuple(members), t_enters_s=None, t_leaves_s=None)
    enters, last = inside[0], inside[-1]
    leaves = round(last + STEP_S, 1) if last < moments[-1][0] else None
    served = _served(members, moments, shot)
    gave_up = None if leaves is None else _set_off(members, shot, leaves)
    boards = _boards(members, shot)
    waits = [_reception(enters, gave_up, served, shot.shot.duration_s)]
    if boards is not None:
        waits = [w.model_copy(update={"end": "boarded"}) if w.end == "abandoned" else w for w in waits]
        waits += _shuttle(members, moments, shot, boards)
    waits += _seated(members, moments, shot)
    return PartyTruth(id=name, members=tuple(members), t_enters_s=enters, t_leaves_s=leaves, waits=tuple(waits))


def _set_off(members: Sequence[str], shot: Shot, leaves: float) -> float:
    """When the last member began to walk out."""
    starts = [leg.t0_s for name in members for leg in legs_of(shot.people[name])[-1:] if leg.walks]
    return round(max(starts), 2) if starts else leaves


def _boards(members: Sequence[str], shot: Shot) -> float | None:
    """When the last of a party is on a cart; None: not all of them get on one."""
    aboard = {who for cart in shot.carts.values() for who in cart.boards}
    return max(legs_of(shot.people[who])[-1].t1_s for who in members) if set(members) <= aboard else None


def _shuttle(
    members: Sequence[str], moments: Sequence[tuple[float, tuple[Person, ...]]], shot: Shot, boards: float
) -> list[WaitTruth]:
    """From the first foot in a shuttle stop's zone until the cart is boarded, or the recording ends."""
    stops = [zone.floor for zone in zones_of(shot).values() if zone.kind == "shuttle_stop"]
    there = [t for t, people in moments if any(p.id in members and holds(s, p.x, p.y) for p in people for s in stops)]
    if not there or there[0] >= boards:
        return []
    start, until = there[0], shot.shot.duration_s
    end = round(boards, 1) if boards < until else None
    lasted = round((end or until) - start, 1)
    how: Literal["boarded", "recording_ends"] = "recording_ends" if end is None else "boarded"
    return [WaitTruth(kind="shuttle", t_start_s=start, t_end_s=end, end=how, wait_s=lasted)]


def _reception(enters: float, leaves: float | None, served: float | None, until: float) -> WaitTruth:
    if served is not None:
        return WaitTruth(
            kind="reception", t_start_s=enters, t_end_s=served, end="served", wait_s=round(served - enters, 1)
        )
    if leaves is not None:
        return WaitTruth(
            kind="reception", t_start_s=enters, t_end_s=leaves, end="abandoned", wait_s=round(leaves - enters, 1)
        )
    return WaitTruth(
        kind="reception", t_start_s=enters, t_end_s=None, end="recording_ends", wait_s=round(until - enters, 1)
    )


def _served(members: Sequence[str], moments: Sequence[tuple[float, tuple[Person, ...]]], shot: Shot) -> float | None:
    """When the service begins: the first moment of the 5 s that make it one."""
    together, first = 0.0, None
    for t, people in moments:
        if _near(people, members, shot):
            first = t if first is None else first
            together += STEP_S
            if together >= SERVE_S - 1e-6:
                return first
    return None


def _near(people: Sequence[Person], members: Sequence[str], shot: Shot) -> bool:
    staff = [p for p in people if shot.people[p.id].role == "staff" and p.inside]
    guests = [p for p in people if p.id in members and p.inside]
    return any(math.hypot(s.x - g.x, s.y - g.y) <= SERVE_M for s in staff for g in guests)


def _seated(members: Sequence[str], moments: Sequence[tuple[float, tuple[Person, ...]]], shot: Shot) -> list[WaitTruth]:
    """From sitting down (10 s and more) until staff is at the table for 5 s, the guest rises, or the clip ends."""
    sat = [t for t, people in moments if any(p.id in members and p.posture == "sitting" for p in people)]
    if not sat or sat[-1] - sat[0] < 10.0:
        return []
    start, together = sat[0], 0.0
    for t, people in moments:
        if t >= start and _near(people, members, shot):
            together += STEP_S
            if together >= SERVE_S - 1e-6:
                began = max(start, round(t - SERVE_S + STEP_S, 1))
                return [
                    WaitTruth(
                        kind="seated", t_start_s=start, t_end_s=began, end="served", wait_s=round(began - start, 1)
                    )
                ]
    end = round(sat[-1] + STEP_S, 1)
    if end >= shot.shot.duration_s - 0.15:
        return [
            WaitTruth(kind="seated", t_start_s=start, t_end_s=None, end="recording_ends", wait_s=round(end - start, 1))
        ]
    return [WaitTruth(kind="seated", t_start_s=start, t_end_s=end, end="abandoned", wait_s=round(end - start, 1))]


def posts_of(story: Story) -> tuple[PostTruth, ...]:
    """The reception post behind the desk."""
    states: list[PostState] = []
    for t, people in _moments(story):
        staff = [p for p in people if story.shot.people[p.id].role == "staff" and p.inside]
        in_post = sum(_in_box(p) for p in staff)
        served = any(_serves_near(p, people, story.shot) for p in staff)
        if not states or (states[-1].staff, states[-1].served_nearby) != (in_post, served):
            states.append(PostState(t_s=t, staff=in_post, served_nearby=served))
    return (
        PostTruth(
            id=POST, zone="hall", region_m=hall.RECEPTION_POST, required=1, duty=story.shot.duty, states=tuple(states)
        ),
    )


def _in_box(person: Person) -> bool:
    (x0, y0), _, (x1, y1), _ = hall.RECEPTION_POST
    return x0 <= person.x <= x1 and y0 <= person.y <= y1


def _serves_near(staff: Person, people: Sequence[Person], shot: Shot) -> bool:
    guests = [p for p in people if shot.people[p.id].role == "visitor" and p.inside]
    x = (hall.RECEPTION_POST[0][0] + hall.RECEPTION_POST[1][0]) / 2
    y = (hall.RECEPTION_POST[0][1] + hall.RECEPTION_POST[2][1]) / 2
    return math.hypot(staff.x - x, staff.y - y) <= COVER_M and any(
        math.hypot(staff.x - g.x, staff.y - g.y) <= SERVE_M for g in guests
    )
