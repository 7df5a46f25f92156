"""Stories of lights and air-conditioning against people, hours and visits (domain.md 0.3, 1.1, 2.2)."""

from dataclasses import replace
from datetime import date

import pytest

from models.domain.calendar import EveningOpening, Hours, Span, VipVisit, Window, WindowId
from models.domain.energy import SignalKind
from models.domain.finding import Severity
from models.domain.messages import Observation
from models.domain.presence import Role
from models.domain.readings import Reading
from models.domain.site import Region
from pipelines.engine import Engine
from pipelines.meters import MeterBook
from pipelines.rules.energy.owed import EVENING, VISIT, entry
from pipelines.rules.energy.thing import Thing
from tests.stories.energy_story import OFF, ON, UNKNOWN, EnergyStory, energy_site, local_us, only, told
from tests.stories.scenario import RATES, Actor

every_rate = pytest.mark.parametrize("how", RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))
SLOW = {"fps": 2.0}
LIGHT_EMPTY, AC_EMPTY = "energy.light_on_empty", "energy.ac_on_empty"
LIGHT_LATE, AC_LATE = "energy.light_on_after_hours", "energy.ac_on_after_hours"
LIGHT_OFF, SETPOINT = "energy.light_off_in_window", "energy.ac_setpoint_out_of_range"
VIP, DISAGREE = "energy.vip_prep_missed", "signal.disagreement"
DESK, DOOR = (9.0, 4.0), (7.0, 7.9)
SHORT = {
    LIGHT_EMPTY: {"limit_s": 60.0, "high_s": 120.0, "transient_s": 10.0, "max_gap_s": 10.0},
    AC_EMPTY: {"limit_s": 60.0, "high_s": 120.0, "transient_s": 10.0, "max_gap_s": 10.0},
    LIGHT_LATE: {"limit_s": 60.0, "high_s": 300.0},
    LIGHT_OFF: {"limit_s": 60.0},
}


def worker(until):
    return Actor("worker", Role.STAFF).enters(2, DOOR).walks(DESK).stands(until=until).walks_out(DOOR)


def nobody(length_s=200, **more):
    return EnergyStory([], length_s, **more)


# --- light and AC while empty ---------------------------------------------------------------------------------------


@every_rate
@pytest.mark.parametrize(("code", "subject"), [(LIGHT_EMPTY, "office-lamp"), (AC_EMPTY, "office-ac")])
def test_the_last_one_leaves_and_forgets_to_switch_off(how, code, subject):
    actor = worker(40)
    day = EnergyStory([actor], 240).camera(subject, (0, ON), (200, OFF))
    engine = day.played(energy_site(SHORT), **how)
    incident = only(engine)
    assert (incident.code, incident.subject, incident.zone, incident.camera) == (code, subject, "office", "cam")
    assert day.seconds(incident.t_first_us) == pytest.approx(actor.leaves_s, abs=1 + 1 / how["fps"])
    assert day.seconds(incident.t_confirmed_us) == pytest.approx(actor.leaves_s + 60, abs=1 + 1 / how["fps"])
    assert day.seconds(incident.t_end_us) == pytest.approx(200, abs=1.5)
    assert (incident.end_reason, incident.severity) == ("resolved", Severity.HIGH)
    assert "rule.cue.zone_empty" in incident.cues


@every_rate
def test_lights_out_with_the_last_one_is_as_it_should_be(how):
    day = EnergyStory([worker(40)], 200).camera("office-lamp", (0, ON), (70, OFF)).camera("office-ac", (0, OFF))
    assert told(day.played(energy_site(SHORT), **how)) == []


@every_rate
def test_who_only_passes_through_does_not_restart_the_clock(how):
    passer = Actor("guard", Role.STAFF).enters(60, DOOR).walks((8, 7)).walks_out(DOOR)
    day = EnergyStory([worker(30), passer], 160).camera("office-lamp", (0, ON))
    incident = only(day.played(energy_site(SHORT), **how))
    assert day.seconds(incident.t_first_us) == pytest.approx(worker(30).leaves_s, abs=1.2)


