"""Duty time in the site's local time: edges, midnight, shifts, and a day that is 23 hours long."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.rules.duty import ALWAYS, duty_at
from tests.stories.scenario import site


def post(*windows):
    return site(duty=windows).posts["desk"]


def us(text, zone="Asia/Shanghai"):
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("moment", "on"),
    [
        ("2026-06-01T08:29:59", False),
        ("2026-06-01T08:30:00", True),
        ("2026-06-01T17:29:59", True),
        ("2026-06-01T17:30:00", False),
    ],
)
def test_a_window_holds_its_opening_and_not_its_closing(moment, on):
    assert (duty_at(post(("08:30", "17:30")), "Asia/Shanghai", us(moment)) is not None) is on


def test_no_window_is_always():
    assert duty_at(post(), "Asia/Shanghai", 0) is ALWAYS


def test_windows_that_touch_are_one_duty_with_a_shift_change():
    duty = duty_at(post(("08:00", "13:00"), ("13:00", "18:00")), "Asia/Shanghai", us("2026-06-01T12:00"))
    assert (duty.start_us, duty.end_us) == (us("2026-06-01T08:00"), us("2026-06-01T18:00"))
    assert us("2026-06-01T13:00") in duty.changes_us


def test_midnight_closes_at_the_end_of_the_day_and_a_night_runs_over_it():
    late = duty_at(post(("18:00", "00:00")), "Asia/Shanghai", us("2026-06-01T23:59"))
    assert late.end_us == us("2026-06-02T00:00")
    night = duty_at(post(("22:00", "06:00")), "Asia/Shanghai", us("2026-06-02T03:00"))
    assert (night.start_us, night.end_us) == (us("2026-06-01T22:00"), us("2026-06-02T06:00"))


def test_local_time_follows_the_clock_change():
    # In Berlin 2026-03-29 has 23 hours.
    there = replace(post(("00:00", "00:00")))
    duty = duty_at(there, "Europe/Berlin", us("2026-03-29T12:00", "Europe/Berlin"))
    day_us = us("2026-03-30T00:00", "Europe/Berlin") - us("2026-03-29T00:00", "Europe/Berlin")
    assert day_us == 23 * 3600 * 1_000_000
    assert us("2026-03-29T00:00", "Europe/Berlin") in duty.changes_us
    assert us("2026-03-30T00:00", "Europe/Berlin") in duty.changes_us


def test_opening_hours_are_the_same_local_time_in_summer_and_winter():
    for day in ("2026-01-05", "2026-07-06"):
        duty = duty_at(post(("09:00", "17:00")), "Europe/Berlin", us(f"{day}T10:00", "Europe/Berlin"))
        opens = datetime.fromtimestamp(duty.start_us / 1e6, UTC).astimezone(ZoneInfo("Europe/Berlin"))
        assert (opens.hour, opens.minute) == (9, 0)
