"""Stories of things off their labels: raised after the reset grace, never with somebody there, never from a guess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from models.domain.finding import Quantity
from models.domain.furniture import Baseline, BaselineState, Furniture, FurnitureItem, ItemClass, Pose
from models.domain.incident import Incident
from models.domain.messages import Message, Observation
from models.domain.presence import Role
from models.domain.site import Name, Site
from models.domain.truth import Truth
from pipelines.engine import Engine, order
from tests.stories.scenario import FEWER_RATES, START_US, Actor, Story, only, seconds, site, utc

DISPLACED, ROTATED, MISSING = "furniture.displaced", "furniture.rotated", "furniture.missing"
EXTRA, MOVED = "furniture.extra", "camera.moved"
AT = (5.0, 4.0)
CHAIR = FurnitureItem("chair", Name("椅", "chair"), "hall", ItemClass.CHAIR, (0.5, 0.5, 0.9), Pose(*AT), 100.0, 10.0, 1)
FROZEN = Baseline(3, BaselineState.FROZEN, 0, "lead")
EVERY_S = 20.0
every_rate = pytest.mark.parametrize("how", FEWER_RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))


def where(code: str, baseline: Baseline = FROZEN, suspended: tuple[tuple[int, int], ...] = (), **limits: float) -> Site:
    furniture = Furniture({"chair": CHAIR}, (baseline,), EVERY_S, suspended)
    return replace(site({code: limits} if limits else {}, off=only(code), posts=False), furniture=furniture)


Look = Callable[[float], list[Observation]]


def measured(offset_mm: float = 0.0, turn_deg: float = 0.0, sigma_mm: float = 5.0) -> Look:
    """What each check measures."""
    values = (
        ("offset", Quantity(offset_mm, "mm", sigma_mm)),
        ("turn", Quantity(turn_deg, "deg", 0.8)),
    )

    def look(t: float) -> list[Observation]:
        wrong = Truth.of(not (offset_mm > 100 or abs(turn_deg) > 10))
        place = Observation("furniture", "chair", "in_place", wrong, utc(t), "cam", values)
        return [place, Observation("furniture", "chair", "present", Truth.HOLDS, utc(t), "cam")]

    return look


def gone(t: float) -> list[Observation]:
    return [
        Observation("furniture", "chair", "in_place", Truth.UNKNOWN, utc(t), "cam"),
        Observation("furniture", "chair", "present", Truth.FAILS, utc(t), "cam"),
    ]


def hidden(t: float) -> list[Observation]:
    return [Observation("furniture", "chair", "in_place", Truth.UNKNOWN, utc(t), "cam")]


def aim(truth: Truth) -> Look:
    return lambda t: [Observation("camera", "cam", "geometry", truth, utc(t), "cam")]


def told(
    place: Site, looks: list[tuple[float, float, Look]], length_s: float, actors: tuple[Actor, ...] = (), **how: float
) -> list[Incident]:
    """Incidents of a story in which (from, to, look) says what each check sees."""
    story = Story(list(actors), length_s)
    messages: list[Message] = story.messages(where=place, **how)  # type: ignore[arg-type]
    t = EVERY_S
    while t < length_s:
        messages += [o for start, end, look in looks if start <= t < end for o in look(t)]
        t += EVERY_S
    engine = Engine(place)
    for message in sorted(messages, key=order):
        engine.step(message)
    return list(engine.incidents)


@every_rate
def test_a_chair_left_off_its_label_is_raised_after_the_grace(how):
    (incident,) = told(where(DISPLACED), [(100, 600, measured(180))], 600, **how)
    assert incident.subject == "chair"
    assert incident.measured.value == 180
    assert seconds(incident.t_first_us) == 100
    assert seconds(incident.t_confirmed_us) == 400
    assert incident.extra["baseline"] == "3"


@every_rate
def test_put_back_within_the_grace_is_nothing(how):
    looks = [(100, 340, measured(180)), (340, 600, measured(3))]
    assert told(where(DISPLACED), looks, 600, **how) == []


@every_rate
def test_put_back_later_ends_it(how):
    (incident,) = told(where(DISPLACED), [(100, 500, measured(180)), (500, 700, measured(3))], 700, **how)
    assert seconds(incident.t_end_us) == 500
    assert incident.end_reason == "resolved"


@every_rate
def test_the_grace_counts_from_the_last_person_leaving(how):
    guest = Actor("guest", Role.VISITOR).enters(0, (5, 4.8)).stands(until=250).walks_out()
    (incident,) = told(where(DISPLACED), [(100, 700, measured(180))], 700, (guest,), **how)
    assert 550 <= seconds(incident.t_confirmed_us) <= 550 + EVERY_S + 10


@every_rate
def test_while_somebody_is_there_nothing_is_raised(how):
    guest = Actor("guest", Role.VISITOR).enters(0, (5, 4.8)).stands(until=900)
    assert told(where(DISPLACED), [(20, 700, measured(180))], 700, (guest,), **how) == []


@every_rate
def test_a_view_that_is_blocked_raises_nothing(how):
    assert told(where(DISPLACED), [(20, 700, hidden)], 700, **how) == []
    assert told(where(MISSING), [(20, 700, hidden)], 700, **how) == []


@every_rate
def test_hidden_for_a_while_holds_the_clock(how):
    looks = [(100, 200, measured(180)), (200, 400, hidden), (400, 800, measured(180))]
    (incident,) = told(where(DISPLACED), looks, 800, **how)
    assert seconds(incident.t_confirmed_us) == 600
    assert incident.blind_s == pytest.approx(200)


@every_rate
def test_a_little_off_is_in_its_place(how):
    assert told(where(DISPLACED), [(20, 700, measured(60))], 700, **how) == []


@every_rate
def test_what_cannot_be_told_from_noise_is_not_raised(how):
    assert told(where(DISPLACED), [(20, 700, measured(120, sigma_mm=40))], 700, **how) == []


@every_rate
def test_a_trial_baseline_measures_and_raises_nothing(how):
    trial = Baseline(1, BaselineState.TRIAL, 0)
    assert told(where(DISPLACED, trial), [(20, 700, measured(180))], 700, **how) == []


@every_rate
def test_cleaning_suspends(how):
    spell = ((START_US, utc(650)),)
    (incident,) = told(where(DISPLACED, suspended=spell), [(20, 900, measured(180))], 900, **how)
    assert seconds(incident.t_confirmed_us) >= 650


@every_rate
def test_an_audit_grants_no_grace(how):
    """The story begins at 10:20: an audit is set a minute later."""
    place = where(DISPLACED, audit_close_min=621.0)
    (incident,) = told(place, [(20, 400, measured(180))], 200, **how)
    assert seconds(incident.t_confirmed_us) == 60


@every_rate
def test_one_bad_check_alone_is_nothing(how):
    place = where(DISPLACED, reset_grace_s=0.0)
    assert told(place, [(20, 100, measured(3)), (100, 110, measured(180)), (110, 300, measured(3))], 300, **how) == []


@every_rate
def test_a_turned_chair_is_rotated_and_not_displaced(how):
    looks = [(100, 700, measured(20, turn_deg=-25))]
    (incident,) = told(where(ROTATED), looks, 700, **how)
    assert incident.measured.value == 25
    assert incident.measured.unit == "deg"
    assert told(where(DISPLACED), looks, 700, **how) == []
    assert told(where(ROTATED), [(100, 700, hidden)], 700, **how) == []


@every_rate
def test_a_small_turn_is_nothing(how):
    assert told(where(ROTATED), [(100, 700, measured(20, turn_deg=6))], 700, **how) == []


@every_rate
def test_a_chair_that_is_gone_is_missing(how):
    (incident,) = told(where(MISSING), [(20, 100, measured(0)), (100, 700, gone)], 700, **how)
    assert seconds(incident.t_first_us) == 100
    assert seconds(incident.t_confirmed_us) == 400


@every_rate
def test_a_chair_that_is_there_is_not_missing(how):
    assert told(where(MISSING), [(20, 700, measured(180))], 700, **how) == []


@every_rate
def test_a_camera_knocked_aside_is_told_once_and_no_item_is(how):
    looks = [(20, 200, aim(Truth.HOLDS)), (200, 700, aim(Truth.FAILS)), (200, 700, hidden)]
    (incident,) = told(where(MOVED), looks, 700, **how)
    assert seconds(incident.t_first_us) == 200
    assert told(where(DISPLACED), looks, 700, **how) == []


@every_rate
def test_a_camera_nudged_within_what_can_be_corrected_is_nothing(how):
    assert told(where(MOVED), [(20, 700, aim(Truth.HOLDS))], 700, **how) == []


@every_rate
def test_a_camera_that_cannot_see_its_landmarks_is_not_said_to_have_moved(how):
    looks = [(20, 100, aim(Truth.HOLDS)), (100, 700, aim(Truth.UNKNOWN))]
    assert told(where(MOVED), looks, 700, **how) == []


@every_rate
def test_put_back_on_its_bracket_ends_it(how):
    looks = [(20, 300, aim(Truth.FAILS)), (300, 500, aim(Truth.HOLDS))]
    (incident,) = told(where(MOVED), looks, 500, **how)
    assert incident.end_reason == "resolved"
    assert seconds(incident.t_end_us) == 300


def lying(truth: Truth, since: float) -> Look:
    def look(t: float) -> list[Observation]:
        values = (("rest", Quantity(t - since, "s")),) if truth is Truth.HOLDS else ()
        return [Observation("furniture", "cam-1", "extra", truth, utc(t), "cam", values)]

    return look


@every_rate
def test_a_carton_left_in_the_hall_is_extra(how):
    looks = [(100, 500, lying(Truth.HOLDS, 90)), (500, 520, lying(Truth.FAILS, 90))]
    (incident,) = told(where(EXTRA), looks, 600, **how)
    assert seconds(incident.t_first_us) == 90
    assert seconds(incident.t_confirmed_us) == 400
    assert seconds(incident.t_end_us) == 500


@every_rate
def test_a_bag_put_down_for_a_while_is_not_extra(how):
    looks = [(100, 300, lying(Truth.HOLDS, 90)), (300, 320, lying(Truth.FAILS, 90))]
    assert told(where(EXTRA), looks, 600, **how) == []


@every_rate
def test_what_lies_behind_people_is_not_counted_on(how):
    assert told(where(EXTRA), [(100, 500, lying(Truth.UNKNOWN, 90))], 600, **how) == []
