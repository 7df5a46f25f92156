"""Writes evidence so that a name stands for a whole file or for nothing, whatever kills the process."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from models.domain.incident import EvidenceFile

PART = ".part"
"""Ending of what is being written; swept away at the next start."""

TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".mp4": "video/mp4"}


@dataclass(frozen=True, slots=True)
class Print:
    """Bytes to be kept under a name. Times: UTC µs of the first and last picture inside."""

    name: str
    kind: str
    data: bytes
    t_start_us: int
    t_end_us: int


def keep(folder: Path, made: Print) -> EvidenceFile:
    """Write folder/name lastingly: temporary name, fsync, rename. Raises OSError (disk full); nothing is then left."""
    write_lasting(folder / made.name, made.data)
    return EvidenceFile(
        name=made.name,
        kind=made.kind,
        content_type=TYPES[Path(made.name).suffix],
        sha256=hashlib.sha256(made.data).hexdigest(),
        n_bytes=len(made.data),
        t_start_us=made.t_start_us,
        t_end_us=made.t_end_us,
    )


def write_lasting(path: Path, data: bytes) -> None:
    """The file is whole or absent, also after a power cut. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{PART}")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def sweep(folder: Path) -> int:
    """Remove what a killed process left half-written under a folder; returns how many files."""
    left = [path for path in folder.rglob(f".*{PART}") if path.is_file()]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
