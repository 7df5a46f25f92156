"""From an analysed frame to a masked shot, one frame behind: a person is masked wherever the neighbours saw somebody.

Masked are, of the frame and both its neighbours: every present person (unseen ones where they were last), and
everything the network took for a person at 0.2 or more, tracked or not. The raw picture is let go of as soon as its
shot is made; it is never written and never leaves this object.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.errors import EvidenceError
from models.domain.media import US, Detections, Frame, Image
from models.domain.messages import Scene
from models.domain.site import Camera
from models.domain.truth import Truth
from pipelines.album import Figure, Shot
from pipelines.evidence_clip import uncoded
from vision.detectors.protocol import PersonFinder
from vision.privacy import MARGIN, mask_persons, paint_out

LOW_SCORE = 0.2
"""The second net: a network that says "person" this faintly is wrong more often than not, and masking costs nothing."""
LARGE_EACH_S = 2.0
"""The still of an incident lies within a second of its moment; whoever comes or goes has one at once."""
SMALL_EACH_S = 0.09
"""A clip needs no more than ten pictures a second; the others only say where to mask their neighbours."""
QUALITY = 82

Boxes = NDArray[np.float32]


class NotingFinder:
    """A PersonFinder that passes another's answer on and remembers it, for masking whom no track follows."""

    def __init__(self, finder: PersonFinder) -> None:
        self._finder = finder
        self.looked: NDArray[np.float32] = np.zeros((0, 4), np.float32)
        self.found = Detections.empty()

    def find(self, frame: Frame, tracks: NDArray[np.float32]) -> Detections:
        self.found = Detections.empty()
        self.found = self._finder.find(frame, tracks)
        self.looked = self._finder.looked
        return self.found


@dataclass(frozen=True, slots=True)
class _Held:
    """A frame that waits for the next one. image: in the size it will be kept in, None when it will not; boxes: pixels
    of the frame."""

    image: Image | None = field(repr=False)
    shrink: float
    """Pixels of the image per pixel of the frame."""
    scene: Scene
    boxes: Boxes
    large: bool


