"""Parties that were told apart or together wrongly at the door: they merge, they split (domain.md 2.3).

Who came in at about the same time and then keeps within 2 m for half a minute is one party. Who came in together with
somebody by chance and then stays far from all the others, still unserved, is a party of its own, with a wait of its
own from the own entry. Children never split: they count to their party.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipelines.rules.continuity import us
from pipelines.rules.party import Claim, Member, Party
from pipelines.rules.plan import TOGETHER_US, WaitPlan
from pipelines.rules.wait import Wait

MERGE_M, MERGE_US = 2.0, us(30.0)
"""How near, for how long: strangers who wait do not keep so near for so long [P]."""
MERGE_APART_US = 2 * TOGETHER_US
"""Entries further apart in time are never one party: the door's 10 s, and as much for the uncertainty of either."""
SERVED_US = us(15.0)
"""Two parties that are both served: nothing hangs on it but the count [P]."""
SPLIT_M, SPLIT_US = 5.0, us(60.0)
"""Across a hall for a minute: a husband who looks around is back sooner, or in a self-guided zone [P]."""


def regrouped(
    parties: tuple[Party, ...], camera: str, interval_us: int, new_id: Callable[[], str], plan: WaitPlan
) -> tuple[Party, ...]:
    """The parties of a camera after a good scene. interval_us: since the scene before; new_id: names one split off."""
    live = [p for p in parties if p.camera == camera and p.end is None and p.here]
    if len(live) == 0 or not interval_us:
        return parties
    parties = _merged(parties, live, interval_us)
    return _split(parties, camera, interval_us, new_id, plan)


def _merged(parties: tuple[Party, ...], live: list[Party], interval_us: int) -> tuple[Party, ...]:
    changed: dict[str, Party | None] = {}
    for later in live:
        host = _host(later, live)
        if host is None:
            continue
        known = later.beside if later.beside is not None and later.beside[0] == host.id else (host.id, 0)
        beside = (host.id, known[1] + interval_us)
        if beside[1] < (MERGE_US if later.served_us is None else SERVED_US):
            changed[later.id] = replace(later, beside=beside)
            continue
        host = changed.get(host.id) or host
        changed[host.id] = replace(host, members=(*host.members, *later.members))
        changed[later.id] = None
    if not changed:
        return parties
    kept = (changed.get(p.id, p) if p.id in changed else p for p in parties)
    return tuple(p for p in kept if p is not None)


def _host(later: Party, live: list[Party]) -> Party | None:
    """The earlier party that this one may belong to, and is near to now."""
    for host in live:
        if later.served_us is not None and host.served_us is None:
            continue
        earlier = (host.entered_us, host.id) < (later.entered_us, later.id)
        if earlier and later.entered_us - host.entered_us <= MERGE_APART_US and _near(host, later, MERGE_M):
            return host
    return None


def _near(one: Party, other: Party, distance_m: float) -> bool:
    return any(a.place.distance_m(b.place) <= distance_m for a in _seen(one) for b in _seen(other))


def _seen(party: Party) -> list[Member]:
    return [member for member in party.here if member.seen]


def _split(
    parties: tuple[Party, ...], camera: str, interval_us: int, new_id: Callable[[], str], plan: WaitPlan
) -> tuple[Party, ...]:
    after: list[Party] = []
    for known in parties:
        party = known
        if party.camera != camera or party.over or len(party.here) < 2:
            after.append(party)
            continue
        members = tuple(_drifted(member, party, interval_us, plan) for member in party.members)
        party = replace(party, members=members) if members != party.members else party
        first = min(party.here, key=lambda m: (m.entered_us, m.id))
        strays = [m for m in party.here if m.apart_us >= SPLIT_US and m is not first]
        if not strays:
            after.append(party)
            continue
        names = {stray.id for stray in strays}
        after.append(replace(party, members=tuple(m for m in party.members if m.id not in names)))
        after += [_own(stray, party, new_id()) for stray in strays]
    return tuple(after)


def _drifted(member: Member, party: Party, interval_us: int, plan: WaitPlan) -> Member:
    others = [m for m in party.here if m.id != member.id and m.seen and not m.child]
    free = member.departure is None and member.seen and not member.child and others
    if not free or set(member.zones) & plan.self_guided:
        return member
    if any(member.place.distance_m(other.place) <= SPLIT_M for other in others):
        return replace(member, apart_us=0) if member.apart_us else member
    return replace(member, apart_us=member.apart_us + interval_us)


def _own(member: Member, party: Party, name: str) -> Party:
    """The time apart counts to the maximum only: it was not known then that nobody's company ended it."""
    wait = Wait(member.entered_us).without(min(member.apart_us, party.seen_until_us - member.entered_us))
    contacts = tuple(contact for contact in party.contacts if contact.together)
    return replace(
        party,
        id=name,
        members=(replace(member, apart_us=0),),
        visit=wait,
        claims=(Claim(wait),),
        contacts=contacts,
        capped_us=None,
        beside=None,
    )
