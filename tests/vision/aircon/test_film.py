"""A drawn unit through the real encoder: its parts are found and taught, its state told at every frame rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.domain.energy import AirconPart, DisplayNumber
from models.domain.media import US, Frame
from models.domain.messages import Scene
from models.domain.presence import Person, Place, Role
from models.domain.truth import Truth
from tests.vision.aircon.wall_unit import CAMERA, PANEL, RUNS, STANDS, film, taught
from vision.aircon import AirconSight
from vision.aircon.digits import read_number

RATES = [{"fps": 30.0}, {"fps": 15.0}, {"fps": 5.0}, {"fps": 10.0, "drop": 0.4, "seed": 2}]
every_rate = pytest.mark.parametrize("how", RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))


@pytest.fixture(scope="module")
def unit():
    return taught()


def told(unit, course, view=lambda _: Truth.HOLDS, box=None, **how):
    """(second, truth, set-point) of every change of "on", and the cues of the last word."""
    sight, changes, last = AirconSight(CAMERA, {"ac": unit}), [], None
    for frame in film(course, **how):
        for one in sight.look(frame, scene(frame, view(frame.t_us / US), box)):
            if one.predicate == "on":
                number = dict(one.values).get("setpoint")
                key = one.truth, None if number is None else number.value
                if not changes or changes[-1][1:] != key:
                    changes.append((frame.t_us / US, *key))
                last = one
    return changes, last


def scene(frame: Frame, view: Truth, box) -> Scene:
    us = frame.utc_us
    persons = (
        () if box is None else (Person("cam/1", Role.UNKNOWN, Truth.HOLDS, Place((0, 0), 50.0), box, us, us, 0.0),)
    )
    return Scene("cam", frame.run.id, us, persons, (), view)


def test_all_four_parts_are_found_where_they_are(unit):
    middles = {r.part: np.array(r.polygon).mean(0) for r in unit.regions}
    assert set(middles) == set(AirconPart)
    x0, y0, x1, y1 = PANEL
    assert np.abs(middles[AirconPart.DISPLAY] - ((x0 + x1) / 2, (y0 + y1) / 2)).max() < 4
    assert np.abs(middles[AirconPart.LED] - (200, 79)).max() < 3
    assert 114 < middles[AirconPart.LOUVER][1] < 128
    assert 265 < middles[AirconPart.RIBBON][0] < 300


@every_rate
def test_on_and_off_and_the_number_are_told_within_three_seconds(unit, how):
    changes, _ = told(unit, [(0, STANDS), (3, RUNS), (7, replace(RUNS, number=18)), (12, STANDS), (17, STANDS)], **how)
    known = [change for change in changes if change[1] is not Truth.UNKNOWN]
    firsts = {}
    for at, truth, number in known:
        firsts.setdefault((truth, number, at >= 11), at)
    assert firsts[Truth.FAILS, None, False] < 2
    assert 3 < firsts[Truth.HOLDS, 24.0, False] < 6
    assert 7 < firsts[Truth.HOLDS, 18.0, False] < 10
    assert 12 < firsts[Truth.FAILS, None, True] < 15
    assert not [c for c in known if c[1] is Truth.HOLDS and (c[0] < 3 or c[0] > 12.5)], "never on while it stands"
    assert {number for _, _, number in known} == {None, 24.0, 18.0}, "no number that was never shown"


def test_the_number_can_be_read_without_any_lesson(unit):
    bare = replace(unit, regions=tuple(replace(r, on=(), off=()) for r in unit.regions if r.part is AirconPart.DISPLAY))
    changes, _ = told(bare, [(0, STANDS), (4, RUNS), (10, RUNS)], fps=5)
    assert [c[1:] for c in changes] == [(Truth.UNKNOWN, None), (Truth.HOLDS, 24.0)]


@pytest.mark.parametrize(("shows", "name"), [(DisplayNumber.ROOM_TEMPERATURE, "temperature"), (None, "shown")])
def test_a_number_that_is_the_rooms_or_that_nobody_explained_is_no_set_point(unit, shows, name):
    changes, last = told(replace(unit, display_shows=shows), [(0, RUNS), (4, RUNS)], fps=5)
    assert {number for _, _, number in changes} == {None}
    assert dict(last.values)[name].value == 24.0
    assert last.truth is Truth.HOLDS, "that it is lit says on, whatever it shows"


def test_every_number_that_a_unit_can_be_set_to_is_read():
    x0, y0, x1, y1 = PANEL
    for number in range(16, 33):
        *_, frame = film([(0, replace(RUNS, number=number)), (0.4, RUNS)], 5)
        assert read_number(frame.image[y0 - 1 : y1 + 2, x0 - 1 : x1 + 2]) == number


@pytest.mark.parametrize("noise", [0, 20])
def test_a_dark_panel_and_a_pattern_that_is_no_number_are_not_read(noise):
    assert read_number(np.random.default_rng(1).integers(30, 31 + noise, (30, 50, 3)).astype(np.uint8)) is None
    lines = np.full((30, 50, 3), 30, np.uint8)
    lines[6:24, 10:20:3] = 255
    assert read_number(lines) is None


def test_a_ribbon_by_itself_says_nothing_for_sure(unit):
    ribbon = replace(unit, regions=tuple(r for r in unit.regions if r.part is AirconPart.RIBBON))
    changes, last = told(ribbon, [(0, RUNS), (12, RUNS)], fps=10)
    assert [c[1] for c in changes] == [Truth.UNKNOWN]
    assert dict(last.values)["flutter"].value == pytest.approx(1.37, abs=0.3)


def test_in_dusk_and_at_noon_it_is_the_same(unit):
    for daylight in (0.1, 1.5):
        dim = replace(RUNS, daylight=daylight), replace(STANDS, daylight=daylight)
        changes, _ = told(unit, [(0, dim[1]), (6, dim[0]), (12, dim[0])], fps=5)
        assert next(c[1] for c in changes if c[1] is not Truth.UNKNOWN) is Truth.FAILS
        assert changes[-1][1] is Truth.HOLDS


def test_somebody_before_the_unit_changes_nothing_and_for_long_is_unknown(unit):
    tall = (120, 40, 240, 200)
    box = tuple(float(v) for v in (tall[0], tall[1], tall[0] + tall[2], tall[1] + tall[3]))
    changes, _ = told(unit, [(0, RUNS), (5, replace(RUNS, person=tall)), (20, RUNS)], box=box, fps=5)
    assert [c[1] for c in changes] == [Truth.UNKNOWN], "a person in the way all the time: never told"
    clear, _ = told(unit, [(0, RUNS), (5, replace(RUNS, person=tall)), (12, RUNS)], fps=5)
    assert [c[1] for c in clear] == [Truth.UNKNOWN, Truth.HOLDS, Truth.HOLDS, Truth.UNKNOWN]
    assert clear[-1][0] < 8, "nobody has recognised what is there: unknown at once"


def test_a_sick_view_is_unknown_at_once_and_never_off(unit):
    changes, last = told(
        unit, [(0, RUNS), (10, RUNS)], view=lambda t: Truth.of(t < 6) if t < 6 else Truth.UNKNOWN, fps=5
    )
    assert changes[-1][1] is Truth.UNKNOWN
    assert changes[-1][0] == pytest.approx(6, abs=0.3)
    assert last.cues == ("aircon.cue.sick_view",)
    assert Truth.FAILS not in {c[1] for c in changes}
