"""What a killed live run left open is closed as not seen to its end, once."""

from __future__ import annotations

from pathlib import Path

from models.store import BoxStore, Parcel
from pipelines.left_open import close_left_open

OPEN = {
    "dedupe_key": "a" * 32,
    "revision": 3,
    "first_seen": "2026-06-01T02:30:00.000000+00:00",
    "confirmed_at": "2026-06-01T02:31:00.000000+00:00",
    "ended_at": None,
    "end_reason": None,
    "observed_s": 80.0,
    "blind_s": 10.0,
}
ENDED = OPEN | {"dedupe_key": "b" * 32, "ended_at": "2026-06-01T02:35:00.000000+00:00", "end_reason": "left"}


def test_only_open_incidents_are_closed_where_their_record_ends_and_only_once(tmp_path: Path):
    store = BoxStore(f"sqlite:///{tmp_path / 'box.sqlite'}")
    store.record([(OPEN, [Parcel(OPEN["dedupe_key"], "incident", OPEN)]), (ENDED, [])])
    assert close_left_open(store, 5, deliver=True) == 1
    assert close_left_open(store, 5, deliver=True) == 0
    closed = {body["dedupe_key"]: body for body in store.incidents()}
    assert closed["a" * 32]["ended_at"] == "2026-06-01T02:31:30.000000+00:00"
    assert (closed["a" * 32]["end_reason"], closed["a" * 32]["revision"]) == ("blind", 4)
    assert closed["b" * 32] == ENDED
    assert store.undelivered() == 2
    store.close()
