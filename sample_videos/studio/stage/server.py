"""The stage as a process: reads one JSON request a line, answers one JSON line. Started by `stage_client.Stage`.

Requests: {"do": "set", "words": ..., "cache": folder}, {"do": "picture", "state", "box", "quick", "file"},
{"do": "labels", "state"}, {"do": "moment", "state", "people"}, {"do": "person", "id", "spec"}. Blender talks on
standard output; the answers go to a copy of it that was taken before Blender was loaded.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    import numpy as np  # noqa: PLC0415

    from sample_videos.studio.stage import set as stage_set  # noqa: PLC0415 - standard output is Blender's no more

    stage = None
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            told = {}
            if asked["do"] == "set":
                stage = stage_set.Set(asked["words"], Path(asked["cache"]))
            elif asked["do"] == "picture":
                found = stage.picture(asked["state"], asked["box"], quick=asked["quick"])
                layers = {g: found[g].astype(np.float16) for g in stage.groups}
                stage_set.write(stage.cache / asked["file"], **layers)
            elif asked["do"] == "labels":
                told = {"labels": stage.labels_seen(asked["state"])}
            elif asked["do"] == "moment":
                told = {"crops": stage.moment(asked["state"], asked["people"])}
            elif asked["do"] == "person":
                told = {"facts": stage.person(asked["id"], asked["spec"]).person.facts}
        except Exception:  # noqa: BLE001 - the asker tells the person; here is no one
            told = {"failed": traceback.format_exc()}
        answers.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
