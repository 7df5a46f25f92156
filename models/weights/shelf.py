"""The folder of networks on this machine: one folder a network, complete and checked, or not there at all.

<home>/<name>/<files>, <home>/<name>/weights.json      the files and their checksums
<home>/.new-*                                          being filled; swept away by the next one to write
<home>/.lock                                           held while writing
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.domain.errors import WeightsError
from models.weights.refusal import refusal

RECORD = "weights.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Record:
    """What weights.json says of a network: where it came from and what its files must be."""

    source: str
    licence: str
    sha256: Mapping[str, str]
    """File name -> checksum."""


def weights_home() -> Path:
    """$GUIWEI_HOME/weights, else ~/.local/share/guiwei/weights. Need not exist."""
    home = os.environ.get("GUIWEI_HOME")
    return (Path(home) if home else Path.home() / ".local/share/guiwei") / "weights"


def folder_of(name: str, home: Path) -> Path:
    """Where a network of that name lies. Raises WeightsError for a name that is no plain folder name."""
    if not _NAME.fullmatch(name):
        raise refusal("weights.error.name", where="", got=repr(name))
    return home / name


def read_record(folder: Path) -> Record:
    """Raises WeightsError when weights.json is missing or unreadable."""
    try:
        raw = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return Record(str(raw["source"]), str(raw["licence"]), {str(k): str(v) for k, v in raw["sha256"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(folder, f"{RECORD}: {error}", "a readable record of the files and their checksums") from error


def check(folder: Path) -> Record:
    """Compares every file with its checksum. Raises WeightsError on the first that is missing or differs."""
    record = read_record(folder)
    for name, expected in record.sha256.items():
        file = folder / name
        got = sha256_of(file) if file.is_file() else "no such file"
        if got != expected:
            raise _damaged(file, got, f"sha256 {expected}")
    return record


def sha256_of(file: Path) -> str:
    """64 hex digits. Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def filling(name: str, home: Path, record: Record) -> Iterator[Path]:
    """An empty folder to fill; it becomes the network `name` when the block ends well, and vanishes when it does not.

    The lock lets two processes that want the same network share one download. Raises WeightsError when the disk is full
    or refuses, and when a file does not match the record.
    """
    target = folder_of(name, home)
    try:
        home.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
        new.chmod(0o755)  # the box may run under another user than the one who pulled
        try:
            yield new
            (new / RECORD).write_text(json.dumps(_raw(record), indent=1, sort_keys=True), encoding="utf-8")
            check(new)
            _make_lasting(new)
            _put(new, target)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise cannot_write(home, error) from error


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """Alone with the shelf: waits for another process that writes, then sweeps away what a killed one left."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / ".lock").open("a")
    except OSError as error:
        raise cannot_write(home, error) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in (*home.glob(".new-*"), *home.glob(".old-*")):
            shutil.rmtree(left, ignore_errors=True)
        yield


def cannot_write(home: Path, error: OSError) -> WeightsError:
    """Disk full, no permission and the like, in words."""
    return refusal("weights.error.unwritable", where=home, got=error.strerror or str(error))


def _raw(record: Record) -> dict[str, object]:
    return {"source": record.source, "licence": record.licence, "sha256": dict(record.sha256)}


def _put(new: Path, target: Path) -> None:
    """Two renames at most: at any moment the target is the old one, absent, or the new one."""
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent))
        target.rename(old / "was")
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        new.rename(target)


def _make_lasting(folder: Path) -> None:
    """A power cut after the rename must not leave empty files behind whole names."""
    for path in (*folder.iterdir(), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _damaged(where: Path, got: str, expected: str) -> WeightsError:
    return refusal("weights.error.damaged", where=where, got=got, expected=expected)
