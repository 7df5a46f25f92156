"""Replays in processes of their own, each forked from one in which everything is imported already.

`python -m tests.faults.box_process`; a line of JSON on standard input, [site, out, api or null, file limit or null],
starts one. Answers "pid N" at once and "ended N CODE" when it is over.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from pathlib import Path

from guiwei.uplink import Uplink
from tests.pipelines_box.showroom import replayed


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def replay_here(site: str, out: str, api: str | None, limit: int | None) -> int:
    """The exit code: how many parcels could not be delivered, 99 for an error."""
    try:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        return replayed(Path(site), Path(out), Uplink(api, "gwd_token") if api else None).undelivered
    except Exception:  # noqa: BLE001 - the exit code and standard error tell the test
        traceback.print_exc()
        return 99


if __name__ == "__main__":
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(replay_here(*json.loads(line)))
        say(f"pid {pid}")
        say(f"ended {pid} {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}")
