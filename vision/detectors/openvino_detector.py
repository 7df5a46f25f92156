"""The default runtime: OpenVINO on a plain CPU, reading IR, ONNX and Paddle files."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

# The runtime counts its uses and tells its maker over the network; without this module it does without. Nothing leaves
# the box unasked.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import openvino  # noqa: E402 - after the line above

from models.domain.media import Detections, Image  # noqa: E402
from models.weights.refusal import refusal  # noqa: E402
from vision.detectors.heads import Head, Shape, recognise  # noqa: E402

SUFFIXES = (".xml", ".onnx", ".pdmodel")


class OpenVinoDetector:
    """A network on the CPU in float32: the same picture gives the same bytes, on every call.

    model: path of an .xml, .onnx or .pdmodel file, its weights beside it. threads: of one inference (default: two, or
    the machine's cores if fewer). Safe to share between threads; pictures are then taken in turn.
    Raises WeightsError when the file cannot be read or is of no known head.
    """

    def __init__(self, model: Path, *, threads: int | None = None) -> None:
        network = _read(model)
        self.head = recognise(_inputs(network), [_shape(port) for port in network.outputs], str(model))
        options = {
            "INFERENCE_NUM_THREADS": threads or min(2, os.cpu_count() or 1),
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32",
        }
        self._request = _compiled(network, self.head, options, model)
        self._lock = threading.Lock()

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """One Detections an image, same order, all classes, every score above the network's own floor."""
        return [self._one(image) for image in images]

    def _one(self, image: Image) -> Detections:
        feed = self.head.feed(image)
        with self._lock:
            found = self._request.infer(feed)
            outputs = [np.array(found[port], np.float32) for port in found]
        return self.head.read(outputs, image)


def _read(model: Path) -> openvino.Model:
    try:
        return openvino.Core().read_model(str(model))
    except RuntimeError as error:
        raise refusal(
            "weights.error.unreadable", where=model, got=_first_line(error), suffixes=", ".join(SUFFIXES)
        ) from error


def _compiled(network: openvino.Model, head: Head, options: dict[str, object], model: Path) -> openvino.InferRequest:
    try:
        network.reshape({key: list(shape) for key, shape in head.inputs.items()})
        return openvino.Core().compile_model(network, "CPU", options).create_infer_request()
    except RuntimeError as error:
        raise refusal(
            "weights.error.unrunnable", where=model, got=_first_line(error), inputs=dict(head.inputs)
        ) from error


def _inputs(network: openvino.Model) -> dict[str, Shape]:
    return {
        (port.get_any_name() if port.get_names() else f"#{n}"): _shape(port) for n, port in enumerate(network.inputs)
    }


def _shape(port: openvino.Output) -> Shape:
    return tuple(-1 if side.is_dynamic else side.get_length() for side in port.get_partial_shape())


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
