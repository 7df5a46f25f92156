"""Starts replays that can be killed, without paying for their imports each time."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Replays:
    """One replay at a time. `finish` gives its exit code (-9: killed)."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._pid = 0

    def start(self, site: Path, out: Path, *, api: str | None = None, file_limit: int | None = None) -> None:
        assert self._process.stdin is not None
        asked = json.dumps([str(site), str(out), api, file_limit])
        self._process.stdin.write(f"{asked}\n".encode())
        self._pid = int(self._line()[1])

    def ends_within(self, seconds: float) -> bool:
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)

    def finish(self) -> int:
        _, pid, code = self._line()
        assert int(pid) == self._pid
        return int(code)

    def _line(self) -> list[str]:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().split()


@contextmanager
def replays() -> Iterator[Replays]:
    command = [sys.executable, "-m", "tests.faults.box_process"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 0, "start_new_session": True}
    with subprocess.Popen(command, **pipes) as process:
        try:
            yield Replays(process)
        finally:
            # The whole session: a replay that hangs would keep its parent, and that the test, waiting for ever.
            os.killpg(process.pid, signal.SIGKILL)
