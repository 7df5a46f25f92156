"""A drawn day of a showroom: waits of three kinds and the duty of three posts, as a box tells them."""

from __future__ import annotations

import random
from typing import Any

from models.domain.figures_document import FiguresDocument, fields_of
from models.domain.media import US
from models.domain.site import Name
from models.domain.wait_figures import PostRow, WaitRow

NAMED = {
    "desk": Name("前台", "reception desk"),
    "door": Name("门岗礼宾", "door concierge"),
    "model": Name("沙盘讲解", "model area guide"),
}
LIMITS = {"wait.reception": 60.0, "wait.seated": 180.0, "wait.shuttle": 900.0}


def drawn_day(site: str, open_us: int, hours: int = 9) -> dict[str, Any]:
    """open_us: when the doors open, UTC µs."""
    chance = random.Random(7)
    waits = []
    for number in range(62):
        kind = chance.choices(list(LIMITS), (6, 3, 1))[0]
        waited = min(chance.lognormvariate(0, 0.7) * LIMITS[kind] * 0.45, LIMITS[kind] * 3)
        end = chance.choices(("served", "abandoned", "censored"), (10, 1, 1))[0]
        in_us = open_us + round(min(abs(chance.gauss(0.45, 0.22)), 0.98) * hours * 3600) * US
        most = waited + (40.0 if end == "censored" else chance.uniform(0, 2))
        waits.append(WaitRow(kind, "hall", f"party-{number}", 2, in_us, waited, most, end, LIMITS[kind]))
    return fields_of(FiguresDocument(site, "Asia/Shanghai", tuple(waits), tuple(_duty(chance, open_us, hours)), NAMED))


def _duty(chance: random.Random, open_us: int, hours: int) -> list[PostRow]:
    rows = []
    for post, loose in (("desk", 0.04), ("door", 0.16), ("model", 0.3)):
        at_us, end_us = open_us, open_us + hours * 3600 * US
        while at_us < end_us:
            status = chance.choices(("attended", "unattended", "unknown"), (1 - loose, loose * 0.7, loose * 0.3))[0]
            long_s = chance.uniform(300, 2400) if status == "attended" else chance.uniform(60, 700)
            until_us = min(end_us, at_us + round(long_s) * US)
            rows.append(PostRow(post, status, at_us, until_us))
            at_us = until_us
    return rows
