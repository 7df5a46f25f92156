"""An incident as the JSON that travels to the API (docs/design/contracts.md)."""

from __future__ import annotations

from typing import Any

from models.domain.finding import Grade, Quantity, Severity, Threshold
from models.domain.incident import EvidenceFile, Incident
from models.domain.instants import iso, us_of


def body_of(incident: Incident) -> dict[str, Any]:
    """The body of POST /api/v1/incidents."""
    return {
        "dedupe_key": incident.dedupe_key,
        "revision": incident.revision,
        "incident_code": incident.code,
        "rule_id": incident.code,
        "rule_version": incident.rule_version,
        "grade": str(incident.grade),
        "site_id": incident.site,
        "site_version": incident.site_version,
        "zone_id": incident.zone,
        "camera_id": incident.camera,
        "subject_id": incident.subject,
        "severity": str(incident.severity),
        "first_seen": iso(incident.t_first_us),
        "confirmed_at": iso(incident.t_confirmed_us),
        "ended_at": None if incident.t_end_us is None else iso(incident.t_end_us),
        "end_reason": incident.end_reason,
        "measured": {
            "value": incident.measured.value,
            "unit": incident.measured.unit,
            "sigma": incident.measured.sigma,
        },
        "threshold": {
            "value": incident.threshold.value,
            "unit": incident.threshold.unit,
            "source": incident.threshold.source,
        },
        "observed_s": incident.observed_s,
        "blind_s": incident.blind_s,
        "confidence": incident.confidence,
        "cues": list(incident.cues),
        "evidence": [_file(file) for file in incident.evidence],
        "evidence_note": incident.evidence_note,
        "source": incident.source,
        "extra": dict(incident.extra),
    }


def _file(file: EvidenceFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "kind": file.kind,
        "content_type": file.content_type,
        "sha256": file.sha256,
        "n_bytes": file.n_bytes,
        "start_at": iso(file.t_start_us),
        "end_at": iso(file.t_end_us),
    }


def incident_of(body: dict[str, Any]) -> Incident:
    """The incident that `body_of` made the body of. Raises KeyError, TypeError or ValueError for anything else."""
    return Incident(
        dedupe_key=body["dedupe_key"],
        code=body["incident_code"],
        rule_version=body["rule_version"],
        site=body["site_id"],
        site_version=body["site_version"],
        zone=body["zone_id"],
        camera=body["camera_id"],
        subject=body["subject_id"],
        severity=Severity(body["severity"]),
        grade=Grade(body["grade"]),
        t_first_us=us_of(body["first_seen"]),
        t_confirmed_us=us_of(body["confirmed_at"]),
        t_end_us=None if body["ended_at"] is None else us_of(body["ended_at"]),
        end_reason=body["end_reason"],
        measured=Quantity(**body["measured"]),
        threshold=Threshold(**body["threshold"]),
        observed_s=body["observed_s"],
        blind_s=body["blind_s"],
        confidence=body["confidence"],
        cues=tuple(body["cues"]),
        evidence=tuple(_file_of(file) for file in body["evidence"]),
        evidence_note=body["evidence_note"],
        revision=body["revision"],
        source=body["source"],
        extra=dict(body["extra"]),
    )


def _file_of(file: dict[str, Any]) -> EvidenceFile:
    known = {name: file[name] for name in ("name", "kind", "content_type", "sha256", "n_bytes")}
    return EvidenceFile(**known, t_start_us=us_of(file["start_at"]), t_end_us=us_of(file["end_at"]))
