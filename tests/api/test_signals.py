"""Readings and calendar over HTTP: who may, what is refused or set aside, what the box gets."""

import json
from datetime import timedelta

import httpx
import pytest

from api.examples import CALENDAR_ENTRY, SIGNALS
from api.roles import UserRole
from models.domain.clock import SimulatedClock
from models.domain.instants import datetime_of, iso
from models.domain.media import US
from models.domain.readings import Aside
from models.domain.truth import Truth
from pipelines.feed_reader import FeedReader
from pipelines.inlet import SignalInlet
from pipelines.outbox import api_client
from tests.api.serving import OTHER, SITE
from tests.stories.energy_story import energy_site


def signal(server, t=0.0, value=812.5, **changes):
    at = iso(server.clock.utc_us() + round(t * US))
    return {"meter": "plug", "kind": "power", "value": value, "at": at} | changes


def bring(client, *signals):
    return client.post("/api/v1/signals", json={"signals": list(signals)})


def visit(server, hours=2, length_h=1, **changes):
    start = datetime_of(server.clock.utc_us()) + timedelta(hours=hours)
    return (
        CALENDAR_ENTRY
        | {"starts": start.isoformat(), "ends": (start + timedelta(hours=length_h)).isoformat()}
        | changes
    )


def test_the_example_is_taken(server):
    server.clock.advance(200 * 24 * 3600)
    assert server.box().post("/api/v1/signals", json=SIGNALS).json() == {"stored": 2, "repeated": 0, "set_aside": []}


def test_what_was_brought_twice_is_there_once(server):
    box, one = server.box(), signal(server)
    assert bring(box, one, one).json() == {"stored": 1, "repeated": 1, "set_aside": []}
    assert bring(box, one).json() == {"stored": 0, "repeated": 1, "set_aside": []}
    assert len(box.get("/api/v1/signals").json()["items"]) == 1


def test_bad_readings_are_set_aside_with_their_reason_and_the_rest_counts(server):
    box = server.box()
    raw = [signal(server), signal(server, 1, -3.0), signal(server, 7200), signal(server, 2)]
    answer = bring(box, *raw)
    assert answer.json() == {
        "stored": 2,
        "repeated": 0,
        "set_aside": [{"position": 1, "reason": "out_of_range"}, {"position": 2, "reason": "future"}],
    }
    body = json.dumps({"signals": [signal(server, 3, float("nan"))]})  # Python writes NaN, which JSON has not
    nan = box.post("/api/v1/signals", content=body, headers={"Content-Type": "application/json"})
    assert nan.json()["set_aside"] == [{"position": 0, "reason": "not_a_number"}]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "phase"},
        {"meter": "../x"},
        {"at": "yesterday"},
        {"at": "2026-06-01T10:00:00"},
        {"value": "much"},
        {"x": 1},
    ],
)
def test_what_has_not_the_form_is_refused(standing, change):
    assert bring(standing.box(), signal(standing) | change).status_code == 422


def test_a_burst_of_ten_thousand_comes_through(server):
    box = server.box()
    for part in range(10):
        batch = [signal(server, -(part * 1000 + n) / 100) for n in range(1000)]
        assert bring(box, *batch).json()["stored"] == 1000
    inlet = SignalInlet(energy_site())
    assert reader(server, inlet).fetch()
    assert sum(inlet.asides.values()) == inlet.asides.get(Aside.OLD, 0)
    assert bring(box, *[signal(server)] * 1001).status_code == 422


def test_people_bring_no_readings_and_boxes_make_no_entries(server):
    assert bring(server.person(), signal(server)).status_code == 403
    assert server.box().post("/api/v1/calendar", json=visit(server)).status_code == 403
    assert server.person().get("/api/v1/signals").status_code == 403
    assert bring(server.anyone(), signal(server)).status_code == 401


def test_a_box_gets_its_own_site_and_no_other(server):
    bring(server.box(), signal(server))
    manager = server.person()
    assert manager.post("/api/v1/calendar", json=visit(server)).status_code == 201
    other = server.box(OTHER.id)
    assert other.get("/api/v1/signals").json() == {"items": [], "next": 0}
    assert other.get("/api/v1/calendar/for-box").json() == {"items": [], "next": 0}
    assert len(server.box().get("/api/v1/calendar/for-box").json()["items"]) == 1


def test_only_a_manager_enters_and_only_for_the_future(server):
    for role in set(UserRole) - {UserRole.SITE_MANAGER}:
        refused = server.person(role).post("/api/v1/calendar", json=visit(server))
        assert refused.status_code == 403, role
    manager = server.person()
    past = manager.post("/api/v1/calendar", json=visit(server, hours=-2))
    assert (past.status_code, past.json()["error"]["code"]) == (422, "in_the_past")
    for change in ({"ends": visit(server)["starts"]}, {"ends": visit(server, 50)["ends"]}):
        assert manager.post("/api/v1/calendar", json=visit(server) | change).json()["error"]["code"] == "entry_order"
    elsewhere = server.person(sites=frozenset({OTHER.id})).post("/api/v1/calendar", json=visit(server))
    assert elsewhere.json()["error"]["code"] == "site_unknown"


def test_an_entry_can_be_taken_back_once_and_stays_on_record(server):
    manager = server.person()
    made = manager.post("/api/v1/calendar", json=visit(server)).json()
    assert manager.delete(f"/api/v1/calendar/{made['id']}").json()["cancelled"] is True
    assert manager.delete(f"/api/v1/calendar/{made['id']}").status_code == 404
    (item,) = manager.get("/api/v1/calendar", params={"site": SITE.id}).json()["items"]
    assert (item["id"], item["cancelled"], item["by"]) == (made["id"], True, made["by"])


def reader(server, inlet, told=None):
    client = api_client(server.url, server.tokens[SITE.id])
    server.opened.append(client)
    return FeedReader(client, inlet, server.clock, lambda *said: (told or []).append(said))


def test_the_box_gets_readings_and_entries_into_its_engine_once(server):
    inlet = SignalInlet(energy_site())
    feed = reader(server, inlet)
    for t in (0, 30, 61):
        bring(server.box(), signal(server, t - 61, 900.0))
    made = server.person().post("/api/v1/calendar", json=visit(server)).json()
    assert feed.fetch()
    told = inlet.due(server.clock.utc_us())
    assert [(one.kind, one.subject, one.truth) for one in told] == [
        ("calendar", made["id"], Truth.HOLDS),
        ("aircon", "office-ac", Truth.HOLDS),
    ]
    assert feed.fetch()
    assert inlet.due(server.clock.utc_us()) == ()
    assert inlet.asides == {}


def test_an_api_that_is_away_is_told_once_and_what_came_meanwhile_is_fetched_later():
    told = []
    inlet = SignalInlet(energy_site())
    with httpx.Client(base_url="http://127.0.0.1:9", trust_env=False) as client:
        feed = FeedReader(client, inlet, SimulatedClock(), lambda *said: told.append(said))
        assert not feed.fetch()
        assert not feed.fetch()
    assert [key for key, _ in told] == ["signals.api_lost"]
