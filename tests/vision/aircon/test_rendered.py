"""The rendered units of the samples: taught by the command from one clip, told in all; and what the site check says."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration import Secrets, load_site
from guiwei.command import app
from models.domain.clock import SystemClock
from models.domain.errors import SiteError
from models.domain.media import US, Frame
from models.domain.messages import Scene
from models.domain.truth import Truth
from vision.aircon import AirconSight
from vision.ingest import open_source
from vision.scene_health import SceneHealth

SAMPLES = Path(__file__).parents[3] / "sample_videos"
TEACH = ["--running", "4-16", "--standing", "0-4,32-36", "--language", "en"]
SETTLED_S = 3.0


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    folder = tmp_path_factory.mktemp("taught") / "site"
    shutil.copytree(SAMPLES / "aircon-cues", folder)
    (folder / "aircon.json").unlink()
    told = CliRunner().invoke(app, ["calibrate", "aircon", str(folder), *TEACH])
    assert told.exit_code == 0, told.output
    return folder, told.output


def told(clip, taught):
    """Frames told right, wrong and unknown (those within 3 s of a change left out), and numbers told and shown."""
    folder = SAMPLES / clip
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["aircons"][0]["states"]
    camera, units = load_site(folder).cameras["aircon"], load_site(taught).energy.aircons
    sight, health = AirconSight(camera, units), SceneHealth()
    counts, numbers, latest, number = Counter(), Counter(), Truth.UNKNOWN, None
    for frame in open_source(camera, secrets=Secrets(), clock=SystemClock(), anchor_utc_us=0):
        if not isinstance(frame, Frame):
            continue
        t, view = frame.t_us / US, health.view(frame.image, frame.utc_us)
        state = [one for one in truth if one["t_s"] <= t][-1]
        settled = all(not 0 <= t - one["t_s"] < SETTLED_S or one["t_s"] == 0 for one in truth)
        for one in sight.look(frame, Scene("aircon", frame.run.id, frame.utc_us, (), (), view)):
            if one.predicate == "on":
                latest, number = one.truth, dict(one.values).get("setpoint")
        if settled and number is not None:
            numbers[int(number.value) == state["display_c"]] += 1
        if settled:
            known = latest is not Truth.UNKNOWN
            counts["unknown" if not known else "right" if (latest is Truth.HOLDS) is state["on"] else "wrong"] += 1
    return counts, numbers


def test_the_command_finds_the_parts_and_shows_them(taught):
    folder, output = taught
    assert {r["part"] for r in json.loads((folder / "aircon.json").read_text())["units"]["ac-1"]} == {
        "display", "led", "louver", "ribbon",
    }  # fmt: skip
    assert (folder / "aircon.png").is_file()
    assert "display" in output


@pytest.mark.parametrize(("clip", "least_known"), [("aircon-in-order", 0.9), ("aircon-cues", 0.5)])
def test_never_wrong_and_the_number_is_read(taught, clip, least_known):
    """aircon-cues shows contradicting signs for 10 of its 36 s, which nobody could decide."""
    counts, numbers = told(clip, taught[0])
    assert counts["wrong"] == 0, counts
    assert counts["right"] >= least_known * counts.total(), counts
    assert numbers[True] > 0
    assert numbers[False] == 0, numbers


def test_a_covered_lens_is_unknown(taught):
    counts, _ = told("aircon-covered", taught[0])
    assert counts["wrong"] == 0
    assert counts["unknown"] >= 0.9 * counts.total()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"units": {"ac-1": [{"camera": "nowhere", "part": "led", "polygon": [[1, 1], [9, 1], [9, 9]]}]}}, "nowhere"),
        ({"units": {"ac-1": [{"camera": "aircon", "part": "led", "polygon": [[1, 1], [999, 1], [9, 9]]}]}}, "999"),
        ({"units": {"ac-1": [{"camera": "aircon", "part": "lamp", "polygon": [[1, 1], [9, 1], [9, 9]]}]}}, "part"),
        ({"version": 2}, "version"),
    ],
    ids=["camera", "outside", "part", "version"],
)
def test_what_cannot_have_been_taught_is_refused(tmp_path, change, words):
    shutil.copytree(SAMPLES / "aircon-covered", tmp_path / "site", ignore=shutil.ignore_patterns("*.mp4"))
    (tmp_path / "site" / "aircon.json").write_text(json.dumps({"version": 1, "units": {}} | change), encoding="utf-8")
    with pytest.raises(SiteError) as refused:
        load_site(tmp_path / "site")
    assert refused.value.where == "aircon.json"
    assert words in refused.value.got


def test_a_clip_in_which_the_unit_does_nothing_teaches_nothing(tmp_path):
    shutil.copytree(SAMPLES / "aircon-left-on", tmp_path / "site")
    before = (tmp_path / "site" / "aircon.json").read_bytes()
    spans = ["--running", "2-12", "--standing", "14-24"]  # it runs in both
    told = CliRunner().invoke(app, ["calibrate", "aircon", str(tmp_path / "site"), *spans])
    assert told.exit_code != 0
    assert (tmp_path / "site" / "aircon.json").read_bytes() == before


def test_a_ducted_unit_is_recommended_a_meter(tmp_path):
    text = (SAMPLES / "aircon-covered" / "site.yaml").read_text(encoding="utf-8")
    where = text.index("      regions:", text.index("aircons:"))
    end = text.index("rules:", where)
    (tmp_path / "site.yaml").write_text(text[:where] + text[end:], encoding="utf-8")
    shutil.copy(SAMPLES / "aircon-covered" / "recording.mp4", tmp_path)
    told = CliRunner().invoke(app, ["site", "check", str(tmp_path)])
    assert "energy.meters" in told.output


def test_a_display_whose_number_nobody_explained_is_told(tmp_path):
    text = (SAMPLES / "aircon-covered" / "site.yaml").read_text(encoding="utf-8")
    (tmp_path / "site.yaml").write_text(text.replace("      display_shows: setpoint\n", ""), encoding="utf-8")
    told = CliRunner().invoke(app, ["site", "check", str(tmp_path)])
    assert "display_shows" in told.output
