"""A real RTSP server for tests, made of Debian's GStreamer packages."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SYSTEM_PYTHON = "/usr/bin/python3"
"""Debian's own, which sees Debian's `gi`; the project's environment does not."""
SCRIPT = Path(__file__).with_name("serve.py")
_PROBE = "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')"


@functools.cache
def why_not() -> str | None:
    """What is missing for a real RTSP server; None when it can run."""
    if not Path(SYSTEM_PYTHON).exists():
        return f"{SYSTEM_PYTHON} is not there"
    tried = subprocess.run([SYSTEM_PYTHON, "-c", _PROBE], capture_output=True, text=True, check=False)
    if tried.returncode == 0:
        return None
    last = tried.stderr.strip().splitlines()[-1:] or ["unknown"]
    return f"Debian's gir1.2-gst-rtsp-server-1.0 and python3-gi are needed: {last[0]}"


def marks() -> list[pytest.MarkDecorator]:
    """For `pytestmark` of a module that needs the server: the marker `rtsp`, and a skip that names what is missing."""
    missing = why_not()
    return [pytest.mark.rtsp, pytest.mark.skipif(missing is not None, reason=str(missing))]


class RtspServer:
    """One server process; `stop` and `start` again keep the port, so that an outage can be played."""

    def __init__(self, file: Path, *options: str) -> None:
        self._file, self._options = file, options
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @property
    def address(self) -> str:
        """Without user or password."""
        return f"rtsp://127.0.0.1:{self.port}/cam"

    def start(self) -> None:
        """Returns once the port is bound. Raises RuntimeError when the server ends instead."""
        command = [SYSTEM_PYTHON, str(SCRIPT), str(self._file), "--port", str(self.port), *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"the RTSP server ended with {self._process.wait()}")
        self.port = int(line)

    def stop(self) -> None:
        """Killed, as by a power cut."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def freeze(self) -> None:
        """Alive and silent: connections stay open, nothing comes."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)


@contextlib.contextmanager
def serving(file: Path, *options: str) -> Iterator[RtspServer]:
    """A started server of `file` (options as of serve.py), stopped at the end."""
    server = RtspServer(file, *options)
    server.start()
    try:
        yield server
    finally:
        server.stop()
