"""Things in a picture without a calibrated floor: how far off, in pixels with a sigma; and gone is not beside."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.reference_pictures import write_reference
from guiwei.sights import sights_of
from models.domain.furniture import Furniture, FurnitureItem, ItemClass, Pose
from models.domain.furniture_check import CheckState, check_of
from models.domain.media import US, Frame, Image, Run
from models.domain.messages import Observation, Scene
from models.domain.presence import Person, Place, Role
from models.domain.site import Camera, Name, Site, Source, SourceKind
from models.domain.truth import Truth

SIZE = (640, 480)
SIGN = ((260.0, 180.0), (340.0, 180.0), (340.0, 280.0), (260.0, 280.0))
MIDDLE = (300.0, 230.0)
SIXTH = US // 6
"""Six pictures a second."""


@cache
def wall() -> np.ndarray:
    rng = np.random.default_rng(5)
    coarse = cv2.resize(rng.uniform(90, 170, (24, 32, 3)).astype(np.float32), SIZE, interpolation=cv2.INTER_CUBIC)
    for _ in range(40):
        x, y = rng.integers(0, SIZE[0]), rng.integers(0, SIZE[1])
        cv2.rectangle(coarse, (int(x), int(y)), (int(x) + 25, int(y) + 18), rng.uniform(40, 210, 3).tolist(), 2)
    return coarse


@cache
def sign() -> np.ndarray:
    board = np.full((100, 80, 3), (60, 70, 150), np.uint8)
    cv2.putText(board, "A7", (10, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (230, 230, 220), 4)
    cv2.rectangle(board, (6, 72), (60, 92), (40, 160, 200), -1)
    return board.astype(np.float32)


@cache
def picture(dx: float = 0.0, dy: float = 0.0, turn_deg: float = 0.0, *, there: bool = True, seed: int = 0) -> Image:
    drawn = wall().copy()
    if there:
        matrix = cv2.getRotationMatrix2D((39.5, 49.5), turn_deg, 1.0)
        matrix[:, 2] += (MIDDLE[0] - 39.5 + dx, MIDDLE[1] - 49.5 + dy)
        board = cv2.warpAffine(sign(), matrix, SIZE, flags=cv2.INTER_CUBIC)
        share = cv2.warpAffine(np.ones((100, 80), np.float32), matrix, SIZE)[:, :, None]
        drawn = drawn * (1 - share) + board * share
    noisy = drawn + np.random.default_rng(seed).normal(0, 2, drawn.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def place(folder: Path) -> Site:
    name = Name("牌", "sign")
    camera = Camera("hall", name, Source(SourceKind.FILE, "x.mp4"), SIZE)
    item = FurnitureItem("sign", name, "hall", ItemClass.SIGN, (0, 0, 0), Pose(0, 0), 6, 5, 1, (), "hall", SIGN)
    write_reference(folder, "hall", "day", picture(seed=99).astype(np.float32))
    return Site("s", name, "UTC", folder, "v", {"hall": camera}, {}, furniture=Furniture({"sign": item}, (), 2.0))


def told(site: Site, persons: tuple[Person, ...] = (), length_s: float = 5.0, **how: float) -> list[Observation]:
    sights = sights_of(site, site.cameras["hall"])
    found: list[Observation] = []
    for number in range(int(length_s * 6)):
        t_us = number * SIXTH
        frame = Frame(picture(seed=number % 3, **how), Run("hall", 1, 0), t_us)  # type: ignore[arg-type]
        scene = Scene("hall", "hall/1", t_us, persons)
        for sight in sights:
            found += sight.look(frame, scene)
    return [one for one in found if one.subject == "sign"]


def last(found: list[Observation], predicate: str) -> Observation:
    return [one for one in found if one.predicate == predicate][-1]


@pytest.mark.parametrize(
    ("dx", "dy", "turn"), [(8.0, 0.0, 0.0), (-12.0, 9.0, 0.0), (0.0, -7.0, 10.0), (20.0, 14.0, -8.0)]
)
def test_a_sign_pushed_aside_is_off_by_so_many_pixels(tmp_path, dx: float, dy: float, turn: float):
    found = told(place(tmp_path), dx=dx, dy=dy, turn_deg=turn)
    seen = last(found, "in_place")
    values = dict(seen.values)
    assert seen.truth is Truth.FAILS
    assert {values[name].unit for name in ("offset", "offset_x", "offset_y")} == {"px"}
    assert abs(values["offset_x"].value - dx) < 0.5
    assert abs(values["offset_y"].value - dy) < 0.5
    assert abs(values["turn"].value - turn) < 1.0
    assert values["offset"].sigma < 2.0
    assert last(found, "present").truth is Truth.HOLDS, "beside its place is not gone"


def test_a_sign_that_nobody_touched_is_in_place(tmp_path):
    seen = last(told(place(tmp_path)), "in_place")
    assert seen.truth is Truth.HOLDS
    assert dict(seen.values)["offset"].value < 0.3


def test_a_sign_taken_away_is_missing_and_stands_nowhere(tmp_path):
    found = told(place(tmp_path), there=False)
    assert last(found, "present").truth is Truth.FAILS
    assert last(found, "in_place").truth is Truth.UNKNOWN


def test_somebody_before_the_sign_makes_it_unknown(tmp_path):
    person = Person(
        "p", Role.UNKNOWN, Truth.HOLDS, Place((300.0, 400.0), 220.0), (240.0, 150.0, 350.0, 400.0), 0, 0, 0.0
    )
    found = told(place(tmp_path), (person,), dx=20.0)
    assert {one.truth for one in found} == {Truth.UNKNOWN}


def test_the_line_of_a_check_says_pixels(tmp_path):
    site = place(tmp_path)
    check = check_of(site.furniture.items["sign"], last(told(site, dx=15.0), "in_place"), 2)
    assert check is not None
    assert check.state is CheckState.DISPLACED
    fields = check.fields()
    assert abs(fields["dx_px"] - 15) < 0.5
    assert fields["sigma_px"] > 0
    assert "dx_mm" not in fields
