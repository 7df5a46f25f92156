"""Evidence of an incident: before, now and overlay stills at once, a clip around the moment a few seconds later, and a
strip of its moments once it is over.

Chosen by time, from pictures that were masked before they were stored. Each still, and the clip every 2 s, is looked at
once more for people (the second net) and masked again where somebody is found. Whatever fails, the incident stands and
its `evidence_note` says why pictures are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.domain.errors import GuiweiError
from models.domain.incident import EvidenceFile, Incident
from models.domain.media import US, Image
from models.domain.site import Site
from pipelines.album import Album, Shot
from pipelines.evidence_clip import WIDTH_PX, clip_size, decoded, mp4
from pipelines.evidence_files import Print, keep
from pipelines.evidence_overlay import overlay
from pipelines.evidence_strip import Tile, moments, strip
from pipelines.furniture_card import furniture_card
from pipelines.second_look import SecondLook, SecondNet
from pipelines.shutter import encoded
from pipelines.trails import Trails
from vision.privacy import mask_persons

CLIP_BEFORE_S, CLIP_AFTER_S = 6.0, 4.0
BEFORE_S = 0.5
"""The picture before is this much older than the episode's start, so that the cause is not yet in it."""
NOW_WITHIN_S = 3.0
MOMENT_WITHIN_S = 5.0
"""A tile of the strip may be this far from its moment: it tells its own time."""
COMING_WITHIN_S = 8.0
"""Who comes in is told after a dwell of 3 s, and a picture is kept then."""
REMEMBERED = 64
"""Incidents whose first pictures are kept until they are over; two JPEGs each."""
NET_EACH_S = 2.0
"""Between two looks of the second net; a found person is masked over the whole stretch around the look."""

