"""Telling, revising and listing incidents."""

from __future__ import annotations

import json

import pytest

from api.roles import UserRole
from tests.api.serving import JPEG, bring, code, incident, key


def tell(server, number=1, **changes):
    return server.box().post("/api/v1/incidents", json=incident(number, **changes))


def shown(server, number=1):
    return server.person().get(f"/api/v1/incidents/{key(number)}").json()


def path(history):
    return [(step["actor_kind"], step["from"], step["to"]) for step in history]


def test_an_incident_told_twice_is_there_once(server):
    first, second = tell(server), tell(server)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(server.person().get("/api/v1/incidents").json()["items"]) == 1
    assert path(shown(server)["history"]) == [("device", None, "detected")]


def test_what_was_told_comes_back_as_it_was(server):
    told = incident(1, files={"now.jpg": JPEG}, cues=["cue.a"], extra={"zone_name_zh": "大厅"})
    assert server.box().post("/api/v1/incidents", json=told).status_code == 201
    back = shown(server)
    for file in back["evidence"]:
        assert file.pop("arrived") is False
        assert file.pop("url") is None
    assert {name: back[name] for name in told} == told


def test_a_higher_revision_changes_and_a_lower_one_does_not(server):
    tell(server, revision=2, measured={"value": 70.0, "unit": "s", "sigma": None})
    late = tell(server, revision=1, measured={"value": 60.0, "unit": "s", "sigma": None})
    assert (late.status_code, late.json()["measured"]["value"], late.json()["revision"]) == (200, 70.0, 2)
    newer = tell(server, revision=3, severity="high")
    assert (newer.status_code, newer.json()["severity"]) == (200, "high")
    assert shown(server)["severity"] == "high"


ENDED = {"ended_at": "2026-06-01T02:40:00.000000+00:00", "end_reason": "resolved"}


@pytest.mark.parametrize("rule", ["greeter.post_unattended", "greeter.visitor_unapproached"])
def test_what_was_put_right_before_anybody_acted_is_self_corrected_and_still_waits(server, rule):
    code_of_rule = {"incident_code": rule, "rule_id": rule}
    tell(server, **code_of_rule)
    assert tell(server, revision=2, **ENDED, **code_of_rule).json()["state"] == "self_corrected"
    found = shown(server)
    assert path(found["history"]) == [("device", None, "detected"), ("device", "detected", "self_corrected")]
    assert found["moves"] == ["acknowledged", "confirmed", "dismissed", "closed"]


def test_an_incident_first_told_when_it_is_over_has_both_lines_of_history(server):
    assert tell(server, **ENDED).json()["state"] == "self_corrected"
    assert len(shown(server)["history"]) == 2


@pytest.mark.parametrize("reason", ["left", "blind", "off_duty", "end_of_recording"])
def test_an_end_that_puts_nothing_right_corrects_nothing(server, reason):
    tell(server)
    assert tell(server, revision=2, **(ENDED | {"end_reason": reason})).json()["state"] == "detected"


def test_an_end_does_not_take_back_what_a_person_decided(server):
    tell(server)
    person = server.person()
    moved = person.post(f"/api/v1/incidents/{key(1)}/transition", json={"to": "confirmed", "expected": "detected"})
    assert moved.status_code == 200
    assert tell(server, revision=2, **ENDED).json()["state"] == "confirmed"


