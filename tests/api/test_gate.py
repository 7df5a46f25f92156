"""Every route is closed unless opened, and opens for exactly the roles it says."""

from __future__ import annotations

import socket

import pytest
from fastapi.routing import APIRoute

from api import Settings, create_app
from api.devices import revoke_device
from api.examples import CALENDAR_ENTRY, DAY_SHEET, FIGURES, REGISTRATIONS, SIGNALS
from api.examples_furniture import BASELINE, CHECKS, LAYOUT
from api.gate import OPEN
from api.roles import PERMISSIONS, Permission, UserRole
from models.domain.clock import SimulatedClock
from models.store.furniture_tables import BaselineRow, PatrolPhotoRow
from models.store.tables import CalendarRow
from tests.api.serving import (
    JPEG,
    OTHER,
    PASSWORD,
    SITE,
    bring,
    camera,
    code,
    evidence_path,
    incident,
    key,
    serving,
)

ENTRY = "visit-1"
VERSION = 7
BOX = "box"
ANYBODY = "anybody"
SIGNED_IN = "signed in"
NEEDS = {
    ("GET", "/health"): ANYBODY,
    ("POST", "/api/v1/session"): ANYBODY,
    ("GET", "/metrics"): Permission.ADMINISTER,
    ("GET", "/api/v1/access-log"): Permission.ACCESS_LOG,
    ("GET", "/api/v1/openapi.json"): SIGNED_IN,
    ("GET", "/api/v1/session"): SIGNED_IN,
    ("DELETE", "/api/v1/session"): SIGNED_IN,
    ("PUT", "/api/v1/session/password"): SIGNED_IN,
    ("PUT", "/api/v1/session/language"): SIGNED_IN,
    ("POST", "/api/v1/incidents"): BOX,
    ("GET", "/api/v1/incidents"): Permission.VIEW,
    ("GET", "/api/v1/incidents/{dedupe_key}"): Permission.VIEW,
    ("POST", "/api/v1/incidents/{dedupe_key}/transition"): Permission.ACKNOWLEDGE,
    ("PATCH", "/api/v1/incidents/{dedupe_key}/transition"): Permission.ACT,
    ("PUT", "/api/v1/incidents/{dedupe_key}/evidence/{name}"): BOX,
    ("GET", "/api/v1/incidents/{dedupe_key}/evidence/{name}"): Permission.EVIDENCE,
    ("HEAD", "/api/v1/incidents/{dedupe_key}/evidence/{name}"): Permission.EVIDENCE,
    ("POST", "/api/v1/incidents/{dedupe_key}/evidence/{name}/link"): Permission.EVIDENCE,
    ("GET", "/api/v1/cameras"): Permission.VIEW,
    ("PUT", "/api/v1/cameras/{camera_id}/state"): BOX,
    ("PUT", "/api/v1/cameras/{camera_id}/picture"): BOX,
    ("GET", "/api/v1/cameras/{camera_id}/picture/{site_id}"): Permission.EVIDENCE,
    ("POST", "/api/v1/signals"): BOX,
    ("GET", "/api/v1/signals"): BOX,
    ("GET", "/api/v1/calendar/for-box"): BOX,
    ("GET", "/api/v1/calendar"): Permission.VIEW,
    ("POST", "/api/v1/calendar"): Permission.CALENDAR,
    ("DELETE", "/api/v1/calendar/{entry_id}"): Permission.CALENDAR,
    ("PUT", "/api/v1/energy"): BOX,
    ("GET", "/api/v1/energy"): Permission.VIEW,
    ("PUT", "/api/v1/furniture"): BOX,
    ("POST", "/api/v1/furniture/checks"): BOX,
    ("GET", "/api/v1/furniture"): Permission.VIEW,
    ("GET", "/api/v1/furniture/{item_id}/checks"): Permission.VIEW,
    ("GET", "/api/v1/baselines"): Permission.VIEW,
    ("GET", "/api/v1/baselines/for-box"): BOX,
    ("POST", "/api/v1/baselines"): Permission.PROPOSE_BASELINE,
    ("POST", "/api/v1/baselines/{version}/approve"): Permission.APPROVE_BASELINE,
    ("POST", "/api/v1/baselines/{version}/supersede"): Permission.APPROVE_BASELINE,
    ("POST", "/api/v1/patrol-photos"): Permission.PATROL,
    ("GET", "/api/v1/patrol-photos"): Permission.VIEW,
    ("GET", "/api/v1/patrol-photos/{photo_id}/picture"): Permission.EVIDENCE,
    ("POST", "/api/v1/registrations"): Permission.REGISTER,
    ("PUT", "/api/v1/figures/{run}/{day}"): BOX,
    ("GET", "/api/v1/figures"): Permission.FIGURES,
}
"""Who every route is for: a route that is missing here fails the first test."""

