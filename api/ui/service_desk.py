"""The pages' desk on the API's own services: every call starts from the session cookie and asks what it permits."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from api.cameras import list_cameras
from api.evidence import evidence_path, picture_path
from api.figures import SiteFigures, read_figures
from api.incidents import MAX_PAGE, IncidentFilter, list_incidents, show_incident
from api.records import CameraRecord, Record, SiteRecord, sites
from api.review import Move, move_incident
from api.roles import MOVES, Permission, Viewer
from api.ui.cards import OPEN_STATES, SPANS_S, CameraCard, Card, Case, Reader, Shown, SiteCard, Step, Wish
from api.ui.figures_page import FiguresWish
from api.ui.furniture_desk import FurnitureService
from api.ui.wording import DEFAULT_ZONE
from models.domain.finding import Severity
from models.domain.incident import DismissReason, State
from models.domain.media import US
from models.domain.site import Name

_THUMBNAILS = ("now", "overlay", "before")
"""Kinds of evidence that may stand for the incident in the list, best first."""

Names = Mapping[tuple[str, str], Name]
"""(site, camera) -> what people call it."""


class ServiceDesk(FurnitureService):
    """Implements `api.ui.handling.Desk`. Safe to share between threads: each call is its own transaction."""

    def reader(self, token: str) -> Reader:
        with self._store.reading() as session:
            viewer = self._viewer(session, token)
        moves = frozenset(state for state, permission in MOVES.items() if viewer.may(permission))
        sees = viewer.may(Permission.EVIDENCE), viewer.may(Permission.FIGURES)
        return Reader(viewer.name, viewer.language, moves, *sees)

    def cards(self, token: str, wish: Wish) -> tuple[tuple[Card, ...], bool]:
        wanted = self._wanted(wish)
        with self._store.reading() as session:
            viewer = self._viewer(session, token)
            names, known = _camera_names(session, viewer), sites(session)
            found: list[Record] = []
            cursor = None
            while len(found) < wish.limit:
                size = min(MAX_PAGE, wish.limit - len(found))
                page = list_incidents(session, viewer, wanted, cursor, size)
                found += page.items
                if (cursor := page.next_cursor) is None:
                    break
        return tuple(_card(record, viewer, known, names) for record in found), cursor is not None

    def changed(self, token: str, since_us: int) -> bool:
        with self._store.reading() as session:
            wanted = IncidentFilter(changed_since_us=since_us)
            return bool(list_incidents(session, self._viewer(session, token), wanted, limit=1).items)

    def zones(self, token: str) -> tuple[tuple[str, Name], ...]:
        """Zones of the latest incidents, for the filter."""
        with self._store.reading() as session:
            viewer = self._viewer(session, token)
            latest = list_incidents(session, viewer, IncidentFilter(), limit=MAX_PAGE).items
        names = {record.incident.zone: _zone_name(record) for record in latest if record.incident.zone}
        return tuple(sorted(names.items()))

    def case(self, token: str, key: str) -> Case:
        with self._store.reading() as session:
            viewer = self._viewer(session, token)
            detail = show_incident(session, viewer, key)
            card = _card(detail.record, viewer, sites(session), _camera_names(session, viewer))
        incident = detail.record.incident
        history = tuple(
            Step(step.at_us, step.actor, step.actor_kind == "device", step.to_state, step.reason, step.comment)
            for step in detail.history
        )
        return Case(
            card=card,
            ended_us=incident.t_end_us,
            end_reason=incident.end_reason,
            grade=incident.grade,
            rule_version=incident.rule_version,
            observed_s=incident.observed_s,
            blind_s=incident.blind_s,
            confidence=incident.confidence,
            cues=incident.cues,
            evidence=_evidence(detail.record, viewer),
            evidence_note=incident.evidence_note,
            history=history,
            rota_position=incident.extra.get("rota_position", ""),
            moves=detail.moves,
        )

    def cameras(self, token: str) -> tuple[CameraCard, ...]:
        with self._store.reading() as session:
            viewer = self._viewer(session, token)
            known = sites(session)
            return tuple(_camera(camera, viewer, known) for camera in list_cameras(session, viewer))

    def figures(self, token: str, wish: FiguresWish) -> tuple[SiteFigures, tuple[SiteCard, ...]]:
        now_us = self.now_us()
        with self._store.reading() as session:
            viewer = self._viewer(session, token)
            found = read_figures(session, viewer, wish.site, (wish.first, wish.last), now_us=now_us)
            known = sites(session)
        return found, tuple(_site(name, known) for name in known if viewer.sees(name))

    def move(self, token: str, card: Card, to: State, reason: str | None, comment: str | None) -> None:
        why = DismissReason(reason) if reason else None
        with self._store.writing() as session:
            viewer = self._viewer(session, token)
            move_incident(session, viewer, Move(card.key, to, card.state, why, comment), now_us=self.now_us())

    def _wanted(self, wish: Wish) -> IncidentFilter:
        states = {"open": frozenset(OPEN_STATES), "all": frozenset[State]()}
        return IncidentFilter(
            states=states[wish.state] if wish.state in states else frozenset({State(wish.state)}),
            codes=frozenset({wish.rule} if wish.rule else ()),
            zone=wish.zone or None,
            severity=Severity(wish.severity) if wish.severity else None,
            from_us=self.now_us() - SPANS_S[wish.since] * US if wish.since else None,
        )


def _card(record: Record, viewer: Viewer, known: Mapping[str, SiteRecord], names: Names) -> Card:
    incident = record.incident
    return Card(
        key=incident.dedupe_key,
        code=incident.code,
        site=_site(incident.site, known),
        zone=incident.zone,
        zone_name=_zone_name(record),
        camera=incident.camera,
        camera_name=names.get((incident.site, incident.camera), Name(incident.camera, incident.camera)),
        severity=incident.severity,
        state=record.state,
        first_us=incident.t_first_us,
        confirmed_us=incident.t_confirmed_us,
        measured=incident.measured,
        threshold=incident.threshold,
        thumbnail=_thumbnail(record, viewer),
        changed_us=record.changed_us,
    )


def _zone_name(record: Record) -> Name:
    """The box sends a zone's names beside its id (`extra`: zone_zh, zone_en); without them the id must do."""
    zone, extra = record.incident.zone, record.incident.extra
    return Name(extra.get("zone_zh", zone), extra.get("zone_en", zone))


