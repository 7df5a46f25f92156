"""Visits, waits and posts: when people came, went and were served, and whether somebody was at the post."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator

from guiwei.yardstick.cast import Cast, sick_views
from guiwei.yardstick.playing import Played
from guiwei.yardstick.sample import Sample, Slip, SlipKind, Spot, Tally
from models.domain.media import US
from pipelines.parties import Party
from pipelines.rules.contact import SPEED_SIGMA_S
from sample_videos.studio.truth import PartyTruth, PostTruth

SLACK_S = 1.0
"""At an edge of a post's state: who steps over a line does so for about that long."""
STEP_S = 0.5


def visit_samples(played: Played, cast: Cast) -> Iterator[Sample | Slip]:
    """Each true party beside the first of the product's parties that is made of its persons."""
    found = _by_truth(played, cast)
    for party in played.clip.truth.parties:
        mine = found.pop(party.id, [])
        # Who is there from the start, or comes while nothing can be seen, does not come in before the product's eyes.
        if party.t_enters_s is None or party.t_enters_s <= 0 or _blind(played, party.t_enters_s, party.t_enters_s):
            continue
        spot = Spot(played.clip.name, _camera(played), party.t_enters_s, party.id)
        if not mine:
            yield Slip(SlipKind.MISS, "visit", spot, f"{party.id} comes in and no party is told")
            continue
        yield from _compared(played, party, mine[0], spot)
        for more in mine[1:]:
            yield _extra(played, more, f"{party.id} is told as one more party, {more.id}")
    for rest in found.values():
        for party_found in rest:
            yield _extra(played, party_found, f"{party_found.id} is nobody's party")


def _by_truth(played: Played, cast: Cast) -> dict[str, list[Party]]:
    found: dict[str, list[Party]] = {}
    for party in sorted(played.parties, key=lambda one: one.entered_us):
        names = [member.id for member in party.members]
        found.setdefault(cast.party_of(names, played.clip.truth) or "", []).append(party)
    return found


def _extra(played: Played, party: Party, why: str) -> Slip:
    at_s = played.clock.s(party.entered_us, party.camera)
    persons = tuple(member.id for member in party.members)
    return Slip(SlipKind.FALSE_ALARM, "visit", Spot(played.clip.name, party.camera, at_s, party.id), why, persons)


def _compared(played: Played, true: PartyTruth, told: Party, spot: Spot) -> Iterator[Sample]:
    clock = played.clock

    def sample(quantity: str, error: float, sigma_s: float) -> Sample:
        return Sample(quantity, error, spot, (error / sigma_s,) if sigma_s else ())

    assert true.t_enters_s is not None
    yield sample("visit_start_s", clock.s(told.entered_us, told.camera) - true.t_enters_s, told.sigma_s)
    reception = next((wait for wait in true.waits if wait.kind == "reception"), None)
    if reception is None or _blind(played, reception.t_start_s, reception.t_start_s + reception.wait_s):
        return  # of a wait that was not seen throughout the product knows a minimum only, and says so
    until_us = told.wait_min_us if told.over else told.visit.at_least_us(told.until_us)
    # The moment of a meeting hangs on where somebody walks up, as an arrival does, and on speeds.
    met_sigma_s = math.hypot(told.sigma_s, SPEED_SIGMA_S) if told.served_us is not None else 0.0
    yield sample("wait_s", until_us / US - reception.wait_s, math.hypot(told.sigma_s, met_sigma_s))
    if reception.end == "served" and reception.t_end_s is not None and told.served_us is not None:
        yield sample("served_s", clock.s(told.served_us, told.camera) - reception.t_end_s, met_sigma_s)


def _blind(played: Played, t_start_s: float, t_end_s: float) -> bool:
    return any(view.t_start_s <= t_end_s and t_start_s < view.t_end_s for view in sick_views(played.clip.truth))


def post_tallies(played: Played) -> Iterator[Tally]:
    """Seconds in which a post was rightly told attended or unattended; a served visitor nearby covers it."""
    for post in played.clip.truth.posts:
        told = sorted(
            (played.clock.s(row.t_start_us), row.value)
            for row in played.rows
            if row.kind == "post" and row.subject == post.id
        )
        starts = [t_s for t_s, _ in told]
        for number in range(int(played.clip.truth.duration_s / STEP_S)):
            t_s = number * STEP_S
            at = bisect_right(starts, t_s) - 1
            if at < 0 or _edge(post, t_s) or _blind(played, t_s, t_s):
                continue
            value = told[at][1]
            true = "attended" if _attended(post, t_s) else "unattended"
            outcome = "unknown" if value == "unknown" else "right" if value == true else "wrong"
            yield Tally("post", outcome, STEP_S, Spot(played.clip.name, _camera(played), t_s, post.id))


def _attended(post: PostTruth, t_s: float) -> bool:
    state = next((one for one in reversed(post.states) if one.t_s <= t_s), None)
    return state is not None and (state.staff >= post.required or state.served_nearby)


def _edge(post: PostTruth, t_s: float) -> bool:
    return any(abs(state.t_s - t_s) < SLACK_S for state in post.states if state.t_s > 0)


def _camera(played: Played) -> str:
    return min(played.clip.truth.cameras)
