"""Layouts, checks, baselines and patrol photographs over HTTP: who may, what is refused by name, what the box hears."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import cache

import pytest
from PIL import Image as Picture

from api.examples_furniture import BASELINE, CHECKS, LAYOUT
from api.roles import UserRole
from models.domain.furniture import Baseline, BaselineState, Furniture
from models.domain.instants import datetime_of, iso, us_of
from models.domain.media import US
from pipelines.feed_reader import FeedReader
from pipelines.inlet import SignalInlet
from pipelines.outbox import api_client
from pipelines.rules.baselines import baselined
from tests.api.serving import OTHER, SITE, code, incident
from tests.calibration.patrol_photo import Closeup
from tests.stories.energy_story import energy_site

PATH = "/api/v1/patrol-photos"
JPEG = {"Content-Type": "image/jpeg"}


@cache
def photo(label: str = "red") -> bytes:
    return Closeup(size_px=(640, 480), distance_mm=240, label=label).jpeg()


@pytest.fixture
def told(server):
    """A server whose box has told its furniture."""
    assert server.box().put("/api/v1/furniture", json=LAYOUT).json() == {"stored": True}
    server.clock.advance(200 * 24 * 3600)
    return server


def bring(client, data: bytes, **changes: object):
    params = {"site_id": SITE.id, "item_id": "chair1"} | changes
    return client.post(PATH, content=data, headers=JPEG, params=params, timeout=120)


def propose(client, **changes: object):
    return client.post("/api/v1/baselines", json=BASELINE | changes)


def decide(client, version: int, what: str = "approve", **changes: object):
    return client.post(f"/api/v1/baselines/{version}/{what}", json={"site_id": SITE.id} | changes)


def test_checks_brought_twice_are_there_once_and_the_last_is_shown(told):
    box, person = told.box(), told.person(UserRole.CLEANER)
    assert box.post("/api/v1/furniture/checks", json=CHECKS).json() == {"stored": 1}
    assert box.post("/api/v1/furniture/checks", json=CHECKS).json() == {"stored": 0}
    later = CHECKS["checks"][0] | {"at": "2026-06-01T02:32:02+00:00", "state": "ok", "dx": 2.0, "dy": 1.0}
    assert box.post("/api/v1/furniture/checks", json={"checks": [later]}).json() == {"stored": 1}
    read = person.get("/api/v1/furniture", params={"site": SITE.id}).json()
    assert read["items"][0]["check"]["state"] == "ok"
    assert read["items"][0]["check"]["dx_mm"] == 2.0
    history = person.get("/api/v1/furniture/chair1/checks", params={"site": SITE.id}).json()["items"]
    assert [one["state"] for one in history] == ["displaced", "ok"]
    assert code(person.get("/api/v1/furniture/sofa9/checks", params={"site": SITE.id})) == "item_unknown"


def test_a_site_whose_box_told_nothing_is_said_to_be_so(server):
    assert code(server.person().get("/api/v1/furniture", params={"site": SITE.id})) == "layout_unknown"
    assert code(server.person().get("/api/v1/furniture", params={"site": "nowhere"})) == "site_unknown"
    assert code(bring(server.person(), photo())) == "layout_unknown"


@pytest.mark.parametrize("change", [{"items": [{"id": "x"}]}, {"extra": 1}, {"site_version": ""}])
def test_a_layout_that_has_not_the_form_is_refused(told, change):
    assert told.box().put("/api/v1/furniture", json=LAYOUT | change).status_code == 422


def test_a_manager_approves_what_a_specialist_proposed_and_the_box_hears_it(told):
    specialist, manager, box = told.person(UserRole.SATISFACTION_SPECIALIST), told.person(), told.box()
    made = propose(specialist)
    assert (made.status_code, made.json()["version"], made.json()["state"]) == (201, 2, "proposed")
    assert box.get("/api/v1/baselines/for-box").json() == {"items": [], "next": 0}
    assert code(decide(specialist, 2)) == "not_permitted"
    approved = decide(manager, 2).json()
    assert approved["state"] == "frozen"
    listed = specialist.get("/api/v1/baselines", params={"site": SITE.id}).json()["items"]
    assert [(one["version"], one["state"], one["on_box"]) for one in listed] == [
        (1, "trial", True),
        (2, "frozen", False),
    ]
    heard_of = box.get("/api/v1/baselines/for-box").json()
    assert [one["version"] for one in heard_of["items"]] == [2]
    assert code(decide(manager, 2)) == "baseline_state"
    assert decide(manager, 2, "supersede").json()["state"] == "superseded"
    after = box.get("/api/v1/baselines/for-box", params={"after": heard_of["next"]}).json()
    assert [one["state"] for one in after["items"]] == ["superseded"]


def test_nobody_but_a_manager_approves(told):
    assert propose(told.person()).status_code == 201
    for role in sorted(set(UserRole) - {UserRole.SITE_MANAGER}):
        person = told.person(role)
        for what in ("approve", "supersede"):
            assert code(decide(person, 2, what)) == "not_permitted", role
        listed = person.get("/api/v1/baselines", params={"site": SITE.id}).json()["items"]
        assert listed[1]["state"] == "proposed"
        assert propose(person).status_code == (201 if role is UserRole.SATISFACTION_SPECIALIST else 403)


def test_a_baseline_may_begin_later_but_not_before(told):
    manager, now = told.person(), datetime_of(told.clock.utc_us())
    assert code(propose(manager, since=(now - timedelta(days=1)).isoformat())) == "in_the_past"
    later = iso(told.clock.utc_us() + 86_400 * US)
    made = propose(manager, since=later).json()
    assert us_of(decide(manager, made["version"]).json()["since"]) == us_of(later)


def test_a_layout_that_changed_meanwhile_is_not_approved(told):
    manager = told.person()
    version = propose(manager).json()["version"]
    assert told.box().put("/api/v1/furniture", json=LAYOUT | {"site_version": "other"}).status_code == 200
    assert code(decide(manager, version)) == "layout_changed"
    assert code(decide(manager, 99)) == "baseline_unknown"
    foreign = told.person(sites=frozenset({OTHER.id}))
    assert code(decide(foreign, version)) == "site_unknown"


def test_what_was_approved_reaches_the_rules_of_the_box(told):
    version = propose(told.person()).json()["version"]
    approved = decide(told.person(), version).json()
    inlet = SignalInlet(energy_site())
    client = api_client(told.url, told.tokens[SITE.id])
    told.opened.append(client)
    assert FeedReader(client, inlet, told.clock, lambda _key, _places: None).fetch()
    (entry,) = inlet.due(told.clock.utc_us())
    furniture = baselined(Furniture(baselines=(Baseline(1, BaselineState.TRIAL, 0),)), entry)
    assert furniture.baseline_at(us_of(approved["since"])).version == version
    assert furniture.baseline_at(us_of(approved["since"])).state is BaselineState.FROZEN
    assert furniture.baseline_at(us_of(approved["since"]) - 1).state is BaselineState.TRIAL


def test_a_bare_label_makes_one_incident_of_the_strict_grade_with_its_picture(told):
    officer = told.person(UserRole.SAFETY_OFFICER)
    answer = bring(officer, photo())
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["truth"], found["grade"], found["play_mm"]) == ("fails", "strict", 5.0)
    assert found["offset_mm"] == pytest.approx(12.0, abs=1.5)
    stored = officer.get(f"/api/v1/incidents/{found['incident']}").json()
    assert (stored["incident_code"], stored["grade"], stored["source"]) == ("label.exposed", "strict", "patrol")
    assert stored["extra"]["baseline"] == "0"
    assert stored["history"][0]["actor"] == found["by"]
    picture = officer.get(stored["evidence"][0]["url"])
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content == officer.get(found["picture"]).content
    told.clock.advance(60)
    again = bring(officer, photo()).json()
    assert again["incident"] == found["incident"], "renewed, not doubled"
    assert len(officer.get("/api/v1/incidents").json()["items"]) == 1
    assert len(officer.get(PATH, params={"site": SITE.id}).json()["items"]) == 2


def test_beside_a_displaced_item_the_label_is_an_attribute(told):
    box, officer = told.box(), told.person(UserRole.SAFETY_OFFICER)
    body = incident(5, incident_code="furniture.displaced", rule_id="furniture.displaced", subject_id="chair1")
    assert box.post("/api/v1/incidents", json=body).status_code == 201
    found = bring(officer, photo()).json()
    assert found["incident"] == body["dedupe_key"]
    assert box.post("/api/v1/incidents", json=body | {"revision": 2}).status_code == 200
    extra = officer.get(f"/api/v1/incidents/{found['incident']}").json()["extra"]
    assert float(extra["label_1_mm"]) == pytest.approx(found["offset_mm"], abs=0.1)
    assert len(officer.get("/api/v1/incidents").json()["items"]) == 1


def jpeg(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Picture.new("L", (width, height), 128).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "status"),
    [
        (jpeg(11_600, 8_700), "photo_too_large", 413),
        (b"\xff\xd8\xff nothing", "photo_corrupt", 422),
        (b"", "photo_corrupt", 422),
        (jpeg(320, 200), "photo_too_small", 422),
    ],
    ids=["100-megapixels", "corrupt", "empty", "thumbnail"],
)
def test_a_bad_photograph_is_refused_by_name_and_changes_nothing(told, data, name, status):
    officer = told.person(UserRole.SAFETY_OFFICER)
    answer = bring(officer, data)
    assert answer.status_code == status
    assert code(answer) == name
    assert officer.get(PATH, params={"site": SITE.id}).json()["items"] == []
    assert officer.get("/api/v1/incidents").json()["items"] == []
    assert not [file for file in (told.services.shelf.folder).rglob("*") if file.is_file()]


def test_a_photograph_without_a_label_in_it_is_refused_by_name(told):
    answer = bring(told.person(UserRole.SAFETY_OFFICER), photo("none"))
    assert (answer.status_code, code(answer)) == (422, "photo_no_label")
    assert told.person().get(PATH, params={"site": SITE.id}).json()["items"] == []


def test_only_those_on_their_round_bring_photographs(server):
    may = {"site_manager", "satisfaction_specialist", "safety_officer", "client_butler"}
    for role in UserRole:
        answer = bring(server.person(role), b"nothing")
        assert code(answer) == ("layout_unknown" if role in may else "not_permitted"), role
    assert code(bring(server.anyone(), b"nothing")) == "not_signed_in"
    assert code(bring(server.box(), b"nothing")) == "not_permitted"


def test_what_a_photograph_is_of_must_be_known(told):
    officer = told.person(UserRole.SAFETY_OFFICER)
    assert code(bring(officer, photo(), item_id="chair9")) == "item_unknown"
    assert code(bring(officer, photo(), label=2)) == "label_unknown"
    assert bring(officer, photo(), label=9).status_code == 422
    wrong = officer.post(PATH, content=photo(), params={"site_id": SITE.id, "item_id": "chair1"})
    assert code(wrong) == "wrong_media"
    foreign = told.person(UserRole.SAFETY_OFFICER, sites=frozenset({OTHER.id}))
    assert code(bring(foreign, photo())) == "site_unknown"
