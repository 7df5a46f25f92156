"""The rendered hall: groups taught by the command from one clip, told in others. Spots two pixels high too."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from calibration import Secrets, load_site
from guiwei.command import app
from models.domain.clock import SystemClock
from models.domain.media import US, Frame
from models.domain.messages import Scene
from models.domain.truth import Truth
from vision.ingest import open_source
from vision.luminaires import LuminaireSight
from vision.scene_health import SceneHealth

SAMPLES = Path(__file__).parents[3] / "sample_videos"
SWITCH_S = 2.0


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """lights.json as the command writes it; the command's own words."""
    folder = tmp_path_factory.mktemp("taught") / "site"
    shutil.copytree(SAMPLES / "lights-switched-day", folder)
    told = CliRunner().invoke(app, ["calibrate", "lights", str(folder), "--names", "front,back,counter"])
    assert told.exit_code == 0, told.output
    return folder / "lights.json"


def seconds(clip, taught, folder, spoil=lambda image, _t: image):
    """Group -> how many frames it was told right, wrong and unknown; frames within 2 s of a switch are left out."""
    shutil.copytree(SAMPLES / clip, folder)
    shutil.copy(taught, folder / "lights.json")
    site = load_site(folder)
    camera = site.cameras["hall"]
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    lamps = {lamp["id"]: lamp["states"] for lamp in truth["lamps"]}
    sight, health = LuminaireSight(camera, site.energy.luminaires), SceneHealth()
    told, found = {}, defaultdict(Counter)
    for frame in open_source(camera, secrets=Secrets(), clock=SystemClock(), anchor_utc_us=0):
        if not isinstance(frame, Frame):
            continue
        t = frame.t_us / US
        seen = replace(frame, image=spoil(frame.image, t))
        scene = Scene("hall", frame.run.id, frame.utc_us, (), (), health.view(seen.image, seen.utc_us))
        told |= {one.subject: one.truth for one in sight.look(seen, scene)}
        for name, truth_now in told.items():
            if any(state["t_s"] > 0 and abs(t - state["t_s"]) < SWITCH_S for state in lamps[name]):
                continue
            on = [state["on"] for state in lamps[name] if state["t_s"] <= t][-1]
            known = truth_now is not Truth.UNKNOWN
            found[name]["unknown" if not known else "right" if (truth_now is Truth.HOLDS) is on else "wrong"] += 1
    return found


def test_all_three_groups_are_right_in_every_known_second_of_the_clip_they_were_taught_from(taught, tmp_path):
    found = seconds("lights-switched-day", taught, tmp_path / "site")
    assert set(found) == {"front", "back", "counter"}
    for name, counts in found.items():
        assert counts["wrong"] == 0, (name, counts)
        assert counts["right"] >= 0.95 * counts.total(), (name, counts)


def test_a_hand_before_the_lens_switches_nothing_off(taught, tmp_path):
    found = seconds("lights-off-covered", taught, tmp_path / "site")
    for name, counts in found.items():
        assert counts["wrong"] == 0, (name, counts)
        assert counts["unknown"] > 0


def test_a_lens_that_goes_out_of_focus_switches_nothing(taught, tmp_path):
    found = seconds(
        "lights-switched-day",
        taught,
        tmp_path / "site",
        lambda image, t: cv2.GaussianBlur(image, None, 6.0) if 9 <= t < 30 else image,
    )
    for name, counts in found.items():
        assert counts["wrong"] == 0, (name, counts)
        assert counts["unknown"] >= 0.35 * counts.total(), (name, counts)


def test_after_a_black_spell_lamps_are_told_within_two_seconds_unlike_after_infrared(taught, tmp_path):
    found = seconds(
        "lights-switched-day", taught, tmp_path / "site", lambda image, t: image * np.uint8(not 24.5 <= t < 30)
    )
    for name, counts in found.items():
        assert counts["wrong"] == 0, (name, counts)
        assert counts["right"] >= 0.8 * counts.total(), (name, counts)
