"""The evidence card of a pushed chair: both views, both outlines, the way in millimetres, legible on a phone."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from calibration.reference_pictures import write_reference
from models.domain.finding import Grade, Quantity, Severity, Threshold
from models.domain.furniture import Baseline, BaselineState, Furniture, ItemClass
from models.domain.geometry import FloorPoint
from models.domain.incident import Incident
from models.domain.media import Image
from models.domain.site import Camera, Site
from pipelines.furniture_card import BELONGS, STANDS, furniture_card
from tests.stories.scenario import site
from tests.vision.registration.room import SIZE_PX, Room, camera, item, shifted

CHAIR = item("chair", ItemClass.CHAIR, 2.6, 2.2, 170)
TABLE = item("table", ItemClass.TABLE, 3.9, 2.6)
PUSHED = shifted(CHAIR.pose, 150, -110, 22)
TOLD = {
    "offset_mm": "186.0",
    "offset_x_mm": "150.0",
    "offset_y_mm": "-110.0",
    "turn_deg": "22.0",
    "sigma_mm": "5.4",
    "sigma_deg": "2.1",
    "baseline": "3",
}


@cache
def room() -> Room:
    return Room(camera(), (CHAIR, TABLE))


@cache
def picture(*, pushed: bool) -> Image:
    return room().picture({"chair": PUSHED} if pushed else {}, noise_seed=int(pushed))


def showroom(folder: Path) -> Site:
    true = room().camera
    spots = [(1.5, 1.0), (4.0, 1.0), (1.5, 3.5), (4.5, 3.5), (3.0, 2.0), (5.5, 5.0)]
    seen = true.project([(*spot, 0.0) for spot in spots])
    points = tuple(FloorPoint((float(u), float(v)), spot) for (u, v), spot in zip(seen, spots, strict=True))
    made = site()
    one: Camera = dataclasses.replace(made.cameras["cam"], size_px=SIZE_PX, lens=true.lens, floor_points=points)
    items = {"chair": CHAIR, "table": TABLE}
    furniture = Furniture(items, (Baseline(3, BaselineState.FROZEN, 0, "lead"),))
    return dataclasses.replace(made, folder=folder, cameras={"cam": one}, furniture=furniture)


def incident(code: str = "furniture.displaced", subject: str = "chair", **extra: str) -> Incident:
    return Incident(
        dedupe_key="0" * 32,
        code=code,
        rule_version="1",
        site="story",
        site_version="1",
        zone="hall",
        camera="cam",
        subject=subject,
        severity=Severity.INCIDENT,
        grade=Grade.VISUAL,
        t_first_us=1_780_280_400_000_000,
        t_confirmed_us=1_780_280_700_000_000,
        t_end_us=None,
        end_reason=None,
        measured=Quantity(186.0, "mm", 5.4),
        threshold=Threshold(100.0, "mm", "site file"),
        observed_s=300.0,
        blind_s=0.0,
        confidence=1.0,
        extra=extra,
    )


def drawn_in(card: Image, colour: tuple[int, int, int]) -> np.ndarray:
    return np.abs(card.astype(int) - np.array(colour)).sum(2) < 30


@pytest.fixture
def taught(tmp_path: Path) -> Site:
    write_reference(tmp_path, "cam", "day", picture(pushed=False).astype(np.float32))
    return showroom(tmp_path)


def test_both_views_stand_side_by_side_with_both_outlines(taught: Site):
    card = furniture_card(picture(pushed=True), taught, incident(**TOLD))
    assert card is not None
    assert card.shape[1] == 720
    left, right = card[:, :356], card[:, 364:]
    assert drawn_in(left, BELONGS).sum() > 200, "where it belongs, on the reference"
    assert drawn_in(right, BELONGS).sum() > 200
    assert drawn_in(right, STANDS).sum() > 400, "where it stands, now"
    assert drawn_in(left, STANDS).sum() < 20


def test_without_a_reference_the_view_of_now_is_shown_alone(tmp_path: Path):
    card = furniture_card(picture(pushed=True), showroom(tmp_path), incident(**TOLD))
    assert card is not None
    assert card.shape[1] == 720


def test_what_is_gone_shows_only_where_it_belongs(taught: Site):
    card = furniture_card(picture(pushed=True), taught, incident("furniture.missing"))
    assert card is not None
    assert drawn_in(card, STANDS).sum() < 20


def test_an_incident_of_no_item_has_no_card(taught: Site):
    assert furniture_card(picture(pushed=True), taught, incident("wait.seated", "party-1")) is None
    assert furniture_card(picture(pushed=True), taught, incident(subject="sofa9", **TOLD)) is None
