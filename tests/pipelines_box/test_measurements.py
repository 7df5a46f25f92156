"""measurements.jsonl and what the server is told: a line a check, the baseline in force, a layout the API takes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from api.furniture_bodies import ChecksBody, LayoutBody
from models.domain.finding import Quantity
from models.domain.furniture import Baseline, BaselineState, Furniture
from models.domain.messages import EndOfRecording, Message, Observation, Scene
from models.domain.truth import Truth
from models.store import Parcel
from pipelines.layout_report import layout_body
from pipelines.measurements import FILE, MeasurementLog
from pipelines.rules.baselines import baseline_entry
from tests.browser.furniture import layout
from tests.stories.scenario import site, utc
from tests.stories.test_furniture_stories import CHAIR

PLACE = replace(site(), furniture=Furniture({"chair": CHAIR}, (Baseline(1, BaselineState.TRIAL, utc(-600)),)))


def told(t: float, truth: Truth, offset_mm: float | None, turn_deg: float = 0.0, *cues: str) -> Observation:
    values = ()
    if offset_mm is not None:
        values = (
            ("offset_x", Quantity(offset_mm, "mm", 4.0)),
            ("offset_y", Quantity(0.0, "mm", 4.0)),
            ("offset", Quantity(offset_mm, "mm", 4.0)),
            ("turn", Quantity(turn_deg, "deg", 0.8)),
        )
    return Observation("furniture", "chair", "in_place", truth, utc(t), "cam", values, cues)


COURSE: list[Message] = [
    Scene("cam", "cam/1", utc(0), ()),
    told(10, Truth.HOLDS, 3.0),
    told(20, Truth.FAILS, 180.0),
    baseline_entry(Baseline(2, BaselineState.FROZEN, utc(25), "lead"), utc(25)),
    told(30, Truth.FAILS, 10.0, 25.0),
    told(40, Truth.UNKNOWN, 20.0, 0.0, "furniture.cue.unverifiable"),
    told(50, Truth.UNKNOWN, None, 0.0, "furniture.cue.occupied"),
    Observation("furniture", "chair", "present", Truth.FAILS, utc(60), "cam"),
    Observation("furniture", "cam-1", "extra", Truth.HOLDS, utc(61), "cam"),
    EndOfRecording(utc(70)),
]


def played(out: Path, parcels: list[Parcel] | None) -> list[dict[str, object]]:
    log = MeasurementLog(out, PLACE, None if parcels is None else parcels.extend)
    for message in COURSE:
        log.take(message)
    log.close()
    return [json.loads(line) for line in (out / FILE).read_text(encoding="utf-8").splitlines()]


def test_every_check_is_a_line_with_its_state_and_the_baseline_in_force(tmp_path: Path):
    lines = played(tmp_path, None)
    assert [(line["t_s"], line["state"], line["baseline"]) for line in lines] == [
        (10.0, "ok", 1),
        (20.0, "displaced", 1),
        (30.0, "rotated", 2),
        (40.0, "unverifiable", 2),
        (50.0, "unknown", 2),
        (60.0, "missing", 2),
    ]
    assert lines[1]["dx_mm"] == 180.0
    assert lines[2]["dtheta_deg"] == 25.0
    assert lines[4]["why"] == "furniture.cue.occupied"
    assert lines[4]["dx_mm"] is None


def test_the_server_takes_what_the_box_tells(tmp_path: Path):
    parcels: list[Parcel] = []
    played(tmp_path, parcels)
    taken = [check for parcel in parcels for check in ChecksBody.model_validate(parcel.body).checks]
    assert [check.state.value for check in taken] == [
        "ok",
        "displaced",
        "rotated",
        "unverifiable",
        "unknown",
        "missing",
    ]
    assert LayoutBody.model_validate(layout_body(PLACE)).items[0].id == "chair"
    body = LayoutBody.model_validate(layout())
    assert set(body.views[0].items) >= {"chair-1", "sofa-1"}
    assert len(body.views[0].grid) > 6


def test_a_full_disk_ends_no_run(tmp_path: Path):
    parcels: list[Parcel] = []
    log = MeasurementLog(tmp_path / "nowhere", PLACE, parcels.extend)
    for message in COURSE:
        log.take(message)
    assert log.broken
    assert parcels
