"""Registrations over HTTP: JSON and CSV, all or nothing, named; and the figures that set them against arrivals."""

import copy

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.examples import FIGURES, REGISTRATIONS
from api.roles import UserRole
from guiwei.command import app
from models.domain.errors import UsageError
from models.store.tables import RegistrationRow
from tests.api.serving import OTHER, SITE, code, serving

RUN = "/api/v1/figures/20260601T022000Z/2026-06-01"
MIDDAY_S = 365 * 24 * 3600
CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def later(server):
    """A server a year on, so that the examples lie in the past."""
    server.clock.advance(MIDDAY_S)
    return server


def bring(person, *lines, site=SITE.id):
    body = {"site_id": site, "registrations": [{"reference": r, "at": at} for r, at in lines]}
    return person.post("/api/v1/registrations", json=body)


def csv(person, told, site=SITE.id):
    return person.post("/api/v1/registrations", params={"site": site}, content=told.encode(), headers=CSV)


def on_record(server):
    with server.services.store.reading() as session:
        return [(row.site_id, row.reference) for row in session.scalars(select(RegistrationRow))]


def test_json_and_csv_go_into_the_same_record(later):
    manager = later.person()
    assert manager.post("/api/v1/registrations", json=REGISTRATIONS).json() == {"stored": 2}
    assert csv(manager, "reference,time\nR-003,2026-06-01T11:20:00\n").json() == {"stored": 1}
    assert on_record(later) == [(SITE.id, "R-001"), (SITE.id, "R-002"), (SITE.id, "R-003")]
    hours = manager.get("/api/v1/figures", params={"from": "2026-06-01", "to": "2026-06-01"}).json()["hours"]
    assert hours == [  # the CSV's time without offset is Shanghai's
        {"hour": 10, "parties": 0, "registrations": 2},
        {"hour": 11, "parties": 0, "registrations": 1},
    ]


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ([("R-9", "2026-06-01T10:00:00+08:00"), ("R-8", "yesterday")], "1: 'yesterday'"),
        ([("R-9", "2099-06-01T10:00:00+08:00")], "0: '2099-06-01T10:00:00+08:00'"),
        ([("R-9", "1970-06-01T10:00:00+08:00")], "0: '1970"),
        ([("R-9", "2026-06-01T10:00:00+08:00"), ("R-9", "2026-06-01T10:05:00+08:00")], "1: 'R-9'"),
        ([("R-9", "2026-06-01T10:00:00+08:00"), ("R-1", "2026-06-01T10:05:00+08:00")], "1: 'R-1'"),
        ([(" ", "2026-06-01T10:00:00+08:00")], "0: ''"),
        ([("R\n9", "2026-06-01T10:00:00+08:00")], "0: 'R\\\\n9'"),
    ],
    ids=["no time", "the future", "another century", "twice in the batch", "known already", "no reference", "a line"],
)
def test_a_bad_batch_is_refused_by_name_and_changes_nothing(later, lines, named):
    manager = later.person()
    bring(manager, ("R-1", "2026-06-01T09:00:00+08:00"))
    answer = bring(manager, *lines)
    assert (answer.status_code, code(answer)) == (422, "registrations_bad")
    assert answer.json()["error"]["got"].startswith(named.replace("\\\\", "\\"))
    assert on_record(later) == [(SITE.id, "R-1")]
    told = "reference,time\n" + "".join(f'"{reference}","{at}"\n' for reference, at in lines)
    assert code(csv(manager, told)) == "registrations_bad"
    assert on_record(later) == [(SITE.id, "R-1")]


@pytest.mark.parametrize(
    "told", ["", "a,b\n1,2\n", "reference,time\n", 'reference,time\n"R-1', "reference,time\n" + "R,2026\n" * 10_001]
)
def test_what_is_no_csv_of_registrations_is_refused(later, told):
    answer = csv(later.person(), told)
    assert answer.status_code in {413, 422}
    assert code(answer) in {"invalid", "too_large"}
    latin = later.person().post("/api/v1/registrations", params={"site": SITE.id}, content=b"\xff\xfe", headers=CSV)
    assert code(latin) == "invalid"


