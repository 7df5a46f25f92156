"""From pictures to boxes: networks behind one protocol, and the finder of persons on top of them."""

from __future__ import annotations

from pathlib import Path

from models.weights import DEFAULT, ensure
from models.weights.carrier import Progress
from models.weights.refusal import refusal
from vision.detectors.openvino_detector import SUFFIXES, OpenVinoDetector
from vision.detectors.protocol import Detector

__all__ = ["DEFAULT", "load_detector"]


def load_detector(
    name_or_path: str | Path = DEFAULT,
    *,
    home: Path | None = None,
    threads: int = 2,
    progress: Progress = lambda _done, _total: None,
) -> Detector:
    """A detector by its name on the shelf (pulled first when missing), or from a model file or a folder with one.

    A .pt file needs the [ultralytics] extra. Raises WeightsError: unknown name, no network, wrong checksum, wrong head.
    """
    path = Path(name_or_path)
    here = isinstance(name_or_path, Path) or path.name != name_or_path or path.suffix in (*SUFFIXES, ".pt")
    model = _model_in(path if here else ensure(str(name_or_path), home, progress))
    if model.suffix == ".pt":
        from vision.detectors.ultralytics_detector import UltralyticsDetector  # noqa: PLC0415 - an extra, seldom there

        return UltralyticsDetector(model, threads=threads)
    return OpenVinoDetector(model, threads=threads)


def _model_in(path: Path) -> Path:
    suffixes = (*SUFFIXES, ".pt")
    if path.is_dir():
        models = [file for suffix in suffixes for file in sorted(path.glob(f"*{suffix}"))]
    else:
        models = [path] if path.is_file() and path.suffix in suffixes else []
    if not models:
        raise refusal(
            "weights.error.nothing",
            where=path,
            got="a folder without a model file" if path.is_dir() else path.suffix if path.exists() else "no such file",
            suffixes=" | ".join(suffixes),
        )
    return models[0]
