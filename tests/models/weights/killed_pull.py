"""A pull that is killed at its n-th change of the file system: python killed_pull.py N JSON (used by test_weights)."""

import json
import os
import signal
import sys
from pathlib import Path

from models import weights
from models.weights.manifest import Carrier, Entry, Part

CHANGES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "tempfile.mkdtemp"}


def main(left: int, told: dict) -> None:
    home = told["home"]

    def watch(event: str, details: tuple) -> None:
        nonlocal left
        changes = event in CHANGES and any(home in str(detail) for detail in details[:1])
        if changes and (event != "open" or "w" in str(details[1]) or "x" in str(details[1])):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    parts = tuple(Part(*part) for part in told["parts"])
    weights.pull(Entry("tiny", Carrier(*told["carrier"]), parts, "any", "any", "any"), Path(home))


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
