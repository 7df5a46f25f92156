"""The incidents of a run with their evidence: every change goes into the box's database as one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from models.domain.clock import Clock
from models.domain.incident import EvidenceFile, Incident
from models.domain.incident_body import body_of
from models.domain.media import US
from models.store import BoxStore, Parcel, StoreBusyError, StoreFullError
from models.store.box import Change
from pipelines.evidence import CLIP_AFTER_S, CLIP_FAILED, NO_PICTURES, Evidence, Kept

CLIP_SLACK_S = 1.0
"""Waited beyond the clip's end, and the strip's, for the last shot, which is one frame behind."""
_GRAVEST = ("evidence.note.masking_failed", "evidence.note.disk_full", NO_PICTURES, CLIP_FAILED)

Timeline = Callable[[Incident], bytes | None]
"""The explanation's picture of an incident (PNG), None where it has none."""


@dataclass(frozen=True, slots=True)
class Case:
    """An incident as told last. clip_due_us, strip_due_us: when its clip and its strip can be made; None: not yet
    known, or tried."""

    incident: Incident
    clip_due_us: int | None
    strip_due_us: int | None = None
    has_strip: bool = False


class CaseBook:
    """`take` what the engine says; `pass_time` makes clips that have become due; `finish` at the end of a run.

    Revisions are counted here, since evidence revises an incident as well. deliver: put parcels into the outbox. A
    database that is full or held by another process delays writing; what waits is written with the next change.
    """

    def __init__(
        self, store: BoxStore, evidence: Evidence, folder: Path, clock: Clock, *, deliver: bool, timeline: Timeline
    ) -> None:
        self._store, self._evidence, self._folder, self._clock = store, evidence, folder, clock
        self._deliver, self._timeline = deliver, timeline
        self._cases: dict[str, Case] = {}
        self._unwritten: list[Change] = []

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """As told last, by start, code and subject."""
        told = (case.incident for case in self._cases.values())
        return tuple(sorted(told, key=lambda one: (one.t_first_us, one.code, one.subject)))

    def take(self, incidents: Iterable[Incident]) -> None:
        """New and changed incidents of one message. Raises StoreError when the database fails for good."""
        for told in incidents:
            known = self._cases.get(told.dedupe_key)
            if known is None:
                due_us = told.t_confirmed_us + round((CLIP_AFTER_S + CLIP_SLACK_S) * US)
                self._put(_timed(Case(told, due_us)), self._evidence.stills(told))
                self._evidence.remember(told)
            else:
                had = known.incident
                now = replace(told, evidence=had.evidence, evidence_note=had.evidence_note, revision=had.revision + 1)
                self._put(_timed(replace(known, incident=now)), Kept())
        self._write()

    def pass_time(self, utc_us: int) -> None:
        """Make the clips that are due at this data time, and write what could not be written before."""
        for case in list(self._cases.values()):
            if case.clip_due_us is not None and case.clip_due_us <= utc_us:
                self._film(case)
        for case in list(self._cases.values()):
            if case.strip_due_us is not None and case.strip_due_us <= utc_us:
                self._tell(case)
        self._write()

    def finish(self) -> None:
        """No more pictures come: make the clips that are left, and the timelines. Raises StoreError."""
        for case in list(self._cases.values()):
            if case.clip_due_us is not None:
                self._film(case)
        for case in list(self._cases.values()):
            if not case.has_strip:
                self._tell(case)
        for case in list(self._cases.values()):
            self._draw(case)
        self._write()
        if self._unwritten:
            self._store.record(self._unwritten, now_us=self._clock.utc_us())

    def _film(self, case: Case) -> None:
        kept = self._evidence.clip(case.incident)
        self._revise(replace(case, clip_due_us=None), kept)

    def _tell(self, case: Case) -> None:
        """The strip, once nothing more can happen to the incident."""
        kept = self._evidence.strip(case.incident)
        self._revise(replace(case, strip_due_us=None, has_strip=True), kept)

    def _draw(self, case: Case) -> None:
        data = self._timeline(case.incident)
        if data is not None:
            self._revise(case, self._evidence.picture(case.incident, data))

    def _revise(self, case: Case, kept: Kept) -> None:
        """What came later; nothing new is no revision."""
        had = case.incident
        if not kept.files and (kept.note is None or kept.note == had.evidence_note):
            self._cases[had.dedupe_key] = case
            return
        self._put(replace(case, incident=replace(had, revision=had.revision + 1)), kept)

    def _put(self, case: Case, kept: Kept) -> None:
        told = case.incident
        notes = {told.evidence_note, kept.note}
        note = next((one for one in _GRAVEST if one in notes), None)
        incident = replace(told, evidence=(*told.evidence, *kept.files), evidence_note=note)
        self._cases[incident.dedupe_key] = replace(case, incident=incident)
        self._unwritten.append((body_of(incident), self._parcels(incident, kept.files)))

    def _parcels(self, incident: Incident, files: Iterable[EvidenceFile]) -> list[Parcel]:
        if not self._deliver:
            return []
        key = incident.dedupe_key
        parcels = [Parcel(key, "incident", body_of(incident))]
        for file in files:
            body = {"name": file.name, "content_type": file.content_type, "sha256": file.sha256}
            parcels.append(Parcel(key, "evidence", body, str(self._folder / key / file.name)))
        return parcels

    def _write(self) -> None:
        if not self._unwritten:
            return
        try:
            self._store.record(self._unwritten, now_us=self._clock.utc_us())
        except (StoreFullError, StoreBusyError):
            return
        self._unwritten = []


def _timed(case: Case) -> Case:
    """With its strip due a moment after its end, once that is known."""
    end_us = case.incident.t_end_us
    if end_us is None or case.has_strip or case.strip_due_us is not None:
        return case
    return replace(case, strip_due_us=end_us + round(CLIP_SLACK_S * US))
