"""Cameras: the last a box told of them, and their last masked picture."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.evidence import StoredFile
from api.incidents import permit
from api.records import CameraRecord, camera_record
from api.refusal import RefusalError
from api.roles import Box, Permission, Viewer
from models.domain.site import Name
from models.store.tables import AccessRow, CameraRow


@dataclass(frozen=True, slots=True)
class CameraReport:
    """What a box tells of a camera. state: live | lost | ended."""

    site: str
    camera: str
    name: Name
    state: str
    since_us: int
    reason: str | None
    observed_s: float
    blind_s: float
    dropped_frames: int


def report_camera(session: Session, box: Box, report: CameraReport, *, now_us: int) -> CameraRecord:
    """Keep the report; the latest told wins. Raises RefusalError(foreign_site)."""
    if report.site != box.site_id:
        raise RefusalError("foreign_site", where="site_id", got=report.site, expected=box.site_id)
    row = session.get(CameraRow, (report.site, report.camera), with_for_update=True)
    if row is None:
        row = CameraRow(site_id=report.site, camera_id=report.camera)
        session.add(row)
    row.name_zh, row.name_en = report.name.zh, report.name.en
    row.state, row.since_us, row.reason = report.state, report.since_us, report.reason
    row.observed_s, row.blind_s = report.observed_s, report.blind_s
    row.dropped_frames, row.told_us = report.dropped_frames, now_us
    session.flush()
    return camera_record(row)


def known_camera(session: Session, box: Box, camera: str) -> CameraRow:
    """The row of a camera of the box's site. Raises RefusalError(camera_unknown)."""
    row = session.get(CameraRow, (box.site_id, camera), with_for_update=True)
    if row is None:
        raise RefusalError("camera_unknown", where="camera_id", got=camera[:100])
    return row


def keep_picture(session: Session, box: Box, camera: str, path: str, *, taken_us: int) -> str | None:
    """Make this the camera's picture unless a later one is here; returns the path that is no longer needed.

    Raises RefusalError(camera_unknown).
    """
    row = known_camera(session, box, camera)
    if row.picture_taken_us is not None and taken_us < row.picture_taken_us:
        return path if path != row.picture_path else None
    before, row.picture_path, row.picture_taken_us = row.picture_path, path, taken_us
    return before if before != path else None


def list_cameras(session: Session, viewer: Viewer, site: str | None = None) -> list[CameraRecord]:
    """Cameras of the viewer's sites, by site and id. Raises RefusalError(not_permitted)."""
    permit(viewer, Permission.VIEW)
    query = select(CameraRow).order_by(CameraRow.site_id, CameraRow.camera_id)
    if viewer.sites is not None:
        query = query.where(CameraRow.site_id.in_(sorted(viewer.sites)))
    if site is not None:
        query = query.where(CameraRow.site_id == site)
    return [camera_record(row) for row in session.scalars(query)]


def open_picture(session: Session, viewer: Viewer, site: str, camera: str, *, now_us: int) -> StoredFile:
    """The last picture, and a line in the access register, in the caller's (writing) transaction.

    Raises RefusalError: not_permitted, camera_unknown.
    """
    permit(viewer, Permission.VIEW)
    row = session.get(CameraRow, (site, camera)) if viewer.sees(site) else None
    permit(viewer, Permission.EVIDENCE)
    if row is None or row.picture_path is None:
        raise RefusalError("camera_unknown", where="camera_id", got=f"{site}/{camera}"[:200])
    name = f"{camera}.jpg"
    session.add(
        AccessRow(at_us=now_us, user_name=viewer.name, role=viewer.role, site_id=site, camera_id=camera, file="picture")
    )
    return StoredFile(row.picture_path, "image/jpeg", name)
