"""People move incidents: legally, with a reason, and never two of them at once."""

from __future__ import annotations

import itertools
import threading

import pytest

from api.roles import MOVES, UserRole
from models.domain.incident import TRANSITIONS, DismissReason, State
from tests.api.serving import code, incident, key, serving
from tests.models.store.conftest import BOTH, postgresql_cluster, postgresql_url

__all__ = ["postgresql_cluster", "postgresql_url"]

ROUTE = f"/api/v1/incidents/{key(1)}/transition"
WAYS = {
    State.DETECTED: [],
    State.ACKNOWLEDGED: [State.ACKNOWLEDGED],
    State.CONFIRMED: [State.CONFIRMED],
    State.DISMISSED: [State.DISMISSED],
    State.CLOSED: [State.CONFIRMED, State.CLOSED],
}
"""Moves that bring a new incident into each state a person can reach."""


def move(person, to, expected, **more):
    reason = {"reason": "duplicate"} if to == State.DISMISSED else {}
    return person.post(ROUTE, json={"to": to, "expected": expected} | reason | more)


def told(server, **changes):
    assert server.box().post("/api/v1/incidents", json=incident(1, **changes)).status_code == 201
    return server.person()


def brought_to(person, state):
    now = State.DETECTED
    for step in WAYS[state]:
        assert move(person, step, now).status_code == 200
        now = step


@pytest.mark.parametrize(("start", "to"), list(itertools.product(WAYS, State)))
def test_every_state_against_every_move(server, start, to):
    person = told(server)
    brought_to(person, start)
    answer = move(person, to, start)
    if to in TRANSITIONS[start] and to in MOVES:
        assert (answer.status_code, answer.json()["state"]) == (200, to)
    else:
        assert (answer.status_code, code(answer)) == (409, "move_illegal")
        assert person.get(f"/api/v1/incidents/{key(1)}").json()["state"] == start


def test_the_history_says_who_when_why(server):
    person = told(server)
    server.clock.advance(5)
    move(person, "acknowledged", "detected")
    server.clock.advance(5)
    last = move(person, "dismissed", "acknowledged", reason="authorised_exception", comment="保洁\n十点")
    step = last.json()["history"][-1]
    assert step["at"] == "2026-01-05T02:00:10.000000+00:00"
    assert (step["actor_kind"], step["role"], step["rule_version"]) == ("user", "site_manager", "1")
    assert step["actor"] == person.get("/api/v1/session").json()["name"]
    assert (step["from"], step["to"]) == ("acknowledged", "dismissed")
    assert (step["reason"], step["comment"]) == ("authorised_exception", "保洁\n十点")
    assert last.json()["moves"] == []


@pytest.mark.parametrize("reason", DismissReason)
def test_each_declared_reason_dismisses(server, reason):
    assert move(told(server), "dismissed", "detected", reason=reason).status_code == 200


def test_dismissing_takes_a_declared_reason(server):
    person = told(server)
    without = person.post(ROUTE, json={"to": "dismissed", "expected": "detected"})
    assert (without.status_code, code(without)) == (422, "reason_missing")
    assert "false_detection" in without.json()["error"]["expected"]
    assert code(move(person, "dismissed", "detected", reason="bad mood")) == "invalid"
    assert code(move(person, "confirmed", "detected", comment="x" * 1001)) == "invalid"


def test_a_safety_officer_acknowledges_but_does_not_judge(server):
    told(server)
    officer = server.person(UserRole.SAFETY_OFFICER)
    refused = move(officer, "confirmed", "detected")
    assert (refused.status_code, code(refused)) == (403, "not_permitted")
    answer = move(officer, "acknowledged", "detected")
    assert (answer.status_code, answer.json()["moves"]) == (200, [])


def test_who_decided_on_an_outdated_view_is_told_and_changes_nothing(server):
    person = told(server)
    move(person, "confirmed", "detected")
    late = move(server.person(UserRole.SATISFACTION_SPECIALIST), "dismissed", "detected")
    assert (late.status_code, code(late), late.json()["error"]["got"]) == (409, "moved_meanwhile", "confirmed")
    assert len(person.get(f"/api/v1/incidents/{key(1)}").json()["history"]) == 2


@pytest.mark.parametrize("kind", BOTH)
def test_of_two_supervisors_who_decide_at_once_exactly_one_wins(kind, tmp_path, request):
    where = {} if kind == "sqlite" else {"database_url": request.getfixturevalue("postgresql_url")}
    with serving(tmp_path, **where) as server:
        people = [told(server), server.person(UserRole.SATISFACTION_SPECIALIST)]
        for number in range(2, 12):
            assert server.box().post("/api/v1/incidents", json=incident(number)).status_code == 201
            start = threading.Barrier(2)
            answers = []

            def decide(person, to, number=number, start=start, answers=answers):
                start.wait(timeout=10)
                body = {"to": to, "expected": "detected", "reason": "duplicate"}
                answers.append(person.post(f"/api/v1/incidents/{key(number)}/transition", json=body))

            pairs = zip(people, ("confirmed", "dismissed"), strict=True)
            threads = [threading.Thread(target=decide, args=pair) for pair in pairs]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            (winner,) = (answer for answer in answers if answer.status_code == 200)
            found = people[0].get(f"/api/v1/incidents/{key(number)}").json()
            assert found["state"] == winner.json()["state"]
            assert len(found["history"]) == 2
