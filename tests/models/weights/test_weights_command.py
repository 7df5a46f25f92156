"""`guiwei weights`, run as a person runs it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from guiwei.weights_command import app
from models.domain.errors import WeightsError
from tests.vision.detectors.networks import save_bright_spot, save_constant


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GUIWEI_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "weights"


def guiwei_weights(*words: str):
    return CliRunner().invoke(app, list(words), terminal_width=120)


def test_a_network_is_added_listed_and_verified(home, tmp_path):
    save_bright_spot(tmp_path / "spot.xml")
    assert "spot 已添加" in guiwei_weights("add", str(tmp_path / "spot.xml")).output
    assert (home / "spot" / "spot.bin").is_file()
    listed = guiwei_weights("list", "--language", "en").output
    assert "spot" in listed
    assert "not here yet" in listed
    assert "picodet-s-416" in listed
    assert "spot: checksums agree" in guiwei_weights("verify", "--language", "en").output


def test_a_network_of_the_wrong_kind_is_refused_before_it_is_added(home, tmp_path):
    save_constant(tmp_path / "classifier.xml", np.zeros((1, 1000)))
    refused = guiwei_weights("add", str(tmp_path / "classifier.xml"))
    assert isinstance(refused.exception, WeightsError)
    assert "PicoDet" in refused.exception.expected
    assert not (home / "classifier").exists()


def test_a_damaged_network_fails_the_check(home, tmp_path):
    save_bright_spot(tmp_path / "spot.xml")
    guiwei_weights("add", str(tmp_path / "spot.xml"), "--name", "ours")
    (home / "ours" / "spot.bin").write_bytes(b"")
    refused = guiwei_weights("verify", "ours")
    assert isinstance(refused.exception, WeightsError)
    assert refused.exception.exit_code == 5
    assert "已损坏" in guiwei_weights("list").output


def test_nothing_here_says_how_to_get_the_default(home):
    assert "guiwei weights pull" in guiwei_weights("verify").output


def test_an_unknown_name_is_refused(home):
    assert isinstance(guiwei_weights("pull", "yolo99").exception, WeightsError)


def test_importing_the_command_does_not_import_torch_or_ultralytics():
    script = "import sys, guiwei.weights_command; sys.exit(bool({'torch', 'ultralytics'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[3]).returncode == 0
