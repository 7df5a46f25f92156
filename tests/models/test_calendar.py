"""The calendar: which windows hold when, and who says so (domain.md 0.3-0.6, 1.1)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.calendar import (
    Calendar,
    DayException,
    EveningOpening,
    Hours,
    Origin,
    VipVisit,
    Window,
    WindowId,
    overlapping,
    season_anomalies,
    wall_to_us,
)
from models.domain.instants import us_of_datetime
from models.domain.sun import sun_hint, sunset_us

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = Calendar("Asia/Shanghai")
MIN_US = 60_000_000


def at(day: str, clock: str, zone: ZoneInfo = SHANGHAI) -> int:
    return us_of_datetime(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone))


@pytest.mark.parametrize(
    ("day", "season", "exterior", "ground"),
    [
        ("2026-01-10", "winter", "17:00-24:00", "17:00-20:00"),
        ("2026-02-28", "winter", "17:00-24:00", "17:00-20:00"),
        ("2028-02-29", "winter", "17:00-24:00", "17:00-20:00"),
        ("2026-03-01", "spring", "18:00-24:00", "18:00-20:00"),
        ("2026-06-01", "summer", "19:00-24:00", "19:00-20:00"),
        ("2026-10-14", "summer", "19:00-24:00", "19:00-20:00"),
        ("2026-10-15", "winter", "17:00-24:00", "17:00-20:00"),
    ],
)
def test_the_season_shifts_openings_of_the_outdoor_windows_and_no_closing(day, season, exterior, ground):
    on = date.fromisoformat(day)
    assert PLAIN.season(on).id == season
    assert str(PLAIN.plan(WindowId.EXTERIOR, on).windows[0]) == exterior
    assert str(PLAIN.plan(WindowId.GROUND, on).windows[0]) == ground
    assert str(PLAIN.plan(WindowId.INTERIOR, on).windows[0]) == "08:20-17:30"
    assert str(PLAIN.plan(WindowId.AC, on).windows[0]) == "08:30-17:30"


def test_the_two_anomalies_of_the_printed_table_are_named_with_what_holds():
    found = {(a.kind, a.month, a.day): a.resolved for a in season_anomalies(PLAIN)}
    assert found == {("hole", 2, 29): "winter", ("double", 10, 15): "winter"}


def test_windows_are_half_open_and_24_00_is_the_next_midnight():
    assert PLAIN.open_at(WindowId.EXTERIOR, at("2026-01-10", "17:00:00"))
    assert PLAIN.open_at(WindowId.EXTERIOR, at("2026-01-10", "23:59:59.999999"))
    assert PLAIN.open_at(WindowId.EXTERIOR, at("2026-01-11", "00:00")) is None
    assert PLAIN.open_at(WindowId.EXTERIOR, at("2026-01-10", "16:59:59.999999")) is None
    night = PLAIN.closed_at(WindowId.INTERIOR, at("2026-01-11", "02:00"))
    assert (night.start_us, night.end_us) == (at("2026-01-10", "17:30"), at("2026-01-11", "08:20"))


def test_a_window_across_midnight_holds_on_both_days():
    calendar = Calendar("Asia/Shanghai", hours=Hours(override={WindowId.EXTERIOR: (Window(1080, 1440 + 120),)}))
    span = calendar.open_at(WindowId.EXTERIOR, at("2026-01-11", "01:30"))
    assert (span.start_us, span.end_us) == (at("2026-01-10", "18:00"), at("2026-01-11", "02:00"))
    assert calendar.open_at(WindowId.EXTERIOR, at("2026-01-11", "02:00")) is None


def test_contract_before_site_before_exception_before_season_before_default():
    day = date(2026, 6, 12)
    said = {name: {WindowId.EXTERIOR: (Window(n, n + 60),)} for n, name in enumerate(("contract", "site", "dated"))}
    dated = (DayException("fair", day, day, said["dated"]),)
    layers = [
        (Hours(said["contract"], said["site"], dated), Origin.CONTRACT),
        (Hours({}, said["site"], dated), Origin.OVERRIDE),
        (Hours({}, {}, dated), Origin.EXCEPTION),
        (Hours(), Origin.SEASON),
    ]
    for hours, origin in layers:
        assert Calendar("Asia/Shanghai", hours=hours).plan(WindowId.EXTERIOR, day).origin is origin
    assert PLAIN.plan(WindowId.EXTERIOR, date(2026, 1, 5)).origin is Origin.DEFAULT


def test_of_two_exceptions_the_one_for_fewer_days_holds():
    week = DayException("week", date(2026, 2, 16), date(2026, 2, 22), {WindowId.INTERIOR: ()})
    one = DayException("fair", date(2026, 2, 18), date(2026, 2, 18), {WindowId.INTERIOR: (Window(600, 720),)})
    calendar = Calendar("Asia/Shanghai", hours=Hours(exceptions=(week, one)))
    assert calendar.plan(WindowId.INTERIOR, date(2026, 2, 17)).windows == ()
    assert str(calendar.plan(WindowId.INTERIOR, date(2026, 2, 18)).windows[0]) == "10:00-12:00"
    assert calendar.open_at(WindowId.INTERIOR, at("2026-02-17", "10:30")) is None


def test_an_evening_opening_prolongs_lights_and_ac_of_that_day_but_not_what_the_contract_fixes():
    day = date(2026, 6, 12)
    evening = (EveningOpening("fair", day, 21 * 60),)
    calendar = Calendar("Asia/Shanghai", hours=Hours(evenings=evening))
    for window in (WindowId.INTERIOR, WindowId.AC):
        assert calendar.open_at(window, at("2026-06-12", "20:59"))
        assert calendar.open_at(window, at("2026-06-12", "21:00")) is None
        assert calendar.open_at(window, at("2026-06-13", "20:00")) is None
    assert str(calendar.plan(WindowId.GROUND, day).windows[0]) == "19:00-20:00"
    fixed = Calendar("Asia/Shanghai", hours=Hours(contract={WindowId.AC: (Window(510, 1050),)}, evenings=evening))
    assert fixed.open_at(WindowId.AC, at("2026-06-12", "18:00")) is None
    assert fixed.plan(WindowId.AC, day).unheard == ("fair",)


def test_a_visit_is_on_from_its_arrival_and_announced_before():
    visit = VipVisit("mayor", at("2026-06-12", "10:00"), at("2026-06-12", "11:30"))
    calendar = Calendar("Asia/Shanghai", hours=Hours(visits=(visit,)))
    assert calendar.visit_at(at("2026-06-12", "09:59:59")) is None
    assert calendar.visit_at(at("2026-06-12", "09:55"), 5 * MIN_US) == visit
    assert calendar.visit_at(at("2026-06-12", "10:00")) == visit
    assert calendar.visit_at(at("2026-06-12", "11:30")) is None


def test_clock_changes_neither_lose_nor_double_a_window():
    berlin = ZoneInfo("Europe/Berlin")
    hours = Hours(override={WindowId.EXTERIOR: (Window(60, 300),)})
    calendar = Calendar("Europe/Berlin", hours=hours)
    lengths = {day: _hours(calendar, day) for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25))}
    assert lengths == {date(2026, 3, 28): 4.0, date(2026, 3, 29): 3.0, date(2026, 10, 25): 5.0}
    skipped = wall_to_us(datetime(2026, 3, 29, 2, 30), berlin)  # noqa: DTZ001 - a local time is meant
    assert skipped == at("2026-03-29", "03:00", berlin)
    twice = [wall_to_us(datetime(2026, 10, 25, 2, 30), berlin, later=late) for late in (False, True)]  # noqa: DTZ001
    assert twice[1] - twice[0] == 60 * MIN_US


def _hours(calendar, day):
    (span,) = calendar.spans(WindowId.EXTERIOR, day)
    return (span.end_us - span.start_us) / 60 / MIN_US


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_every_moment_is_either_inside_or_between_windows(moment, zone):
    calendar, utc_us = Calendar(zone), us_of_datetime(moment.replace(tzinfo=ZoneInfo("UTC")))
    for window in WindowId:
        inside, outside = calendar.open_at(window, utc_us), calendar.closed_at(window, utc_us)
        assert (inside is None) != (outside is None)
        span = inside or outside
        assert span.start_us <= utc_us < span.end_us


@pytest.mark.parametrize(
    ("windows", "clash"),
    [
        ([(500, 700), (700, 900)], False),
        ([(500, 700), (699, 900)], True),
        ([(1200, 1500), (50, 100)], True),
        ([(1200, 1500), (60, 100)], False),
    ],
)
def test_windows_may_touch_but_not_overlap_also_past_midnight(windows, clash):
    assert (overlapping(tuple(Window(a, b) for a, b in windows)) is not None) is clash


@pytest.mark.parametrize(
    ("place", "minutes"),
    [((31.23, 121.47), 96), ((39.9, 116.4), 84), ((23.13, 113.26), 58), ((30.57, 104.07), 26)],
    ids=["Shanghai", "Beijing", "Guangzhou", "Chengdu"],
)
def test_sunset_agrees_with_the_figures_of_the_domain(place, minutes):
    sunset = sunset_us(place, date(2026, 10, 14))
    assert (at("2026-10-14", "19:00") - sunset) / MIN_US == pytest.approx(minutes, abs=2)


def test_hints_name_dark_openings_and_early_ones_and_are_silent_without_a_place():
    shanghai = Calendar("Asia/Shanghai", hours=Hours(location=(31.23, 121.47)))
    assert sun_hint(shanghai, date(2026, 10, 14)).late
    assert not sun_hint(Calendar("Asia/Shanghai", hours=Hours(location=(30.57, 104.07))), date(2028, 2, 29)).late
    assert sun_hint(shanghai, date(2026, 12, 10)) is None
    assert sun_hint(PLAIN, date(2026, 10, 14)) is None