def test_evidence_that_arrived_survives_a_revision_that_no_longer_lists_it(server):
    tell(server, files={"now.jpg": JPEG, "before.jpg": JPEG})
    bring(server.box())
    tell(server, revision=2, files={"overlay.jpg": JPEG})
    names = {file["name"]: file["arrived"] for file in shown(server)["evidence"]}
    assert names == {"overlay.jpg": False, "now.jpg": True}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"dedupe_key": "short"}, "dedupe_key"),
        ({"dedupe_key": "0" * 31 + "\n"}, "dedupe_key"),
        ({"revision": 0}, "revision"),
        ({"incident_code": "made.up"}, "incident_code"),
        ({"rule_id": "wait.reception"}, "body"),
        ({"severity": "awful"}, "severity"),
        ({"first_seen": "2026-06-01T02:30:02"}, "first_seen"),
        ({"first_seen": "1926-06-01T02:30:02+00:00"}, "first_seen"),
        ({"confirmed_at": "2026-06-01T01:00:00+00:00"}, "body"),
        ({"ended_at": "2026-06-01T01:00:00+00:00"}, "body"),
        ({"confidence": 1.5}, "confidence"),
        ({"observed_s": -1}, "observed_s"),
        ({"zone_id": "hall\u0000"}, "zone_id"),
        ({"surprise": 1}, "surprise"),
        ({"measured": {"value": 1, "unit": "s", "sigma": None, "extra": 1}}, "measured.extra"),
        ({"evidence": [{}]}, "evidence.0.name"),
        ({"extra": {"a": 1}}, "extra"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_field(standing, changes, where):
    answer = tell(standing, **changes)
    assert (answer.status_code, code(answer)) == (422, "invalid")
    assert where in answer.json()["error"]["where"]
    assert answer.json()["error"]["expected"]


@pytest.mark.parametrize("name", ["../secret.jpg", "now.exe", ".jpg", "a/b.jpg", "now.jpg\n"])
def test_an_evidence_name_cannot_leave_its_folder(standing, name):
    told = incident(1, files={"now.jpg": JPEG})
    told["evidence"][0]["name"] = name
    assert code(standing.box().post("/api/v1/incidents", json=told)) == "invalid"


def test_twice_the_same_evidence_name_is_refused(server):
    told = incident(1, files={"now.jpg": JPEG})
    told["evidence"] *= 2
    assert code(server.box().post("/api/v1/incidents", json=told)) == "invalid"


@pytest.mark.parametrize("content", [b"{", b"", b"null", b"[]", b"[" * 100_000, b'"\xff"', b'{"a": 1e999}'])
def test_a_body_that_is_no_incident_is_refused(standing, content):
    answer = standing.box().post("/api/v1/incidents", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert code(answer) in {"malformed_json", "invalid"}


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(standing, value):
    content = json.dumps(incident()).replace('"observed_s": 60.0', f'"observed_s": {value}')
    answer = standing.box().post("/api/v1/incidents", content=content, headers={"Content-Type": "application/json"})
    assert code(answer) == "invalid"


def test_half_a_surrogate_pair_is_refused_and_answered_readably(server):
    content = json.dumps(incident()).replace('"hall"', '"\\ud800"')
    answer = server.box().post("/api/v1/incidents", content=content, headers={"Content-Type": "application/json"})
    assert code(answer) == "invalid"


def test_errors_come_in_the_language_asked_for(server):
    chinese = server.anyone().get("/api/v1/incidents").json()["error"]["what"]
    english = server.anyone().get("/api/v1/incidents", headers={"Accept-Language": "en-GB,zh"}).json()["error"]["what"]
    assert chinese != english
    assert english.isascii()
    person = server.person()
    assert person.put("/api/v1/session/language", json={"language": "en"}).status_code == 204
    assert person.get("/api/v1/incidents/x").json()["error"]["what"].isascii()


def test_unknown_addresses_and_methods_have_the_same_shape(server):
    person = server.person()
    assert code(person.get("/api/v1/nothing")) == "not_found"
    answer = person.delete("/api/v1/incidents")
    assert (answer.status_code, code(answer), answer.headers["allow"]) == (405, "method_not_allowed", "GET, POST")


class TestTheList:
    @pytest.fixture
    def person(self, server):
        for number in range(1, 8):
            tell(
                server,
                number,
                confirmed_at=f"2026-06-0{number}T03:00:00+00:00",
                severity="high" if number % 2 else "warning",
                zone_id="door" if number > 5 else "hall",
                **({"incident_code": "wait.reception", "rule_id": "wait.reception"} if number == 3 else {}),
                **(ENDED | {"ended_at": f"2026-06-0{number}T04:00:00+00:00"} if number == 4 else {}),
            )
        return server.person(UserRole.AUDITOR)

    def numbers(self, answer):
        assert answer.status_code == 200, answer.text
        return [int(item["dedupe_key"], 16) for item in answer.json()["items"]]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", [7, 6, 5, 4, 3, 2, 1]),
            ("state=self_corrected", [4]),
            ("state=self_corrected&state=detected", [7, 6, 5, 4, 3, 2, 1]),
            ("state=closed", []),
            ("rule=wait.reception", [3]),
            ("zone=door", [7, 6]),
            ("site=north-gate&severity=warning", [6, 4, 2]),
            ("site=elsewhere", []),
            ("from=2026-06-03T03:00:00%2B00:00&to=2026-06-05T03:00:00%2B00:00", [4, 3]),
        ],
    )
    def test_is_filtered(self, person, query, found):
        assert self.numbers(person.get(f"/api/v1/incidents?{query}")) == found

    def test_is_paged_without_holes_or_repeats_even_if_new_ones_come(self, server, person):
        seen, cursor = [], ""
        for page in range(4):
            answer = person.get(f"/api/v1/incidents?limit=2{cursor}")
            seen += self.numbers(answer)
            tell(server, 100 + page, confirmed_at="2026-06-20T03:00:00+00:00")
            cursor = f"&cursor={answer.json()['next_cursor']}"
        assert seen == [7, 6, 5, 4, 3, 2, 1]
        assert answer.json()["next_cursor"] is None

    def test_pages_split_equal_times_by_key(self, server, person):
        for number in range(20, 25):
            tell(server, number, confirmed_at="2026-06-20T03:00:00+00:00")
        first = person.get("/api/v1/incidents?limit=3").json()
        second = person.get(f"/api/v1/incidents?limit=3&cursor={first['next_cursor']}")
        assert self.numbers(second) == [21, 20, 7]

    @pytest.mark.parametrize("cursor", ["x", "%00", "MTIz", "é", "====", "a" * 190])
    def test_refuses_a_cursor_it_did_not_make(self, standing, cursor):
        assert code(standing.person().get(f"/api/v1/incidents?cursor={cursor}")) == "cursor_unreadable"

    @pytest.mark.parametrize("query", ["state=awful", "rule=awful", "limit=0", "limit=201", "from=today", "colour=red"])
    def test_refuses_filters_it_does_not_know(self, standing, query):
        assert code(standing.person().get(f"/api/v1/incidents?{query}")) == "invalid"

    def test_says_when_nothing_changed(self, server, person):
        first = person.get("/api/v1/incidents")
        again = person.get("/api/v1/incidents", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        tell(server, 50)
        changed = person.get("/api/v1/incidents", headers={"If-None-Match": first.headers["etag"]})
        assert changed.status_code == 200

    def test_tells_what_changed_since(self, server, person):
        server.clock.advance(60)
        tell(server, 2, revision=2)
        since = server.person().get(f"/api/v1/incidents/{key(2)}").json()["changed_at"]
        assert self.numbers(person.get("/api/v1/incidents", params={"changed_since": since})) == [2]
