"""The real server in a process of its own, on a socket it is handed: `python -m tests.browser.server DIR FD`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from socket import AF_INET, SOCK_STREAM, socket

import uvicorn

from api import create_app
from api.settings import Settings
from api.ui import mount
from models.domain.clock import SystemClock


@contextmanager
def running(data_dir: Path) -> Iterator[str]:
    """The address of a server on the folder. It listens before the process is up, so nobody has to wait and see."""
    with socket(AF_INET, SOCK_STREAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        descriptor = listening.fileno()
        command = [sys.executable, "-m", "tests.browser.server", str(data_dir), str(descriptor)]
        with (data_dir / "server.log").open("wb") as log:
            server = subprocess.Popen(command, pass_fds=(descriptor,), stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            assert server.returncode in {0, -SIGTERM}, (data_dir / "server.log").read_text(errors="replace")


def settings(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir, database_url=f"sqlite:///{data_dir / 'guiwei.sqlite'}")


def serve(data_dir: Path, descriptor: int) -> None:
    """API and pages on the folder, until terminated."""
    app = create_app(settings(data_dir), clock=SystemClock())
    mount(app)
    uvicorn.run(app, fd=descriptor, log_level="warning")


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