BODIES = {
    ("POST", "/api/v1/incidents/{dedupe_key}/transition"): {"to": "acknowledged", "expected": "detected"},
    ("PATCH", "/api/v1/incidents/{dedupe_key}/transition"): {"to": "confirmed", "expected": "detected"},
    ("POST", "/api/v1/incidents"): incident(7),
    ("PUT", "/api/v1/cameras/{camera_id}/state"): camera(),
    ("PUT", "/api/v1/session/password"): {"current": PASSWORD, "new": PASSWORD},
    ("PUT", "/api/v1/session/language"): {"language": "en"},
    ("POST", "/api/v1/signals"): SIGNALS,
    ("POST", "/api/v1/calendar"): CALENDAR_ENTRY,
    ("POST", "/api/v1/registrations"): REGISTRATIONS,
    ("PUT", "/api/v1/figures/{run}/{day}"): FIGURES,
    ("POST", "/api/v1/session"): {"name": "nobody", "password": "nothing"},
    ("PUT", "/api/v1/energy"): DAY_SHEET,
    ("PUT", "/api/v1/furniture"): LAYOUT,
    ("POST", "/api/v1/furniture/checks"): CHECKS,
    ("POST", "/api/v1/baselines"): BASELINE,
    ("POST", "/api/v1/baselines/{version}/approve"): {"site_id": SITE.id},
    ("POST", "/api/v1/baselines/{version}/supersede"): {"site_id": SITE.id},
}
QUERIES = {
    ("GET", "/api/v1/furniture"): {"site": SITE.id},
    ("GET", "/api/v1/furniture/{item_id}/checks"): {"site": SITE.id},
    ("GET", "/api/v1/baselines"): {"site": SITE.id},
    ("POST", "/api/v1/patrol-photos"): {"site_id": SITE.id, "item_id": "chair1"},
    ("GET", "/api/v1/patrol-photos"): {"site": SITE.id},
}
WITH_ID = sorted(route for route, who in NEEDS.items() if "{" in route[1] and who != BOX)


def routes(app):
    return {
        (method, route.path)
        for route in app.routes
        if isinstance(route, APIRoute) and "{rest" not in route.path
        for method in route.methods
    }


def ask(client, route):
    method, path = route
    ids = {"dedupe_key": key(1), "name": "now.jpg", "camera_id": "hall-1", "site_id": SITE.id, "entry_id": ENTRY}
    ids |= {"item_id": "chair1", "version": str(VERSION), "photo_id": "1"}
    address = path.format(**ids, run="20260601T022000Z", day="2026-06-01")
    if route in BODIES:
        return client.request(method, address, json=BODIES[route])
    if method == "PUT":
        headers = {"Content-Type": "image/jpeg", "X-Taken-At": "2026-06-01T02:00:00+00:00"}
        return client.request(method, address, content=JPEG, headers=headers)
    return client.request(method, address, params=QUERIES.get(route))


