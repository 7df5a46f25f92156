"""From PTS to microseconds, exactly and without drift."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.ingest.timeline import GAP_S, REORDER_S, Course, Timeline, UndatedError

NTSC = Fraction(30000, 1001)


def test_a_day_of_ntsc_is_exact_to_the_microsecond():
    timeline = Timeline(Fraction(1, 90000), 0, NTSC)
    day = 24 * 3600 * 90000
    assert timeline.date(day) == 24 * 3600 * 1_000_000


def test_the_first_picture_is_time_zero_when_no_start_is_declared():
    timeline = Timeline(Fraction(1, 90000), None, None)
    assert [timeline.date(p) for p in (126_000, 129_600)] == [0, 40_000]


def test_the_declared_start_is_time_zero_even_if_its_picture_was_broken():
    timeline = Timeline(Fraction(1, 1000), 5_000, None)
    assert timeline.date(7_000) == 2_000_000


def test_a_picture_before_the_declared_start_makes_itself_the_start():
    assert Timeline(Fraction(1, 1000), 5_000, None).date(4_000) == 0


def test_missing_times_follow_from_the_rate_without_drift():
    timeline = Timeline(Fraction(1, 1000), None, NTSC)
    times = [timeline.date(None) for _ in range(30_001)]
    assert times[0] == 0
    assert times[30_000] == 1_001_000_000


def test_missing_times_between_known_ones_count_from_the_last_known():
    timeline = Timeline(Fraction(1, 1000), 0, Fraction(10))
    assert [timeline.date(p) for p in (0, None, None, 300)] == [0, 100_000, 200_000, 300_000]


def test_a_first_picture_without_time_before_one_with_time_as_rtsp_servers_send_it():
    timeline = Timeline(Fraction(1, 90000), None, Fraction(10))
    assert [timeline.date(p) for p in (None, 9_000, 18_000)] == [0, 100_000, 200_000]


def test_no_time_and_no_rate_is_refused():
    with pytest.raises(UndatedError):
        Timeline(Fraction(1, 90000), None, None).date(None)


@pytest.mark.parametrize(
    ("step_us", "course"),
    [
        (1, Course.ONWARD),
        (round(GAP_S * 1e6), Course.ONWARD),
        (round(GAP_S * 1e6) + 1, Course.AHEAD),
        (0, Course.LATE),
        (-round(REORDER_S * 1e6), Course.LATE),
        (-round(REORDER_S * 1e6) - 1, Course.BACK),
    ],
)
def test_where_the_courses_part(step_us, course):
    timeline = Timeline(Fraction(1, 1000), 0, None)
    timeline.last_us = 10_000_000
    assert timeline.judge(10_000_000 + step_us) is course


@given(st.integers(0, 2**40), st.integers(1, 2**20), st.sampled_from([1000, 16000, 48000, 90000]))
def test_times_rise_with_pts_and_keep_their_distance(start, step, base):
    timeline = Timeline(Fraction(1, base), start, None)
    first, second = timeline.date(start), timeline.date(start + step)
    assert first == 0
    assert abs(second - step * 1_000_000 / base) <= 0.5