def _site(site: str, known: Mapping[str, SiteRecord]) -> SiteCard:
    found = known.get(site)
    return SiteCard(site, found.name, found.time_zone) if found else SiteCard(site, Name(site, site), DEFAULT_ZONE)


def _evidence(record: Record, viewer: Viewer) -> tuple[Shown, ...]:
    if not viewer.may(Permission.EVIDENCE):
        return ()
    key = record.incident.dedupe_key
    return tuple(
        Shown(file.kind, f"{evidence_path(key, file.name)}?v={file.sha256[:12]}", file.content_type, file.t_start_us)
        for file in record.incident.evidence
        if file.name in record.arrived
    )


def _thumbnail(record: Record, viewer: Viewer) -> str | None:
    stills = {shown.kind: shown.address for shown in _evidence(record, viewer)}
    return next((stills[kind] for kind in _THUMBNAILS if kind in stills), None)


def _camera_names(session: Session, viewer: Viewer) -> Names:
    return {(camera.site, camera.id): camera.name for camera in list_cameras(session, viewer)}


def _camera(camera: CameraRecord, viewer: Viewer, known: Mapping[str, SiteRecord]) -> CameraCard:
    seen = camera.picture_taken_us is not None and viewer.may(Permission.EVIDENCE)
    # The moment is part of the address, so that a newer picture is fetched and the same one is not.
    address = f"{picture_path(camera.site, camera.id)}?taken={camera.picture_taken_us}" if seen else None
    return CameraCard(
        id=camera.id,
        name=camera.name,
        site=_site(camera.site, known),
        state=camera.state,
        since_us=camera.since_us,
        reason=camera.reason,
        observed_s=camera.observed_s,
        blind_s=camera.blind_s,
        dropped_frames=camera.dropped_frames,
        picture=address,
        picture_us=camera.picture_taken_us,
    )