def fill(running):
    with running.services.store.writing() as session:
        words = {"entry_id": ENTRY, "kind": "vip_visit", "starts_us": 2**50, "ends_us": 2**50 + 1, "cancelled": False}
        session.add(CalendarRow(site_id=SITE.id, user_name="manager", at_us=0, **words))
        told = {"version": VERSION, "state": "proposed", "layout_version": LAYOUT["site_version"], "since_us": 1}
        session.add(BaselineRow(site_id=SITE.id, user_name="a", role="site_manager", note="", at_us=1, **told))
    with running.services.shelf.draft() as draft:
        draft.write(JPEG)
        path = running.services.shelf.keep(draft, "evidence")
    with running.services.store.writing() as session:
        words = {"item": "chair1", "label": 1, "at_us": 1, "user_name": "a", "role": "safety_officer", "path": path}
        figures = {"truth": "fails", "offset_mm": 12.0, "sigma_mm": 0.5, "play_mm": 5.0}
        session.add(PatrolPhotoRow(site_id=SITE.id, **words, **figures))
    box = running.box()
    assert box.put("/api/v1/furniture", json=LAYOUT).status_code == 200
    assert box.post("/api/v1/incidents", json=incident(1, files={"now.jpg": JPEG})).status_code == 201
    assert bring(box).status_code == 201
    assert box.put("/api/v1/cameras/hall-1/state", json=camera()).status_code == 200
    picture = {"Content-Type": "image/jpeg", "X-Taken-At": "2026-06-01T02:00:00+00:00"}
    assert box.put("/api/v1/cameras/hall-1/picture", content=JPEG, headers=picture).status_code == 200


@pytest.fixture
def filled(server):
    fill(server)
    return server


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """One server for requests that change nothing."""
    with serving(tmp_path_factory.mktemp("untouched")) as running:
        fill(running)
        yield running


def test_every_route_says_whom_it_is_for(tmp_path):
    app = create_app(Settings(data_dir=tmp_path), clock=SimulatedClock())
    assert routes(app) == set(NEEDS)
    assert {route for route, who in NEEDS.items() if who == ANYBODY} == OPEN
    app.state.services.store.close()


@pytest.mark.parametrize("route", sorted(NEEDS), ids=" ".join)
def test_without_credentials_only_the_open_routes_answer(untouched, route):
    answer = ask(untouched.anyone(), route)
    if route in OPEN:
        assert answer.status_code in {200, 401}
        assert "token" not in answer.headers.get("set-cookie", "")
        if answer.status_code == 401:
            assert code(answer) == "wrong_credentials"
        return
    assert answer.status_code == 401
    if route[0] != "HEAD":
        assert code(answer) == "not_signed_in"


@pytest.mark.parametrize("role", UserRole)
def test_every_role_may_exactly_what_the_table_says(filled, role):
    person = filled.person(role)
    for route, who in NEEDS.items():
        if route[1].startswith("/api/v1/session"):
            continue
        granted = who in {ANYBODY, SIGNED_IN} or who in PERMISSIONS[role]
        status = ask(person, route).status_code
        assert (status != 403) == granted, f"{role} on {route}: {status}"
        assert status < 500


def test_a_device_token_reads_nothing_but_its_readings_and_calendar(filled):
    box = filled.box()
    for route, who in NEEDS.items():
        status = ask(box, route).status_code
        if who == BOX:
            assert status in {200, 201}, route
        elif who != ANYBODY:
            assert status == 403, route


def test_a_revoked_and_an_invented_token_are_refused(filled):
    revoke_device(filled.services.store, SITE.id, "box", now_us=1)
    assert code(filled.box().post("/api/v1/incidents", json=incident(2))) == "token_unknown"
    for value in ("Bearer invented", "Basic bGk6cHc=", "Bearer"):
        answer = filled.client(Authorization=value).get("/api/v1/incidents")
        assert (answer.status_code, code(answer)) == (401, "token_unknown")


@pytest.mark.parametrize("route", WITH_ID, ids=" ".join)
def test_what_lies_at_another_site_does_not_exist_for_a_person(filled, route):
    foreign = filled.person(UserRole.SITE_MANAGER, sites=frozenset({OTHER.id}))
    assert ask(foreign, route).status_code == 404
    own = filled.person(UserRole.SITE_MANAGER, sites=frozenset({SITE.id}))
    assert ask(own, route).status_code == 200


