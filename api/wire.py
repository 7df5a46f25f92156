"""What goes out over HTTP: the JSON of incidents and cameras. Times are ISO-8601 UTC with offset."""

from __future__ import annotations

from typing import Any

from api.evidence import Signer, evidence_link, picture_path
from api.incidents import IncidentDetail
from api.records import CameraRecord, Record, Step
from api.roles import PERMISSIONS, Permission, Viewer
from models.domain.incident_body import body_of
from models.domain.instants import iso
from models.store.tables import AccessRow

Json = dict[str, Any]


def iso_or_none(us: int | None) -> str | None:
    return None if us is None else iso(us)


def record_json(record: Record) -> Json:
    """An incident as stored: what the box sent, its state, and which evidence has arrived."""
    body = body_of(record.incident)
    for file in body["evidence"]:
        file["arrived"] = file["name"] in record.arrived
    return body | {
        "state": record.state,
        "received_at": iso(record.received_us),
        "changed_at": iso(record.changed_us),
    }


def detail_json(detail: IncidentDetail, viewer: Viewer, signer: Signer, now_us: int) -> Json:
    """One incident with history, open moves, and evidence links signed for this viewer."""
    body = record_json(detail.record)
    key = detail.record.incident.dedupe_key
    for file in body["evidence"]:
        link = evidence_link(viewer, key, file["name"], signer=signer, now_us=now_us) if file["arrived"] else None
        file["url"] = link
    return body | {"history": [_step_json(step) for step in detail.history], "moves": list(detail.moves)}


def camera_json(camera: CameraRecord, viewer: Viewer) -> Json:
    shown = camera.picture_taken_us is not None and viewer.may(Permission.EVIDENCE)
    return {
        "site_id": camera.site,
        "camera_id": camera.id,
        "name": {"zh": camera.name.zh, "en": camera.name.en},
        "state": camera.state,
        "since": iso(camera.since_us),
        "reason": camera.reason,
        "observed_s": camera.observed_s,
        "blind_s": camera.blind_s,
        "dropped_frames": camera.dropped_frames,
        "told_at": iso(camera.told_us),
        "picture_taken_at": iso_or_none(camera.picture_taken_us),
        "picture": picture_path(camera.site, camera.id) if shown else None,
    }


def viewer_json(viewer: Viewer) -> Json:
    return {
        "name": viewer.name,
        "role": viewer.role,
        "language": viewer.language,
        "sites": None if viewer.sites is None else sorted(viewer.sites),
        "permissions": sorted(PERMISSIONS[viewer.role]),
    }


def access_json(row: AccessRow) -> Json:
    return {
        "at": iso(row.at_us),
        "user": row.user_name,
        "role": row.role,
        "site_id": row.site_id,
        "dedupe_key": row.dedupe_key,
        "camera_id": row.camera_id,
        "file": row.file,
    }


def _step_json(step: Step) -> Json:
    return {
        "at": iso(step.at_us),
        "actor_kind": step.actor_kind,
        "actor": step.actor,
        "role": step.role,
        "from": step.from_state,
        "to": step.to_state,
        "reason": step.reason,
        "comment": step.comment,
        "rule_version": step.rule_version,
    }
