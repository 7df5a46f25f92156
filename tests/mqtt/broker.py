"""mosquitto in a process of its own. Debian puts it into /usr/sbin."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
PATIENCE_S = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def until(true: Callable[[], bool], patience_s: float = PATIENCE_S) -> bool:
    """Wait for something another process does; False when it did not come about in time."""
    pause = threading.Event()
    for _ in range(round(patience_s / 0.02)):
        if true():
            return True
        pause.wait(0.02)
    return true()


class RealBroker:
    """`start`, `kill` (SIGKILL) and `start` again: sessions and messages of QoS 1 are kept on disk.

    lasting: written down after every change, which costs a broker 7 ms a message on a busy disk; else at its end only.
    """

    def __init__(self, folder: Path, *, lasting: bool = True) -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {folder.as_posix()}/",
            # After every change: a broker that is killed before it wrote a session down would not know it again.
            *(["autosave_on_changes true", "autosave_interval 1"] if lasting else []),
            "max_queued_messages 0",
            "max_inflight_messages 0",
            "user root",
        ]
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert MOSQUITTO is not None
        self._process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert until(self._answers), "mosquitto does not listen"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.2).close()
        except OSError:
            return False
        return True
