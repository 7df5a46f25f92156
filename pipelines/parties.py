"""Parties and their waits from what the cameras tell: who came in together, how long they waited, how it ended.

Pure: `PartyBook.after(message)` gives the next book. Definitions from domain.md 2.3, intervals from docs/time.md.
A party belongs to the camera that saw it come in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count

from models.domain.messages import EndOfRecording, Message, Scene
from models.domain.presence import Exit, Role
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.following import Following
from pipelines.rules.arrival import Door
from pipelines.rules.continuity import Continuity, us
from pipelines.rules.hidden_staff import hidden_beside
from pipelines.rules.party import End, Member, Party, claim_over, departed, ended, waiting
from pipelines.rules.plan import WaitPlan
from pipelines.rules.regrouping import regrouped
from pipelines.rules.service import attended
from pipelines.rules.visit import capped, seen_or_hidden

__all__ = ["End", "Party", "PartyBook"]

TURNED_US = us(45.0)
"""A mistaken role is put right within 30 s of clear sight (vision/roles.py, MEMORY_S), and half as much again."""


@dataclass(frozen=True, slots=True)
class PartyBook(Following):
    """All parties so far, in order of arrival; ids are never used twice."""

    plan: WaitPlan
    parties: tuple[Party, ...] = ()
    door: Door = Door()  # noqa: RUF009 - frozen
    threads: tuple[Continuity, ...] = ()

    @classmethod
    def of(cls, site: Site, code: str = "greeter.visitor_unapproached") -> PartyBook:
        """An empty book. code: the rule whose parameters apply."""
        return _empty(WaitPlan.of(site, code), tuple(sorted(site.cameras)))

    def after(self, message: Message) -> PartyBook:
        """The book after one more message."""
        return self.once(message, self._after)

    def _after(self, message: Message) -> PartyBook:
        threads = tuple(thread.after(message, self.plan.max_gap_us) for thread in self.threads)
        pairs = zip(self.threads, threads, strict=True)
        cut = {old.camera: old.good_us for old, new in pairs if new.broken or new.resumed}
        parties = tuple(_cut(p, cut[p.camera]) if p.camera in cut else p for p in self.parties)
        book = replace(self, threads=threads, parties=parties)
        if isinstance(message, Scene) and message.view is not Truth.UNKNOWN:
            return book._after_scene(message)
        if isinstance(message, EndOfRecording):
            return replace(book, parties=tuple(_closed(party) for party in parties), door=Door(count=book.door.count))
        return book

    def _after_scene(self, scene: Scene) -> PartyBook:
        thread = next((t for t in self.threads if t.camera == scene.camera), None)
        if thread is None:
            return self
        told = [_seen(party, scene, thread, self.plan) for party in self.parties]
        still = tuple(party for party in told if party is not None)
        door, parties = self.door.after(scene, still, thread.interval_us, self.plan)
        fresh = count(door.count + 1)
        names = (f"{self.plan.prefix}-{number}" for number in fresh)
        parties = regrouped(parties, scene.camera, thread.interval_us, lambda: next(names), self.plan)
        return replace(self, door=replace(door, count=next(fresh) - 1), parties=parties)


@lru_cache(maxsize=64)
def _empty(plan: WaitPlan, cameras: tuple[str, ...]) -> PartyBook:
    """One empty book of one plan, so that rules which follow the same parties do it once."""
    return PartyBook(plan, threads=tuple(Continuity(camera) for camera in cameras))


def _cut(party: Party, seen_us: int | None) -> Party:
    """Sight of the party's camera was interrupted: its claim ends where it was last seen, its visit runs on hidden."""
    if party.over or seen_us is None:
        return party
    hidden = replace(party, visit=party.visit.hidden(seen_us), capped_us=None, contacts=())
    return claim_over(hidden, seen_us, "blind")


def _seen(party: Party, scene: Scene, thread: Continuity, plan: WaitPlan) -> Party | None:
    """The party after a good scene; None when nobody in it turns out to be a visitor."""
    if party.camera != scene.camera or party.end is not None:
        return party
    members = _members(party, scene)
    if not members:
        return None
    people = {person.id: person for person in scene.persons}
    if thread.bridged_us and not party.over:
        claim = party.claims[-1].wait.bridged(thread.bridged_us)
        party = waiting(party, party.visit.bridged(thread.bridged_us), claim)
    seen_us = max(member.last_seen_us for member in party.members)
    here = [member for member in members if member.departure is None]
    lost = bool(here) and scene.blind.issuperset(member.id for member in here)
    if lost and scene.utc_us - seen_us > plan.max_gap_us:
        party = _cut(party, seen_us)
    after = seen_or_hidden(replace(party, members=members), party, scene.utc_us, plan)
    if not after.over:
        after = hidden_beside(after, people, scene.utc_us, plan)
        after = attended(after, people, (scene.utc_us, thread.interval_us), plan)
    return departed(capped(after, scene.utc_us, plan))


def _members(party: Party, scene: Scene) -> tuple[Member, ...]:
    people = {person.id: person for person in scene.persons}
    gone = {departure.person: departure for departure in scene.departed}
    members = []
    for member in party.members:
        person, departure = people.get(member.id), gone.get(member.id)
        if person is not None and person.role is Role.STAFF and not _long_known(party, member, scene.utc_us):
            continue
        if departure is not None and departure.how is Exit.MERGED:
            continue
        if person is not None and member.departure is None:
            members.append(Member.of(person, scene.utc_us, member))
        else:
            members.append(replace(member, seen=False, departure=member.departure or departure))
    return tuple(members)


def _long_known(party: Party, member: Member, now_us: int) -> bool:
    """Whether a member of a served party was a visitor for so long that staff must have taken over the name."""
    return party.served_us is not None and now_us - member.entered_us > TURNED_US


def _closed(party: Party) -> Party:
    """The recording is over: what still runs ends here, known up to the last good scene."""
    if party.end is not None or party.served_us is not None:
        return party
    return ended(party, End.END_OF_RECORDING, party.until_us, party.seen_until_us)
