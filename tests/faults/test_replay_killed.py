"""A replay killed at any moment and started again: nothing lost, nothing doubled, nothing half-written is referenced.

The kills are spread over the whole of a replay: its time is measured first, then 20 moments are drawn in it
(seeded). Every process gets SIGKILL, so no handler, no `finally` and no buffer of its own helps it.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.domain.clock import SystemClock
from models.store import BoxStore
from tests.faults.replays import replays
from tests.pipelines_box.other_end import OtherEnd, other_end
from tests.pipelines_box.showroom import replayed, write_site

KILLS = 20
SEED = 20260105


@pytest.fixture
def end() -> Iterator[OtherEnd]:
    with other_end() as opened:
        yield opened


def whole(out: Path) -> None:
    """All that the database or a result file refers to is there, with the bytes it is said to have."""
    if (out / "box.sqlite").exists():
        store = BoxStore(f"sqlite:///{out / 'box.sqlite'}")
        bodies = store.incidents()
        store.close()
        for body in bodies:
            for file in body["evidence"]:
                data = (out / "evidence" / body["dedupe_key"] / file["name"]).read_bytes()
                assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["n_bytes"])
    if (out / "incidents.json").exists():
        for incident in json.loads((out / "incidents.json").read_text(encoding="utf-8")):
            for file in incident["evidence"]:
                assert hashlib.sha256((out / file["file"]).read_bytes()).hexdigest() == file["sha256"]


def files_of(folder: Path) -> dict[str, bytes]:
    kept = ("incidents.json", "intervals.json", "parties.json", "tape.jsonl")
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if name in kept or name.startswith("evidence")}


@pytest.mark.slow
def test_killed_at_twenty_moments_and_started_again(tmp_path: Path, end: OtherEnd):
    site = write_site(tmp_path / "site")
    expected = replayed(site, tmp_path / "whole")
    clock, out, random_moment = SystemClock(), tmp_path / "out", random.Random(SEED)
    killed = 0
    with replays() as box:
        box.start(site, tmp_path / "first")
        assert box.finish() == 0
        began_us = clock.monotonic_us()
        box.start(site, tmp_path / "timed")
        assert box.finish() == 0
        took_s = (clock.monotonic_us() - began_us) / 1e6
        for _ in range(KILLS):
            box.start(site, out, api=end.url)
            if not box.ends_within(random_moment.uniform(0, took_s)):
                box.kill()
            killed += box.finish() == -9
            whole(out)
        # A moment near the end may come after it; most must not, or the test tested nothing.
        assert killed >= KILLS // 2
        box.start(site, out, api=end.url)
        assert box.finish() == 0
    whole(out)
    assert not list(out.rglob("*.part"))
    assert files_of(out) == files_of(tmp_path / "whole")
    keys = {body["dedupe_key"] for body in end.incidents()}
    assert keys == {incident.dedupe_key for incident in expected.incidents}
    latest = max(end.incidents(), key=lambda body: body["revision"])
    assert [file["sha256"] for file in latest["evidence"]] == [f.sha256 for f in expected.incidents[0].evidence]
