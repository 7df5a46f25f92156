"""`guiwei users` and `guiwei devices`, as typed."""

from __future__ import annotations

import json
import sqlite3

import httpx
import pytest
from typer.testing import CliRunner

from api import Settings, create_app
from guiwei.people_command import devices_app, users_app
from guiwei.serve import run_server, settings_in_force
from models.domain.clock import SystemClock
from models.domain.errors import UsageError
from tests.api.serving import code, incident, listening


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("GUIWEI_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def typed(app, *words, answer=None):
    done = CliRunner().invoke(app, list(words), input=answer)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def test_a_token_and_a_password_are_shown_once_and_open_the_server(data):
    token = typed(devices_app, "add", "box-1", "--site", "north-gate", "--name-zh", "北门").stdout.strip()
    password = typed(users_app, "add", "li", "--role", "auditor", "--generate").stdout.strip()
    assert token.startswith("gwd_")
    app = create_app(Settings(), clock=SystemClock())
    with listening(app) as url, httpx.Client(base_url=url, verify=False) as client:
        answer = client.post("/api/v1/incidents", json=incident(), headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201
        assert client.post("/api/v1/session", json={"name": "li", "password": password}).status_code == 201
        typed(devices_app, "revoke", "box-1", "--site", "north-gate")
        refused = client.post("/api/v1/incidents", json=incident(), headers={"Authorization": f"Bearer {token}"})
        assert code(refused) == "token_unknown"
    stored = "\n".join(sqlite3.connect(data / "guiwei.sqlite").iterdump())
    assert token not in stored
    assert password not in stored
    assert "$argon2id$" in stored


def test_lists_say_who_and_what(data):
    typed(devices_app, "add", "box-1", "--site", "north-gate")
    typed(users_app, "add", "li", "--role", "site_manager", "--site", "north-gate", answer="a long enough one\n")
    typed(users_app, "disable", "li")
    (user,) = json.loads(typed(users_app, "list", "--json").stdout)
    expected = {"name": "li", "role": "site_manager", "language": "zh", "sites": "north-gate", "disabled": True}
    assert user == expected
    (device,) = json.loads(typed(devices_app, "list", "--json").stdout)
    assert device == {"site": "north-gate", "name": "box-1", "revoked": False, "last_seen": None}
    assert "north-gate" in typed(devices_app, "list").stdout


def test_a_new_password_may_be_piped_in(data):
    typed(users_app, "add", "li", "--role", "auditor", "--generate")
    assert typed(users_app, "password", "li", answer="a long enough one\n").stdout == ""
    app = create_app(Settings(), clock=SystemClock())
    with listening(app) as url, httpx.Client(base_url=url, verify=False) as client:
        answer = client.post("/api/v1/session", json={"name": "li", "password": "a long enough one"})
        assert answer.status_code == 201


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (users_app, ("password", "nobody", "--generate")),
        (users_app, ("disable", "nobody")),
        (users_app, ("add", "li", "--role", "auditor", "--site", "nowhere", "--generate")),
        (users_app, ("add", "li", "--role", "auditor", "--language", "fr", "--generate")),
        (devices_app, ("revoke", "box", "--site", "nowhere")),
        (devices_app, ("add", "box", "--site", "north", "--time-zone", "Mars/Olympus")),
        (devices_app, ("add", "box", "--site", "a\nb")),
    ],
)
def test_what_cannot_be_done_is_explained(app, words):
    with pytest.raises(UsageError) as refused:
        typed(app, *words)
    assert refused.value.what
    assert refused.value.got


def test_a_name_twice_at_one_site_is_refused(data):
    typed(devices_app, "add", "box", "--site", "north-gate")
    with pytest.raises(UsageError, match="device of that name"):
        typed(devices_app, "add", "box", "--site", "north-gate")


def test_a_wrong_setting_is_named_without_its_value(monkeypatch):
    monkeypatch.setenv("GUIWEI_SECRET_KEY", "topsecret")
    with pytest.raises(UsageError) as refused:
        settings_in_force()
    assert "GUIWEI_SECRET_KEY" in refused.value.expected
    assert "topsecret" not in str(refused.value)
    monkeypatch.delenv("GUIWEI_SECRET_KEY")
    with pytest.raises(UsageError) as refused:
        settings_in_force(port=99999)
    assert refused.value.where == "GUIWEI_PORT"


def test_a_taken_port_is_told(data):
    with listening(create_app(Settings(), clock=SystemClock())) as url, pytest.raises(UsageError) as refused:
        run_server(Settings(port=int(url.rpartition(":")[2])))
    assert refused.value.next_step
