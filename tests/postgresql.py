"""A real PostgreSQL of our own: a private cluster on a unix socket, without a network port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
BIN = next((place for place in _PLACES if (place / "initdb").exists()), None)


def _account() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


def why_not() -> str | None:
    """What is missing, or None."""
    if BIN is None:
        return "PostgreSQL's server programs are not installed (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and _account() is None:
        return "PostgreSQL refuses to run as root, and there is no user postgres to run it as"
    return None


needs_postgresql = [
    pytest.mark.postgresql,
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
]


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of an empty database in a cluster that is stopped and removed afterwards."""
    assert BIN is not None
    folder = Path(tempfile.mkdtemp(prefix="guiwei-pg-"))
    owner = _account() if os.geteuid() == 0 else None
    try:
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        _as(owner, BIN / "initdb", "-D", data, "-A", "trust", "-U", "guiwei", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        _as(owner, BIN / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-t", "30", "-o", options, "start")
        try:
            yield f"postgresql://guiwei@/postgres?host={folder}"
        finally:
            _as(owner, BIN / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as(owner: pwd.struct_passwd | None, *command: object) -> None:
    ids = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd="/", check=False, **ids)
    assert done.returncode == 0, done.stdout + done.stderr