@pytest.mark.parametrize("how", [RATES[0], RATES[-1]], ids=["full", "lossy"])
def test_somebody_who_sits_still_for_forty_minutes_keeps_the_room_occupied(how):
    sitter = Actor("sitter", Role.UNKNOWN).enters(1, DOOR).walks(DESK).stands(until=2500).hidden(20, 2490)
    day = EnergyStory([sitter], 2400).camera("office-lamp", (0, ON)).camera("office-ac", (0, ON))
    rate = how | {"fps": how["fps"] / 15}
    assert told(day.played(energy_site(), **rate)) == []


def test_somebody_behind_a_cabinet_for_ten_minutes_does_not_make_the_room_empty():
    hidden = Actor("worker", Role.STAFF).enters(1, DOOR).walks(DESK).stands(until=700).hidden(30, 640).walks_out(DOOR)
    day = EnergyStory([hidden], 760).camera("office-lamp", (0, ON))
    assert told(day.played(energy_site(SHORT), **SLOW)) == []


def test_the_hall_is_lit_on_schedule_and_may_be_empty():
    day = nobody(400).camera("hall-lamp", (0, ON)).camera("model-lamp", (0, ON))
    assert told(day.played(energy_site(SHORT), **SLOW)) == []


@every_rate
def test_a_covered_camera_holds_the_clock_and_says_so(how):
    day = EnergyStory([worker(30)], 200, sick=((60, 68),)).camera("office-lamp", (0, ON))
    incident = only(day.played(energy_site(SHORT), **how))
    left = worker(30).leaves_s
    assert day.seconds(incident.t_confirmed_us) == pytest.approx(left + 60 + 8, abs=2 + 1 / how["fps"])
    assert incident.blind_s == pytest.approx(8, abs=2)


@every_rate
def test_a_long_blindness_ends_the_claim_since_somebody_may_have_been_there(how):
    day = EnergyStory([worker(30)], 200, outages=((60, 110),)).camera("office-lamp", (0, ON))
    rules = SHORT | {LIGHT_EMPTY: SHORT[LIGHT_EMPTY] | {"limit_s": 60.0}}
    engine = day.played(energy_site(rules), **how)
    (incident,) = [i for i in engine.incidents if i.code == LIGHT_EMPTY]
    assert day.seconds(incident.t_first_us) == pytest.approx(110, abs=1 + 1 / how["fps"])


def test_a_lamp_whose_state_nobody_knows_is_no_violation():
    for truth in (UNKNOWN, OFF):
        day = EnergyStory([worker(30)], 200).camera("office-lamp", (0, truth))
        assert LIGHT_EMPTY not in {code for code, _ in told(day.played(energy_site(SHORT), **SLOW))}


def test_a_room_that_the_camera_sees_only_in_part_is_never_called_empty():
    where = energy_site(SHORT)
    beyond = ((6.0, 0.0), (14.0, 0.0), (14.0, 8.0), (6.0, 8.0))
    office = replace(where.zones["office"], regions=(Region(beyond),))
    where = replace(where, zones=where.zones | {"office": office})
    day = EnergyStory([worker(30)], 200).camera("office-lamp", (0, ON))
    assert told(day.played(where, **SLOW)) == []


# --- hours ----------------------------------------------------------------------------------------------------------


@every_rate
@pytest.mark.parametrize(("code", "subject"), [(LIGHT_LATE, "hall-lamp"), (AC_LATE, "office-ac")])
def test_forgotten_after_closing_time(how, code, subject):
    rules = {code: {"limit_s": 60.0, "high_s": 7200.0}, AC_EMPTY: {"limit_s": 14400.0, "high_s": 14400.0}}
    day = nobody(300, start="2026-06-01T17:28").camera(subject, (0, ON), (260, OFF))
    incident = only(day.played(energy_site(rules), **how))
    assert (incident.code, incident.subject, incident.severity) == (code, subject, Severity.INCIDENT)
    assert day.seconds(incident.t_first_us) == 120
    assert day.seconds(incident.t_confirmed_us) == 180
    assert day.seconds(incident.t_end_us) == pytest.approx(260, abs=1.5)