MASKING_FAILED = "evidence.note.masking_failed"
DISK_FULL = "evidence.note.disk_full"
NO_PICTURES = "evidence.note.no_pictures"
CLIP_FAILED = "evidence.note.clip_failed"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written, and the text key of why something is missing."""

    files: tuple[EvidenceFile, ...] = ()
    note: str | None = None


class Evidence:
    """Writes into folder/<dedupe_key>/. One instance a run, used by one thread."""

    def __init__(
        self,
        site: Site,
        folder: Path,
        albums: Mapping[str, Album],
        net: SecondNet | None,
        trails: Trails | None = None,
    ) -> None:
        self._site, self._folder, self._albums = site, folder, albums
        self._look = None if net is None else SecondLook(net)
        self._trails = trails or Trails()
        self._moments: dict[str, dict[int, Shot]] = {}

    def stills(self, incident: Incident) -> Kept:
        """before.jpg, now.jpg and overlay.jpg, as far as there are pictures."""
        album = self._albums.get(incident.camera)
        now = album.nearest(incident.t_confirmed_us, NOW_WITHIN_S) if album else None
        if album is None or now is None:
            return Kept(note=_missing(album, incident.t_confirmed_us))
        before = album.before(incident.t_first_us - round(BEFORE_S * US)) or album.before(incident.t_first_us)
        try:
            made = [self._still("before", incident.camera, before)] if before is not None and before is not now else []
            seen = self._netted(incident.camera, now)
            card = furniture_card(seen, self._site, incident)
            marked = overlay(seen, self._site, incident, now.figures) if card is None else card
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
            pictures = self._moving(incident.camera, shots)
        except (ValueError, cv2.error, GuiweiError):
            return Kept(note=MASKING_FAILED)
        try:
            made = Print("clip.mp4", "clip", mp4(pictures), shots[0].utc_us, shots[-1].utc_us)
        except ValueError:
            return Kept(note=CLIP_FAILED)
        return self._written(incident, [made])

    def remember(self, incident: Incident) -> None:
        """Keep the pictures of an incident's first two moments: by its end the album may have let go of them."""
        shots = ((at_us, self._at(incident, at_us)) for _, at_us in moments(incident))
        self._moments[incident.dedupe_key] = {at_us: shot for at_us, shot in shots if shot is not None}
        while len(self._moments) > REMEMBERED:
            del self._moments[next(iter(self._moments))]

    def strip(self, incident: Incident) -> Kept:
        """strip.jpg, once the incident is over: a tile a moment, the way on the floor, the wait against its limit."""
        known = self._moments.pop(incident.dedupe_key, {})
        found: list[tuple[str, Shot]] = []
        for label, at_us in moments(incident):
            shot = known.get(at_us) or self._at(incident, at_us)
            if shot is not None and all(shot is not one for _, one in found):
                found.append((label, shot))
        if not found:
            return Kept()
        try:
            tiles = [
                Tile(label, shot.utc_us, self._netted(incident.camera, shot), shot.figures) for label, shot in found
            ]
            until_us = incident.t_end_us or tiles[-1].utc_us
            paths = self._trails.path(_persons(incident), incident.t_first_us, until_us)
            sheet = encoded(strip(self._site, incident, tiles, paths))
        except (ValueError, cv2.error, GuiweiError):
            return Kept(note=MASKING_FAILED)
        return self._written(incident, [Print("strip.jpg", "strip", sheet, tiles[0].utc_us, tiles[-1].utc_us)])

    def _at(self, incident: Incident, at_us: int) -> Shot | None:
        """The picture of a moment: of how it began the first that shows whom it is about, else the nearest."""
        album = self._albums.get(incident.camera)
        if album is None:
            return None
        reach_us = round(COMING_WITHIN_S * US)
        coming = at_us == incident.t_first_us
        shown = album.first_of(_persons(incident), at_us, at_us + reach_us) if coming else None
        return shown or album.nearest(at_us, MOMENT_WITHIN_S)

    def picture(self, incident: Incident, data: bytes) -> Kept:
        """timeline.png, drawn by the explanation."""
        made = Print("timeline.png", "timeline", data, incident.t_first_us, incident.t_confirmed_us)
        return self._written(incident, [made])

    def _still(self, label: str, camera: str, shot: Shot) -> Print:
        return _print(label, self._netted(camera, shot), shot.utc_us)

    def _netted(self, camera: str, shot: Shot) -> Image:
        image = decoded(shot)
        return image if self._look is None else mask_persons(image, self._look.people(camera, shot.utc_us, image))

    def _moving(self, camera: str, shots: list[Shot]) -> list[tuple[int, Image]]:
        read = [decoded(shot, WIDTH_PX) for shot in shots]
        size = clip_size((read[0].shape[1], read[0].shape[0]))
        pictures = [(shot.utc_us, _sized(image, size)) for shot, image in zip(shots, read, strict=True)]
        if self._look is None:
            return pictures
        looks = [(t, self._look.people(camera, t, image)) for t, image in _looked_at(pictures)]
        reach_us = round(NET_EACH_S * US)
        return [
            (t, mask_persons(image, np.concatenate([boxes for at, boxes in looks if abs(at - t) <= reach_us])))
            for t, image in pictures
        ]

    def _written(self, incident: Incident, made: list[Print]) -> Kept:
        files: list[EvidenceFile] = []
        try:
            for one in made:
                files.append(keep(self._folder / incident.dedupe_key, one))  # noqa: PERF401 - what was written counts
        except OSError:
            return Kept(tuple(files), DISK_FULL)
        return Kept(tuple(files))


def _looked_at(pictures: list[tuple[int, Image]]) -> list[tuple[int, Image]]:
    """The first picture, each one NET_EACH_S later, and the last."""
    chosen = pictures[:1]
    for picture in pictures[1:]:
        if picture[0] - chosen[-1][0] >= NET_EACH_S * US:
            chosen.append(picture)
    return chosen if chosen[-1][0] == pictures[-1][0] else [*chosen, pictures[-1]]


def _persons(incident: Incident) -> frozenset[str]:
    return frozenset(incident.extra.get("persons", "").split())


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
