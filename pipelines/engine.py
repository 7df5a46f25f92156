"""The engine: messages in, changes of incidents out. No clock, no I/O; the same messages give the same incidents.

Messages come in the order of their `utc_us`. Of several at the same moment the runner sends StreamLost, StreamResumed,
Scene and Observation (cameras by id), Tick, EndOfRecording, in this order: a scene then belongs to the run that was
announced, and absence is judged after all that was seen.

    engine = Engine(site)
    for message in messages:
        for change in engine.step(message):
            print(change.phase, change.incident.code, change.incident.subject)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.domain.day_sheet import DaySheet
from models.domain.finding import Finding
from models.domain.incident import Incident
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Observation, Scene, StreamLost, StreamResumed, Tick
from models.domain.site import Site
from pipelines.day_sheets import day_sheets
from pipelines.energy_book import EnergyBook
from pipelines.fusion import FLOOR, Fusion
from pipelines.incidents import IncidentBook, IncidentChange
from pipelines.ledger import Ledger, Row
from pipelines.parties import Party, PartyBook
from pipelines.rules.abandoned import Abandoned
from pipelines.rules.catalogue import rules_in_force
from pipelines.rules.rule import OpenClaim, Rule
from pipelines.rules.waiting_party import Waiting, WaitingParty

ORDER: dict[type, int] = {
    StreamLost: 0,
    StreamResumed: 1,
    Scene: 2,
    Observation: 3,
    Tick: 4,
    EndOfRecording: 5,
}


def order(message: Message) -> tuple[int, int, str]:
    """Sort key of messages: time, kind, camera."""
    return message.utc_us, ORDER[type(message)], getattr(message, "camera", "")


def _of_parties(rule: Rule[Any]) -> bool:
    """Whether the rule follows people over the floor, from camera to camera, rather than judging one place."""
    return isinstance(rule, WaitingParty | Abandoned)


def _is_reception(state: Any) -> bool:
    """Whether a rule's state holds the parties of the hall, not those of one place in it."""
    return isinstance(state, Waiting) and state.stage is None


class Engine:
    """All rules of a site over one recording.

    `incidents`, `parties()` and `intervals()` may be asked at any time; `start_us` is the first frame's time.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.start_us: int | None = None
        self.end_us: int | None = None
        # Where a waiting rule runs, its parties are the parties; where none does, they are counted all the same.
        self._fusion = Fusion.of(site)
        floor = self._fusion.floor_site
        self._rules: list[tuple[Rule[Any], Any]] = [
            (rule, rule.initial(floor if _of_parties(rule) else site)) for rule in rules_in_force(site)
        ]
        self._book = IncidentBook(site)
        runs = any(_is_reception(state) for _, state in self._rules)
        self._parties = None if runs else PartyBook.of(floor)
        self._ledger = Ledger(site)
        self._energy = EnergyBook(site)

    def step(self, message: Message) -> tuple[IncidentChange, ...]:
        """What the message changes. A message older than the one before is taken at its word, not reordered."""
        if self.start_us is None and isinstance(message, Scene):
            self.start_us = message.utc_us
        self.end_us = message.utc_us if self.end_us is None else max(self.end_us, message.utc_us)
        changes: list[IncidentChange] = []
        if isinstance(message, Observation):
            self._book = self._book.rebased(message)
        self._fusion, floor, message = self._fusion.after(message)
        for index, (rule, state) in enumerate(self._rules):
            after, findings = rule.step(state, floor if _of_parties(rule) else message)
            self._rules[index] = (rule, after)
            for finding in map(self._placed, findings):
                self._book, change = self._book.after(finding)
                changes += [change] if change is not None else []
        if self._parties is not None:
            self._parties = self._parties.after(floor)
        self._ledger.step(message)
        self._energy.step(message)
        return tuple(changes)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """All incidents so far, in the order in which they opened."""
        return self._book.incidents

    @property
    def claims(self) -> tuple[OpenClaim, ...]:
        """What may still become an incident: worth a first picture."""
        claims = (claim for rule, state in self._rules for claim in rule.claims(state))
        return tuple(self._claimed(claim) for claim in claims)

    def _claimed(self, claim: OpenClaim) -> OpenClaim:
        """The claim with the camera and the presences that pictures can be taken of."""
        if claim.camera != FLOOR:
            return claim
        camera = self._fusion.camera_of(claim.persons, claim.t_first_us)
        return replace(claim, camera=camera, persons=self._fusion.presences_of(claim.persons))

    def _placed(self, finding: Finding) -> Finding:
        """The finding with real cameras: that of each moment, and the one of the last for the whole."""
        if finding.camera != FLOOR:
            return finding
        bodies, camera_of = finding.persons, self._fusion.camera_of
        moments = tuple(replace(m, camera=camera_of(bodies, m.utc_us)) for m in finding.moments)
        camera = camera_of(bodies, finding.t_confirmed_us)
        return replace(finding, camera=camera, moments=moments, persons=self._fusion.presences_of(bodies))

    def parties(self) -> tuple[Party, ...]:
        """All parties so far, in order of arrival."""
        books = [state.book for _, state in self._rules if _is_reception(state)]
        book = books[0] if books else self._parties
        parties = () if book is None else book.parties
        return tuple(sorted(parties, key=lambda p: (p.entered_us, int(p.id.rpartition("-")[2]))))

    def waits(self) -> tuple[tuple[str, Party], ...]:
        """(code of the rule, party) of every wait of every kind; those of the hall once, as wait.reception."""
        found = [("wait.reception", party) for party in self.parties()]
        for rule, state in self._rules:
            if isinstance(state, Waiting) and state.stage is not None:
                found += [(rule.code, party) for party in state.book.parties]
        return tuple(found)

    def presences_of(self, persons: tuple[str, ...]) -> tuple[str, ...]:
        """Every presence, of every camera, that these persons of parties were."""
        return self._fusion.presences_of(persons)

    def energy(self, incidents: Iterable[Incident] | None = None) -> list[dict[str, Any]]:
        """energy.json so far; incidents: those of the store, else the engine's own."""
        return self._energy.document(self.incidents if incidents is None else incidents)

    def day_sheets(self, occupancy: Mapping[str, Sequence[tuple[int, str]]]) -> tuple[DaySheet, ...]:
        """Every zone's days so far, for the energy page. occupancy: courses of pipelines.zone_courses."""
        return day_sheets(self.site, self._energy, occupancy, self.incidents)

    def intervals(self) -> tuple[Row, ...]:
        """What was seen from the first frame to the last message, corrected in hindsight, without holes."""
        if self.start_us is None or self.end_us is None:
            return ()
        return self._ledger.rows(self.start_us, max(self.end_us, self.start_us + US // 1000))
