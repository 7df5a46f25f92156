"""Evidence of an incident: before, now and overlay stills at once, a clip around the moment a few seconds later.

Chosen by time, from pictures that were masked before they were stored. Each still, and the clip every 2 s, is looked at
once more for people (the second net) and masked again where somebody is found. Whatever fails, the incident stands and
its `evidence_note` says why pictures are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.errors import GuiweiError
from models.domain.incident import EvidenceFile, Incident
from models.domain.media import US, Image
from models.domain.site import Site
from pipelines.album import Album, Shot
from pipelines.evidence_clip import WIDTH_PX, clip_size, decoded, mp4
from pipelines.evidence_files import Print, keep
from pipelines.evidence_overlay import overlay
from pipelines.shutter import encoded
from vision.privacy import mask_persons

CLIP_BEFORE_S, CLIP_AFTER_S = 6.0, 4.0
BEFORE_S = 0.5
"""The picture before is this much older than the episode's start, so that the cause is not yet in it."""
NOW_WITHIN_S = 3.0
NET_EACH_S = 2.0
"""Between two looks of the second net; a found person is masked over the whole stretch around the look."""

MASKING_FAILED = "evidence.note.masking_failed"
DISK_FULL = "evidence.note.disk_full"
NO_PICTURES = "evidence.note.no_pictures"
CLIP_FAILED = "evidence.note.clip_failed"

Boxes = NDArray[np.float32]
SecondNet = Callable[[Image], Boxes]
"""People on a picture at a low score: (n, 4) px of that picture. Raises GuiweiError when the network fails."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written, and the text key of why something is missing."""

    files: tuple[EvidenceFile, ...] = ()
    note: str | None = None


class Evidence:
    """Writes into folder/<dedupe_key>/. One instance a run, used by one thread."""

    def __init__(self, site: Site, folder: Path, albums: Mapping[str, Album], net: SecondNet | None) -> None:
        self._site, self._folder, self._albums, self._net = site, folder, albums, net

    def stills(self, incident: Incident) -> Kept:
        """before.jpg, now.jpg and overlay.jpg, as far as there are pictures."""
        album = self._albums.get(incident.camera)
        now = album.nearest(incident.t_confirmed_us, NOW_WITHIN_S) if album else None
        if album is None or now is None:
            return Kept(note=_missing(album, incident.t_confirmed_us))
        before = album.before(incident.t_first_us - round(BEFORE_S * US)) or album.before(incident.t_first_us)
        try:
            made = [self._still("before", before)] if before is not None and before is not now else []
            seen = self._netted(now)
            marked = overlay(seen, self._site, incident, now.figures)
            made += [_print("now", seen, now.utc_us), _print("overlay", marked, now.utc_us)]
        except (ValueError, cv2.error, GuiweiError):
            return Kept(note=MASKING_FAILED)
        return self._written(incident, made)

    def clip(self, incident: Incident) -> Kept:
        """clip.mp4, from 6 s before the confirmed moment to 4 s after it, as far as there are pictures."""
        album = self._albums.get(incident.camera)
        at_us = incident.t_confirmed_us
        start_us, end_us = at_us - round(CLIP_BEFORE_S * US), at_us + round(CLIP_AFTER_S * US)
        shots = album.between(start_us, end_us) if album else []
        if len(shots) < 2:
            return Kept(note=_missing(album, at_us))
        try:
            pictures = self._moving(shots)
        except (ValueError, cv2.error, GuiweiError):
            return Kept(note=MASKING_FAILED)
        try:
            made = Print("clip.mp4", "clip", mp4(pictures), shots[0].utc_us, shots[-1].utc_us)
        except ValueError:
            return Kept(note=CLIP_FAILED)
        return self._written(incident, [made])

    def picture(self, incident: Incident, data: bytes) -> Kept:
        """timeline.png, drawn by the explanation."""
        made = Print("timeline.png", "timeline", data, incident.t_first_us, incident.t_confirmed_us)
        return self._written(incident, [made])

    def _still(self, label: str, shot: Shot) -> Print:
        return _print(label, self._netted(shot), shot.utc_us)

    def _netted(self, shot: Shot) -> Image:
        image = decoded(shot)
        return image if self._net is None else mask_persons(image, self._net(image))

    def _moving(self, shots: list[Shot]) -> list[tuple[int, Image]]:
        read = [decoded(shot, WIDTH_PX) for shot in shots]
        size = clip_size((read[0].shape[1], read[0].shape[0]))
        pictures = [(shot.utc_us, _sized(image, size)) for shot, image in zip(shots, read, strict=True)]
        if self._net is None:
            return pictures
        looks = self._looks(pictures)
        reach_us = round(NET_EACH_S * US)
        return [
            (t, mask_persons(image, np.concatenate([boxes for at, boxes in looks if abs(at - t) <= reach_us])))
            for t, image in pictures
        ]

    def _looks(self, pictures: list[tuple[int, Image]]) -> list[tuple[int, Boxes]]:
        """(time, people found) of the first picture and each one NET_EACH_S later."""
        assert self._net is not None
        looks: list[tuple[int, Boxes]] = []
        for t, image in pictures:
            if not looks or t - looks[-1][0] >= NET_EACH_S * US:
                looks.append((t, self._net(image)))
        last_us, image = pictures[-1]
        if last_us != looks[-1][0]:
            looks.append((last_us, self._net(image)))
        return looks

    def _written(self, incident: Incident, made: list[Print]) -> Kept:
        files: list[EvidenceFile] = []
        try:
            for one in made:
                files.append(keep(self._folder / incident.dedupe_key, one))  # noqa: PERF401 - what was written counts
        except OSError:
            return Kept(tuple(files), DISK_FULL)
        return Kept(tuple(files))


def _missing(album: Album | None, at_us: int) -> str:
    failed_us = album.unmasked_us if album else None
    near = failed_us is not None and abs(failed_us - at_us) <= (NOW_WITHIN_S + CLIP_AFTER_S) * US
    return MASKING_FAILED if near else NO_PICTURES


def _print(label: str, image: Image, utc_us: int) -> Print:
    return Print(f"{label}.jpg", label, encoded(image), utc_us, utc_us)


def _sized(image: Image, size: tuple[int, int]) -> Image:
    if (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
