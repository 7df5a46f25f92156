"""energy.json: hours, measured and estimated energy apart, waste, adherence; a day that ends at midnight."""

import json
from dataclasses import replace

import jsonschema
import pytest

from models.domain.finding import Quantity
from models.domain.media import US
from models.domain.messages import Observation
from models.domain.truth import Truth
from pipelines.energy_book import energy_schema
from pipelines.results import write_results
from tests.stories.energy_story import OFF, ON, UNKNOWN, EnergyStory, energy_site

RATE = {"fps": 1.0}


def rows(day, where=None):
    engine = day.played(where or energy_site(), **RATE)
    document = engine.energy()
    jsonschema.validate(document, energy_schema())
    return {(row["zone"], row["day"]): row for row in document}


def thing(row, subject):
    return next(one for one in row["things"] if one["subject"] == subject)


def test_hours_on_off_and_unknown_and_an_estimate_by_rated_watts():
    day = EnergyStory([], 3600).camera("hall-lamp", (0, ON), (1800, OFF), (2700, UNKNOWN))
    lamp = thing(rows(day)["hall", "2026-06-01"], "hall-lamp")
    assert (lamp["on_h"], lamp["off_h"], lamp["unknown_h"]) == pytest.approx((0.5, 0.25, 0.25), abs=0.001)
    assert lamp["estimated"]["kwh"] == pytest.approx(0.3, abs=0.001)
    assert lamp["measured"] is None


def test_what_a_meter_measured_is_kept_apart_from_what_is_estimated():
    day = EnergyStory([], 3600).camera("office-ac", (0, ON))
    watts = (("power", Quantity(900.0, "W")),)
    metered = [
        Observation("aircon", "office-ac", "on", Truth.HOLDS, second * US, "", watts, (), 1.0)
        for second in range(1800, 3600, 60)
    ]
    unit = thing(rows(replace(day, more=tuple(metered)))["office", "2026-06-01"], "office-ac")
    assert unit["measured"]["kwh"] == pytest.approx(0.45, abs=0.002)
    assert unit["estimated"]["kwh"] == pytest.approx(0.75, abs=0.002), "1500 W for the half hour without a meter"


def test_a_night_is_split_at_midnight_and_adherence_tells_the_share_of_right_minutes():
    day = EnergyStory([], 7200, start="2026-06-01T23:00").camera("facade", (0, ON)).camera("hall-lamp", (0, OFF))
    found = rows(day)
    assert thing(found["hall", "2026-06-01"], "facade")["on_h"] == pytest.approx(1, abs=0.01)
    assert thing(found["hall", "2026-06-02"], "facade")["on_h"] == pytest.approx(1, abs=0.01)
    assert found["hall", "2026-06-01"]["schedule_adherence"] == pytest.approx(1)
    assert found["hall", "2026-06-02"]["schedule_adherence"] == pytest.approx(0.5), "the facade burns on after 24:00"


def test_waste_is_the_time_of_the_incidents_and_always_called_an_estimate(tmp_path):
    day = EnergyStory([], 1500).camera("office-lamp", (0, ON), (1200, OFF))
    engine = day.played(energy_site(), **RATE)
    write_results(tmp_path, engine)
    (row,) = [r for r in json.loads((tmp_path / "energy.json").read_text(encoding="utf-8")) if r["zone"] == "office"]
    (waste,) = row["waste"]
    assert (waste["code"], waste["subject"]) == ("energy.light_on_empty", "office-lamp")
    assert waste["hours"] == pytest.approx(1 / 3, abs=0.002)
    assert waste["estimated"] == {"kwh": pytest.approx(0.0667, abs=0.001), "cost_cny": pytest.approx(0.0667, abs=0.001)}
    assert row["tariff_is_placeholder"] is True
    assert row["lights_on_empty_hours"] == waste["hours"]
    assert row["ac_on_empty_hours"] == 0


def test_a_site_without_lamps_has_no_rows():
    where = energy_site()
    where = replace(where, energy=replace(where.energy, luminaires={}, aircons={}, meters={}))
    assert EnergyStory([], 10).played(where, **RATE).energy() == []
