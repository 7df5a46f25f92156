"""YOLO weights (.pt) through the [ultralytics] extra: run as they are, or exported once to the OpenVINO runtime.

The library installs packages, downloads weights and reports its use if it is let; here it may do none of that, and it
may not run code that a weights file brings along.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pickle import UnpicklingError
from types import ModuleType
from typing import Any

import numpy as np

from models.domain.media import Detections, Image
from models.weights import weights_home
from models.weights.refusal import refusal

_SCORE_FLOOR = 0.05
_AT_IOU = 0.7
_KEPT_QUIET = {
    "YOLO_AUTOINSTALL": "False",
    "YOLO_OFFLINE": "True",
    "YOLO_VERBOSE": "False",
    "ULTRALYTICS_SAFE_LOAD": "True",
}
_WRONG = (
    TypeError,
    ValueError,
    KeyError,
    AttributeError,
    RuntimeError,
    OSError,
    ImportError,
    EOFError,
    UnpicklingError,
)
"""What reading a checkpoint raises when it is damaged, foreign or asks for classes outside the library's own."""


class UltralyticsDetector:
    """A local .pt file on the CPU (a GPU is used through `device`). Nothing is downloaded, installed or reported.

    threads: of torch, for the whole process. size_px: side of the network's input.
    Raises WeightsError: the extra is missing, the file is missing, damaged, unsafe, or no detection network.
    """

    def __init__(self, weights: Path, *, threads: int = 2, size_px: int = 640, device: str = "cpu") -> None:
        self._model = _loaded(weights)
        import_module("torch").set_num_threads(threads)
        self._options = {
            "conf": _SCORE_FLOOR,
            "iou": _AT_IOU,
            "imgsz": size_px,
            "device": device,
            "verbose": False,
            "save": False,
        }

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """One Detections an image, same order. Pictures are taken singly: a batch would pad them by one another."""
        return [self._one(image) for image in images]

    def _one(self, image: Image) -> Detections:
        boxes = self._model.predict(image, **self._options)[0].boxes
        return Detections(
            boxes.xyxy.cpu().numpy().astype(np.float32).reshape(-1, 4),
            boxes.conf.cpu().numpy().astype(np.float32),
            boxes.cls.cpu().numpy().astype(np.int32),
        )


def export_to_openvino(weights: Path, into: Path, *, size_px: int = 640) -> Path:
    """Exports a local .pt to OpenVINO IR (.xml and .bin) in the folder `into`; returns the .xml. Atomic.

    `into` must not exist. The result needs no extra: `guiwei weights add INTO` puts it on the shelf.
    Raises WeightsError: as UltralyticsDetector, and when `into` exists or cannot be written.
    """
    if into.exists():
        raise refusal("weights.error.taken", where=into, got="an existing folder")
    library = _library(weights)
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=into.parent) as work:
            copy = Path(shutil.copy(weights, work))
            model = _read(library, copy, weights)
            folder = Path(model.export(format="openvino", imgsz=size_px, device="cpu", verbose=False))
            folder.rename(into)
    except (OSError, RuntimeError) as error:
        raise refusal("weights.error.export", where=into, got=str(error).strip() or type(error).__name__) from error
    return next(into.glob("*.xml"))


def _loaded(weights: Path) -> Any:
    return _read(_library(weights), weights, weights)


def _library(weights: Path) -> ModuleType:
    """The ultralytics module, tamed; asked for only once the file is known to be there, since it would fetch it."""
    if not weights.is_file() or weights.suffix != ".pt":
        raise refusal(
            "weights.error.pt",
            where=weights,
            got="no such file" if not weights.exists() else f"a {weights.suffix or 'nameless'} file",
        )
    os.environ.update(_KEPT_QUIET)  # read once, when the library is first imported
    os.environ.setdefault("YOLO_CONFIG_DIR", str(weights_home().parent / "ultralytics"))
    Path(os.environ["YOLO_CONFIG_DIR"]).mkdir(parents=True, exist_ok=True)
    try:
        library = import_module("ultralytics")
        torch = import_module("torch")
    except ImportError as error:
        raise refusal("weights.error.extra", where=weights, got=str(error)) from error
    flags = import_module("ultralytics.utils")
    if flags.AUTOINSTALL or not flags.SAFE_LOAD or not hasattr(torch.serialization, "get_unsafe_globals_in_checkpoint"):
        raise refusal(
            "weights.error.unsafe",
            where=weights,
            got=f"torch {torch.__version__}, auto-install {flags.AUTOINSTALL}, safe loading {flags.SAFE_LOAD}",
        )
    flags.SETTINGS.update({"sync": False})
    return library


def _read(library: ModuleType, file: Path, named: Path) -> Any:
    try:
        model = library.YOLO(str(file.resolve()))
    except _WRONG as error:
        raise refusal(
            "weights.error.checkpoint",
            where=named,
            got=f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}",
        ) from error
    if model.task != "detect":
        raise refusal("weights.error.task", where=named, got=f"a network for the task {model.task!r}")
    return model
