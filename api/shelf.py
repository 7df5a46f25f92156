"""The evidence folder: files under names we generate, there whole or not at all.

A file is written to `incoming/`, checked, flushed to the disk and renamed to its content's name; a killed server
leaves at most a remainder in `incoming/`, which the next start removes.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from api.refusal import RefusalError

SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4"}
"""Media types taken as evidence -> the ending of our file names."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Draft:
    """A file on its way in. `write` pieces, then hand it to `Shelf.keep`."""

    def __init__(self, path: Path, stream: BinaryIO, limit: int) -> None:
        self.path, self._stream, self._limit = path, stream, limit
        self._digest = hashlib.sha256()
        self.n_bytes = 0
        self._start = b""

    def write(self, piece: bytes) -> None:
        """Raises RefusalError: too_large, disk_full."""
        self.n_bytes += len(piece)
        if self.n_bytes > self._limit:
            raise RefusalError("too_large", got=f"more than {self._limit} bytes", expected=f"<= {self._limit} bytes")
        self._start = (self._start + piece[: 12 - len(self._start)])[:12] if len(self._start) < 12 else self._start
        self._digest.update(piece)
        with _room():
            self._stream.write(piece)

    def settle(self) -> None:
        """Flush to the disk. Raises RefusalError(disk_full)."""
        with _room():
            self._stream.flush()
            os.fsync(self._stream.fileno())

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def content_type(self) -> str | None:
        """What the first bytes say it is."""
        if self._start.startswith(b"\xff\xd8\xff"):
            return "image/jpeg"
        if self._start.startswith(b"\x89PNG\r\n\x1a\n"):
            return "image/png"
        return "video/mp4" if self._start[4:8] == b"ftyp" else None


class Shelf:
    """The folder. Makes it, and clears what a killed server left half-written."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder, self._limit = folder, limit
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for remainder in self._incoming.iterdir():
            remainder.unlink()

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """A draft that is gone afterwards unless it was kept. Raises RefusalError(disk_full)."""
        path = self._incoming / secrets.token_hex(16)
        with _room():
            stream = path.open("xb")
        try:
            with _closing(stream):
                yield Draft(path, stream, self._limit)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, draft: Draft, kind: str) -> str:
        """Rename a checked draft into place; returns its path within the folder. kind: evidence | pictures."""
        draft.settle()
        suffix = SUFFIXES[draft.content_type or ""]
        place = Path(kind) / draft.sha256[:2] / f"{draft.sha256}{suffix}"
        target = self.folder / place
        with _room():
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.path.replace(target)
            _flush_folder(target.parent)
        return place.as_posix()

    def file(self, place: str) -> Path:
        """The file of a stored path. Raises RefusalError(evidence_not_here) when it is gone."""
        path = self.folder / place
        if not _SHA256.fullmatch(path.stem) or not path.is_file():
            raise RefusalError("evidence_not_here", where=place)
        return path

    def drop(self, place: str) -> None:
        """Remove a picture that a newer one replaced."""
        (self.folder / place).unlink(missing_ok=True)

    def free_bytes(self) -> int:
        """Room left for us on the disk."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise RefusalError("disk_full", got=error.strerror or "") from error


@contextmanager
def _closing(stream: BinaryIO) -> Iterator[None]:
    """Close; what is still buffered on a full disk is of no interest, the file goes away."""
    try:
        yield
    finally:
        try:
            stream.close()
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
