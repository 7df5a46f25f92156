"""Stored boxes of a recording in the place of a network: what a finder found, written down and read again.

One JSON object a line: {"t_us": µs from the start of the run, "boxes": [[x0, y0, x1, y1, score, class], ...],
"looked": [[x0, y0, x1, y1], ...]}; without "looked" the whole picture counts as looked at.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import SourceError
from models.domain.media import Detections, Frame
from models.weights.refusal import said
from vision.detectors.protocol import PersonFinder
from vision.detectors.suppression import Boxes

_ALONE_US = 200_000
"""Frame step assumed of a tape with a single line: 5 frames a second."""


class TapeFinder:
    """A PersonFinder that reads boxes from a tape, by time: the nearest line, within half a frame step of the tape.

    Raises SourceError when the tape cannot be read or is no such tape, and on a frame that the tape does not reach.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = _read(path)
        self._times = [t_us for t_us, _, _ in self._lines]
        steps = np.diff(np.array(self._times, np.int64))
        if (steps <= 0).any():
            raise _bad(path, int(np.argmax(steps <= 0)) + 2, "a time not after the one before", "rising t_us")
        self._half_step_us = int(np.median(steps) if len(steps) else _ALONE_US) // 2
        self.looked: Boxes = np.zeros((0, 4), np.float32)

    def find(self, frame: Frame, tracks: NDArray[np.float32]) -> Detections:  # noqa: ARG002 - the seam's signature
        """The stored boxes of the frame's time; tracks make no difference."""
        at = bisect_left(self._times, frame.t_us)
        nearest = min(
            (n for n in (at - 1, at) if 0 <= n < len(self._times)), key=lambda n: abs(self._times[n] - frame.t_us)
        )
        t_us, found, looked = self._lines[nearest]
        if abs(t_us - frame.t_us) > self._half_step_us:
            raise _refusal(
                "boxes.error.beyond",
                where=self._path,
                got=f"frame at {frame.t_us} µs, nearest line at {t_us} µs",
                half_step=self._half_step_us,
            )
        width, height = frame.size_px
        self.looked = np.array([[0, 0, width, height]], np.float32) if looked is None else looked
        return found


class RecordingFinder:
    """A PersonFinder that passes another one's boxes on and writes them to a tape. Close it, or use `with`.

    Numbers are written in full: the tape gives back the same float32 values. Raises SourceError when the tape cannot be
    written.
    """

    def __init__(self, finder: PersonFinder, path: Path) -> None:
        self._finder, self._path = finder, path
        self.looked: Boxes = np.zeros((0, 4), np.float32)
        try:
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise _unwritable(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def find(self, frame: Frame, tracks: NDArray[np.float32]) -> Detections:
        found = self._finder.find(frame, tracks)
        self.looked = self._finder.looked
        rows = np.column_stack([found.boxes, found.scores, found.classes]).astype(np.float64)
        line = {"t_us": frame.t_us, "boxes": rows.tolist(), "looked": self.looked.astype(np.float64).tolist()}
        try:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
        except OSError as error:
            raise _unwritable(self._path, error) from error
        return found

    def close(self) -> None:
        """Safe twice."""
        self._file.close()


Line = tuple[int, Detections, Boxes | None]


def _read(path: Path) -> list[Line]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _refusal("boxes.error.unread", where=path, got=str(error)) from error
    lines = [_line(path, number, raw) for number, raw in enumerate(text.splitlines(), 1) if raw.strip()]
    if not lines:
        raise _bad(path, 1, "an empty file", "at least one line")
    return lines


def _line(path: Path, number: int, raw: str) -> Line:
    expected = (
        '{"t_us": whole number, "boxes": [[x0, y0, x1, y1, score, class], ...], "looked": [[x0, y0, x1, y1], ...]}'
    )
    try:
        told: dict[str, Any] = json.loads(raw)
        t_us, boxes, looked = told["t_us"], told["boxes"], told.get("looked")
        if not isinstance(t_us, int) or any(len(row) != 6 for row in boxes):
            raise _bad(path, number, raw[:120], expected)
        return t_us, Detections.of(boxes), None if looked is None else np.array(looked, np.float32).reshape(-1, 4)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _bad(path, number, raw[:120], expected) from error


def _bad(path: Path, number: int, got: str, expected: str) -> SourceError:
    return _refusal("boxes.error.damaged", where=f"{path}, line {number}", got=got, expected=expected)


def _unwritable(path: Path, error: OSError) -> SourceError:
    return _refusal("boxes.error.unwritten", where=path, got=error.strerror or str(error))


def _refusal(key: str, *, where: object, got: str, **places: object) -> SourceError:
    what, expected, next_step = said(key, **places)
    return SourceError(what, where=str(where), got=got, expected=expected, next_step=next_step)
