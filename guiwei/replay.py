"""Replays recordings of a site through the whole box: the same loop as live, as fast as the machine can."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from calibration import load_secrets, load_site
from guiwei.box import (
    DATABASE,
    EVIDENCE,
    TAPE,
    Ears,
    Eyes,
    Plan,
    RunResult,
    known_cameras,
    network_eyes,
    run_box,
)
from guiwei.uplink import Uplink
from models.domain.clock import SystemClock
from models.domain.errors import StoreError, UsageError
from models.domain.instants import us_of_datetime
from models.domain.site import Camera, Site, Source, SourceKind
from pipelines.evidence_files import sweep
from pipelines.recorded_readings import RecordedReadings, read_readings
from vision.ingest import open_source

ASSUMED_START = datetime(2026, 1, 5, 10, 0)  # noqa: DTZ001 - local time of whichever site
"""A Monday morning within all duty windows: a recording of unknown start is judged as if made then."""

_KEY = re.compile(r"[0-9a-f]{32}")
_RESULTS = ("incidents.json", "intervals.json", "parties.json", "energy.json", TAPE)


@dataclass(frozen=True, slots=True)
class Recordings:
    """cameras: camera id -> file in place of the configured one; cameras that have no file at all are left out.

    start: when all of them began, ISO-8601, local time of the site unless it has an offset. readings: what meters said
    meanwhile (pipelines/recorded_readings.py).
    """

    cameras: Mapping[str, Path] = field(default_factory=dict)
    start: str | None = None
    readings: Path | None = None


def replay(
    site_folder: Path,
    recordings: Recordings | None = None,
    *,
    out: Path | None = None,
    uplink: Uplink | None = None,
    eyes: Eyes | None = None,
    ears: Ears | None = None,
) -> RunResult:
    """Replay a site's recordings; `out` then holds the results (default: a new temporary folder).

    recordings: other files and another start than the site's. eyes: how people are found (default: the default
    network, pulled when it is missing). Results of an earlier replay in `out` are replaced: running again
    after a kill ends with the same incidents. Raises GuiweiError.
    """
    return run_box(replay_plan(site_folder, recordings, out=out, uplink=uplink, eyes=eyes, ears=ears))


def replay_plan(
    site_folder: Path,
    recordings: Recordings | None = None,
    *,
    out: Path | None = None,
    uplink: Uplink | None = None,
    eyes: Eyes | None = None,
    ears: Ears | None = None,
) -> Plan:
    """What `replay` runs, for who wants to look at its parts first (`guiwei eval` times them). Raises GuiweiError."""
    ears, clock = ears or Ears(), SystemClock()
    told = recordings or Recordings()
    start = told.start
    site = load_site(site_folder)
    known_cameras(site, told.cameras)
    recorded = {name: one for name, one in _recorded(site, told.cameras).items() if one is not None}
    if not recorded:
        raise UsageError(
            "There is no recording to replay.",
            where=str(site.folder),
            got="cameras that are streams",
            expected="a recording for at least one camera",
            next_step="Give one with --camera NAME=FILE, or watch the streams with guiwei live.",
        )
    anchor_us = _anchor_us(site, list(recorded.values()), start, ears)
    secrets = load_secrets(site.folder)
    sources = {
        name: open_source(camera, secrets=secrets, clock=clock, anchor_utc_us=_start_of(camera, start, anchor_us))
        for name, camera in recorded.items()
    }
    readings = None if told.readings is None else read_readings(told.readings, site.time_zone)
    inlet = None if readings is None else RecordedReadings(site, readings)
    folder = _anew(out)
    return Plan(site, sources, eyes or network_eyes(), folder, clock, uplink, None, ears, inlet)


def _recorded(site: Site, files: Mapping[str, Path]) -> dict[str, Camera | None]:
    """Camera -> itself with the file to read; None where there is none."""
    found: dict[str, Camera | None] = {}
    for name, camera in site.cameras.items():
        source = camera.source
        if name in files:
            start_us = source.start_utc_us if source.kind is SourceKind.FILE else None
            source = Source(SourceKind.FILE, str(files[name]), start_utc_us=start_us)
        is_file = source.kind is SourceKind.FILE
        found[name] = replace(camera, source=source, sub_source=None) if is_file else None
    return found


def _anchor_us(site: Site, cameras: list[Camera], start: str | None, ears: Ears) -> int:
    """UTC µs for recordings that do not say when they began."""
    if start is not None:
        return _us(_parsed(start), site)
    if any(camera.source.start_utc_us is None for camera in cameras):
        ears.tell("box.start_assumed", {"start": f"{ASSUMED_START:%Y-%m-%d %H:%M}"})
    return assumed_start_us(site)


def assumed_start_us(site: Site) -> int:
    """UTC µs of ASSUMED_START at the site."""
    return _us(ASSUMED_START, site)


def _start_of(camera: Camera, start: str | None, anchor_us: int) -> int:
    """A start that was given holds for all cameras; else each recording's own, else the assumed one."""
    own_us = camera.source.start_utc_us
    return anchor_us if start is not None or own_us is None else own_us


def _parsed(start: str) -> datetime:
    try:
        return datetime.fromisoformat(start)
    except ValueError as error:
        raise UsageError(
            "The start time cannot be read.",
            where="--start",
            got=start,
            expected="2026-01-05T10:00:00 (local time of the site), or with an offset",
            next_step="Correct the start time.",
        ) from error


def _us(moment: datetime, site: Site) -> int:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(site.time_zone))
    return us_of_datetime(aware)


def _anew(out: Path | None) -> Path:
    """The folder of the results, without those of an earlier replay; nothing else in it is touched."""
    if out is None:
        return Path(tempfile.mkdtemp(prefix="guiwei-"))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in (*_RESULTS, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
            (out / name).unlink(missing_ok=True)
        for folder in (out / EVIDENCE).glob("*"):
            if _KEY.fullmatch(folder.name) and folder.is_dir():
                shutil.rmtree(folder)
        sweep(out)
    except OSError as error:
        raise unwritable(out, error) from error
    return out


def unwritable(out: Path, error: OSError) -> StoreError:
    """A folder of results that cannot be used."""
    return StoreError(
        "The folder of the results cannot be written.",
        where=str(out),
        got=error.strerror or str(error),
        expected="a folder that can be made and written",
        next_step="Choose another folder with --out, or give this user write permission there.",
    )
