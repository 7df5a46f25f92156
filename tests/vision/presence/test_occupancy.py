"""Who is there when tracks break, swap and end: scripted boxes and scripted evidence, no pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from models.domain.media import US
from models.domain.presence import Exit, Role
from models.domain.truth import Truth
from tests.vision.presence.sites import START_US, bare_site, floor_pixels, hall_site
from vision.occupancy import Presences
from vision.place import Locator
from vision.tracking import Sighting

RED, BLUE = ((50.0, 60.0, 40.0), (30.0, 0.0, 0.0)), ((40.0, 10.0, -50.0), (30.0, 0.0, 0.0))


@dataclass
class Scripted:
    """Evidence that a test sets: a colour for each box, one state for all places."""

    state: Truth = Truth.UNKNOWN
    living: bool = True
    colours: dict = field(default_factory=dict)
    uniforms: dict = field(default_factory=dict)

    def looked(self, box):
        return True

    def empty(self, box):
        return self.state

    def first_change_us(self, box, since_us):
        return None

    def colour(self, box, px_per_m):
        return self.colours.get(box, (None, None))

    def worn(self, box, px_per_m, *, legs=True):
        return self.uniforms.get(box)

    def stirs(self, key, box):
        return self.living


class Stage:
    """Steps presences through time; boxes are 60 x 160 px, named by track."""

    def __init__(self, site, camera):
        self.presences = Presences(site, camera, Locator(site, site.cameras[camera]))
        self.evidence = Scripted()
        self.t_us = START_US
        self._since = {}

    def play(self, seconds, boxes_at, fps=5.0):
        """boxes_at(t_s since now) -> {track: box}; returns all departures."""
        departed, begun = [], self.t_us
        while self.t_us < begun + seconds * US:
            sightings = []
            for track, box in boxes_at((self.t_us - begun) / US).items():
                first_us, first_box = self._since.setdefault(track, (self.t_us, box))
                sightings.append(Sighting(track, box, 0.9, first_us, first_box))
            departed += self.presences.step(self.t_us, sightings, self.evidence)
            self.t_us += round(US / fps)
        return departed

    @property
    def ids(self):
        return [self.presences.name(p) for p in self.presences.shown]

    @property
    def seen(self):
        return [p.seen(self.t_us) for p in self.presences.shown]


def box(x, y=300.0, w=60.0, h=160.0):
    return x - w / 2, y - h, x + w / 2, y


def nobody(_):
    return {}


@pytest.fixture
def stage():
    return Stage(bare_site(), "cam1")


@pytest.mark.parametrize("fps", [15.0, 5.0])
def test_somebody_lost_in_mid_room_stays_unseen_until_the_place_is_found_empty(stage, fps):
    stage.play(3, lambda _: {1: box(300)}, fps)
    assert stage.play(20, nobody, fps) == []
    assert stage.ids == ["cam1/1"]
    assert stage.seen == [Truth.UNKNOWN]
    stage.evidence.state = Truth.HOLDS
    empty_us = stage.t_us
    (gone,) = stage.play(4, nobody, fps)
    assert gone.how is Exit.VANISHED
    assert gone.gone_us == empty_us
    assert gone.last_seen_us < START_US + 3.01 * US
    assert stage.ids == []


def test_a_place_that_looks_empty_for_a_moment_ends_nothing(stage):
    stage.play(3, lambda _: {1: box(300)})
    for _ in range(5):
        stage.evidence.state = Truth.HOLDS
        assert stage.play(1.0, nobody) == []
        stage.evidence.state = Truth.FAILS
        assert stage.play(1.0, nobody) == []
    assert stage.ids == ["cam1/1"]


def test_a_new_track_at_the_same_place_is_the_same_person_at_once(stage):
    stage.play(3, lambda _: {1: box(300)})
    stage.play(1, nobody)
    stage.play(0.2, lambda _: {2: box(305)})
    assert stage.ids == ["cam1/1"]
    assert stage.seen == [Truth.HOLDS]


def test_somebody_lost_here_and_found_in_mid_room_within_reach_is_the_same(stage):
    stage.play(3, lambda _: {1: box(200)})
    stage.play(4, nobody)
    stage.play(2, lambda _: {2: box(500)})
    assert stage.ids == ["cam1/1"]


def test_other_clothes_are_another_person(stage):
    stage.evidence.colours = {box(200): RED, box(500): BLUE}
    stage.play(3, lambda _: {1: box(200)})
    stage.play(4, nobody)
    stage.play(2, lambda _: {2: box(500)})
    assert stage.ids == ["cam1/1", "cam1/2"]


def test_whoever_comes_in_at_the_border_is_a_new_person(stage):
    stage.play(3, lambda _: {1: box(200)})
    stage.play(6, nobody)
    stage.play(3, lambda t: {2: box(min(740 + 28 - 120 * t, 768 - 30) if t < 2.5 else 480)})
    assert stage.ids == ["cam1/1", "cam1/2"]


def test_going_over_the_border_is_a_departure_dated_to_the_last_sight(stage):
    stage.evidence.state = Truth.HOLDS
    stage.play(1.4, lambda _: {1: box(300)})
    stage.play(2.0, lambda t: {1: box(300 + 200 * t)})
    last_us = stage.t_us - US // 5
    stage.play(0.2, lambda _: {1: (708.0, 140.0, 767.0, 300.0)})
    (gone,) = stage.play(2, nobody)
    assert gone.how is Exit.LEFT
    assert gone.last_seen_us == pytest.approx(last_us, abs=0.3 * US)
    assert gone.set_off_us == pytest.approx(START_US + 1.4 * US, abs=0.5 * US)


def test_two_who_cross_keep_their_names_even_when_the_tracker_swaps_them(stage):
    def cross(t):
        left, right = box(150 + 100 * t), box(600 - 100 * t)
        stage.evidence.colours = {left: RED, right: BLUE}
        return {1: left, 2: right} if t < 2.2 else {1: right, 2: left}

    stage.play(2, lambda _: cross(0.0))
    stage.play(4, cross)
    ends = {stage.presences.name(p): p.box[0] for p in stage.presences.shown}
    assert len(ends) == 2
    assert ends["cam1/1"] > ends["cam1/2"], "the one in red came from the left and is on the right now"


def test_a_printed_figure_that_never_moves_is_nobody(stage):
    stage.evidence.living = False
    stage.play(60, lambda _: {1: box(300)})
    assert stage.ids == []
    stage.evidence.living = True
    stage.play(3, lambda _: {1: box(300)})
    assert stage.ids == ["cam1/1"]


def test_a_visitor_who_walked_in_and_stands_like_a_statue_is_somebody(stage):
    stage.evidence.living = False
    stage.play(2, nobody)
    stage.play(4, lambda t: {1: box(min(30 + 90 * t, 300))})
    stage.play(120, lambda _: {1: box(300)})
    assert stage.ids == ["cam1/1"]
    assert stage.presences.shown[0].came_in


def test_a_flicker_of_two_frames_is_nobody(stage):
    stage.play(0.4, lambda _: {1: box(300)})
    stage.play(3, nobody)
    assert stage.ids == []


def test_a_short_gap_of_the_stream_keeps_presences_and_a_long_one_ends_them(stage):
    stage.play(3, lambda _: {1: box(300)})
    stage.t_us += 20 * US
    stage.presences.reset(stage.t_us)
    assert stage.play(0.4, nobody) == []
    assert stage.seen == [Truth.UNKNOWN]
    stage.t_us += 40 * US
    stage.presences.reset(stage.t_us)
    (gone,) = stage.play(0.4, nobody)
    assert gone.how is Exit.VANISHED


@pytest.fixture
def hall():
    return Stage(hall_site(), "hall")


def standing(x, y):
    """Box of a 1.7 m person at a floor point of the hall."""
    sole = floor_pixels("c_waiting_s32", [(x, y)])[0]
    crown = floor_pixels("c_waiting_s32", [(x, y)], 1.7)[0]
    half = (sole[1] - crown[1]) / 6
    return float(sole[0] - half), float(crown[1]), float(sole[0] + half), float(sole[1])


@pytest.mark.parametrize("fps", [15.0, 5.0, 2.5])
def test_outside_the_door_is_not_inside_and_the_crossing_is_interpolated(hall, fps):
    hall.play(2, lambda _: {1: standing(5.9, 9.6)}, fps)
    assert hall.ids == []
    began_us = hall.t_us
    hall.play(3, lambda t: {1: standing(5.9, 9.6 - 1.2 * t)}, fps)
    (person,) = hall.presences.shown
    assert person.entered_us == pytest.approx(began_us + 1.6 / 1.2 * US, abs=0.15 * US)
    assert person.came_in
    assert hall.presences.zones_of(person) == ("hall",)


def test_going_out_through_the_door_ends_at_the_line_though_still_in_view(hall):
    hall.play(3, lambda _: {1: standing(5.9, 4.0)})
    began_us = hall.t_us
    (gone,) = hall.play(4.5, lambda t: {1: standing(5.9, 4.0 + 1.2 * t)})
    assert gone.how is Exit.LEFT
    assert gone.last_seen_us == pytest.approx(began_us + 4.0 / 1.2 * US, abs=0.3 * US)
    assert gone.set_off_us == pytest.approx(began_us, abs=0.6 * US)
    assert hall.ids == []


def test_two_who_pass_in_the_doorway_and_are_mixed_up_have_one_gone_and_one_come(hall):
    """The tracker gives the box of who walks out to who walks in, and the other way round."""
    shown, told = set(), []

    def door(t):
        out, coming = standing(5.6, 6.0 + 1.2 * t), standing(6.7, 10.8 - 1.2 * t)
        hall.evidence.colours = {out: RED, coming: BLUE}
        shown.update(hall.ids)
        return {1: out, 2: coming} if t < 1.95 else {1: coming, 2: out}

    hall.play(3, lambda _: door(0.0))
    began_us = hall.t_us
    told = hall.play(5.5, door)
    (here,) = hall.ids
    assert shown - {gone.person for gone in told} == {here}, "nobody disappears untold"
    (gone,) = told
    assert gone.how is Exit.LEFT
    assert gone.last_seen_us == pytest.approx(began_us + 2.0 * US, abs=1.2 * US)
    (person,) = hall.presences.shown
    assert person.came_in
    assert person.clothes.colour[0] == pytest.approx(BLUE[0])
    assert person.entered_us == pytest.approx(began_us + 2.0 * US, abs=1.2 * US)


def test_who_walks_behind_a_plant_under_a_new_track_is_the_same_person():
    """The plant hides the legs, so the foot point jumps by metres; the crown goes on."""
    stage = Stage(hall_site(), "hall")

    def walker(t):
        if 1.8 <= t < 2.3:
            return {}
        x, y = 6.4 + 0.75 * t, 7.3 - 0.8 * t
        (sole, crown) = (floor_pixels("c_waiting_s32", [(x, y)], h)[0] for h in (0.0, 1.75))
        bottom = sole[1] if t < 2.0 else sole[1] - 0.45 * (sole[1] - crown[1])
        return {1 if t < 2.0 else 2: (crown[0] - 22, crown[1], crown[0] + 22, bottom)}

    departed = stage.play(3.4, walker)
    assert departed == []
    assert len(stage.ids) == 1
    (presence,) = stage.presences.shown
    assert presence.track == 2
    assert presence.place.floor == pytest.approx((8.8, 4.7), abs=0.6)


@pytest.mark.parametrize("fps", [30.0, 15.0, 5.0])
def test_who_goes_out_past_somebody_who_comes_in_dressed_alike_has_gone_out(hall, fps):
    """They meet 1 m before the line; from then on the track shows the one who comes in, and the other has none."""

    def door(t):
        out, coming = standing(5.7, 4.6 + 1.2 * t), standing(6.0, 9.4 - 1.2 * t)
        hall.evidence.colours = {out: RED, coming: RED}
        return {1: out} if t < 2.0 else {1: coming}

    hall.play(3, lambda _: door(0.0), fps)
    (before,) = hall.ids
    began_us = hall.t_us
    beside = standing(6.1, 7.0)
    told = hall.play(5.0, lambda t: door(t) | ({3: beside} if 1.2 < t < 2.6 else {}), fps)
    (gone,) = [one for one in told if one.person == before]
    assert gone.how is Exit.LEFT
    assert gone.last_seen_us == pytest.approx(began_us + 3.4 / 1.2 * US, abs=0.5 * US)
    fresh = next(p for p in hall.presences.shown if p.track == 1)
    assert fresh.came_in
    assert hall.presences.name(fresh) != before
    assert fresh.entered_us == pytest.approx(began_us + 1.4 / 1.2 * US, abs=0.6 * US)


@pytest.mark.parametrize("fps", [30.0, 15.0, 5.0])
def test_who_turns_round_at_the_door_beside_others_has_stayed(hall, fps):
    """Slowing down and speeding up again by 3 m/s2."""

    def back(t):
        slowing = min(max(t - 1.6, 0.0), 0.8)
        way_m = 1.2 * min(t, 1.6) + 1.2 * slowing - 1.5 * slowing**2 - 1.2 * max(t - 2.4, 0.0)
        here = standing(5.7, 4.8 + way_m)
        hall.evidence.colours = {here: RED}
        return {1: here, 3: standing(6.1, 7.2)}

    hall.play(3, lambda _: back(0.0), fps)
    before = hall.ids
    told = hall.play(4.5, back, fps)
    assert [one for one in told if one.how is Exit.LEFT] == []
    assert hall.ids == before


@pytest.mark.parametrize("lost", [True, False])
def test_staff_are_nobody_for_sure_while_covered_where_a_visitor_was_lost_behind_them(hall, lost):
    """A guest comes up to the hostess, one box is left of the two, and no jacket can be read in it."""
    hostess = standing(6.0, 4.0)

    def meets(t):
        aside_m = max(0.25, 2.0 - 0.9 * t)
        guest = standing(6.0 + aside_m, 4.0 - aside_m)
        hall.evidence.uniforms = {hostess: True, guest: False} if t < 2.0 else {}
        return {1: hostess} if lost and t > 2.4 else {1: hostess, 2: guest}

    hall.play(6.0, meets)
    roles = {person.id: person.role for person in hall.presences.persons(hall.t_us)}
    assert roles["hall/1"] is (Role.UNKNOWN if lost else Role.STAFF)
    hall.evidence.uniforms = {hostess: True}
    hall.play(1.0, lambda _: {1: hostess})
    assert hall.presences.persons(hall.t_us)[0].role is Role.STAFF
