"""Days of zones over HTTP: told by boxes, read by people, several runs added, measured and estimated apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.examples import DAY_SHEET
from api.roles import UserRole
from models.domain.clock import SimulatedClock
from models.domain.day_sheet import body_of, sheet_of
from models.domain.instants import iso
from models.domain.messages import EndOfRecording
from models.store import BoxStore
from pipelines.camera_watch import CameraWatch
from pipelines.day_reports import DayReports
from pipelines.engine import Engine
from pipelines.outbox import Outbox, api_client
from tests.api.serving import OTHER, SITE, code
from tests.stories.energy_story import OFF, ON, EnergyStory, energy_site

PATH = "/api/v1/energy"


def test_a_day_told_twice_is_there_once_and_the_later_word_counts(server):
    box, person = server.box(), server.person()
    later = DAY_SHEET | {"as_of": "2026-06-01T19:00:00.000000+08:00", "owed_h": 10.8}
    assert box.put(PATH, json=DAY_SHEET).json() == {"stored": True}
    assert box.put(PATH, json=later).json() == {"stored": True}
    assert box.put(PATH, json=DAY_SHEET).json() == {"stored": False}
    answer = person.get(PATH).json()
    assert (answer["day"], answer["days"]) == ("2026-06-01", ["2026-06-01"])
    (item,) = answer["items"]
    assert (item["site_id"], item["owed_h"], item["zone"]) == (SITE.id, 10.8, "hall")


def test_two_runs_of_a_day_are_added_and_what_was_measured_stays_apart(server):
    box, person = server.box(), server.person()
    metered = DAY_SHEET["things"][0] | {"measured": {"kwh": 1.5, "cost_cny": 1.2}, "estimated": None}
    evening = DAY_SHEET | {"run_started": "2026-06-01T18:30:00.000000+08:00", "things": [metered]}
    for body in (DAY_SHEET, evening):
        assert box.put(PATH, json=body).status_code == 200
    (item,) = person.get(PATH, params={"day": "2026-06-01"}).json()["items"]
    (thing,) = item["things"]
    assert thing["on_h"] == 18.0
    assert (thing["measured"]["kwh"], thing["estimated"]["kwh"]) == (1.5, 3.6)
    assert len(item["lanes"]) == 1
    assert person.get(PATH, params={"day": "2026-06-02"}).json()["items"] == []


def test_who_may(server):
    box, stranger = server.box(), server.person(sites=frozenset({OTHER.id}))
    box.put(PATH, json=DAY_SHEET)
    assert stranger.get(PATH).json() == {"day": None, "days": [], "items": []}
    assert code(server.person().put(PATH, json=DAY_SHEET)) == "not_permitted"
    assert code(box.get(PATH)) == "not_permitted"
    assert code(server.anyone().get(PATH)) == "not_signed_in"
    assert server.person(UserRole.CLEANER).get(PATH).json()["items"]


@pytest.mark.parametrize(
    "change",
    [{"day": "yesterday"}, {"owed_h": -1.0}, {"zone": "../hall"}, {"tariff_cny_per_kwh": 0.0}, {"extra": 1}],
    ids=lambda change: next(iter(change)),
)
def test_what_cannot_be_is_refused(server, change):
    assert code(server.box().put(PATH, json=DAY_SHEET | change)) == "invalid"
    assert server.person().get(PATH).json()["items"] == []


def test_a_sheet_survives_the_way():
    body = {k: v for k, v in DAY_SHEET.items() if k not in {"run_started", "as_of"}}
    assert body_of(sheet_of(body)) == body


def test_a_box_tells_its_day_through_the_outbox_and_people_read_it(server, tmp_path):
    where = replace(energy_site(), id=SITE.id)
    day = EnergyStory([], 700).camera("hall-lamp", (0, OFF), (120, ON)).meter("office-ac", (0, ON))
    engine, clock, store = Engine(where), SimulatedClock(0), BoxStore(f"sqlite:///{tmp_path / 'box.sqlite'}")
    reports = DayReports(engine, store, clock)
    for message in day.messages(where, fps=2.0):
        engine.step(message)
        reports.take(message)
    assert store.undelivered() >= 2, "each five minutes"
    end = EndOfRecording(engine.end_us)
    engine.step(end)
    reports.take(end)
    with api_client(server.url, server.tokens[SITE.id]) as client:
        outbox = Outbox(store, client, clock, CameraWatch(where, {}), lambda *_: None, "zh")
        assert outbox.drain(5.0) == 0
    store.close()
    items = {item["zone"]: item for item in server.person().get(PATH).json()["items"]}
    assert set(items) == {"hall", "office"}
    lanes = {lane["subject"]: lane for lane in items["hall"]["lanes"]}
    ten = 10 * 3600.0
    assert [span[2] for span in lanes["hall-lamp"]["spans"]] == ["off", "on"]
    assert lanes["hall-lamp"]["spans"][1][0] == pytest.approx(ten + 120, abs=1.5)
    assert lanes["hall-lamp"]["windows"] == [[8 * 3600 + 1200.0, 17.5 * 3600]]
    assert lanes["hall"]["spans"] == [[ten, pytest.approx(ten + 700, abs=1), "empty"]]
    lamp = next(thing for thing in items["hall"]["things"] if thing["subject"] == "hall-lamp")
    assert lamp["name"] == {"zh": "hall-lamp", "en": "hall-lamp"}
    assert lamp["measured"] is None
    assert lamp["estimated"]["kwh"] == pytest.approx(0.6 * 580 / 3600, rel=0.02)
    assert iso(engine.start_us)[:10] == items["hall"]["day"]
