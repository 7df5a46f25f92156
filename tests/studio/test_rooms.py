"""Rooms of their own: real walls with a door, the zone inside; nothing and nobody goes through a wall."""

import numpy as np
import pytest

from models.domain.errors import UsageError
from sample_videos.studio import hall
from sample_videos.studio.feasible import check
from sample_videos.studio.rooms import ROOMS, aircon_at, partitions, walls_of, zones_of
from sample_videos.studio.shot import RoomPart
from sample_videos.studio.stage_client import camera_of, scene_words
from sample_videos.studio.story import Furniture
from tests.studio.playing import shot

BOTH = {"seed": 51, "rooms": ["vip", "showflat"]}
INTO = {
    "role": "visitor",
    "at": [6.4, 9.3],
    "actions": [{"walk": [[6.4, 7.3], [7.2, 6.2], [8.5, 6.1]]}, {"stand_s": 9}],
}


def hidden(room, eye, point):
    """Whether a partition lies between two points, by slabs."""
    eye, point = np.array(eye), np.array(point)
    for *size, x, y, z in partitions(room):
        half, way = np.array(size) / 2, point - eye
        near, far = ((s * half + (x, y, z) - eye) / np.where(way == 0, 1e-12, way) for s in (-1, 1))
        enters, leaves = np.minimum(near, far).max(), np.maximum(near, far).min()
        if 0 <= enters < leaves <= 1:
            return True
    return False


def test_who_is_inside_is_hidden_from_a_camera_on_the_other_side_of_the_wall():
    room = RoomPart(rooms=("vip", "showflat"))
    eye = (11.72, 0.28, 2.8)
    assert hidden(room, eye, (8.5, 6.4, 1.0)), "in the showflat"
    assert hidden(room, eye, (3.0, 7.0, 1.0)), "in the VIP room"
    assert not hidden(room, eye, (6.2, 7.0, 1.0)), "inside the entrance"
    assert not hidden(RoomPart(), eye, (8.5, 6.4, 1.0))
    assert not hidden(room, (0.28, 0.28, 2.8), (8.4, 6.1, 1.0)), "through the showflat's door"


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_is_closed_but_for_one_door_of_a_metre(name):
    doors = [wall.door for wall in ROOMS[name].walls if wall.door]
    assert [round(b - a, 6) for a, b in doors] == [1.0]
    x0, y0 = np.min(ROOMS[name].floor, 0)
    x1, y1 = np.max(ROOMS[name].floor, 0)
    middle, holes = ((x0 + x1) / 2, (y0 + y1) / 2), 0
    for a in np.linspace(0.001, 2 * np.pi, 720):
        far = (middle[0] + 20 * np.cos(a), middle[1] + 20 * np.sin(a))
        walls = [wall for _, wall in walls_of(RoomPart(rooms=(name,))) if wall.crossed(middle, far)]
        leaves = min((t for t in _to_the_shell(middle, far)), default=1.0)
        edge = np.add(middle, leaves * np.subtract(far, middle))
        outer = np.isclose(edge, 0).any() or np.isclose(edge, hall.SIZE_M[:2]).any()
        own = x0 - 0.2 <= edge[0] <= x1 + 0.2 and y0 - 0.2 <= edge[1] <= y1 + 0.2
        holes += not walls and not (outer and own)
    assert 0 < holes < 0.2 * 720, "one door, and no other way out"


def _to_the_shell(a, b):
    for k in (0, 1):
        for edge in (0.0, hall.SIZE_M[k]):
            u = (edge - a[k]) / (b[k] - a[k])
            if 0 < u <= 1:
                yield u


def test_each_room_is_a_zone_of_its_own_kind_unless_the_shot_says_another():
    assert {name: zone.kind for name, zone in zones_of(shot(room=BOTH)).items()} == {
        "vip": "vip_room",
        "showflat": "showflat",
    }
    own = {"vip": {"kind": "negotiation", "floor": [[0.5, 4.5], [4, 4.5], [4, 7.5]]}}
    assert zones_of(shot(room=BOTH, zones=own))["vip"].kind == "negotiation"
    assert zones_of(shot()) == {}


def test_a_hall_without_rooms_says_to_the_stage_what_it_always_said():
    for parts, there in (({}, False), ({"room": BOTH}, True)):
        told = shot(**parts)
        words = scene_words(told, camera_of(told.cameras["hall"]), Furniture(told))
        assert ("partitions" in words) is there
    assert aircon_at(RoomPart()) == hall.AIRCON_AT
    x, y, _ = aircon_at(RoomPart(rooms=("showflat",)))
    assert x == hall.SIZE_M[0]
    assert abs(y - 5.3) > 0.7, "not through the wall"


def test_the_plan_of_the_hall_fits_its_rooms_at_any_seed():
    for seed in range(25):
        check(shot(room={**BOTH, "seed": seed}), "tried")
    check(shot(room=BOTH, people={"dan": INTO}), "tried")


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        ({"people": {"dan": {**INTO, "actions": [{"walk": [[6.4, 7.3], [8.4, 7.2]]}]}}}, "dan walks through a wall"),
        ({"people": {"dan": {**INTO, "actions": [{"walk": [[5.2, 7.3], [4.2, 7.3]]}]}}}, "a wall of vip"),
        ({"people": {"dan": {**INTO, "actions": [{"walk": [[6.4, 7.3], [7.2, 6.5], [8.5, 6.55]]}]}}}, "of showflat"),
        ({"furniture": [{"at_s": 3, "item": "plant1", "by_mm": 600, "direction_deg": 0}]}, "plant1 stands in a wall"),
    ],
)
def test_nothing_goes_through_a_wall(parts, names):
    with pytest.raises(UsageError) as refused:
        check(shot(room=BOTH, **parts), "tried")
    assert names in refused.value.what


def test_a_room_that_is_not_in_the_plan_is_refused():
    with pytest.raises(UsageError) as refused:
        shot(room={"rooms": ["sauna"]})
    assert refused.value.where == "tried: room/rooms/0"