def test_the_lists_hold_only_the_own_sites(filled):
    other = filled.box(OTHER.id)
    assert other.post("/api/v1/incidents", json=incident(2, site_id=OTHER.id)).status_code == 201
    assert other.put("/api/v1/cameras/door/state", json=camera(site_id=OTHER.id)).status_code == 200
    person = filled.person(UserRole.AUDITOR, sites=frozenset({OTHER.id}))
    assert [item["site_id"] for item in person.get("/api/v1/incidents").json()["items"]] == [OTHER.id]
    assert [item["site_id"] for item in person.get("/api/v1/cameras").json()["items"]] == [OTHER.id]
    assert filled.person().get(evidence_path()).status_code == 200
    assert person.get("/api/v1/access-log").json()["items"] == []
    assert len(filled.person(UserRole.AUDITOR).get("/api/v1/access-log").json()["items"]) == 1


def test_a_box_writes_for_its_own_site_only(filled):
    other = filled.box(OTHER.id)
    assert code(other.post("/api/v1/incidents", json=incident(3))) == "foreign_site"
    assert code(other.put("/api/v1/cameras/hall-1/state", json=camera())) == "foreign_site"
    assert code(bring(other)) == "incident_unknown"
    picture = {"Content-Type": "image/jpeg", "X-Taken-At": "2026-06-01T02:00:00+00:00"}
    assert code(other.put("/api/v1/cameras/hall-1/picture", content=JPEG, headers=picture)) == "camera_unknown"
    taken_over = incident(1, site_id=OTHER.id, revision=9)
    assert code(other.post("/api/v1/incidents", json=taken_over)) == "different_incident"


def test_a_foreign_host_name_is_not_answered(server):
    answer = server.anyone().get("/health", headers={"Host": "evil.example"})
    assert (answer.status_code, code(answer)) == (400, "host_unknown")
    assert server.anyone().get("/health", headers={"Host": "localhost:99"}).status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {}])
def test_another_web_site_cannot_act_with_our_cookie(filled, headers):
    person = filled.person()
    bare = filled.client(**headers)
    bare.cookies.update(person.cookies)
    answer = ask(bare, ("PATCH", "/api/v1/incidents/{dedupe_key}/transition"))
    assert (answer.status_code, code(answer)) == (403, "cross_site")
    own = filled.client(Origin=filled.url)
    own.cookies.update(person.cookies)
    assert ask(own, ("PATCH", "/api/v1/incidents/{dedupe_key}/transition")).status_code == 200


def test_a_body_over_the_limit_is_refused_whether_announced_or_not(server):
    box = server.box()
    as_json = {"Content-Type": "application/json"}
    answer = box.post("/api/v1/incidents", content=b" " * (256 * 1024 + 1), headers=as_json)
    assert (answer.status_code, code(answer)) == (413, "too_large")
    pieces = (b" " * 4096 for _ in range(65))
    answer = box.post("/api/v1/incidents", content=pieces, headers=as_json)
    assert (answer.status_code, code(answer)) == (413, "too_large")


def test_a_form_is_no_json(server):
    answer = server.anyone().post("/api/v1/session", data={"name": "a", "password": "b"})
    assert (answer.status_code, code(answer)) == (415, "wrong_media")


def test_a_body_that_stops_coming_is_cut_off(tmp_path):
    with serving(tmp_path, body_timeout_s=0.05) as running:
        port = int(running.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(
                b"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b"Content-Length: 100\r\n\r\n{"
            )
            assert line.recv(100).startswith(b"HTTP/1.1 408")


def test_a_body_is_not_even_read_from_somebody_unknown(server):
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"POST /api/v1/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 401")


def test_an_unexpected_error_tells_nothing_of_the_inside(tmp_path):
    def broken():
        raise RuntimeError("a secret of the inside")

    def prepare(app):
        app.add_api_route("/api/v1/broken", broken)
        app.router.routes.insert(0, app.router.routes.pop())

    with serving(tmp_path, prepare=prepare) as running:
        answer = running.person().get("/api/v1/broken")
        assert (answer.status_code, code(answer)) == (500, "unexpected")
        assert "secret of the inside" not in answer.text
        assert 'status="500"' in running.person().get("/metrics").text
