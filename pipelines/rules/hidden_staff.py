"""Staff whom no camera sees, last seen near a party: they may be with it, so the minimum of its wait stands meanwhile.

In a full hall a host is often hidden by the guests as he comes up to them, from every camera at once. That he came
nobody can say who did not see him (`pipelines/rules/service.py`); that he did not, neither.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.domain.media import US
from models.domain.presence import Person, Role
from models.domain.truth import Truth
from pipelines.rules.contact import DOUBT_M
from pipelines.rules.party import Party, waiting
from pipelines.rules.plan import WaitPlan

HIDDEN_US = 30 * US
"""Unseen for longer, nobody is looked for near the place (as `pipelines/bodies.py`, HANDOVER_US)."""
JUST_US = 2 * US
"""Who is told as unseen was lost within the last second; later it is the party that came there."""


def hidden_beside(party: Party, people: Mapping[str, Person], now_us: int, plan: WaitPlan) -> Party:
    """The party's clocks after a scene: doubted since staff beside it were lost, settled once they are seen again or
    looked for no more. Hidden for less than serving takes, they did not serve."""
    members = [member for member in party.here if member.seen]
    lost_us = [
        person.last_seen_us
        for person in people.values()
        if person.role is Role.STAFF
        and person.seen is Truth.UNKNOWN
        and now_us - person.last_seen_us <= HIDDEN_US
        and any(person.place.distance_m(m.place) <= plan.serve_distance_m + DOUBT_M for m in members)
    ]
    visit, claim = party.visit, party.claims[-1].wait
    if not lost_us and visit.doubted_since_us is None and claim.doubted_since_us is None:
        return party
    if not lost_us:
        dwell_us = plan.serve_dwell_us
        return waiting(party, visit.settled(now_us, dwell_us), claim.settled(now_us, dwell_us))
    since_us = min(lost_us)
    since_us = since_us if now_us - since_us <= JUST_US else now_us
    return waiting(party, visit.doubted(since_us), claim.doubted(since_us))
