"""What the furniture page asks of the services, and the part of the desk that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from api.baselines import Version, approve, propose, versions
from api.cameras import list_cameras
from api.evidence import picture_path
from api.furniture import histories, latest_checks, layouts
from api.records import sites
from api.roles import Permission
from api.ui.cards import SiteCard
from api.ui.energy_desk import EnergyService
from api.ui.wording import DEFAULT_ZONE
from models.domain.furniture_check import Check
from models.domain.site import Name

MOST_CHECKS = 40
"""Points of an item's small plot."""


@dataclass(frozen=True, slots=True)
class View:
    """One camera's picture with what calibration says of it. picture: address of the last masked one."""

    camera: str
    name: Name
    size_px: tuple[int, int]
    grid: tuple[tuple[tuple[float, float], ...], ...]
    items: dict[str, tuple[tuple[float, float], ...]]
    picture: str | None


@dataclass(frozen=True, slots=True)
class Floor:
    """A site's furniture. body: as the box told it (api.furniture_bodies.LayoutBody)."""

    site: SiteCard
    body: dict[str, Any]
    told_us: int
    checks: dict[str, Check]
    histories: dict[str, tuple[Check, ...]]
    baselines: tuple[Version, ...]
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True)
class Floors:
    floors: tuple[Floor, ...]
    may_propose: bool
    may_approve: bool
    now_us: int


class FurnitureDesk(Protocol):
    """Implemented beside `api.ui.handling.Desk`; the token is checked at every call. All raise RefusalError."""

    def floors(self, token: str) -> Floors: ...

    def propose(self, token: str, site: str) -> None: ...

    def approve(self, token: str, site: str, version: int) -> None: ...


class FurnitureService(EnergyService):
    """Implements FurnitureDesk on the API's own services."""

    def floors(self, token: str) -> Floors:
        with self._store.reading() as session:
            viewer = self._viewer(session, token)
            known = sites(session)
            cameras = {(one.site, one.id): one for one in list_cameras(session, viewer)}
            sees_pictures = viewer.may(Permission.EVIDENCE)
            found = []
            for layout in layouts(session, viewer):
                site = known.get(layout.site)
                card = SiteCard(layout.site, site.name if site else Name(layout.site, layout.site), DEFAULT_ZONE)
                card = SiteCard(card.id, card.name, site.time_zone) if site else card
                views = []
                for view in layout.body["views"]:
                    camera = cameras.get((layout.site, view["camera"]))
                    taken = camera.picture_taken_us if camera is not None and sees_pictures else None
                    address = f"{picture_path(layout.site, view['camera'])}?taken={taken}" if taken else None
                    views.append(_view(view, camera.name if camera else None, address))
                found.append(
                    Floor(
                        card,
                        layout.body,
                        layout.told_us,
                        latest_checks(session, viewer, layout.site),
                        histories(session, viewer, layout.site, MOST_CHECKS),
                        tuple(versions(session, viewer, layout.site)),
                        tuple(views),
                    )
                )
            may = (viewer.may(Permission.PROPOSE_BASELINE), viewer.may(Permission.APPROVE_BASELINE))
        return Floors(tuple(found), *may, self.now_us())

    def propose(self, token: str, site: str) -> None:
        with self._store.writing() as session:
            propose(session, self._viewer(session, token), site, None, "", now_us=self.now_us())

    def approve(self, token: str, site: str, version: int) -> None:
        with self._store.writing() as session:
            approve(session, self._viewer(session, token), site, version, "", now_us=self.now_us())


def _view(told: dict[str, Any], name: Name | None, picture: str | None) -> View:
    width, height = told["size_px"]
    return View(
        camera=told["camera"],
        name=name or Name(told["camera"], told["camera"]),
        size_px=(width, height),
        grid=tuple(_line(line) for line in told["grid"]),
        items={item: _line(outline) for item, outline in told["items"].items()},
        picture=picture,
    )


def _line(points: list[list[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in points)
