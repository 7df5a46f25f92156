"""Lamps on and off under daylight, exposure, passers-by and sick views: found within two seconds, never guessed."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from models.domain.energy import LampPart, LampRegion, LuminaireGroup
from models.domain.media import US, Frame, Run
from models.domain.truth import Truth
from tests.vision.luminaires.lamp_room import CAMERA, LAMPS, RUN, SIZE, START_US, Light, film, picture, scene
from vision.luminaires import LuminaireSight
from vision.luminaires.region import position
from vision.luminaires.teaching import Clip, _Lamp, _mates, _with_switchings, taught_groups

BOTH = frozenset(LAMPS)
FRONT, BACK = frozenset({"front"}), frozenset({"back"})


def lesson(daylight):
    """Each group off and on for three seconds, at one daylight."""
    steps = [BOTH, BACK, BOTH, FRONT, BOTH]
    return [(3.0 * i, Light(on, daylight)) for i, on in enumerate(steps)] + [(15.0, Light(BOTH, daylight))]


def learnt(course):
    clip = Clip(SIZE)
    for frame in film(course, 10):
        clip.add(frame)
    return taught_groups(clip, "cam")


def panels(group, name):
    """The taught regions that are this group's lamps, not walls that they light, from left to right."""
    middles = {r: np.array(r.polygon).mean(0) for r in group.regions}
    return [
        r
        for x, y, w, h in LAMPS[name]
        for r, middle in middles.items()
        if np.abs(middle - (x + w / 2, y + h / 2)).max() < 3
    ]


@cache
def groups():
    """front and back, taught at three daylight levels."""
    regions = {"front": [], "back": []}
    for daylight in (0.02, 0.3, 1.0):
        for name, group in zip(("front", "back"), learnt(lesson(daylight)), strict=False):
            regions[name].append(panels(group, name))
    found = {}
    for name, levels in regions.items():
        merged = [
            LampRegion(
                "cam",
                LampPart.LAMP,
                first.polygon,
                sum((r.on for r in same), ()),
                sum((r.off for r in same), ()),
                min(r.least_level for r in same),
                first.chroma,
            )
            for first, *rest in zip(*levels, strict=True)
            for same in [(first, *rest)]
        ]
        found[name] = LuminaireGroup(name, name, name, "hall", regions=tuple(merged))
    return found


def changes(course, fps=10.0, drop=0.0, show=lambda frame: (frame, scene(frame)), sight=None):
    """(group, truth, second) of every change that is told."""
    sight, told, last = sight or LuminaireSight(CAMERA, groups()), [], {}
    for frame in film(course, fps, drop, seed=5):
        shown, seen = show(frame)
        for one in sight.look(shown, seen):
            if last.get(one.subject) is not one.truth:
                last[one.subject] = one.truth
                told.append((one.subject, one.truth, (one.utc_us - START_US) / US))
    return told


def states(told, group):
    return [(truth, at) for name, truth, at in told if name == group and truth is not Truth.UNKNOWN]


@pytest.mark.parametrize("daylight", [0.02, 0.3, 1.0])
def test_teaching_finds_both_groups_their_lamps_and_when_they_were_switched(daylight):
    found = [group for group in learnt(lesson(daylight)) if group.switchings]
    assert [[(s.on, (s.utc_us - START_US) / US) for s in group.switchings] for group in found] == [
        [(False, pytest.approx(3, abs=0.2)), (True, pytest.approx(6, abs=0.2))],
        [(False, pytest.approx(9, abs=0.2)), (True, pytest.approx(12, abs=0.2))],
    ]
    for group, name in zip(found, ("front", "back"), strict=True):
        assert len(panels(group, name)) == len(LAMPS[name])


def test_a_clip_in_which_somebody_walks_but_nothing_is_switched_teaches_nothing():
    course = [(float(i), Light(BOTH, 0.3, person=(20 * i, 60, 30, 100))) for i in range(14)]
    assert not [group for group in learnt(course) if group.switchings]


def test_a_slow_dusk_teaches_nothing():
    assert not [group for group in learnt([(0, Light(BOTH, 1.0)), (30, Light(BOTH, 0.05))]) if group.switchings]


@pytest.mark.parametrize(
    ("fps", "drop", "daylight"), [(30.0, 0.0, 0.5), (15.0, 0.4, 0.05), (5.0, 0.0, 0.5), (5.0, 0.4, 0.05)]
)
def test_a_switch_is_found_within_two_seconds_with_exposure_at_work(fps, drop, daylight):
    course = [
        (0, Light(BOTH, daylight)),
        (4, Light(BACK, daylight)),
        (8, Light(BOTH, daylight)),
        (11, Light(BOTH, daylight)),
    ]
    told = changes(course, fps, drop)
    assert [truth for truth, _ in states(told, "front")] == [Truth.HOLDS, Truth.FAILS, Truth.HOLDS]
    assert [at for _, at in states(told, "front")][1:] == pytest.approx([5, 9], abs=1.0)
    assert [truth for truth, _ in states(told, "back")] == [Truth.HOLDS]


