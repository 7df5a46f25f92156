"""Draws on a masked picture what the rule judged by: the place and the people; the words stand in a strip below."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from models.domain.geometry import Polygon
from models.domain.incident import Incident
from models.domain.media import Image
from models.domain.presence import Role
from models.domain.site import Camera, Region, Site
from pipelines.album import Figure
from pipelines.evidence_caption import captioned
from pipelines.evidence_regions import beside_now, judged_regions, outlined

ROLE_COLOURS: dict[str, tuple[int, int, int]] = {
    Role.STAFF: (200, 140, 40),
    Role.VISITOR: (40, 150, 240),
    Role.UNKNOWN: (170, 170, 170),
}
"""BGR: staff blue, visitors orange, unknown grey (told apart with any colour vision)."""
SUBJECT = (40, 40, 230)
PLACE = (60, 200, 240)


def overlay(image: Image, site: Site, incident: Incident, figures: tuple[Figure, ...]) -> Image:
    """A copy of the masked picture with the place outlined and people framed, red whom it is about, and a strip below.

    figures: who is on the picture, boxes in pixels of the camera's declared size.
    """
    camera = site.cameras[incident.camera]
    drawn = image.copy()
    scale = np.array([drawn.shape[1] / camera.size_px[0], drawn.shape[0] / camera.size_px[1]])
    thick = max(1, round(drawn.shape[0] / 360))
    for polygon in places(site, camera, incident):
        points = np.round(np.array(polygon) * scale).astype(np.int32)
        cv2.polylines(drawn, [points], isClosed=True, color=PLACE, thickness=thick)
    members = incident.extra.get("persons", "").split()
    for figure in figures:
        _frame(drawn, figure, scale, thick, ours=figure.person in members)
    regions = judged_regions(site, camera.id, incident)
    outlined(drawn, regions, camera.size_px)
    below = beside_now(image, site, camera, incident.subject, regions)
    return captioned(drawn if below is None else np.vstack([drawn, below]), site, incident)


def places(site: Site, camera: Camera, incident: Incident) -> Iterator[Polygon]:
    """Outlines, in pixels of the declared size, of the post (when the subject is one), else of the zone."""
    post = site.posts.get(incident.subject)
    zone = site.zones.get(incident.zone)
    regions = post.regions if post else zone.regions if zone else ()
    for region in regions:
        if (polygon := _in_picture(region, camera)) is not None:
            yield polygon


def _in_picture(region: Region, camera: Camera) -> Polygon | None:
    if region.camera is not None:
        return region.polygon if region.camera == camera.id else None
    plane = camera.ground_plane()
    if plane is None:
        return None
    points = plane.to_image(region.polygon)
    # A corner behind the camera comes out anywhere; such an outline would only mislead.
    reach = 4 * max(camera.size_px)
    inside = np.isfinite(points).all() and np.abs(points).max() < reach
    return tuple((float(x), float(y)) for x, y in points) if inside else None


def _frame(image: Image, figure: Figure, scale: np.ndarray, thick: int, *, ours: bool) -> None:
    x0, y0, x1, y1 = (round(v) for v in np.array(figure.box) * np.tile(scale, 2))
    colour = SUBJECT if ours else ROLE_COLOURS.get(figure.role, ROLE_COLOURS[Role.UNKNOWN])
    cv2.rectangle(image, (x0, y0), (x1, y1), colour, thick * 2 if ours else thick)
