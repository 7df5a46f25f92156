"""Health, metrics, settings, the description, and the words of every refusal."""

from __future__ import annotations

import stat

import pytest
from pydantic import ValidationError
from sqlalchemy import text as sql

from api import Settings
from api.refusal import STATUS
from api.roles import PERMISSIONS, UserRole
from models.texts import LANGUAGES, catalogue, text
from tests.api.serving import camera, code, incident, key, serving

STRONG = "k3yq-9Zt7-Lm2p-Xw8v-Rb5n-Hd4s-Jc6f"


def test_health_tells_what_a_watcher_needs(server):
    fresh = server.anyone().get("/health").json()
    assert (fresh["status"], fresh["last_box_contact"], fresh["observability"]) == ("ok", None, None)
    server.clock.advance(60)
    server.box().put("/api/v1/cameras/hall-1/state", json=camera(observed_s=75.0, blind_s=25.0))
    later = server.anyone().get("/health").json()
    assert later["last_box_contact"] == "2026-01-05T02:01:00.000000+00:00"
    assert later["observability"] == 0.75
    assert later["disk_free_bytes"] > 0


def test_health_and_all_else_say_so_when_the_database_fails(server):
    person = server.person()
    with server.services.store.writing() as session:
        session.execute(sql("DROP TABLE camera_state"))
        session.execute(sql("ALTER TABLE incident RENAME TO lost"))
    answer = server.anyone().get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "no_database")
    answer = person.get("/api/v1/incidents")
    assert (answer.status_code, code(answer)) == (503, "store_unusable")


def test_metrics_count_requests_and_incidents(server):
    server.box().post("/api/v1/incidents", json=incident())
    page = server.person().get("/metrics").text
    assert 'guiwei_incidents{state="detected"} 1.0' in page
    assert 'guiwei_http_requests_total{method="POST",route="/api/v1/incidents",status="201"} 1.0' in page


def test_metrics_are_for_the_token_and_for_nobody_else(tmp_path):
    with serving(tmp_path, metrics_token=STRONG) as server:
        scraper = server.client(Authorization=f"Bearer {STRONG}")
        assert scraper.get("/metrics").status_code == 200
        assert scraper.get("/api/v1/incidents").status_code == 401
        assert server.anyone().get("/metrics").status_code == 401
        assert server.person(UserRole.AUDITOR).get("/metrics").status_code == 403


def test_the_description_has_examples_that_work(server):
    described = server.person().get("/api/v1/openapi.json").json()
    schemas = described["components"]["schemas"]
    told, move, state = (schemas[name]["examples"][0] for name in ("IncidentBody", "TransitionBody", "CameraBody"))
    box, person = server.box(), server.person()
    assert box.post("/api/v1/incidents", json=told).status_code == 201
    assert box.put(f"/api/v1/cameras/{told['camera_id']}/state", json=state).status_code == 200
    moved = person.post(f"/api/v1/incidents/{told['dedupe_key']}/transition", json=move)
    assert moved.json()["state"] == move["to"]
    for operations in described["paths"].values():
        for operation in operations.values():
            assert operation["summary"]


@pytest.mark.parametrize("refusal", sorted(STATUS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_its_words(refusal, language):
    for part in ("what", "next"):
        assert text(f"refusal.{refusal}.{part}", language, seconds=1)


def test_no_words_are_left_over_and_every_role_has_a_name_and_permissions():
    worded = {name.split(".")[1] for name in catalogue() if name.startswith("refusal.")}
    assert worded == set(STATUS)
    assert set(PERMISSIONS) == set(UserRole)
    for role in UserRole:
        for language in LANGUAGES:
            assert text(f"user_role.{role}", language)


@pytest.mark.parametrize("secret", ["changeme", "short", "a" * 64, ""])
def test_a_weak_secret_stops_the_start_except_in_the_demo(secret, tmp_path):
    with pytest.raises(ValidationError, match="GUIWEI_SECRET_KEY"):
        Settings(data_dir=tmp_path, secret_key=secret)
    assert Settings(data_dir=tmp_path, secret_key=secret, demo=True).secret() == secret.encode()


def test_a_secret_is_made_once_and_kept_to_oneself(tmp_path):
    first, second = (Settings(data_dir=tmp_path).secret() for _ in range(2))
    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_settings_come_from_the_environment_and_hide_their_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("GUIWEI_SECRET_KEY", STRONG)
    monkeypatch.setenv("GUIWEI_ALLOWED_HOSTS", '["guiwei.example"]')
    settings = Settings(data_dir=tmp_path)
    assert settings.allowed_hosts == ("guiwei.example",)
    assert settings.secret() == STRONG.encode()
    assert STRONG not in repr(settings)


def test_the_server_keeps_its_data_over_a_restart(tmp_path):
    with serving(tmp_path) as server:
        server.box().post("/api/v1/incidents", json=incident())
    settings = server.services.settings
    assert Settings(data_dir=settings.data_dir).store_url == settings.store_url
    server.services.store.close()
    with serving(tmp_path / "data" / "..", add_boxes=False) as again:
        assert again.person().get(f"/api/v1/incidents/{key(1)}").status_code == 200
