"""What cannot be judged of a site's furniture, and what would help: said by `guiwei site check`."""

from __future__ import annotations

import math
from collections.abc import Iterator

from calibration.reference_pictures import references_of
from models.domain.camera_pose import CameraPose, pose_from_floor
from models.domain.furniture import VERIFIABLE, BaselineState, FurnitureItem
from models.domain.site import Camera, Site
from vision.label_discs import LEAST_PX, discs_of
from vision.registration.expected import expected_sigma

Said = tuple[str, dict[str, str]]
"""(text key, places)"""


def furniture_remarks(site: Site) -> Iterator[Said]:
    """Items that no camera measures, tolerances below three sigma, labels that no camera can see, no baseline."""
    items = site.furniture.items
    if not items:
        return
    poses = {camera.id: pose for camera in site.cameras.values() if (pose := _pose(camera)) is not None}
    drawn = {item.camera for item in items.values() if item.outline} & site.cameras.keys()
    seeing = [*poses, *sorted(drawn - poses.keys())]
    references = {name: references_of(site.folder, name, site.cameras[name].size_px) for name in seeing}
    if not any(references.values()):
        yield "furniture.remark.untaught", {}
    standing = [item for item in items.values() if not item.outline]
    for item in items.values():
        sigmas = {
            name: sigma
            for name in ([item.camera] if item.outline else poses)
            if name in references
            and item.camera in {"", name}
            and (sigma := expected_sigma(poses.get(name), item, standing, references[name])) is not None
        }
        if not sigmas:
            if any(references.values()):
                yield "furniture.remark.unseen", {"item": item.id}
            continue
        camera, sigma = min(sigmas.items(), key=lambda pair: pair[1].offset)
        digits = 1 if item.outline else 0
        if not sigma.tells_place(item):
            yield _unverifiable(item, camera, (item.tolerance_mm, sigma.offset, item.unit), digits)
        if not sigma.tells_turn(item):
            yield _unverifiable(item, camera, (item.turn_tolerance_deg, sigma.turn_deg, "°"), 1)
    yield from _labels(site, poses)
    states = {one.state for one in site.furniture.baselines}
    if BaselineState.FROZEN not in states:
        yield "furniture.remark.no_baseline", {}


def _unverifiable(item: FurnitureItem, camera: str, what: tuple[float, float, str], digits: int) -> Said:
    """what: the tolerance, one sigma, and their unit."""
    tolerance, sigma, unit = what
    unit = unit if unit == "°" else f" {unit}"
    least = math.ceil(VERIFIABLE * sigma * 10**digits) / 10**digits
    places = {"item": item.id, "camera": camera, "tolerance": f"{tolerance:g}{unit}"}
    sizes = {"sigma": f"{sigma:.{digits}f}{unit}", "least": f"{least:.{digits}f}{unit}"}
    return "furniture.remark.unverifiable", places | sizes


def _labels(site: Site, poses: dict[str, CameraPose]) -> Iterator[Said]:
    """Contrast labels that are too small or have no colour written."""
    for item in site.furniture.items.values():
        contrast = [label for label in item.labels if label.contrast]
        if any(label.bgr is None for label in contrast):
            yield "furniture.remark.label_colour", {"item": item.id}
        elif contrast and not any(_seen(site.cameras[name], pose, item) for name, pose in poses.items()):
            yield "furniture.remark.label_small", {"item": item.id}


def _seen(camera: Camera, pose: CameraPose, item: FurnitureItem) -> bool:
    return any(disc.area_px >= LEAST_PX for disc in discs_of(pose, [item], camera.size_px))


def _pose(camera: Camera) -> CameraPose | None:
    try:
        return pose_from_floor(camera.floor_points, camera.size_px, camera.lens)
    except ValueError:
        return None