@every_rate
def test_the_overnight_lamp_may_burn_and_a_lamp_within_its_hours_too(how):
    late = nobody(200, start="2026-06-01T22:00").camera("night-lamp", (0, ON)).camera("facade", (0, ON))
    assert told(late.played(energy_site(SHORT), **how)) == []


def test_overtime_is_a_warning_until_the_last_one_has_left():
    hall = Actor("late", Role.STAFF).enters(1, (2, 7)).walks((2, 4)).stands(until=150).walks_out((2, 7))
    day = EnergyStory([hall], 600, start="2026-06-01T19:00").camera("hall-lamp", (0, ON))
    engine, seen = Engine(energy_site(SHORT)), []
    for message in day.messages(engine.site, **SLOW):
        seen += [
            (c.incident.severity, day.seconds(message.utc_us))
            for c in engine.step(message)
            if c.incident.code == LIGHT_LATE
        ]
    assert seen[0][0] is Severity.WARNING
    assert seen[0][1] == pytest.approx(60, abs=3)
    assert seen[-1][0] is Severity.HIGH
    assert only(engine).revision >= 2


def test_opening_time_ends_the_incident_of_the_night_and_is_not_called_put_right():
    day = nobody(400, start="2026-06-01T08:16").camera("hall-lamp", (0, ON))
    incident = only(day.played(energy_site(SHORT), **SLOW))
    assert (incident.end_reason, day.seconds(incident.t_end_us)) == ("off_duty", pytest.approx(240, abs=1))


@every_rate
def test_not_switched_on_at_opening_time(how):
    day = nobody(300, start="2026-06-01T08:19").camera("hall-lamp", (0, OFF), (200, ON))
    incident = only(day.played(energy_site(SHORT), **how))
    assert (incident.code, incident.subject) == (LIGHT_OFF, "hall-lamp")
    assert (day.seconds(incident.t_first_us), day.seconds(incident.t_confirmed_us)) == (60, 120)
    assert day.seconds(incident.t_end_us) == pytest.approx(200, abs=1.5)


@every_rate
def test_an_office_may_stay_dark_and_an_unseen_lamp_is_not_off(how):
    day = nobody(300, start="2026-06-01T09:00").camera("office-lamp", (0, OFF)).camera("hall-lamp", (0, UNKNOWN))
    assert told(day.played(energy_site(SHORT), **how)) == []


@pytest.mark.parametrize("start", ["2026-10-14T18:30", "2026-10-15T18:30"])
def test_the_change_of_season_moves_the_facade_lights(start):
    day = nobody(900, start=start).camera("facade", (0, OFF))
    expected = [(LIGHT_OFF, "facade")] if start.startswith("2026-10-15") else []
    assert told(day.played(energy_site(SHORT), **SLOW)) == expected


def test_an_evening_opening_lets_the_lights_burn_whether_in_the_file_or_entered_during_the_day():
    evening = EveningOpening("fair", date(2026, 6, 1), 21 * 60)
    day = nobody(400, start="2026-06-01T18:00").camera("hall-lamp", (0, ON))
    assert told(day.played(energy_site(SHORT, Hours(evenings=(evening,))), **SLOW)) == []
    span = Span(local_us("2026-06-01T18:00"), local_us("2026-06-01T21:00"))
    assert told(day.with_entry(entry(EVENING, "fair", span, 1_000_000)).played(energy_site(SHORT), **SLOW)) == []
    withdrawn = [entry(EVENING, "fair", span, 1_000_000), entry(EVENING, "fair", span, 100_000_000, cancelled=True)]
    incident = only(replace(day, more=tuple(withdrawn)).played(energy_site(SHORT), **SLOW))
    assert incident.code == LIGHT_LATE


