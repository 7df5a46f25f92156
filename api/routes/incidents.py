"""Incidents over HTTP: told by boxes, read and moved by people."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.bodies import Code, IncidentBody, Line, Moment, TransitionBody
from api.doors import BoxIn, ServicesIn, ViewerIn
from api.incidents import MAX_PAGE, IncidentFilter, list_incidents, show_incident
from api.intake import receive
from api.review import Move, move_incident
from api.wire import detail_json, record_json
from models.domain.finding import Severity
from models.domain.incident import State
from models.domain.instants import us_of_datetime

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"])


class IncidentQuery(BaseModel):
    """Filters of the list; each may be left out. `state` and `rule` may be given several times."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    state: list[State] = []
    rule: list[Code] = []
    zone: Line | None = None
    site: Line | None = None
    severity: Severity | None = None
    from_: Annotated[Moment | None, Field(alias="from", description="confirmed at or after")] = None
    to: Annotated[Moment | None, Field(description="confirmed before")] = None
    changed_since: Annotated[Moment | None, Field(description="changed by a box or a person at or after")] = None
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50

    def wanted(self) -> IncidentFilter:
        return IncidentFilter(
            states=frozenset(self.state),
            codes=frozenset(self.rule),
            zone=self.zone,
            site=self.site,
            severity=self.severity,
            from_us=_us(self.from_),
            to_us=_us(self.to),
            changed_since_us=_us(self.changed_since),
        )


@router.post("", status_code=201, summary="Tell an incident, or revise it (device)")
def tell(body: IncidentBody, box: BoxIn, services: ServicesIn, response: Response) -> dict[str, Any]:
    """Idempotent by `dedupe_key`: 201 new, 200 revised or already known in this or a higher revision."""
    with services.store.writing() as session:
        record, created = receive(session, box, body.incident(), now_us=services.clock.utc_us())
    response.status_code = 201 if created else 200
    return record_json(record)


@router.get("", summary="List incidents, newest first")
def listing(
    request: Request, asked: Annotated[IncidentQuery, Query()], viewer: ViewerIn, services: ServicesIn
) -> Response:
    """Keyset paging by `next_cursor`; `If-None-Match` with the last ETag answers 304 while nothing changed."""
    with services.store.reading() as session:
        page = list_incidents(session, viewer, asked.wanted(), asked.cursor, asked.limit)
    body = {"items": [record_json(record) for record in page.items], "next_cursor": page.next_cursor}
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


@router.get("/{dedupe_key}", summary="One incident with history and evidence links")
def show(dedupe_key: str, viewer: ViewerIn, services: ServicesIn) -> dict[str, Any]:
    """Evidence links are signed for the asking person and end after a few minutes."""
    with services.store.reading() as session:
        detail = show_incident(session, viewer, dedupe_key)
    return detail_json(detail, viewer, services.signer, services.clock.utc_us())


@router.post("/{dedupe_key}/transition", summary="Acknowledge, confirm, dismiss or close")
@router.patch("/{dedupe_key}/transition", summary="Acknowledge, confirm, dismiss or close")
def move(
    dedupe_key: str, body: Annotated[TransitionBody, Body()], viewer: ViewerIn, services: ServicesIn
) -> dict[str, Any]:
    """`expected` is the state you decided on. 409 when the move is illegal or a colleague was faster."""
    now_us = services.clock.utc_us()
    wish = Move(dedupe_key, body.to, body.expected, body.reason, body.comment)
    with services.store.writing() as session:
        detail = move_incident(session, viewer, wish, now_us=now_us)
    return detail_json(detail, viewer, services.signer, now_us)


def _us(moment: Moment | None) -> int | None:
    return None if moment is None else us_of_datetime(moment)
