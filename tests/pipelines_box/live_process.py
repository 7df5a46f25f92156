"""`live` in a process of its own, so that the signal which ends it meets nobody else.

`python -m tests.pipelines_box.live_process SITE OUT API`; its last line is JSON: what was told, and how it ended.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from guiwei.box import Ears, Uplink
from guiwei.live import live
from tests.pipelines_box.showroom import tape_eyes
from vision.ingest import Patience

HASTY = Patience(open_s=2, read_s=2, backoff_s=0.1, backoff_max_s=0.2)


def main() -> None:
    site, out, api = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    told: list[tuple[str, str | None]] = []
    ears = Ears(lambda key, places: told.append((key, places.get("camera"))))
    result = live(site, out=out, uplink=Uplink(api, "t"), eyes=tape_eyes(site), ears=ears, patience=HASTY)
    ended = {
        "told": sorted(told),
        "interrupted": result.interrupted,
        "start_us": result.start_us,
        "undelivered": result.undelivered,
        "end_reasons": sorted({str(one.end_reason) for one in result.incidents}),
    }
    sys.stdout.write(json.dumps(ended) + "\n")


if __name__ == "__main__":
    main()
