"""Thinning goes by time: whatever the rate that comes, the same moments are looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.ingest import Pace


def taken(fps, times_us):
    pace = Pace(fps)
    return [t_us for t_us in times_us if pace.due(t_us)]


@pytest.mark.parametrize("rate", [5, 10, 15, 25, 29.97, 30])
def test_five_a_second_come_out_of_any_camera(rate):
    times = [round(n * 1e6 / rate) for n in range(round(60 * rate))]
    out = taken(5.0, times)
    assert len(out) == 300
    assert all(n * 200_000 - 1_000 <= t < n * 200_000 + 1e6 / rate for n, t in enumerate(out))


def test_a_camera_slower_than_asked_gives_all_it_has():
    times = [n * 333_333 for n in range(30)]
    assert taken(5.0, times) == times


@pytest.mark.parametrize("ticks", [[0, 33, 67, 100, 133, 167, 200], [0, 33, 66, 100, 133, 166, 200]])
def test_rounding_to_milliseconds_costs_no_picture(ticks):
    times = [t * 1000 for t in ticks]
    assert taken(30.0, times) == times


def test_after_a_gap_the_grid_goes_on_without_catching_up():
    times = [0, 100_000, 200_000, 2_130_000, 2_140_000, 2_200_000, 2_399_000, 2_400_000]
    assert taken(5.0, times) == [0, 200_000, 2_130_000, 2_200_000, 2_399_000]


@given(st.lists(st.integers(1, 400_000), min_size=1, max_size=300), st.sampled_from([1.0, 5.0, 12.5]))
def test_never_more_than_asked_and_none_missed_that_was_there(steps_us, fps):
    times = [sum(steps_us[:n]) for n in range(len(steps_us) + 1)]
    out = taken(fps, times)
    assert len(out) <= times[-1] * fps / 1e6 + 2
    moments = {int((t + 1_000) * fps // 1_000_000) for t in times}
    assert len(out) == len(moments), "each due moment that a picture followed was looked at once"


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_a_pace_that_is_none_is_refused(fps):
    with pytest.raises(ValueError, match="fps > 0"):
        Pace(fps)
