"""Several cameras in one order of time, whatever their threads do."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.domain.clock import SimulatedClock
from models.domain.errors import SourceError
from models.domain.media import US
from pipelines.merging import CAPACITY, Merge

TIMES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.lists(st.integers(0, 50), max_size=30).map(sorted), min_size=1
)


def fed(merge: Merge, name: str, times: list[int]) -> threading.Thread:
    def work() -> None:
        for number, t in enumerate(times):
            merge.put(name, t, (t, name, number))
        merge.finish(name)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@given(TIMES)
@settings(max_examples=40, deadline=None)
def test_recordings_come_in_order_of_time_then_name(times: dict[str, list[int]]):
    merge: Merge = Merge(times, SimulatedClock())
    threads = [fed(merge, name, ts) for name, ts in times.items()]
    assert list(merge) == sorted((t, name, n) for name, ts in times.items() for n, t in enumerate(ts))
    for thread in threads:
        thread.join()


def test_a_feed_cannot_run_far_ahead():
    merge: Merge = Merge(["fast", "slow"], SimulatedClock())
    started = fed(merge, "fast", list(range(100)))
    merge.put("slow", 1000, "late")
    seen = []
    for item in merge:
        seen.append(item)
        assert len(merge._queues["fast"]) <= CAPACITY
        if len(seen) == 100:
            merge.finish("slow")
    started.join()
    assert seen[-1] == "late"


def test_live_does_not_wait_for_a_silent_camera_longer_than_the_window():
    clock = SimulatedClock()
    merge: Merge = Merge(["seen", "silent"], clock, window_s=0.5)
    merge.put("seen", clock.utc_us(), "frame")
    clock.advance(0.6)
    assert next(iter(merge)) == "frame"


def test_live_tells_that_time_passes_when_nothing_comes():
    assert next(iter(Merge(["silent"], SimulatedClock(), window_s=0.5))) is None


def test_an_error_comes_after_what_was_told_before_it():
    merge: Merge = Merge(["a"], SimulatedClock())
    merge.put("a", 1, "frame")
    merge.finish("a", SourceError("broken"))
    told = iter(merge)
    assert next(told) == "frame"
    with pytest.raises(SourceError, match="broken"):
        next(told)


def test_a_waiting_feed_is_let_go_when_the_reader_leaves():
    merge: Merge = Merge(["a"], SimulatedClock())
    feed = fed(merge, "a", [round(t * US) for t in range(100)])
    merge.leave()
    feed.join(timeout=10)
    assert not feed.is_alive()