# --- set-point, VIP, disagreement -----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [RATES[0], RATES[2], RATES[-1]], ids=["30", "5", "lossy"])
@pytest.mark.parametrize(
    ("start", "setpoint", "wrong"),
    [
        ("2026-07-01T10:00", 22.0, True),
        ("2026-07-01T10:00", 26.0, False),
        ("2026-12-01T10:00", 24.0, True),
        ("2026-04-01T10:00", 24.0, False),
    ],
)
def test_a_set_point_is_judged_by_the_season(how, start, setpoint, wrong):
    rules = {SETPOINT: {"limit_s": 60.0}, AC_EMPTY: {"limit_s": 14400.0, "high_s": 14400.0}}
    day = nobody(200, start=start).meter("office-ac", (0, ON), setpoint=setpoint)
    assert told(day.played(energy_site(rules), **how)) == ([(SETPOINT, "office-ac")] if wrong else [])


def test_no_reading_and_a_unit_that_is_off_are_no_wrong_set_point():
    rules = {SETPOINT: {"limit_s": 60.0}, AC_EMPTY: {"limit_s": 14400.0, "high_s": 14400.0}}
    for truth, setpoint in ((ON, None), (OFF, 18.0), (UNKNOWN, 18.0)):
        day = nobody(200, start="2026-07-01T10:00").meter("office-ac", (0, truth), setpoint=setpoint)
        assert told(day.played(energy_site(rules), **SLOW)) == []


QUIET = {
    LIGHT_OFF: {"limit_s": 14400.0},
    AC_EMPTY: {"limit_s": 14400.0, "high_s": 14400.0},
    LIGHT_EMPTY: {"limit_s": 14400.0, "high_s": 14400.0},
}


def visit(at="2026-06-01T11:00", until="2026-06-01T11:10"):
    return Hours(visits=(VipVisit("mayor", local_us(at), local_us(until)),))


def ready(start="2026-06-01T10:50", length_s=1500):
    """Everything as it should be: model light from T-5 min, the rest from T."""
    day = nobody(length_s, start=start)
    for subject in ("hall-lamp", "office-lamp", "model-lamp", "night-lamp", "facade", "office-ac"):
        day = day.camera(subject, (0, ON))
    return day.camera("spot-lamp", (0, OFF))


LATE_OK = {LIGHT_LATE: {"limit_s": 14400.0, "high_s": 14400.0}}


@every_rate
def test_a_visit_that_was_prepared_raises_nothing(how):
    rate = how | {"fps": how["fps"] / 5}
    assert told(ready(length_s=900).played(energy_site(QUIET | LATE_OK, visit()), **rate)) == []


@every_rate
def test_a_model_light_that_comes_late_and_goes_out_during_the_visit_counts_twice(how):
    rate = how | {"fps": how["fps"] / 5}
    day = nobody(1300, start="2026-06-01T10:50").camera("model-lamp", (0, OFF), (400, ON), (800, OFF), (850, ON))
    engine = day.played(energy_site(QUIET, visit()), **rate)
    found = [i for i in engine.incidents if i.code == VIP]
    assert [i.subject for i in found] == ["model-lamp", "model-lamp"]
    starts = [day.seconds(i.t_first_us) for i in found]
    assert starts == pytest.approx([300, 800], abs=1 + 1 / rate["fps"]), "T-5 min, and the interruption"
    assert [day.seconds(i.t_end_us) for i in found] == pytest.approx([400, 850], abs=4 / rate["fps"])
    assert "rule.cue.vip_interrupted" in found[1].cues
    assert found[0].severity is Severity.HIGH


def test_the_air_conditioning_is_owed_three_quarters_of_an_hour_before():
    day = nobody(600, start="2026-06-01T10:10").camera("office-ac", (0, OFF), (500, ON))
    incident = only(day.played(energy_site(QUIET, visit()), **SLOW))
    assert (incident.code, incident.subject) == (VIP, "office-ac")
    assert day.seconds(incident.t_first_us) == 300


