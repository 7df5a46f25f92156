"""What looks at a camera's frames beside the person observer. One line a kind."""

from __future__ import annotations

from calibration.reference_pictures import Picture, references_of
from models.domain.site import Camera, Site
from pipelines.camera_feed import Sight
from vision.aircon import AirconSight
from vision.furniture_sight import FurnitureSight
from vision.lasting_sight import LastingSight
from vision.luminaires import LuminaireSight


def sights_of(site: Site, camera: Camera) -> tuple[Sight, ...]:
    """The sights of one camera, in the order in which they are asked."""
    empty = _references(site, camera)
    furniture = FurnitureSight(site, camera, empty)
    return (
        furniture,
        LastingSight(site, camera, empty, furniture.elsewhere),
        LuminaireSight(camera, site.energy.luminaires),
        AirconSight(camera, site.energy.aircons),
    )


def _references(site: Site, camera: Camera) -> dict[str, Picture]:
    return references_of(site.folder, camera.id, camera.size_px) if site.furniture.items else {}
