"""What the services hand out: incidents with their state and history, cameras, sites. Read from rows here only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.finding import Grade, Quantity, Severity, Threshold
from models.domain.incident import EvidenceFile, Incident, State
from models.domain.site import Name
from models.store.tables import CameraRow, EvidenceRow, IncidentRow, SiteRow, TransitionRow


@dataclass(frozen=True, slots=True)
class SiteRecord:
    id: str
    name: Name
    time_zone: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an incident's history. actor_kind: user | device."""

    at_us: int
    actor_kind: str
    actor: str
    role: str
    from_state: State | None
    to_state: State
    reason: str | None
    comment: str | None
    rule_version: str


@dataclass(frozen=True, slots=True)
class Record:
    """An incident as the server knows it. arrived: names of the evidence files whose bytes are here."""

    incident: Incident
    state: State
    received_us: int
    changed_us: int
    arrived: frozenset[str]


@dataclass(frozen=True, slots=True)
class CameraRecord:
    """The last that a box told of a camera. state: live | lost | ended."""

    site: str
    id: str
    name: Name
    state: str
    since_us: int
    reason: str | None
    observed_s: float
    blind_s: float
    dropped_frames: int
    told_us: int
    picture_taken_us: int | None


def records(session: Session, rows: Iterable[IncidentRow]) -> tuple[Record, ...]:
    """Rows with their evidence, in the rows' order; one query for all evidence."""
    found = list(rows)
    keys = [row.dedupe_key for row in found]
    files: dict[str, list[EvidenceRow]] = {key: [] for key in keys}
    query = select(EvidenceRow).where(EvidenceRow.dedupe_key.in_(keys)).order_by(EvidenceRow.position)
    for file in session.scalars(query):
        files[file.dedupe_key].append(file)
    return tuple(_record(row, files[row.dedupe_key]) for row in found)


def history(session: Session, dedupe_key: str) -> tuple[Step, ...]:
    """Oldest first."""
    query = select(TransitionRow).where(TransitionRow.dedupe_key == dedupe_key).order_by(TransitionRow.id)
    return tuple(_step(row) for row in session.scalars(query))


def sites(session: Session) -> Mapping[str, SiteRecord]:
    """All sites by id."""
    return {
        row.id: SiteRecord(row.id, Name(row.name_zh, row.name_en), row.time_zone)
        for row in session.scalars(select(SiteRow).order_by(SiteRow.id))
    }


def camera_record(row: CameraRow) -> CameraRecord:
    return CameraRecord(
        site=row.site_id,
        id=row.camera_id,
        name=Name(row.name_zh, row.name_en),
        state=row.state,
        since_us=row.since_us,
        reason=row.reason,
        observed_s=row.observed_s,
        blind_s=row.blind_s,
        dropped_frames=row.dropped_frames,
        told_us=row.told_us,
        picture_taken_us=row.picture_taken_us,
    )


def _record(row: IncidentRow, files: list[EvidenceRow]) -> Record:
    arrived = frozenset(file.name for file in files if file.path is not None)
    return Record(_incident(row, files), State(row.state), row.received_us, row.changed_us, arrived)


def _incident(row: IncidentRow, files: list[EvidenceRow]) -> Incident:
    return Incident(
        dedupe_key=row.dedupe_key,
        code=row.code,
        rule_version=row.rule_version,
        site=row.site_id,
        site_version=row.site_version,
        zone=row.zone,
        camera=row.camera,
        subject=row.subject,
        severity=Severity(row.severity),
        grade=Grade(row.grade),
        t_first_us=row.first_us,
        t_confirmed_us=row.confirmed_us,
        t_end_us=row.ended_us,
        end_reason=row.end_reason,
        measured=Quantity(row.measured_value, row.measured_unit, row.measured_sigma),
        threshold=Threshold(row.threshold_value, row.threshold_unit, row.threshold_source),
        observed_s=row.observed_s,
        blind_s=row.blind_s,
        confidence=row.confidence,
        cues=tuple(row.cues),
        evidence=tuple(_file(file) for file in files),
        evidence_note=row.evidence_note,
        revision=row.revision,
        source=row.source,
        extra=dict(row.extra),
    )


def _file(row: EvidenceRow) -> EvidenceFile:
    return EvidenceFile(row.name, row.kind, row.content_type, row.sha256, row.n_bytes, row.start_us, row.end_us)


def _step(row: TransitionRow) -> Step:
    return Step(
        at_us=row.at_us,
        actor_kind=row.actor_kind,
        actor=row.actor,
        role=row.role,
        from_state=State(row.from_state) if row.from_state else None,
        to_state=State(row.to_state),
        reason=row.reason,
        comment=row.comment,
        rule_version=row.rule_version,
    )