def test_a_visit_entered_while_the_box_runs_counts_and_an_unseen_lamp_does_not():
    span = Span(local_us("2026-06-01T11:00"), local_us("2026-06-01T11:10"))
    day = nobody(1100, start="2026-06-01T10:50").camera("model-lamp", (0, OFF)).with_entry(entry(VISIT, "v", span, 5))
    assert (VIP, "model-lamp") in told(day.played(energy_site(QUIET), **SLOW))
    blind = (
        nobody(1100, start="2026-06-01T10:50").camera("model-lamp", (0, UNKNOWN)).with_entry(entry(VISIT, "v", span, 5))
    )
    assert told(blind.played(energy_site(QUIET), **SLOW)) == []


@every_rate
def test_a_meter_and_a_picture_that_differ_are_told_within_two_minutes(how):
    day = nobody(400).camera("office-lamp", (0, ON)).meter("office-lamp", (0, ON), (100, OFF))
    incident = only(day.played(energy_site(QUIET), **how))
    assert (incident.code, incident.subject, incident.severity) == (DISAGREE, "office-lamp", Severity.WARNING)
    assert day.seconds(incident.t_first_us) == pytest.approx(100, abs=1)
    assert day.seconds(incident.t_confirmed_us) <= 100 + 120


@every_rate
def test_witnesses_that_agree_or_cannot_tell_are_no_disagreement(how):
    day = nobody(300).camera("office-lamp", (0, ON), (150, UNKNOWN)).meter("office-lamp", (0, ON), (150, OFF))
    assert told(day.played(energy_site(QUIET), **how)) == []


def test_a_meter_decides_against_a_picture():
    day = EnergyStory([worker(30)], 200).camera("office-lamp", (0, ON)).meter("office-lamp", (0, OFF))
    assert {code for code, _ in told(day.played(energy_site(SHORT), **SLOW))} == {DISAGREE}


# --- a whole day ----------------------------------------------------------------------------------------------------

COMPRESSED = Hours(
    override={
        WindowId.INTERIOR: (Window(23 * 60 + 53, 24 * 60 + 3),),
        WindowId.AC: (Window(23 * 60 + 53, 24 * 60 + 3),),
        WindowId.EXTERIOR: (Window(1, 10),),
    },
    visits=(VipVisit("mayor", local_us("2026-10-14T23:58"), local_us("2026-10-14T23:59")),),
)
"""A day of 16 minutes: open 23:53-00:03, VIP 23:58-23:59, winter instead of summer from 00:00, facade from 00:01."""
DAY_RULES = {
    LIGHT_EMPTY: {"limit_s": 60.0, "high_s": 900.0, "transient_s": 10.0},
    AC_EMPTY: {"limit_s": 120.0, "high_s": 900.0, "transient_s": 10.0},
    LIGHT_LATE: {"limit_s": 60.0, "high_s": 7200.0},
    AC_LATE: {"limit_s": 60.0, "high_s": 7200.0},
    LIGHT_OFF: {"limit_s": 60.0},
    SETPOINT: {"limit_s": 60.0},
}


def whole_day():
    minute = 60
    morning = (
        Actor("clerk", Role.STAFF).enters(2.5 * minute, DOOR).walks(DESK).stands(until=5.5 * minute).walks_out(DOOR)
    )
    after = Actor("clerk", Role.STAFF).enters(7 * minute, DOOR).walks(DESK).stands(until=11.5 * minute).walks_out(DOOR)
    tour = (
        Actor("guest", Role.VISITOR)
        .enters(4 * minute, (3, 7.9))
        .walks((2, 3))
        .stands(until=5 * minute)
        .walks_out((3, 7.9))
    )
    day = EnergyStory([morning, after, tour], 16 * minute, start="2026-10-14T23:50")
    return (
        day.camera("hall-lamp", (0, OFF), (3 * minute, ON), (13 * minute + 20, OFF))  # opened and closed in time
        .camera("model-lamp", (0, OFF), (2.9 * minute, ON), (8.4 * minute, OFF), (8.7 * minute, ON), (13 * minute, OFF))
        .camera("office-lamp", (0, OFF), (2.6 * minute, ON), (13.2 * minute, OFF))  # burns through lunch
        .camera("office-ac", (0, ON))  # on early for the visit, forgotten at closing time
        .meter("office-ac", (0, ON), setpoint=26.0)  # right for the summer, too warm from the first minute of winter
        .camera("night-lamp", (0, ON))
        .camera("facade", (0, OFF), (8 * minute, ON), (9 * minute, OFF), (13 * minute, ON))  # late by two minutes
        .camera("spot-lamp", (0, OFF))
    )


