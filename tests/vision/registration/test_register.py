"""An item is measured against its label: unchanged, moved, turned, hidden, gone, in another light."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from models.domain.furniture import ItemClass, Pose, turn_of
from tests.vision.registration.room import DAY, DUSK, SIZE_PX, Room, camera, item, shifted
from vision.registration import (
    STILL,
    FloorMotion,
    Landmarks,
    Look,
    Seen,
    Standing,
    Verdict,
    holds,
    look_of,
    register,
    register_all,
    stand_of,
)
from vision.registration.recall import Recall
from vision.registration.solids import hull
from vision.registration.zone import one_each

ITEMS = (
    item("chair", ItemClass.CHAIR, 3.3, 2.0, 170),
    item("table", ItemClass.TABLE, 2.3, 2.0),
    item("armchair", ItemClass.ARMCHAIR, 3.6, 4.4, 200),
    item("round", ItemClass.ROUND_TABLE, 2.4, 4.0),
    item("sofa", ItemClass.SOFA, 5.2, 2.6, 190),
    item("plant", ItemClass.PLANT, 4.5, 3.7),
    item("bin", ItemClass.BIN, 1.5, 3.4),
)


@cache
def room() -> Room:
    return Room(camera(), ITEMS)


@cache
def still(*moves: tuple[str, Pose | None], light=DAY, seed: int = 0) -> np.ndarray:
    return room().still(dict(moves), light, seed)


@cache
def looks(name: str, light=DAY) -> tuple[Look, ...]:
    one = next(i for i in ITEMS if i.id == name)
    stand = stand_of(room().camera, one, ITEMS, SIZE_PX)
    assert stand is not None
    return (look_of(stand, still(light=light)),)


def verdict(name: str, picture: np.ndarray, hidden: np.ndarray | None = None, light=DAY) -> Verdict:
    taught = looks(name, light)
    window = taught[0].stand.window
    cut = None if hidden is None else hidden[window.top :, window.left :][: window.height, : window.width]
    return register(taught, Seen(taught[0].stand, picture, cut))


def pose_of(name: str) -> Pose:
    return next(i.pose for i in ITEMS if i.id == name)


def error(found: Verdict, dx_mm: float = 0.0, dy_mm: float = 0.0) -> float:
    return math.hypot(1000 * found.motion.dx_m - dx_mm, 1000 * found.motion.dy_m - dy_mm)


@pytest.mark.parametrize("name", [i.id for i in ITEMS])
def test_what_nobody_touched_has_not_moved(name: str):
    found = verdict(name, still(seed=1))
    assert found.standing is Standing.MEASURED
    assert error(found) < 3.0
    assert error(found) <= 2 * found.sigma_mm


@pytest.mark.parametrize(
    ("name", "dx", "dy"),
    [
        ("chair", 30, -20),
        ("chair", -120, 90),
        ("armchair", 60, 60),
        ("round", 0, -50),
        ("plant", 40, 30),
        ("bin", 25, 20),
    ],
)
def test_a_push_is_read_in_millimetres(name: str, dx: float, dy: float):
    found = verdict(name, still((name, shifted(pose_of(name), dx, dy))))
    assert found.standing is Standing.MEASURED
    assert error(found, dx, dy) < max(8.0, 2 * found.sigma_mm)
    assert found.sigma_mm < 15


@pytest.mark.parametrize("turn", [-18.0, -5.0, 8.0])
def test_a_turn_is_read_in_degrees_with_its_sign(turn: float):
    found = verdict("chair", still(("chair", shifted(pose_of("chair"), 0, 0, turn))))
    assert found.standing is Standing.MEASURED
    assert abs(found.motion.turn_deg - turn) < 2.0


@pytest.mark.parametrize("turn", [45.0, 90.0, -120.0, 180.0])
def test_a_large_turn_is_told_as_more_than_some_degrees_and_never_as_in_place(turn: float):
    found = verdict("armchair", still(("armchair", shifted(pose_of("armchair"), 0, 0, turn))))
    assert found.standing is Standing.MEASURED
    assert abs(turn_of(found.motion.turn_deg - turn, 1)) <= 2 * found.sigma_deg
    assert 10.0 < max(found.least_turn_deg, abs(found.motion.turn_deg) - 2 * found.sigma_deg) <= abs(turn)


def test_another_thing_in_its_place_is_not_the_item_turned():
    bin_there = {"armchair": None, "bin": pose_of("armchair")}
    found = verdict("armchair", still(*bin_there.items()))
    assert found.standing is not Standing.MEASURED


def test_a_neighbour_that_moved_moves_nobody_else():
    picture = still(("chair", shifted(pose_of("chair"), -120, 90)))
    for name in ("table", "sofa", "plant"):
        assert error(verdict(name, picture)) < 4.0


def test_a_reference_of_another_light_still_serves():
    found = verdict("armchair", still(light=DUSK, seed=4))
    assert found.standing is Standing.MEASURED
    assert error(found) < 7.0


def test_what_was_taken_away_is_gone_and_not_somewhere_else():
    found = verdict("armchair", still(("armchair", None)))
    assert found.standing is Standing.GONE


def test_behind_people_nothing_is_said():
    outline = hull(room().camera, ITEMS[0])
    hidden = np.zeros((SIZE_PX[1], SIZE_PX[0]), np.uint8)
    x = outline.mean(0)[0]
    cv2.rectangle(hidden, (int(x) - 120, 0), (int(x) + 120, SIZE_PX[1]), 1, -1)
    found = verdict("chair", still(("chair", shifted(pose_of("chair"), 100, 0))), hidden.astype(bool))
    assert found.standing is Standing.HIDDEN


def test_in_the_dark_nothing_is_said():
    found = verdict("chair", np.full((SIZE_PX[1], SIZE_PX[0], 3), 3.0, np.float32))
    assert found.standing is not Standing.MEASURED


@pytest.mark.parametrize("shift_px", [(0.3, -0.2), (2.0, 1.0), (-6.0, 4.0)])
def test_a_nudged_camera_is_found_and_taken_out(shift_px: tuple[float, float]):
    taught = Landmarks.of(still(), [hull(room().camera, i) for i in ITEMS])
    assert taught is not None
    nudge = np.array([[1, 0.001, shift_px[0]], [-0.001, 1, shift_px[1]]])
    nudged = cv2.warpAffine(still(seed=1), nudge, SIZE_PX, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    drift = taught.drift(nudged)
    assert holds(drift, SIZE_PX)
    corners = np.array([(200.0, 300.0), (1000.0, 300.0), (640.0, 650.0)])
    apart = corners @ (drift.matrix - nudge)[:, :2].T + (drift.matrix - nudge)[:, 2]
    assert np.abs(apart).max() < 0.2
    look = looks("chair")
    found = register(look, Seen(look[0].stand, nudged, None, drift))
    assert error(found) < 4.0


def test_a_camera_knocked_aside_is_not_believed():
    taught = Landmarks.of(still(), [hull(room().camera, i) for i in ITEMS])
    assert taught is not None
    knocked = np.roll(still(seed=1), 40, axis=1)
    assert not holds(taught.drift(knocked), SIZE_PX)


STOOLS = (
    item("left", ItemClass.BIN, 2.2, 2.0),
    item("right", ItemClass.BIN, 2.2, 2.35),
    item("table2", ItemClass.TABLE, 3.6, 2.2),
)


def asked(moves: dict[str, Pose | None]) -> dict[str, Verdict]:
    """All of a room with two equals side by side."""
    place = Room(camera(), STOOLS)
    reference, nobody = place.still(), np.zeros((SIZE_PX[1], SIZE_PX[0]), np.bool_)
    stands = [stand_of(place.camera, one, STOOLS, SIZE_PX) for one in STOOLS]
    taught = {stand.item.id: [look_of(stand, reference)] for stand in stands if stand is not None}
    return register_all(taught, place.still(moves, seed=1), nobody, STILL)


def test_what_has_not_changed_is_not_measured_again_and_what_has_is():
    place, recall = Room(camera(), STOOLS), Recall()
    nobody = np.zeros((SIZE_PX[1], SIZE_PX[0]), np.bool_)
    stands = [stand_of(place.camera, one, STOOLS, SIZE_PX) for one in STOOLS]
    taught = {stand.item.id: [look_of(stand, place.still())] for stand in stands if stand is not None}
    first = register_all(taught, place.still(seed=1), nobody, STILL, recall)
    again = register_all(taught, place.still(seed=2), nobody, STILL, recall)
    assert all(again[name] is first[name] for name in first), "other noise, the same room"
    home = STOOLS[0].pose
    gone = {"left": replace(home, x_m=home.x_m - 0.03)}
    moved = register_all(taught, place.still(gone, seed=3), nobody, STILL, recall)
    assert moved["left"].motion.offset_mm == pytest.approx(30, abs=8)
    back = register_all(taught, place.still(seed=4), nobody, STILL, recall)
    assert back["left"].motion.offset_mm < 5


def test_half_hidden_is_never_recalled():
    place, recall = Room(camera(), STOOLS), Recall()
    nobody = np.zeros((SIZE_PX[1], SIZE_PX[0]), np.bool_)
    stand = stand_of(place.camera, STOOLS[2], STOOLS, SIZE_PX)
    taught = {"table2": [look_of(stand, place.still())]}
    free = register_all(taught, place.still(seed=1), nobody, STILL, recall)
    covered = register_all(taught, place.still(seed=1), ~nobody, STILL, recall)
    assert free["table2"].standing is Standing.MEASURED
    assert covered["table2"].standing is Standing.HIDDEN


def test_one_thing_stands_for_one_label_only():
    found = asked({"left": None})
    assert found["left"].standing in {Standing.GONE, Standing.POSE_UNKNOWN}
    assert found["right"].standing is Standing.MEASURED
    assert found["right"].motion.offset_mm < 5


def test_where_two_equals_are_told_in_one_spot_the_nearer_label_has_it():
    found = asked({})
    assert all(verdict.standing is Standing.MEASURED for verdict in found.values())
    stand = {one.id: one for one in STOOLS}
    looks_ = {
        name: [look_of(stand_of(camera(), stand[name], STOOLS, SIZE_PX), room().still())] for name in ("left", "right")
    }
    claimed = {
        "left": replace(found["left"], motion=FloorMotion(0.0, 0.33, 0.0)),
        "right": replace(found["right"], motion=FloorMotion(0.0, -0.01, 0.0)),
    }
    settled = one_each(looks_, claimed)
    assert (settled["left"].standing, settled["right"].standing) == (Standing.GONE, Standing.MEASURED)
    apart = {**claimed, "left": found["left"]}
    assert one_each(looks_, apart) == apart
