"""A replay into the real API: what the box found is what the API has, also when it is delivered twice."""

from __future__ import annotations

import httpx
import pytest

from api.devices import add_device
from api.records import SiteRecord
from guiwei.box import Ears
from guiwei.uplink import Uplink
from models.domain.instants import datetime_of
from models.domain.site import Name
from pipelines.outbox import api_client
from tests.api.serving import Serving, serving
from tests.pipelines_box.showroom import replayed, write_site

TINY = SiteRecord("tiny", Name("小厅", "Tiny hall"), "Asia/Shanghai")


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path) as running:
        yield running


def listed(server: Serving) -> list[dict]:
    answer = server.person().get("/api/v1/incidents")
    assert answer.status_code == 200
    return answer.json()["items"]


def test_replay_delivers_everything_and_again_doubles_nothing(server: Serving, tmp_path):
    token = add_device(server.services.store, TINY, "box", now_us=server.clock.utc_us())
    folder = write_site(tmp_path / "site")
    told: list[str] = []
    ears = Ears(tell=lambda key, _places: told.append(key))
    first = replayed(folder, tmp_path / "out", Uplink(server.url, token), ears)
    again = replayed(folder, tmp_path / "out", Uplink(server.url, token), ears)
    assert first.undelivered == again.undelivered == 0
    assert told == []
    items = listed(server)
    assert [item["dedupe_key"] for item in items] == [i.dedupe_key for i in again.incidents]
    assert all(file["arrived"] for file in items[0]["evidence"])
    assert items[0]["revision"] == again.incidents[0].revision


def test_the_camera_is_told_with_its_masked_picture(server: Serving, tmp_path):
    token = add_device(server.services.store, TINY, "box", now_us=server.clock.utc_us())
    replayed(write_site(tmp_path / "site"), tmp_path / "out", Uplink(server.url, token))
    cameras = server.person().get("/api/v1/cameras").json()["items"]
    assert [(c["camera_id"], c["state"]) for c in cameras] == [("hall", "ended")]
    assert cameras[0]["observed_s"] == pytest.approx(11.8, abs=0.3)
    assert cameras[0]["picture_taken_at"] is not None


def test_the_figures_of_a_replay_are_read_by_the_supervisor_and_again_double_nothing(server: Serving, tmp_path):
    token = add_device(server.services.store, TINY, "box", now_us=server.clock.utc_us())
    for _ in range(2):
        result = replayed(write_site(tmp_path / "site"), tmp_path / "out", Uplink(server.url, token))
    assert result.start_us is not None
    day = datetime_of(result.start_us).date().isoformat()
    asked = {"site": TINY.id, "from": day, "to": day}
    (waits,) = server.person().get("/api/v1/figures", params=asked).json()["waits"]
    assert (waits["kind"], waits["parties"]) == ("wait.reception", 1)


def test_a_wrong_token_loses_nothing(server: Serving, tmp_path):
    told: list[str] = []
    ears = Ears(tell=lambda key, _places: told.append(key))
    result = replayed(
        write_site(tmp_path / "site"), tmp_path / "out", Uplink(server.url, "gwd_wrong", patience_s=0), ears
    )
    assert result.undelivered > 0
    assert told == ["delivery.lost", "delivery.rest"]
    assert listed(server) == []


def test_no_proxy_of_the_environment_gets_the_token(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with api_client("http://127.0.0.1:1", "gwd_x") as client, pytest.raises(httpx.ConnectError):
        client.get("/")
