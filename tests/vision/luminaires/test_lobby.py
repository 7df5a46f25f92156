"""The real lobby: two banks are switched off while people pass (truth in the material's README)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration import Secrets, load_site
from guiwei.command import app
from guiwei.sights import sights_of
from models.domain.clock import SystemClock
from models.domain.media import US
from models.domain.messages import Scene
from models.domain.truth import Truth
from vision.ingest import open_source
from vision.luminaires import LuminaireSight

CLIP = Path(__file__).parents[4] / "shared/material/lights/lobby-1000-1700.mp4"
SITE = """
site: {{id: lobby, name: {{zh: 大堂, en: Lobby}}, time_zone: Asia/Shanghai}}
cameras:
  cam:
    name: {{zh: 大堂, en: Lobby}}
    source: {{file: "{clip}"}}
    size: [160, 128]
    analysis_fps: 10
zones:
  hall:
    name: {{zh: 大堂, en: Lobby}}
    kind: hall
    regions: [{{camera: cam, image: [[0, 40], [160, 40], [160, 128], [0, 128]]}}]
energy:
  luminaires:
    bank-a: {{name: {{zh: 甲, en: A}}, zone: hall}}
    bank-b: {{name: {{zh: 乙, en: B}}, zone: hall}}
    steady-1: {{name: {{zh: 丙, en: C}}, zone: hall}}
"""
BANK_A_S, BANK_B_S = 42.6, 43.4
"""Frames 426 and 434 at 10 fps."""

pytestmark = pytest.mark.skipif(not CLIP.is_file(), reason="shared/material/lights is not beside this checkout")


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lobby")
    (folder / "site.yaml").write_text(SITE.format(clip=CLIP.as_posix()), encoding="utf-8")
    names = ["calibrate", "lights", str(folder), "--names", "bank-a,bank-b", "--language", "en"]
    told = CliRunner().invoke(app, names)
    assert told.exit_code == 0, told.output
    return folder, told.output


def test_calibration_finds_the_banks_and_the_lamp_that_burns_on(taught):
    folder, output = taught
    groups = json.loads((folder / "lights.json").read_text(encoding="utf-8"))["groups"]
    left = {
        name: sorted(round(r["polygon"][0][0]) for r in regions if r["part"] == "lamp")
        for name, regions in groups.items()
    }
    assert set(left["bank-a"]) >= {59, 151}, "x 40-60 and 140-160 of the truth"
    assert set(left["bank-b"]) >= {14, 105}, "x 0-40 and 100-120"
    assert not set(left["bank-a"]) & set(left["bank-b"])
    assert left["steady-1"] == [67], "x 60-80"
    assert "42.5 s off" in output
    assert "43.3 s off" in output
    assert (folder / "lights.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("every", [1, 2])
def test_both_banks_are_found_off_within_a_second_and_nothing_flips_while_people_pass(taught, every):
    site = load_site(taught[0])
    camera = site.cameras["cam"]
    (sight,) = [one for one in sights_of(site, camera) if isinstance(one, LuminaireSight)]
    source = open_source(camera, secrets=Secrets(), clock=SystemClock(), anchor_utc_us=0)
    told, last = [], {}
    for number, frame in enumerate(source):
        if number % every:
            continue
        for one in sight.look(frame, Scene("cam", frame.run.id, frame.utc_us, ())):
            if last.get(one.subject) is not one.truth:
                last[one.subject] = one.truth
                told.append((one.subject, one.truth, frame.utc_us / US))
    known = [(name, truth, at) for name, truth, at in told if at > 1.5]
    for bank, switched_s in (("bank-a", BANK_A_S), ("bank-b", BANK_B_S)):
        (first, unsure_s), (second, off_s) = [(truth, at) for name, truth, at in known if name == bank]
        assert (first, second) == (Truth.UNKNOWN, Truth.FAILS), "unknown while the switching settles, then off, once"
        assert switched_s - 0.2 <= unsure_s < off_s <= switched_s + 1.0
    assert {name for name, *_ in known} == {"bank-a", "bank-b"}
    assert last == {"bank-a": Truth.FAILS, "bank-b": Truth.FAILS, "steady-1": Truth.HOLDS}
