"""What goes into a network and what its numbers mean. A head is recognised by the model's inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.media import Detections, Image
from models.weights.refusal import refusal
from vision.detectors.suppression import keep_one_of_each

Floats = NDArray[np.float32]
Shape = tuple[int, ...]
"""Sizes of a tensor; -1 where the model leaves one open."""


class Head(Protocol):
    """One family of networks."""

    @property
    def inputs(self) -> Mapping[str | int, Shape]:
        """Input name (or position, where names differ from export to export) -> the fixed shape that it is fed."""
        ...

    def feed(self, image: Image) -> dict[str | int, Floats]:
        """The input tensors of one picture."""
        ...

    def read(self, outputs: Sequence[Floats], image: Image) -> Detections:
        """Boxes in pixels of that picture, clipped to it."""
        ...


@dataclass(frozen=True, slots=True)
class PicoDetHead:
    """PaddleDetection's PicoDet with its own suppression: rows class, score, x0, y0, x1, y1 in picture pixels.

    The picture is squeezed to the input (no letterbox), RGB/255, ImageNet mean and deviation: PaddleDetection's
    infer_cfg.yml for picodet_s_416_coco.
    """

    size: tuple[int, int] = (416, 416)
    """Height, width."""

    @property
    def inputs(self) -> Mapping[str | int, Shape]:
        return {"image": (1, 3, *self.size), "scale_factor": (1, 2)}

    def feed(self, image: Image) -> dict[str | int, Floats]:
        height, width = self.size
        squeezed = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
        scaled = np.empty((1, 3, height, width), np.float32)
        for channel, plane in enumerate(reversed(cv2.split(squeezed))):
            cv2.LUT(plane, _SCALED[channel], dst=scaled[0, channel])
        factor = np.array([[height / image.shape[0], width / image.shape[1]]], np.float32)
        return {"image": scaled, "scale_factor": factor}

    def read(self, outputs: Sequence[Floats], image: Image) -> Detections:
        rows = next(output for output in outputs if output.ndim == 2)
        rows = rows[rows[:, 0] >= 0]  # an empty picture gives one row of -1
        return _clipped(rows[:, 2:6], rows[:, 1], rows[:, 0], image)


_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
_SCALED = np.ascontiguousarray(((np.arange(256, dtype=np.float32)[:, None] / np.float32(255) - _MEAN) / _DEVIATION).T)
"""(3, 256) each level of red, green, blue as the network wants it: to look it up costs a sixth of working it out."""


@dataclass(frozen=True, slots=True)
class YoloHead:
    """YOLO family, letterboxed RGB/255. Two outputs are read:

    (1, 4 + classes, n): centre x, y, width, height in input pixels and class scores (v8, v9, v11, v12); suppressed here
    class by class at IoU 0.7 (the family's own default).
    (1, n, 6): x0, y0, x1, y1, score, class (v10, v26, and exports with suppression inside).
    """

    size: tuple[int, int]
    """Height, width."""
    end_to_end: bool
    score_floor: float = 0.05
    at_iou: float = 0.7

    @property
    def inputs(self) -> Mapping[str | int, Shape]:
        return {0: (1, 3, *self.size)}

    def feed(self, image: Image) -> dict[str | int, Floats]:
        scale, left, top = self._fit(image)
        width, height = round(image.shape[1] * scale), round(image.shape[0] * scale)
        canvas = np.full((*self.size, 3), 114, np.uint8)  # the grey that the family is trained with
        canvas[top : top + height, left : left + width] = cv2.resize(
            image, (width, height), interpolation=cv2.INTER_LINEAR
        )
        scaled = canvas[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255)
        return {0: np.ascontiguousarray(scaled)}

    def read(self, outputs: Sequence[Floats], image: Image) -> Detections:
        table = outputs[0][0]
        boxes, scores, classes = _rows_of_six(table) if self.end_to_end else _columns(table)
        strong = scores >= self.score_floor
        boxes, scores, classes = boxes[strong], scores[strong], classes[strong]
        if not self.end_to_end:
            apart = boxes + (classes * np.float32(4 * max(self.size)))[:, None]  # classes do not suppress one another
            kept = keep_one_of_each(apart, scores, self.at_iou)
            boxes, scores, classes = boxes[kept], scores[kept], classes[kept]
        scale, left, top = self._fit(image)
        offset = np.array([left, top, left, top], np.float32)
        return _clipped((boxes - offset) / np.float32(scale), scores, classes, image)

    def _fit(self, image: Image) -> tuple[float, int, int]:
        """Scale picture -> input, and the left and top border in input pixels."""
        height, width = image.shape[:2]
        scale = min(self.size[0] / height, self.size[1] / width)
        return scale, (self.size[1] - round(width * scale)) // 2, (self.size[0] - round(height * scale)) // 2


def recognise(inputs: Mapping[str, Shape], outputs: Sequence[Shape], where: str) -> Head:
    """The head that fits a model's inputs (name -> shape) and output shapes. Raises WeightsError when none does."""
    if {"image", "scale_factor"} <= inputs.keys() and any(len(shape) == 2 and shape[1] == 6 for shape in outputs):
        return PicoDetHead(_size_px(inputs["image"], 416))
    pictures = [shape for shape in inputs.values() if len(shape) == 4 and shape[1] in (3, -1)]
    tables = [shape for shape in outputs if len(shape) == 3]
    if len(inputs) == 1 and len(pictures) == 1 and len(tables) == 1:
        rows, columns = tables[0][1:]
        size = _size_px(pictures[0], 640)
        if columns == 6 and rows != 6:
            return YoloHead(size, end_to_end=True)
        if rows > 4 and (columns == -1 or columns > rows):
            return YoloHead(size, end_to_end=False)
    raise refusal("weights.error.head", where=where, got=f"inputs {dict(inputs)}, outputs {list(outputs)}")


def _size_px(shape: Shape, default: int) -> tuple[int, int]:
    height, width = (side if side > 0 else default for side in shape[2:])
    return height, width


def _columns(table: Floats) -> tuple[Floats, Floats, Floats]:
    middle, half, by_class = table[:2].T, table[2:4].T / 2, table[4:]
    best = by_class.argmax(0)
    boxes = np.concatenate([middle - half, middle + half], 1)
    return boxes, by_class.max(0), best.astype(np.float32)


def _rows_of_six(table: Floats) -> tuple[Floats, Floats, Floats]:
    return table[:, :4], table[:, 4], table[:, 5]


def _clipped(boxes: Floats, scores: Floats, classes: Floats, image: Image) -> Detections:
    height, width = image.shape[:2]
    inside = np.clip(boxes, 0, np.array([width, height, width, height], np.float32)).astype(np.float32)
    real = np.isfinite(boxes).all(1) & (inside[:, 2] > inside[:, 0]) & (inside[:, 3] > inside[:, 1])
    scores = np.clip(scores, 0, 1).astype(np.float32)
    return Detections(inside[real], scores[real], classes[real].astype(np.int32))
