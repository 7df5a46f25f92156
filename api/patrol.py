"""Close-ups of a patrol: measured by the 3/4 rule, written down, and an incident of the strict grade where a label lies
bare. The photograph itself is not kept, only the cut around the foot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.baselines import Stage, versions
from api.furniture import layout_of
from api.incidents import permit
from api.intake import Teller, receive_as
from api.refusal import RefusalError
from api.roles import Permission, Viewer
from calibration.patrol import Measured, PhotoError, card, measure, photograph
from models.domain.finding import Grade, Quantity, Severity, Threshold
from models.domain.furniture import FurnitureItem, ItemClass, Label, Pose
from models.domain.incident import EvidenceFile, Incident, State, dedupe_key
from models.domain.site import Name
from models.domain.truth import Truth
from models.store.furniture_tables import PatrolPhotoRow
from models.store.tables import AccessRow, EvidenceRow, IncidentRow, SiteRow

CODE = "label.exposed"
RULE_SOURCE = "domain.md 0.2: (D - d) / 2"
STILL_OPEN = (State.DETECTED, State.SELF_CORRECTED, State.ACKNOWLEDGED, State.CONFIRMED)
ASTRAY = ("furniture.displaced", "furniture.missing")
JPEG_QUALITY = 90
FILE = "overlay.jpg"


@dataclass(frozen=True, slots=True)
class Target:
    """What a photograph is of. number: of the label, from 1."""

    site: str
    zone: str
    item: FurnitureItem
    number: int
    layout_version: str

    @property
    def label(self) -> Label:
        return self.item.labels[self.number - 1]


@dataclass(frozen=True, slots=True)
class Told:
    """What was written down of a photograph."""

    id: int
    site: str
    item: str
    label: int
    at_us: int
    by: str
    truth: Truth
    offset_mm: float
    sigma_mm: float
    play_mm: float
    incident: str | None


def target_of(session: Session, viewer: Viewer, site: str, item: str, number: int) -> Target:
    """Raises RefusalError(not_permitted, site_unknown, layout_unknown, item_unknown, label_unknown)."""
    permit(viewer, Permission.PATROL)
    layout = layout_of(session, viewer, site)
    told = next((one for one in layout.body["items"] if one["id"] == item), None)
    if told is None:
        raise RefusalError("item_unknown", where="item_id", got=item[:100])
    labels = [_label(one) for one in told["labels"]]
    if not 1 <= number <= len(labels) or not labels[number - 1].label_mm > 0 or not labels[number - 1].leg_mm > 0:
        raise RefusalError("label_unknown", where="label", got=number, expected=f"1..{len(labels)}")
    return Target(site, told["zone"], _item(told, tuple(labels)), number, layout.site_version)


def measured(target: Target, data: bytes) -> tuple[Measured, bytes]:
    """What the photograph says, and the evidence picture (JPEG). Raises RefusalError(photo_...); takes seconds."""
    try:
        photo = photograph(data)
        found = measure(photo, target.label)
    except PhotoError as error:
        raise RefusalError(f"photo_{error.code}", where="body", got=error.got, expected=error.expected) from None
    drawn = card(photo, target.item, target.label, found)
    encoded, picture = cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not encoded:
        raise RefusalError("photo_corrupt", where="body", got="JPEG")
    return found, picture.tobytes()


def keep(
    session: Session, viewer: Viewer, target: Target, found: Measured, file: tuple[str, bytes], *, now_us: int
) -> Told:
    """Write it down in the caller's transaction. file: where the picture lies on the shelf, and its bytes.

    A bare label opens or renews one incident of its item, a covered one ends it. An item that has an incident of its
    own place open gets no second one: the figure is added to that.
    """
    permit(viewer, Permission.PATROL)
    truth = found.truth(target.label)
    key = _incident(session, viewer, target, found, file, now_us) if truth is not Truth.UNKNOWN else None
    row = PatrolPhotoRow(
        site_id=target.site,
        item=target.item.id,
        label=target.number,
        at_us=now_us,
        user_name=viewer.name,
        role=viewer.role,
        truth=truth,
        offset_mm=found.offset_mm,
        sigma_mm=found.sigma_mm,
        play_mm=target.label.play_mm,
        dedupe_key=key,
        path=file[0],
    )
    session.add(row)
    session.flush()
    return _told(row)


def photos(session: Session, viewer: Viewer, site: str) -> list[Told]:
    """The last 200 of a site, latest first. Raises RefusalError(not_permitted, site_unknown)."""
    permit(viewer, Permission.VIEW)
    if not viewer.sees(site) or session.get(SiteRow, site) is None:
        raise RefusalError("site_unknown", where="site", got=site[:100])
    query = select(PatrolPhotoRow).where(PatrolPhotoRow.site_id == site).order_by(PatrolPhotoRow.id.desc())
    return [_told(row) for row in session.scalars(query.limit(200))]


def open_photo(session: Session, viewer: Viewer, photo_id: int, *, now_us: int) -> str:
    """Where its picture lies; the look is written into the access register. Raises RefusalError(not_permitted,
    photo_unknown)."""
    permit(viewer, Permission.EVIDENCE)
    row = session.get(PatrolPhotoRow, photo_id)
    if row is None or not viewer.sees(row.site_id):
        raise RefusalError("photo_unknown", where="photo_id", got=photo_id)
    file = f"patrol/{row.id}.jpg"
    looked = AccessRow(at_us=now_us, user_name=viewer.name, role=viewer.role, site_id=row.site_id, file=file)
    session.add(looked)
    return row.path


def _incident(
    session: Session, viewer: Viewer, target: Target, found: Measured, file: tuple[str, bytes], now_us: int
) -> str | None:
    query = select(IncidentRow).where(
        IncidentRow.site_id == target.site,
        IncidentRow.subject == target.item.id,
        IncidentRow.ended_us.is_(None),
        IncidentRow.state.in_(STILL_OPEN),
    )
    rows = list(session.scalars(query.order_by(IncidentRow.first_us.desc())))
    bare = found.truth(target.label) is Truth.FAILS
    astray = next((row for row in rows if row.code in ASTRAY), None)
    if astray is not None:
        astray.extra = {**astray.extra, f"label_{target.number}_mm": f"{found.offset_mm:.1f}"}
        astray.changed_us = now_us
        return astray.dedupe_key
    known = next((row for row in rows if row.code == CODE and row.grade == Grade.STRICT), None)
    if known is None and not bare:
        return None
    first_us = known.first_us if known is not None else now_us
    incident = _worded(session, viewer, target, found, first_us, now_us)
    revision = known.revision + 1 if known is not None else 1
    incident = replace(incident, revision=revision, evidence=(_file(file, now_us),))
    if not bare:
        incident = replace(incident, t_end_us=now_us, end_reason="resolved")
    receive_as(session, Teller("user", viewer.name, viewer.role), incident, now_us=now_us)
    evidence = session.get(EvidenceRow, (incident.dedupe_key, FILE))
    assert evidence is not None, "it was announced with the incident"
    evidence.path, evidence.stored_us = file[0], now_us
    return incident.dedupe_key


def _worded(session: Session, viewer: Viewer, target: Target, found: Measured, first_us: int, now_us: int) -> Incident:
    frozen = [one for one in versions(session, viewer, target.site) if one.stage is Stage.FROZEN]
    begun = max((one for one in frozen if one.since_us <= now_us), key=lambda one: one.since_us, default=None)
    name = target.item.name
    return Incident(
        dedupe_key=dedupe_key(target.site, CODE, target.item.id, first_us),
        code=CODE,
        rule_version="1",
        site=target.site,
        site_version=target.layout_version,
        zone=target.zone,
        camera="",
        subject=target.item.id,
        severity=Severity.INCIDENT,
        grade=Grade.STRICT,
        t_first_us=first_us,
        t_confirmed_us=first_us,
        t_end_us=None,
        end_reason=None,
        measured=Quantity(round(found.offset_mm, 2), "mm", round(found.sigma_mm, 2)),
        threshold=Threshold(target.label.play_mm, "mm", RULE_SOURCE),
        observed_s=0.0,
        blind_s=0.0,
        confidence=1.0,
        cues=("rule.cue.label_seen",),
        source="patrol",
        extra={
            "item_zh": name.zh,
            "item_en": name.en,
            "label": str(target.number),
            "baseline": str(begun.version if begun is not None else 0),
        },
    )


def _file(file: tuple[str, bytes], now_us: int) -> EvidenceFile:
    data = file[1]
    return EvidenceFile(FILE, "overlay", "image/jpeg", hashlib.sha256(data).hexdigest(), len(data), now_us, now_us)


def _told(row: PatrolPhotoRow) -> Told:
    return Told(
        row.id,
        row.site_id,
        row.item,
        row.label,
        row.at_us,
        row.user_name,
        Truth(row.truth),
        row.offset_mm,
        row.sigma_mm,
        row.play_mm,
        row.dedupe_key,
    )


def _label(told: Mapping[str, Any]) -> Label:
    x, y = told["at_mm"]
    return Label((x / 1000, y / 1000), told["label_mm"], told["leg_mm"], told["contrast"])


def _item(told: Mapping[str, Any], labels: tuple[Label, ...]) -> FurnitureItem:
    length, width, height = (mm / 1000 for mm in told["size_mm"])
    x, y = told["at"] or (0.0, 0.0)
    return FurnitureItem(
        told["id"],
        Name(told["name"]["zh"], told["name"]["en"]),
        told["zone"],
        ItemClass(told["class"]),
        (length, width, height),
        Pose(x, y, told["heading_deg"]),
        told["tolerance"],
        told["turn_tolerance_deg"],
        told["symmetry"],
        labels,
    )
