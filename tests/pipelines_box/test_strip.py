"""The strip of an incident: a tile a moment, the way on the floor, the wait against its limit."""

from dataclasses import replace

import numpy as np

from models.domain.incident import Incident
from models.domain.media import US
from models.domain.messages import Scene
from models.domain.presence import Person, Place, Role
from models.domain.truth import Truth
from pipelines.album import Figure
from pipelines.evidence_strip import BEYOND, TILE_PX, WITHIN, Tile, labels, moments, strip
from pipelines.trails import KEPT_US, Trails
from tests.pipelines_box.test_marked_picture import count, incident
from tests.stories.scenario import START_US, site

WAY = [[(START_US + n * US, (2.0 + 0.2 * n, 5.0)) for n in range(20)]]


def over(reason="left", seconds=30, **changes) -> Incident:
    return replace(incident(), t_end_us=START_US + seconds * US, end_reason=reason, **changes)


def tiles(*figures: Figure):
    picture = np.full((720, 1280, 3), 120, np.uint8)
    return [Tile(label, at_us, picture, figures) for label, at_us in moments(over())]


def test_the_moments_tell_how_it_began_and_ended():
    assert [label for label, _ in moments(over("left"))] == ["came_in", "waited", "left"]
    assert [label for label, _ in moments(over("resolved"))] == ["came_in", "waited", "approached"]
    assert [label for label, _ in moments(over("blind"))] == ["came_in", "waited", "last_seen"]
    assert [label for label, _ in moments(incident())] == ["came_in", "waited"]
    assert labels(over("resolved", code="greeter.post_unattended")) == ("emptied", "unattended", "manned")


def test_two_tiles_stand_in_a_row_and_the_plan_is_the_last_where_there_is_a_floor():
    with_plan, without = (strip(site(), over(), tiles(), way) for way in (WAY, []))
    assert with_plan.shape == without.shape
    tile = (slice(300, 560), slice(TILE_PX[0] + 10, 2 * TILE_PX[0]))
    assert with_plan[tile].mean() > 150, "a light plan"
    assert without[tile].mean() < 60, "nothing there"


def test_the_bar_is_red_beyond_the_limit_only():
    long = strip(site(), over(), tiles(), [])
    short = strip(site(), replace(over(), measured=replace(over().measured, value=10.0)), tiles(), [])
    assert count(long, BEYOND) > 500
    assert count(short, BEYOND) == 0
    assert count(long, WITHIN) > count(short, WITHIN) > 500


def test_a_tile_is_cut_around_whom_it_is_about():
    width, height = site().cameras["cam"].size_px
    picture = np.zeros((height, width, 3), np.uint8)
    picture[100:160, 300:320] = 255
    far = Tile("came_in", START_US, picture, (Figure("cam/1", Role.VISITOR, (300, 100, 320, 160)),))
    sheet = strip(site(), over(), [far], [])
    bright = (sheet[: TILE_PX[1], : TILE_PX[0]] > 200).all(2).mean()
    assert bright > 2 * 20 * 60 / (width * height)


def test_trails_are_kept_a_half_second_apart_and_forgotten_after_half_an_hour():
    trails = Trails()
    for number in range(40):
        place = Place((0, 0), 60.0, (0.1 * number, 1.0))
        person = Person("cam/1", Role.VISITOR, Truth.HOLDS, place, (0, 0, 1, 1), 0, 0, 0.5)
        trails.take(Scene("cam", "cam/1", number * US // 10, (person,), ()))
    (way,) = trails.path(("cam/1", "cam/2"), 0, 10 * US)
    assert len(way) == 8
    unseen = replace(person, seen=Truth.UNKNOWN)
    trails.take(Scene("cam", "cam/1", KEPT_US + 61 * US, (unseen,), ()))
    assert trails.path(("cam/1",), 0, 10 * US) == []
