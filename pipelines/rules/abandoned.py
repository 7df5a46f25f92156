"""wait.abandoned: a party left without any contact with staff, after more than the limit (domain.md 2.3).

The worst case of a wait, told once it is over: opened and closed in one, from the arrival to the moment of setting off.
A party that was served, that went unseen, or whose wait may have been shorter raises nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.finding import Finding, Phase, Severity, Threshold
from models.domain.messages import Message
from models.domain.site import Site
from pipelines.parties import End, Party, PartyBook
from pipelines.rules.continuity import us
from pipelines.rules.party import Claim
from pipelines.rules.rule import OpenClaim, threshold
from pipelines.rules.waiting_party import Told, wait_finding


@dataclass(frozen=True, slots=True)
class Leaving:
    book: PartyBook
    limit: Threshold


@dataclass(frozen=True, slots=True)
class Abandoned:
    code: str = "wait.abandoned"

    def initial(self, site: Site) -> Leaving:
        return Leaving(PartyBook.of(site, self.code), threshold(site, self.code, "limit_s"))

    def step(self, state: Leaving, message: Message) -> tuple[Leaving, tuple[Finding, ...]]:
        book = state.book.after(message)
        gone = {party.id for party in state.book.parties if party.end is not None}
        left = [p for p in book.parties if p.end is End.ABANDONED and p.id not in gone]
        findings = [said for party in left for said in self._told(party, state.limit)]
        return replace(state, book=book), tuple(findings)

    def claims(self, state: Leaving) -> tuple[OpenClaim, ...]:
        del state  # the waiting rule of the same party keeps the first picture
        return ()

    def _told(self, party: Party, limit: Threshold) -> tuple[Finding, ...]:
        if party.wait_min_us <= us(limit.value):
            return ()
        assert party.out_us is not None
        since_us = party.visit.since_us
        claim = Claim(party.visit, over_us=party.out_us, reason="left")
        told = Told(party.id, since_us, Severity.HIGH, party.visit.reached_us(us(limit.value)), party.out_us)
        told = replace(told, t_confirmed_us=min(told.t_confirmed_us, party.out_us))
        opened = wait_finding((self.code, Phase.OPEN, limit), party, claim, told, (None, party.out_us))
        closed = wait_finding((self.code, Phase.CLOSE, limit), party, claim, told, (party.out_us, party.out_us))
        cues = ("rule.cue.left_unserved", *opened.cues)
        return replace(opened, cues=cues), replace(closed, cues=cues)
