"""The picture of a miss or a false alarm: people masked first, then what it is about drawn on top.

Masked are all whom the truth or the product saw within half a second, and what the network takes for a person on the
picture itself: the report may lie on anybody's desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from guiwei.yardstick.cast import Box, TrueFrames
from guiwei.yardstick.clips import Clip
from guiwei.yardstick.playing import Played, TruthClock
from guiwei.yardstick.sample import Slip
from models.domain.media import US, Image
from models.domain.messages import Scene
from pipelines.second_look import SecondNet
from sample_videos.studio.truth import CameraTruth, ItemTruth, Pose
from vision.ingest import UnreadableError, picture_at
from vision.privacy import mask_persons, paint_out

AROUND_S = (-0.5, -0.25, 0.0, 0.25, 0.5)
WIDTH_PX = 960
QUALITY = 80
TRUE_BGR = (90, 170, 30)
TOLD_BGR = (40, 40, 230)
REFERENCE_BGR = (60, 200, 240)
Points = NDArray[np.float64]
Mark = tuple[Points, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Still:
    """jpeg: None where the recording shows nothing there (lost, or past its end)."""

    slip: Slip
    jpeg: bytes | None


def stills(played: Played, slips: Iterable[Slip], net: SecondNet | None) -> tuple[Still, ...]:
    """One picture a slip, WIDTH_PX wide at most. Green: what is true; red: what was told; amber: where it belongs."""
    return tuple(Still(slip, _taken(played, slip, net)) for slip in slips)


def _taken(played: Played, slip: Slip, net: SecondNet | None) -> bytes | None:
    clip, spot = played.clip, slip.spot
    camera = clip.truth.cameras.get(spot.camera)
    if camera is None:
        return None
    at_s = _stamp(played.clock, spot.camera, min(max(spot.t_s, 0.0), clip.truth.duration_s - 0.1))
    try:
        image = picture_at(clip.folder / camera.file, round(at_s * US))
    except UnreadableError:
        return None
    masked = _masked(played, spot.camera, spot.t_s, image, net)
    shrink = min(1.0, WIDTH_PX / masked.shape[1])
    size = round(masked.shape[1] * shrink), round(masked.shape[0] * shrink)
    small = np.asarray(cv2.resize(masked, size, interpolation=cv2.INTER_AREA), np.uint8)
    for points, colour in _marks(played, slip, camera):
        scaled = np.round(points * (size[0] / camera.size_px[0])).astype(np.int32)
        cv2.polylines(small, [scaled.reshape(-1, 1, 2)], isClosed=True, color=colour, thickness=2, lineType=cv2.LINE_AA)
    done, coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(coded) if done else None


def _stamp(clock: TruthClock, camera: str, t_s: float) -> float:
    """The file's own time of a true moment."""
    if camera not in clock.stamps:
        return t_s
    told_s, true_s = clock.stamps[camera]
    return float(np.interp(t_s, true_s, told_s))


def _masked(played: Played, camera: str, t_s: float, image: Image, net: SecondNet | None) -> Image:
    told = played.site.cameras[camera]
    declared = np.array([image.shape[1] / told.size_px[0], image.shape[0] / told.size_px[1]] * 2)
    true = played.clip.truth.cameras[camera]
    delivered = np.array([image.shape[1] / true.size_px[0], image.shape[0] / true.size_px[1]] * 2)
    boxes = [np.array(box) * delivered for box in _true_boxes(played.clip, camera, t_s)]
    boxes += [np.array(box) * declared for _, box in _told_boxes(played, camera, t_s)]
    masked = mask_persons(image, np.array(boxes).reshape(-1, 4))
    if net is not None:
        masked = mask_persons(masked, net(image))
    scale = declared[:2]
    return paint_out(masked, [tuple((x * scale[0], y * scale[1]) for x, y in mask) for mask in told.privacy_masks])


def _true_boxes(clip: Clip, camera: str, t_s: float) -> Iterator[Box]:
    frames = TrueFrames(clip.truth)
    for shift_s in AROUND_S:
        for sight in frames.at(camera, t_s + shift_s) or ():
            if sight.box_px is not None:
                yield sight.box_px


