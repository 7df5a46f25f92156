"""Evidence: who may open which file, signed links, and the register of who looked."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.incidents import permit, visible_incident
from api.refusal import RefusalError
from api.roles import Box, Permission, Viewer
from api.sessions import viewer_named
from models.store.tables import AccessRow, EvidenceRow, IncidentRow


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is here. path: within the evidence folder."""

    path: str
    content_type: str
    name: str


class Signer:
    """Signs evidence links: HMAC-SHA256 over path, expiry and user with the server's secret."""

    def __init__(self, secret: bytes, seconds: int) -> None:
        self._secret, self.seconds = secret, seconds

    def link(self, path: str, user: str, now_us: int) -> str:
        """The path with `expires` (unix seconds), `user` and `signature`."""
        expires = now_us // 1_000_000 + self.seconds
        query = {"expires": expires, "user": user, "signature": self._signature(path, str(expires), user)}
        return f"{path}?{urlencode(query)}"

    def check(self, path: str, expires: str, user: str, signature: str, now_us: int) -> None:
        """Raises RefusalError: link_invalid, link_expired."""
        right = self._signature(path, expires, user)
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")) or not expires.isdigit():
            raise RefusalError("link_invalid", where=path)
        if int(expires) * 1_000_000 <= now_us:
            raise RefusalError("link_expired", where=path)

    def _signature(self, path: str, expires: str, user: str) -> str:
        text = f"{path}\n{expires}\n{user}".encode("utf-8", "replace")
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


def evidence_path(dedupe_key: str, name: str) -> str:
    """The address of a file's bytes."""
    return f"/api/v1/incidents/{quote(dedupe_key, safe='')}/evidence/{quote(name, safe='')}"


def picture_path(site: str, camera: str) -> str:
    """The address of a camera's last picture."""
    return f"/api/v1/cameras/{quote(camera, safe='')}/picture/{quote(site, safe='')}"


def evidence_link(viewer: Viewer, dedupe_key: str, name: str, *, signer: Signer, now_us: int) -> str | None:
    """A signed link for this viewer, or None when the role sees no evidence. Opening it authorises again."""
    if not viewer.may(Permission.EVIDENCE):
        return None
    return signer.link(evidence_path(dedupe_key, name), viewer.name, now_us)


def linked_viewer(session: Session, user: str) -> Viewer:
    """The person a link was signed for, as that account is today. Raises RefusalError(link_invalid)."""
    if (viewer := viewer_named(session, user)) is None:
        raise RefusalError("link_invalid")
    return viewer


def open_evidence(session: Session, viewer: Viewer, dedupe_key: str, name: str, *, now_us: int) -> StoredFile:
    """The file, and a line in the access register, in the caller's (writing) transaction.

    Raises RefusalError: not_permitted, incident_unknown, evidence_unknown, evidence_not_here.
    """
    incident = visible_incident(session, viewer, dedupe_key)
    permit(viewer, Permission.EVIDENCE)
    row = session.get(EvidenceRow, (dedupe_key, name))
    if row is None:
        raise RefusalError("evidence_unknown", where="name", got=name[:100])
    if row.path is None:
        raise RefusalError("evidence_not_here", where="name", got=name[:100])
    session.add(
        AccessRow(
            at_us=now_us,
            user_name=viewer.name,
            role=viewer.role,
            site_id=incident.site_id,
            dedupe_key=dedupe_key,
            file=name,
        )
    )
    return StoredFile(row.path, row.content_type, name)


def announced(session: Session, box: Box, dedupe_key: str, name: str) -> EvidenceRow:
    """The row of a file the box's incident announces. Raises RefusalError: incident_unknown, evidence_unannounced."""
    incident = session.get(IncidentRow, dedupe_key)
    if incident is None or incident.site_id != box.site_id:
        raise RefusalError("incident_unknown", where="dedupe_key", got=dedupe_key[:64])
    row = session.get(EvidenceRow, (dedupe_key, name))
    if row is None:
        raise RefusalError("evidence_unannounced", where="name", got=name[:100])
    return row


def mark_stored(session: Session, file: EvidenceRow, path: str, *, now_us: int) -> None:
    """Say that the bytes are here, unless a newer revision announced other bytes meanwhile.

    Raises RefusalError(evidence_differs).
    """
    marked = session.execute(
        update(EvidenceRow)
        .where(
            EvidenceRow.dedupe_key == file.dedupe_key,
            EvidenceRow.name == file.name,
            EvidenceRow.sha256 == file.sha256,
        )
        .values(path=path, stored_us=now_us)
        .returning(EvidenceRow.name)
        .execution_options(synchronize_session=False)
    ).all()
    if not marked:
        raise RefusalError("evidence_differs", where="sha256", got=file.sha256, expected="the latest announced file")
    session.execute(update(IncidentRow).where(IncidentRow.dedupe_key == file.dedupe_key).values(changed_us=now_us))


def access_log(session: Session, viewer: Viewer, limit: int = 200) -> list[AccessRow]:
    """Who looked at what, newest first, of the viewer's sites. Raises RefusalError(not_permitted)."""
    permit(viewer, Permission.ACCESS_LOG)
    query = select(AccessRow).order_by(AccessRow.id.desc()).limit(max(1, min(limit, 1000)))
    if viewer.sites is not None:
        query = query.where(AccessRow.site_id.in_(sorted(viewer.sites)))
    return list(session.scalars(query))