class Shutter:
    """`take` every analysed frame with its scene and what the network found; gives the shot of the frame before."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._held: _Held | None = None
        self._before: Boxes = np.zeros((0, 4), np.float32)
        self._large_us: int | None = None
        self._kept_us: int | None = None
        self._cast: frozenset[str] = frozenset()

    def take(self, frame: Frame, scene: Scene, found: Detections) -> Shot | None:
        """The frame before, masked; None when there was none. A sick view is not kept: nobody knows who is in it.

        Raises EvidenceError when a picture cannot be masked; it is then dropped.
        """
        if scene.view is Truth.UNKNOWN:
            return self.flush()
        boxes = self._boxes(frame, scene, found)
        shot = self._develop(boxes)
        large = self._is_large(scene)
        # Reduced now and not when it is masked: the frame has just been looked at, and need not be held whole.
        with self._explained():
            image = frame.image if large else frame.small if self._is_due(scene) else None
            shrink = 1.0 if image is None else image.shape[1] / frame.size_px[0]
            self._held = _Held(image, shrink, scene, boxes, large)
        if image is not None:
            self._kept_us = scene.utc_us
        return shot

    def flush(self) -> Shot | None:
        """The last frame, masked with what is known; to be called when a run ends."""
        shot = self._develop(np.zeros((0, 4), np.float32))
        self._before = np.zeros((0, 4), np.float32)
        return shot

    def _boxes(self, frame: Frame, scene: Scene, found: Detections) -> Boxes:
        width, height = self._camera.size_px
        scale = np.array([frame.size_px[0] / width, frame.size_px[1] / height] * 2, np.float32)
        present = np.array([person.box for person in scene.persons], np.float32).reshape(-1, 4) * scale
        faint = found.boxes[(found.scores >= LOW_SCORE) & (found.classes == 0)]
        return _outermost(np.asarray(np.concatenate([present, faint]), np.float32))

    def _is_large(self, scene: Scene) -> bool:
        """Once a second, and whenever somebody comes, goes, or enters or leaves a post."""
        cast = frozenset(f"{person.id} {' '.join(person.posts)}" for person in scene.persons)
        due = self._large_us is None or scene.utc_us - self._large_us >= LARGE_EACH_S * US
        if due or cast != self._cast:
            self._large_us, self._cast = scene.utc_us, cast
            return True
        return False

    def _is_due(self, scene: Scene) -> bool:
        return self._kept_us is None or scene.utc_us - self._kept_us >= SMALL_EACH_S * US

    def _develop(self, after: Boxes) -> Shot | None:
        held, self._held = self._held, None
        if held is None:
            return None
        beyond = _beyond(np.concatenate([self._before, after]), held.boxes)
        around = np.concatenate([held.boxes, _outermost(beyond)])
        self._before = held.boxes
        if held.image is None:
            return None
        figures = tuple(Figure(person.id, str(person.role), person.box) for person in held.scene.persons)
        height, width = held.image.shape[:2]
        with self._explained():
            masked = mask_persons(held.image, around * held.shrink)
            masked = paint_out(masked, scaled(self._camera, (width, height)))
            if held.large:
                return Shot(held.scene.utc_us, encoded(masked), True, figures, max(width, height))
            return Shot(held.scene.utc_us, b"", False, figures, max(width, height), uncoded(masked))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """A picture that cannot be worked on is dropped, and an EvidenceError says so."""
        try:
            yield
        except (ValueError, cv2.error) as error:
            self._held = None
            raise EvidenceError(
                "A picture could not be masked and was not kept.",
                where=f"camera {self._camera.id}",
                got=str(error),
                next_step="Check the privacy masks of the camera; the incident is recorded without pictures.",
            ) from error


def _outermost(boxes: Boxes) -> Boxes:
    """Without the boxes that lie in another one: masking a part of what is masked whole, and in coarser blocks, adds
    nothing. A tracked person is both among the present and among the found."""
    if len(boxes) < 2:
        return boxes
    boxes = boxes[np.argsort(-(boxes[:, 2:] - boxes[:, :2]).prod(1), kind="stable")]
    longer = (boxes[:, 2:] - boxes[:, :2]).max(1)
    # room[i, j]: what the margin of j has over the margin of i; box i with its own must end within it.
    room = MARGIN * (longer[None, :] - longer[:, None])[:, :, None]
    low = boxes[:, None, :2] >= boxes[None, :, :2] - room
    within = np.all(low & (boxes[:, None, 2:] <= boxes[None, :, 2:] + room), axis=2) & (room[:, :, 0] >= 0)
    # Only what stands before it in the order counts, so that of two equal boxes one stays.
    return np.asarray(boxes[~np.tril(within, -1).any(1)], np.float32)


def _beyond(boxes: Boxes, covered: Boxes) -> Boxes:
    """The boxes that reach out of all covered ones with their margin: the others would only be blurred again."""
    if not len(covered) or not len(boxes):
        return boxes
    longer = (covered[:, 2:] - covered[:, :2]).max(1, keepdims=True) * np.float32(MARGIN)
    wide = np.concatenate([covered[:, :2] - longer, covered[:, 2:] + longer], 1)
    inside = (boxes[:, None, :2] >= wide[None, :, :2]) & (boxes[:, None, 2:] <= wide[None, :, 2:])
    hidden = np.any(np.all(inside, axis=2), axis=1)
    return np.asarray(boxes[~hidden], np.float32)


def encoded(image: Image) -> bytes:
    """JPEG bytes. Raises ValueError when the picture cannot be coded."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise ValueError("the picture cannot be coded as JPEG")
    return data.tobytes()


def scaled(camera: Camera, size_px: tuple[int, int]) -> list[tuple[tuple[float, float], ...]]:
    """The camera's privacy masks in pixels of a picture of that size."""
    x, y = size_px[0] / camera.size_px[0], size_px[1] / camera.size_px[1]
    return [tuple((px * x, py * y) for px, py in polygon) for polygon in camera.privacy_masks]
