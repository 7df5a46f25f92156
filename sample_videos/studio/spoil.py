"""A spoilt variant of a finished clip: the same truth, another picture. Needs no Blender and no cache.

The disturbances are those of a shot; they act on decoded frames, so that any recording with a truth can be spoilt.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import av
import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.domain.errors import SourceError, UsageError
from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.disturbances import Spoiler
from sample_videos.studio.encoder import Recording
from sample_videos.studio.expected import JUDGED_CODES, expected_of
from sample_videos.studio.shot import AboutPart, DisturbancePart, EncoderPart, Id, tupled
from sample_videos.studio.truth import SITE_FILE, TRUTH_FILE, CameraTruth, Truth, read_truth, written

Progress = Callable[[str, int, int], None]
"""camera, frames done, frames in all."""


class Spoil(BaseModel):
    """The form of a spoil file. `of`: the clip's folder, beside the others in sample_videos."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Id
    about: AboutPart
    of: Id
    seed: Annotated[int, Field(ge=0)] = 1
    until_s: Annotated[float, Field(gt=0)] | None = None
    """Cut off here."""
    fps: Annotated[float, Field(ge=1, le=60)] | None = None
    disturbances: tuple[DisturbancePart, ...] = ()
    encoder: EncoderPart = EncoderPart()
    judged: tuple[str, ...] = ()
    """Left out: the codes that the clip itself judges."""


def read_spoil(file: Path) -> Spoil:
    """Raises UsageError: missing, not YAML, not of the form."""
    try:
        found = Spoil.model_validate(tupled(yaml.safe_load(file.read_text(encoding="utf-8"))))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError("This spoil file cannot be read.", where=str(file), got=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            "This is not the form of a spoil file.",
            where=f"{file}: {'/'.join(map(str, first['loc']))}",
            got=str(first["input"])[:80],
            expected=first["msg"],
        ) from error
    unknown = [code for code in found.judged if code not in JUDGED_CODES]
    if unknown:
        raise UsageError("The studio cannot say what is right for this code.", where=str(file), got=unknown[0])
    return found


def spoil(source: Path, told: Spoil, out: Path, progress: Progress) -> Path:
    """Writes recording, truth and site file of the spoilt clip to `out`; returns it.

    Raises SourceError when the source has no truth or cannot be decoded.
    """
    truth = read_truth(source / TRUTH_FILE)
    out.mkdir(parents=True, exist_ok=True)
    duration_s = min(told.until_s or truth.duration_s, truth.duration_s)
    cameras, views = {}, []
    for name, seen in truth.cameras.items():
        spoiler = Spoiler.of(told.disturbances, name, camera_seen(seen), duration_s, told.seed)
        times = _record((source / seen.file, out / seen.file), told, spoiler, duration_s, partial(progress, name))
        cameras[name] = seen.model_copy(update={"moves": spoiler.moves(), "frame_times_s": times})
        views += [*truth.views, *spoiler.views(name)]
    frames = tuple(f for f in truth.frames if f.t_s < duration_s)
    spoilt = truth.model_copy(
        update={
            "clip": out.name,
            "duration_s": duration_s,
            "cameras": cameras,
            "views": tuple(views),
            "frames": frames,
        }
    )
    codes = told.judged or tuple(dict.fromkeys(e.code for e in truth.expected))
    spoilt = spoilt.model_copy(update={"expected": expected_of(spoilt, codes)})
    (out / TRUTH_FILE).write_text(written(Truth.model_validate(spoilt.model_dump())), encoding="utf-8")
    if (source / SITE_FILE).exists():
        shutil.copyfile(source / SITE_FILE, out / SITE_FILE)
    return out


def camera_seen(told: CameraTruth) -> StudioCamera:
    """The camera of a truth."""
    lens = (told.lens.fx, told.lens.distortion[0], told.lens.distortion[1])
    return StudioCamera.seen_along(told.rotation, told.position_m, lens, told.size_px)


def _record(
    files: tuple[Path, Path], told: Spoil, spoiler: Spoiler, duration_s: float, progress: Callable[[int, int], None]
) -> tuple[float, ...] | None:
    """True times of the frames written, where the file's stamps do not say them. files: from, to."""
    source, out = files
    fps, frames = decoded(source, told.fps, duration_s)
    times = [t for t, _ in decoded(source, told.fps, duration_s)[1]]
    stamps = {stamp.true_s: stamp.told_s for stamp in spoiler.stamps(times, fps)}
    recording: Recording | None = None
    for number, (t, picture) in enumerate(frames, 1):
        if recording is None:
            recording = Recording(out, (picture.shape[1], picture.shape[0]), fps, told.encoder)
        developed = spoiler.picture(picture.astype(np.float32), t)
        finished = spoiler.output(np.clip(developed, 0, 255).astype(np.uint8), t)
        if t in stamps:
            recording.add(finished, stamps[t])
        progress(number, len(times))
    if recording is not None:
        recording.close()
    uneven = len(stamps) < len(times) or any(abs(told_s - t) > 1e-6 for t, told_s in stamps.items())
    return tuple(stamps) if uneven else None


def decoded(file: Path, fps: float | None, until_s: float) -> tuple[float, Iterator[tuple[float, NDArray[np.uint8]]]]:
    """Rate, and (seconds, RGB picture) of the frames that are due at `fps` (every frame when None)."""
    try:
        container = av.open(str(file))
    except (OSError, av.error.FFmpegError) as error:
        raise SourceError("This recording cannot be read.", where=str(file), got=str(error)) from error
    stream: Any = container.streams.video[0]
    rate = fps or float(stream.average_rate or 10)

    def frames() -> Iterator[tuple[float, NDArray[np.uint8]]]:
        due = 0.0
        with container:
            for frame in container.decode(stream):
                t = round(float(frame.pts * stream.time_base), 6)
                if t >= until_s:
                    return
                if fps is None or t >= due - 1e-6:
                    due = (int((t + 1e-6) * rate) + 1) / rate
                    yield t, frame.to_ndarray(format="rgb24")

    return rate, frames()