def _told_boxes(played: Played, camera: str, t_s: float) -> list[tuple[str, Box]]:
    scenes = [
        message
        for message in played.messages
        if isinstance(message, Scene)
        and message.camera == camera
        and abs(played.clock.s(message.utc_us, camera) - t_s) <= AROUND_S[-1]
    ]
    return [(person.id, person.box) for scene in scenes for person in scene.persons]


def _marks(played: Played, slip: Slip, camera: CameraTruth) -> Iterator[Mark]:
    """Outlines in pixels of the delivered picture."""
    yield from _people(played, slip)
    truth, spot = played.clip.truth, slip.spot
    for item in truth.items:
        if item.id == spot.subject:
            yield from _places(item, spot.t_s, camera)
    for post in truth.posts:
        if post.id == spot.subject:
            yield _projected(np.array([(x, y, 0.0) for x, y in post.region_m]), camera), TRUE_BGR
    for lamp in truth.lamps:
        if lamp.id == spot.subject:
            for x, y in _projected(np.array(lamp.spots_m), camera):
                yield _corners((x - 12, y - 12, x + 12, y + 12)), TRUE_BGR
    for aircon in truth.aircons:
        if aircon.id == spot.subject and spot.camera in aircon.display_box_px:
            yield _corners(aircon.display_box_px[spot.camera]), TRUE_BGR


def _people(played: Played, slip: Slip) -> Iterator[Mark]:
    truth, spot = played.clip.truth, slip.spot
    members = next((party.members for party in truth.parties if party.id == spot.subject), (spot.subject,))
    for sight in TrueFrames(truth).at(spot.camera, spot.t_s) or ():
        if sight.id in members and sight.box_px is not None:
            yield _corners(sight.box_px), TRUE_BGR
    told = dict(_told_boxes(played, spot.camera, spot.t_s))
    for name in slip.persons:
        if name in told:
            yield _corners(told[name]), TOLD_BGR


def _places(item: ItemTruth, t_s: float, camera: CameraTruth) -> Iterator[Mark]:
    """Where the item belongs and where it stands."""
    if item.reference is not None:
        yield _footprint(item, item.reference, camera), REFERENCE_BGR
    if (pose := _pose_at(item, t_s)) is not None:
        yield _footprint(item, (pose.x_m, pose.y_m, pose.yaw_deg), camera), TRUE_BGR


def _pose_at(item: ItemTruth, t_s: float) -> Pose | None:
    return next((pose for pose in reversed(item.poses) if pose.t_s <= t_s and pose.present), None)


def _corners(box: Box) -> Points:
    x0, y0, x1, y1 = box
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)


def _footprint(item: ItemTruth, pose: tuple[float, float, float], camera: CameraTruth) -> Points:
    x, y, yaw = pose[0], pose[1], np.radians(pose[2])
    a, b = item.size_m[0] / 2, item.size_m[1] / 2
    own = np.array([(a, b), (-a, b), (-a, -b), (a, -b)])
    turn = np.array([(np.cos(yaw), -np.sin(yaw)), (np.sin(yaw), np.cos(yaw))])
    floor = own @ turn.T + (x, y)
    return _projected(np.column_stack([floor, np.zeros(4)]), camera)


def _projected(points_m: Points, camera: CameraTruth) -> Points:
    """(n, 2) pixels of (n, 3) metres that lie before the camera; an outline that reaches behind it is cut there."""
    rotation, shift = np.array(camera.rotation), np.array(camera.translation_m)
    before = points_m[(points_m @ rotation.T + shift)[:, 2] > 0.1]
    if not len(before):
        return np.zeros((0, 2))
    lens = camera.lens
    matrix = np.array([[lens.fx, 0, lens.cx], [0, lens.fy, lens.cy], [0, 0, 1]])
    turn, _ = cv2.Rodrigues(rotation)
    pixels, _ = cv2.projectPoints(before.astype(np.float64), turn, shift, matrix, np.array(lens.distortion))
    return np.asarray(pixels.reshape(-1, 2), np.float64)