@pytest.mark.parametrize(
    "how",
    [{"fps": 30.0}, {"fps": 15.0}, {"fps": 5.0}, {"fps": 15.0, "drop": 0.4, "seed": 2}],
    ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()),
)
def test_a_whole_compressed_day_gives_exactly_the_expected_incidents(how):
    day = whole_day()
    engine = day.played(energy_site(DAY_RULES, COMPRESSED), **how)
    found = sorted((i.code, i.subject, round(day.seconds(i.t_first_us) / 60, 1)) for i in engine.incidents)
    assert found == [
        (AC_LATE, "office-ac", 13.0),
        (AC_EMPTY, "office-ac", pytest.approx(11.6, abs=0.1)),
        (SETPOINT, "office-ac", 10.0),
        (LIGHT_OFF, "facade", 11.0),
        (LIGHT_EMPTY, "office-lamp", pytest.approx(5.6, abs=0.1)),
        (LIGHT_EMPTY, "office-lamp", pytest.approx(11.6, abs=0.1)),
        (VIP, "model-lamp", pytest.approx(8.4, abs=0.1)),
    ]


# --- suspicions -----------------------------------------------------------------------------------------------------


def suspected(*switches):
    """A camera that sees one weak sign of the unit: unknown, but suspected of running."""
    told, seconds = [], 0.0
    while seconds < 300:
        truth = next((truth for at, truth in reversed(switches) if at <= seconds), OFF)
        us = round(seconds * 1e6)
        told.append(Observation("aircon", "office-ac", "on", UNKNOWN, us, "cam", (), ("aircon.cue.not_clear",), 0.0))
        cues = ("aircon.cue.suspected", "aircon.cue.ribbon_on")
        told.append(Observation("aircon", "office-ac", "suspected", truth, us, "cam", (), cues, 0.5))
        seconds += 5
    return tuple(told)


@every_rate
def test_one_weak_sign_in_an_empty_room_is_a_warning_for_a_person_to_confirm(how):
    day = replace(EnergyStory([worker(40)], 240), more=suspected((0, ON)))
    incident = only(day.played(energy_site(SHORT), **how))
    assert (incident.code, incident.subject, incident.severity) == (AC_EMPTY, "office-ac", Severity.WARNING)
    assert "rule.cue.suspected" in incident.cues
    assert incident.confidence < 0.8


@every_rate
def test_no_suspicion_or_somebody_there_or_a_meter_that_knows_raises_nothing(how):
    idle = replace(EnergyStory([], 240), more=suspected((0, OFF)))
    busy = replace(EnergyStory([worker(400)], 240), more=suspected((0, ON)))
    metered = replace(EnergyStory([], 240).meter("office-ac", (0, OFF)), more=suspected((0, ON)))
    for day in (idle, busy, metered):
        assert told(day.played(energy_site(SHORT), **how)) == []


def test_a_suspicion_ends_when_the_view_is_lost():
    day = replace(EnergyStory([], 300, outages=((30, 200),)), more=suspected((0, ON))[:10])
    assert told(day.played(energy_site(SHORT), **SLOW)) == [("camera.offline", "cam")]


