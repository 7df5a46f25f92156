"""Key figures over HTTP: a box tells its day, a supervisor reads a period."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.doors import BoxIn, ServicesIn, ViewerIn
from api.figure_bodies import DayName, FiguresBody, RunName, figures_json
from api.figures import read_figures, tell_figures

router = APIRouter(prefix="/api/v1/figures", tags=["figures"])


@router.put("/{run}/{day}", summary="Tell a run's waits and posts of a UTC day (device)")
def tell(
    run: RunName, day: DayName, body: FiguresBody, box: BoxIn, services: ServicesIn, response: Response
) -> dict[str, Any]:
    """Whole, and again as often as it changes: the latest replaces. 201 new, 200 replaced."""
    with services.store.writing() as session:
        new = tell_figures(session, box, run, day, body.document(), now_us=services.clock.utc_us())
    response.status_code = 201 if new else 200
    return {"run": run, "day": day}


@router.get("", summary="Key figures of waits and posts")
def read(
    viewer: ViewerIn,
    services: ServicesIn,
    site: str | None = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> dict[str, Any]:
    """For site managers, satisfaction specialists and auditors. Local days of the site, both included; today where
    none is named. Medians and p90 are those of the Kaplan-Meier curve (`still_waiting`: seconds, share)."""
    with services.store.reading() as session:
        found = read_figures(session, viewer, site, (first, last), now_us=services.clock.utc_us())
    return figures_json(found)
