"""What boxes tell: incidents, created once and revised upwards."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.records import Record, records
from api.refusal import RefusalError
from api.roles import Box
from models.domain.incident import EvidenceFile, Incident, State
from models.store.tables import EvidenceRow, IncidentRow, TransitionRow

SERVICE = "service"
"""The role a box acts in (domain.md section 3.1)."""

NOT_PUT_RIGHT = frozenset({"left", "blind", "off_duty", "end_of_recording"})
"""Ends that put nothing right: the visitor went away unserved, nobody could see any more, or duty ended with the post
still empty. Such an incident stays `detected`; every other end turns it into `self_corrected`."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells an incident. kind: device | user."""

    kind: str
    name: str
    role: str


def receive(session: Session, box: Box, incident: Incident, *, now_us: int) -> tuple[Record, bool]:
    """Create or revise it in the caller's (writing) transaction; returns what is stored and whether it is new.

    A revision not higher than the stored one changes nothing. Raises RefusalError: foreign_site, different_incident.
    """
    if incident.site != box.site_id:
        raise RefusalError("foreign_site", where="site_id", got=incident.site, expected=box.site_id)
    return receive_as(session, Teller("device", box.name, SERVICE), incident, now_us=now_us)


def receive_as(session: Session, box: Teller, incident: Incident, *, now_us: int) -> tuple[Record, bool]:
    """As `receive`, for whoever may tell an incident of its site. Raises RefusalError: different_incident."""
    row = _locked(session, incident.dedupe_key)
    created = row is None and _created(session, box, incident, now_us)
    if row is None:
        row = _locked(session, incident.dedupe_key)
    assert row is not None, "either this transaction or a faster one has just stored it"
    _same_episode(row, incident)
    if created or incident.revision > row.revision:
        _revise(row, incident, now_us)
        _announce(session, incident)
        _mark_corrected(session, box, row, now_us)
        session.flush()
    (record,) = records(session, [row])
    return record, created


def _locked(session: Session, dedupe_key: str) -> IncidentRow | None:
    """The row, held against a person's simultaneous move (SQLite holds the whole database already)."""
    query = select(IncidentRow).where(IncidentRow.dedupe_key == dedupe_key).with_for_update()
    return session.scalar(query)


def _created(session: Session, box: Teller, incident: Incident, now_us: int) -> bool:
    """Insert it as detected, with the first line of its history; False when another transaction was faster."""
    row = IncidentRow(dedupe_key=incident.dedupe_key, state=State.DETECTED, site_id=incident.site, received_us=now_us)
    row.code, row.subject = incident.code, incident.subject
    _revise(row, incident, now_us)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    session.add(_step(box, row, None, now_us))
    return True


def _same_episode(row: IncidentRow, incident: Incident) -> None:
    stored = (row.site_id, row.code, row.subject)
    if stored != (incident.site, incident.code, incident.subject):
        raise RefusalError("different_incident", where="dedupe_key", got=incident.dedupe_key)


def _revise(row: IncidentRow, incident: Incident, now_us: int) -> None:
    """Everything the box may change."""
    row.revision, row.changed_us = incident.revision, now_us
    row.rule_version, row.site_version = incident.rule_version, incident.site_version
    row.grade, row.zone, row.camera = incident.grade, incident.zone, incident.camera
    row.severity, row.source = incident.severity, incident.source
    # What a patrol measured of its label stays: the box knows nothing of it.
    strict = {name: said for name, said in (row.extra or {}).items() if name.startswith("label_")}
    row.extra = strict | dict(incident.extra)
    row.first_us, row.confirmed_us = incident.t_first_us, incident.t_confirmed_us
    row.ended_us, row.end_reason = incident.t_end_us, incident.end_reason
    row.measured_value, row.measured_unit = incident.measured.value, incident.measured.unit
    row.measured_sigma = incident.measured.sigma
    row.threshold_value, row.threshold_unit = incident.threshold.value, incident.threshold.unit
    row.threshold_source = incident.threshold.source
    row.observed_s, row.blind_s = incident.observed_s, incident.blind_s
    row.confidence, row.cues = incident.confidence, list(incident.cues)
    row.evidence_note = incident.evidence_note


def _announce(session: Session, incident: Incident) -> None:
    """The files of this revision. What has arrived stays, even if a revision no longer lists it."""
    query = select(EvidenceRow).where(EvidenceRow.dedupe_key == incident.dedupe_key)
    known = {row.name: row for row in session.scalars(query)}
    for position, file in enumerate(incident.evidence):
        row = known.pop(file.name, None)
        if row is None:
            row = EvidenceRow(dedupe_key=incident.dedupe_key, name=file.name)
            session.add(row)
        _describe(row, file, position)
    for position, row in enumerate(known.values(), start=len(incident.evidence)):
        if row.path is None:
            session.delete(row)
        row.position = position


def _describe(row: EvidenceRow, file: EvidenceFile, position: int) -> None:
    if row.sha256 != file.sha256:
        row.path = row.stored_us = None
    row.position, row.kind, row.content_type = position, file.kind, file.content_type
    row.sha256, row.n_bytes = file.sha256, file.n_bytes
    row.start_us, row.end_us = file.t_start_us, file.t_end_us


def _mark_corrected(session: Session, box: Teller, row: IncidentRow, now_us: int) -> None:
    """Put right before anybody acted: still counted, still to be reviewed."""
    if row.ended_us is None or row.state != State.DETECTED or row.end_reason in NOT_PUT_RIGHT:
        return
    row.state = State.SELF_CORRECTED
    session.add(_step(box, row, State.DETECTED, now_us))


def _step(box: Teller, row: IncidentRow, from_state: State | None, now_us: int) -> TransitionRow:
    return TransitionRow(
        dedupe_key=row.dedupe_key,
        at_us=now_us,
        actor_kind=box.kind,
        actor=box.name,
        role=box.role,
        from_state=from_state,
        to_state=row.state,
        reason=row.end_reason if from_state else None,
        comment=None,
        rule_version=row.rule_version,
    )