@every_rate
def test_a_meter_that_says_off_while_the_display_is_lit_is_told_within_two_minutes(how):
    day = nobody(400).camera("office-ac", (0, ON)).meter("office-ac", (0, ON), (100, OFF))
    incident = only(day.played(energy_site(QUIET), **how))
    assert (incident.code, incident.subject) == (DISAGREE, "office-ac")
    assert day.seconds(incident.t_confirmed_us) <= 100 + 120


# --- the air at the grille (E5) ---------------------------------------------------------------------------------------


def blown(*switches, until=400, step=10):
    """What the box makes of a probe in the grille; 26 degrees in the room. switches: (second, degrees there)."""
    book, told = MeterBook(energy_site()), []
    for second in range(until):
        now_us = local_us("2026-06-01T10:00") + second * 1_000_000
        if second % step == 0:
            grille = next((celsius for at, celsius in reversed(switches) if at <= second), None)
            if grille is not None:
                kinds = ((SignalKind.TEMPERATURE, 26.0), (SignalKind.SUPPLY_TEMPERATURE, grille))
                book.take([Reading("plug", kind, celsius, now_us) for kind, celsius in kinds], now_us)
        told += [replace(one, utc_us=second * 1_000_000) for one in book.due(now_us)]
    return tuple(told)


@every_rate
def test_cold_air_by_itself_in_an_empty_room_is_a_warning_to_be_confirmed(how):
    day = replace(EnergyStory([worker(40)], 240), more=blown((0, 15.0)))
    incident = only(day.played(energy_site(SHORT), **how))
    assert (incident.code, incident.severity) == (AC_EMPTY, Severity.WARNING)
    assert {"rule.cue.suspected", "aircon.cue.thermal_on"} <= set(incident.cues)


@every_rate
def test_cold_air_and_a_fluttering_ribbon_that_agree_for_two_minutes_are_on(how):
    day = replace(EnergyStory([worker(100)], 330), more=(*blown((0, 15.0)), *suspected((0, ON))))
    incident = only(day.played(energy_site(SHORT), **how))
    assert (incident.code, incident.severity) == (AC_EMPTY, Severity.HIGH)
    assert {"aircon.cue.thermal_on", "aircon.cue.ribbon_on"} <= set(incident.cues)
    assert "rule.cue.suspected" not in incident.cues
    assert incident.confidence == pytest.approx(0.8)


@every_rate
def test_air_as_warm_as_the_room_says_nothing_and_a_probe_that_falls_silent_neither(how):
    idle = replace(EnergyStory([], 240), more=blown((0, 24.0)))
    busy = replace(EnergyStory([worker(400)], 240), more=blown((0, 15.0)))
    assert told(idle.played(energy_site(SHORT), **how)) == told(busy.played(energy_site(SHORT), **how)) == []
    lit = replace(EnergyStory([worker(40)], 240).camera("office-ac", (0, ON)), more=blown((0, 26.0)))
    assert told(lit.played(energy_site(SHORT), **how)) == [(AC_EMPTY, "office-ac")], "a fan may run without cooling"


def test_a_display_that_is_dark_while_the_grille_blows_cold_is_unknown_not_off():
    thing = Thing("office-ac")
    for second, one in enumerate(blown((0, 15.0), until=5)):
        thing = thing.after(replace(one, utc_us=second * 1_000_000))
    dark = Observation("aircon", "office-ac", "on", OFF, 6_000_000, "cam", (), ("aircon.cue.display_off",), 0.9)
    thing = thing.after(dark)
    assert thing.truth is UNKNOWN
    assert thing.suspicion is not None
    warm = Observation("aircon", "office-ac", "suspected", OFF, 7_000_000, "", (), (), 0.5)
    assert thing.after(warm).truth is OFF


def test_a_probe_that_falls_silent_says_nothing_any_more():
    last = blown((0, 15.0), until=100, step=1000)  # one pair of readings, and no more
    assert [one.truth for one in last] == [ON, ON]
    silent = blown((0, 15.0), until=400, step=1000)
    assert silent[-1].truth is UNKNOWN