def test_dusk_and_passing_clouds_switch_nothing():
    dusk = [(0, Light(FRONT, 1.0)), (20, Light(FRONT, 0.02)), (22, Light(FRONT, 0.02))]
    clouds = [
        (0, Light(FRONT, 0.9)),
        (4, Light(FRONT, 0.3)),
        (8, Light(FRONT, 0.9)),
        (12, Light(FRONT, 0.2)),
        (20, Light(FRONT, 0.8)),
    ]
    for course in (dusk, clouds):
        told = changes(course, 5)
        assert [truth for truth, _ in states(told, "front")] == [Truth.HOLDS]
        assert [truth for truth, _ in states(told, "back")] == [Truth.FAILS]


def test_somebody_tall_before_the_lamps_for_a_while_changes_nothing_and_for_long_is_unknown():
    tall = (30, 5, 130, 170)
    course = [
        (0, Light(BOTH)),
        (4, Light(BOTH, person=tall)),
        (9, Light(BOTH)),
        (14, Light(BOTH, person=tall)),
        (32, Light(BOTH)),
        (36, Light(BOTH)),
    ]
    box = (30.0, 5.0, 160.0, 175.0)
    hidden = ((4, 9), (14, 32))
    told = changes(
        course, 5, show=lambda f: (f, scene(f, box=box if any(a <= f.t_us / US < b for a, b in hidden) else None))
    )
    told = [(truth, at) for name, truth, at in told if name == "front"]
    assert [truth for truth, _ in told] == [Truth.UNKNOWN, Truth.HOLDS, Truth.UNKNOWN, Truth.HOLDS]
    assert told[2][1] == pytest.approx(24, abs=2)


def _grey(frame):
    return np.repeat(cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)[..., None], 3, 2)


SICK = {
    "infrared": lambda f: (Frame(_grey(f), f.run, f.t_us), scene(f)),
    "black": lambda f: (Frame(np.zeros_like(f.image), f.run, f.t_us), scene(f)),
    "said to be sick": lambda f: (f, scene(f, view=Truth.UNKNOWN)),
}


@pytest.mark.parametrize("kind", SICK)
def test_a_sick_view_is_unknown_and_never_off(kind):
    course = [(0, Light(BOTH)), (20, Light(BOTH))]
    told = changes(course, 5, show=lambda f: SICK[kind](f) if 5 * US <= f.t_us < 14 * US else (f, scene(f)))
    assert Truth.FAILS not in {truth for _, truth, _ in told}
    front = [(truth, at) for name, truth, at in told if name == "front"]
    back_s = 44 if kind == "infrared" else 15  # a change of mode holds verdicts for 30 s
    assert front[:3] == [(Truth.UNKNOWN, 0), (Truth.HOLDS, pytest.approx(1, abs=0.3)), (Truth.UNKNOWN, front[2][1])]
    assert front[2][1] <= 5.4 if kind != "black" else 17
    assert all(at == pytest.approx(back_s, abs=1) for truth, at in front[3:])


def test_a_new_run_starts_from_nothing():
    sight = LuminaireSight(CAMERA, groups())
    for frame in film([(0, Light(BOTH)), (3, Light(BOTH))], 5):
        sight.look(frame, scene(frame))
    frame = Frame(picture(Light(BACK)), Run("cam", 2, START_US), 4 * US)
    assert {one.truth for one in sight.look(frame, scene(frame))} == {Truth.UNKNOWN}


def test_references_that_do_not_differ_say_nothing():
    region = LampRegion("cam", LampPart.LAMP, ((0, 0), (9, 0), (9, 9)), (0.5, 0.6), (0.45, 0.55))
    assert position(region, 0.5) is None
    lit = LampRegion("cam", LampPart.LAMP, ((0, 0), (9, 0), (9, 9)), (0.5,), ())
    assert (position(lit, 0.52), position(lit, 0.1)) == (1.0, None)


def test_every_state_is_told_again_every_five_seconds_with_its_cues():
    sight, told = LuminaireSight(CAMERA, groups()), []
    for frame in film([(0, Light(BOTH)), (21, Light(BOTH))], 5):
        told += [one for one in sight.look(frame, scene(frame)) if one.subject == "front"]
    assert [round((one.utc_us - RUN.anchor_utc_us) / US) for one in told] == [0, 1, 6, 11, 16, 21]
    assert told[-1].cues == ("light.cue.lamp",)
    assert told[-1].confidence == 0.9
    assert {name for name, _ in told[-1].values} == {"position", "ratio_0", "ratio_1"}


def test_panes_that_brighten_when_a_small_group_goes_out_do_not_push_it_aside():
    """Two lamps and nine places that answer them through the exposure: the lamps are the group, whoever are more."""
    times = np.arange(0, 30 * US, US // 5)
    out = ((times >= 10 * US) & (times < 20 * US)).astype(float)
    corners = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])

    def candidate(swing):
        series = swing * out
        return _with_switchings(_Lamp(corners, LampPart.LAMP, series, series + 5.0), times)

    lamps, panes = [candidate(-1.0) for _ in range(2)], [candidate(0.2) for _ in range(9)]
    assert all(one.switchings for one in [*lamps, *panes])
    assert _mates([*panes, *lamps], times) == [lamps]