def test_json_without_the_form_is_refused(later):
    manager = later.person()
    for body in ({}, {"site_id": SITE.id, "registrations": []}, REGISTRATIONS | {"names": ["Wang"]}):
        assert code(manager.post("/api/v1/registrations", json=body)) == "invalid"
    broken = manager.post("/api/v1/registrations", content=b"{", headers={"Content-Type": "application/json"})
    assert code(broken) in {"malformed_json", "invalid"}


def test_only_two_roles_register_and_only_for_their_sites(later):
    line = ("R-1", "2026-06-01T09:00:00+08:00")
    allowed = {UserRole.SITE_MANAGER, UserRole.SATISFACTION_SPECIALIST}
    for role in set(UserRole) - allowed:
        assert code(bring(later.person(role), line)) == "not_permitted", role
    assert bring(later.box(), line).status_code == 403
    assert bring(later.anyone(), line).status_code == 401
    elsewhere = later.person(sites=frozenset({OTHER.id}))
    assert code(bring(elsewhere, line)) == "site_unknown"
    assert code(bring(later.person(), line, site="nowhere")) == "site_unknown"
    assert on_record(later) == []
    for number, role in enumerate(allowed):
        assert bring(later.person(role), (f"R-{number}", line[1])).status_code == 201


def test_a_box_tells_a_day_and_a_supervisor_reads_what_it_comes_to(later):
    box, manager = later.box(), later.person()
    assert box.put(RUN, json=FIGURES).status_code == 201
    more = copy.deepcopy(FIGURES)
    more["waits"].append(FIGURES["waits"][0] | {"party": "party-2", "wait_min_s": 90, "wait_max_s": 91})
    assert box.put(RUN, json=more).status_code == 200  # told again: it is replaced, not added
    bring(manager, ("R-1", "2026-06-01T10:25:00+08:00"))
    found = manager.get("/api/v1/figures", params={"site": SITE.id, "from": "2026-06-01", "to": "2026-06-02"}).json()
    (wait,) = found["waits"]
    assert (wait["parties"], wait["within_limit"], wait["max_s"]) == (2, 0.5, 90.5)
    assert found["posts"][0]["attendance"] == 1.0
    assert (found["hours"], found["registration_rate"]) == ([{"hour": 10, "parties": 2, "registrations": 1}], 0.5)
    other_day = manager.get("/api/v1/figures", params={"from": "2026-06-02", "to": "2026-06-02"}).json()
    assert (other_day["waits"], other_day["posts"], other_day["registration_rate"]) == ([], [], None)


def test_figures_of_another_site_or_form_are_refused(later):
    assert code(later.box(OTHER.id).put(RUN, json=FIGURES)) == "foreign_site"
    box = later.box()
    wait = FIGURES["waits"][0]
    for waits in ([wait | {"wait_max_s": 1}], [wait | {"end": "gone"}], [wait | {"kind": "x"}], [wait | {"x": 1}]):
        assert code(box.put(RUN, json=FIGURES | {"waits": waits})) == "invalid"
    assert code(box.put("/api/v1/figures/now/2026-06-01", json=FIGURES)) == "invalid"
    manager = later.person()
    assert code(manager.get("/api/v1/figures", params={"from": "2026-06-02", "to": "2026-06-01"})) == "days_order"
    assert code(manager.get("/api/v1/figures", params={"from": "soon"})) == "invalid"
    assert code(manager.get("/api/v1/figures", params={"site": "nowhere"})) == "site_unknown"


def test_the_csv_import_of_the_command_goes_into_the_same_record(tmp_path, monkeypatch):
    monkeypatch.setenv("GUIWEI_DATA_DIR", str(tmp_path / "data"))
    with serving(tmp_path):
        pass  # leaves a database with the two sites
    booked = tmp_path / "booked.csv"
    booked.write_text("reference,time\nR-1,2025-06-01T10:20:00\n", encoding="utf-8-sig")
    asked = ["registrations", "import", str(booked), "--site", SITE.id]
    assert "1" in CliRunner().invoke(app, asked).output
    again = CliRunner().invoke(app, asked).exception
    assert isinstance(again, UsageError)
    assert again.got.startswith("2: 'R-1'")
    assert isinstance(CliRunner().invoke(app, [*asked[:-1], "nowhere"]).exception, UsageError)
