"""Starts servers quickly: everything is imported once, each line on standard input forks one server.

Run as `python -m tests.faults.api_nursery DATA_DIR`; answers each line with "PID ADDRESS".
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from api import Settings
from guiwei.serve import run_server


def main() -> None:
    folder = Path(sys.argv[1])
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            run_server(Settings(data_dir=folder, port=0), ready=_tell)
            os._exit(0)
        os.waitpid(child, 0)


def _tell(address: str) -> None:
    sys.stdout.write(f"{os.getpid()} {address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
