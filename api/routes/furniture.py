"""Furniture over HTTP: boxes tell layouts and checks, people read them; baselines proposed, approved, withdrawn."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query

from api.baselines import Version, approve, for_box, propose, supersede, versions
from api.doors import BoxIn, ServicesIn, ViewerIn
from api.furniture import history_of, keep_checks, keep_layout, latest_checks, layout_of
from api.furniture_bodies import BaselineBody, ChecksBody, DecisionBody, LayoutBody
from models.domain.furniture_check import Check
from models.domain.instants import iso, us_of_datetime

router = APIRouter(prefix="/api/v1", tags=["furniture"])


@router.put("/furniture", summary="Tell where everything belongs (device)")
def tell(body: LayoutBody, box: BoxIn, services: ServicesIn) -> dict[str, bool]:
    """Items, labels, zones, what calibration says of each picture, and the box's own baselines. The latest wins."""
    with services.store.writing() as session:
        keep_layout(session, box, body.site_version, body.content(), now_us=services.clock.utc_us())
    return {"stored": True}


@router.post("/furniture/checks", summary="Bring checks of items (device)")
def bring(body: ChecksBody, box: BoxIn, services: ServicesIn) -> dict[str, int]:
    """Idempotent by item, camera and time. Kept for 90 days."""
    checks = [one.check() for one in body.checks]
    with services.store.writing() as session:
        return {"stored": keep_checks(session, box, checks, now_us=services.clock.utc_us())}


@router.get("/furniture", summary="Read where everything belongs and stands")
def read(viewer: ViewerIn, services: ServicesIn, site: str) -> dict[str, Any]:
    """The layout of a site with the last check of each item; `check` is null where none was brought yet."""
    with services.store.reading() as session:
        layout = layout_of(session, viewer, site)
        checks = latest_checks(session, viewer, site)
    items = [
        item | {"check": check_json(checks[item["id"]]) if item["id"] in checks else None}
        for item in layout.body["items"]
    ]
    told = {"site_id": layout.site, "told_at": iso(layout.told_us)}
    return told | layout.body | {"items": items}


@router.get("/furniture/{item_id}/checks", summary="Read the checks of one item")
def history(item_id: str, viewer: ViewerIn, services: ServicesIn, site: str) -> dict[str, Any]:
    """The last 500, oldest first."""
    with services.store.reading() as session:
        found = history_of(session, viewer, site, item_id)
    return {"items": [check_json(check) for check in found]}


@router.get("/baselines", summary="List baselines")
def listing(viewer: ViewerIn, services: ServicesIn, site: str) -> dict[str, Any]:
    """All versions of a site as they stand, those that were frozen on the box too."""
    with services.store.reading() as session:
        return {"items": [version_json(one) for one in versions(session, viewer, site)]}


@router.post("/baselines", status_code=201, summary="Propose the present layout as a baseline")
def make(body: BaselineBody, viewer: ViewerIn, services: ServicesIn) -> dict[str, Any]:
    """For managers and satisfaction specialists. `since` null: from its approval; else a moment to come. Changes
    nothing until it is approved."""
    since_us = None if body.since is None else us_of_datetime(body.since)
    with services.store.writing() as session:
        now_us = services.clock.utc_us()
        return version_json(propose(session, viewer, body.site_id, since_us, body.note, now_us=now_us))


@router.post("/baselines/{version}/approve", summary="Approve a baseline")
def accept(version: int, body: DecisionBody, viewer: ViewerIn, services: ServicesIn) -> dict[str, Any]:
    """For site managers. 409 where it is no proposal any more, or the layout has changed since it was proposed."""
    with services.store.writing() as session:
        now_us = services.clock.utc_us()
        return version_json(approve(session, viewer, body.site_id, version, body.note, now_us=now_us))


@router.post("/baselines/{version}/supersede", summary="Take a baseline out of force")
def withdraw(version: int, body: DecisionBody, viewer: ViewerIn, services: ServicesIn) -> dict[str, Any]:
    """For site managers. Nothing is raised until a later one begins; a proposal is taken off the table."""
    with services.store.writing() as session:
        now_us = services.clock.utc_us()
        return version_json(supersede(session, viewer, body.site_id, version, body.note, now_us=now_us))


@router.get("/baselines/for-box", summary="Fetch what was decided about baselines (device)")
def fetch(box: BoxIn, services: ServicesIn, after: int = Query(default=0, ge=0)) -> dict[str, Any]:
    """Every approval and withdrawal after the number `after`, in order."""
    with services.store.reading() as session:
        found = for_box(session, box, after)
    return {"items": [version_json(one) for one in found], "next": found[-1].number if found else after}


def check_json(check: Check) -> dict[str, Any]:
    return {"at": iso(check.utc_us), "unit": check.unit} | check.fields()


def version_json(one: Version) -> dict[str, Any]:
    return {
        "site_id": one.site,
        "version": one.version,
        "state": one.stage,
        "since": iso(one.since_us),
        "layout_version": one.layout_version,
        "by": one.by,
        "note": one.note,
        "at": iso(one.at_us),
        "on_box": one.on_box,
    }
