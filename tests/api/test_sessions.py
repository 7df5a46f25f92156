"""Signing in: slow to guess, safe cookies, ended when it should be."""

from __future__ import annotations

import threading

import pytest

from api.accounts import Account, add_user, disable_user, list_users, set_password
from api.attempts import WINDOW_S, Attempts
from api.refusal import RefusalError
from api.roles import UserRole
from api.sessions import COOKIE, LIFETIME_S
from models.domain.errors import UsageError
from tests.api.serving import PASSWORD, PROGRAM, code, serving


@pytest.fixture
def li(server):
    add_user(server.services.store, Account("li", UserRole.SITE_MANAGER), PASSWORD, now_us=0)
    return "li"


def is_in(client):
    return client.get("/api/v1/session").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(server, li):
    cookie = server.sign_in(server.anyone(), li).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie, "plain HTTP within one machine"


def test_the_cookie_is_secure_wherever_else_it_is_asked_for(tmp_path):
    with serving(tmp_path, allowed_hosts=("guiwei.example",)) as server:
        add_user(server.services.store, Account("li", UserRole.AUDITOR), PASSWORD, now_us=0)
        body = {"name": "li", "password": PASSWORD}
        answer = server.anyone().post("/api/v1/session", json=body, headers={"Host": "guiwei.example"})
        assert "Secure" in answer.headers["set-cookie"].split("; ")


def test_a_wrong_password_and_an_unknown_name_look_the_same(server, li):
    wrong, unknown = (server.sign_in(server.anyone(), name, "wrong password") for name in (li, "nobody"))
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert "set-cookie" not in wrong.headers


def test_guessing_is_slowed_down_by_the_clock(server, li):
    client = server.anyone()
    for _ in range(5):
        assert server.sign_in(client, li, "wrong password").status_code == 401
    answer = server.sign_in(client, li)
    assert (answer.status_code, code(answer)) == (429, "too_many_attempts")
    assert int(answer.headers["retry-after"]) == WINDOW_S
    server.clock.advance(WINDOW_S - 1)
    assert server.sign_in(client, li).status_code == 429
    server.clock.advance(1)
    assert server.sign_in(client, li).status_code == 201


def test_one_address_cannot_try_many_names_and_one_name_survives_a_few_strangers():
    attempts = Attempts()
    for number in range(30):
        attempts.failed(f"name{number}", "1.1.1.1", 0)
    with pytest.raises(RefusalError):
        attempts.check("fresh", "1.1.1.1", 1)
    attempts.check("fresh", "2.2.2.2", 1)
    for number in range(20):
        attempts.failed("li", f"3.3.3.{number}", 0)
    attempts.check("li", "4.4.4.4", 1)


def test_the_memory_of_attempts_is_bounded():
    attempts = Attempts()
    for number in range(9000):
        attempts.failed(f"name{number}", f"address{number}", number)
    assert len(attempts._failures) <= 10_000


def test_signing_out_ends_this_session_only(server, li):
    first, second = server.client(**PROGRAM), server.client(**PROGRAM)
    server.sign_in(first, li)
    server.sign_in(second, li)
    stolen = first.cookies[COOKIE]
    assert first.delete("/api/v1/session").status_code == 204
    assert not is_in(server.client(Cookie=f"{COOKIE}={stolen}"))
    assert is_in(second)


def test_a_session_ends_after_a_shift(server, li):
    client = server.anyone()
    server.sign_in(client, li)
    server.clock.advance(LIFETIME_S - 1)
    assert is_in(client)
    server.clock.advance(1)
    assert not is_in(client)


def test_a_new_password_ends_all_sessions(server, li):
    here, there = server.client(**PROGRAM), server.client(**PROGRAM)
    server.sign_in(here, li)
    server.sign_in(there, li)
    new = "battery staple horse"
    assert code(here.put("/api/v1/session/password", json={"current": "x", "new": new})) == "wrong_credentials"
    assert code(here.put("/api/v1/session/password", json={"current": PASSWORD, "new": "short"})) == "password_weak"
    assert here.put("/api/v1/session/password", json={"current": PASSWORD, "new": new}).status_code == 204
    assert not is_in(here)
    assert not is_in(there)
    assert server.sign_in(here, li).status_code == 401
    assert server.sign_in(here, li, new).status_code == 201


def test_a_disabled_account_is_out_at_once_and_cannot_return(server, li):
    client = server.anyone()
    server.sign_in(client, li)
    disable_user(server.services.store, li, now_us=1)
    assert not is_in(client)
    assert server.sign_in(client, li).status_code == 401


def test_a_password_set_by_an_administrator_ends_the_sessions(server, li):
    client = server.anyone()
    server.sign_in(client, li)
    set_password(server.services.store, li, "a wholly new one")
    assert not is_in(client)


def test_a_cookie_of_nonsense_is_nobody(server):
    for value in ("", "x", "a" * 4000, "%00"):
        assert not is_in(server.client(Cookie=f"{COOKIE}={value}"))


def test_many_sign_ins_at_once_all_succeed(server, li):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(server.sign_in(server.anyone(), li).status_code))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [201] * 8


def test_accounts_are_checked(server, li):
    store = server.services.store
    with pytest.raises(UsageError, match="user of that name"):
        add_user(store, Account(li, UserRole.AUDITOR), PASSWORD, now_us=0)
    with pytest.raises(UsageError, match="site is not known"):
        add_user(store, Account("wang", UserRole.AUDITOR, sites=frozenset({"nowhere"})), PASSWORD, now_us=0)
    with pytest.raises(UsageError, match="cannot be used"):
        add_user(store, Account("a\nb", UserRole.AUDITOR), PASSWORD, now_us=0)
    with pytest.raises(RefusalError, match="密码"):
        add_user(store, Account("wang", UserRole.AUDITOR), "short", now_us=0)
    with pytest.raises(UsageError, match="no user"):
        disable_user(store, "wang", now_us=0)
    assert [account.name for account in list_users(store)] == [li]
