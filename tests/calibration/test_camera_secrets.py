"""Passwords are found by name and never seen."""

import copy
import logging
import pickle
import traceback
import warnings

import pytest

from calibration import Secrets, load_secrets, load_site
from calibration.camera_secrets import SecretsReadableWarning, missing_secrets
from models.domain.errors import SiteError
from tests.calibration.showroom import write_site

PASSWORD = "hunter2-密码"


def write_secrets(folder, content, mode=0o600):
    file = folder / "secrets.yaml"
    file.write_text(content, encoding="utf-8")
    file.chmod(mode)
    return folder


def test_they_come_from_the_file_and_the_environment_wins(tmp_path):
    write_secrets(tmp_path, f'door_camera: "{PASSWORD}"\nhall: "from file"\n')
    secrets = load_secrets(tmp_path, {"GUIWEI_SECRET_HALL": "from environment", "GUIWEI_SECRET_": "x", "PATH": "/bin"})
    assert dict(secrets) == {"door_camera": PASSWORD, "hall": "from environment"}


def test_the_process_environment_is_the_default(tmp_path, monkeypatch):
    monkeypatch.setenv("GUIWEI_SECRET_BACK_DOOR", PASSWORD)
    assert load_secrets(tmp_path)["back_door"] == PASSWORD


def test_no_file_means_no_secrets(tmp_path):
    assert dict(load_secrets(tmp_path, {})) == {}


def test_secrets_that_are_no_file_are_told(tmp_path):
    (tmp_path / "secrets.yaml").mkdir(mode=0o700)
    with pytest.raises(SiteError) as caught:
        load_secrets(tmp_path, {})
    assert "secrets.yaml" in caught.value.where


def test_a_folder_that_is_no_folder_holds_no_secrets(tmp_path):
    (tmp_path / "file").write_text("x")
    assert dict(load_secrets(tmp_path / "file", {})) == {}


def test_nothing_that_prints_them_shows_a_value(tmp_path, caplog):
    secrets = load_secrets(write_secrets(tmp_path, f'door: "{PASSWORD}"\n'), {})
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").info("%s %r", secrets, {"secrets": secrets})
    shown = [repr(secrets), str(secrets), f"{secrets}", f"{secrets!r}", repr([secrets]), caplog.text]
    assert all(PASSWORD not in text for text in shown)
    assert repr(secrets) == "Secrets(door=***)"
    with pytest.raises(KeyError) as caught:
        secrets["back"]
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_they_are_not_copied_into_a_file_or_another_process():
    secrets = Secrets({"door": PASSWORD})
    for carry in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError) as caught:
            carry(secrets)
        assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        f"door: [{PASSWORD}]\n",
        f"door: {{user: {PASSWORD}}}\n",
        f"- {PASSWORD}\n",
        f"{PASSWORD}\n",
        f"door: *{PASSWORD}\n",
        f"door: !{PASSWORD}\n",
        f"door: &{PASSWORD}\n",
        f"door: '{PASSWORD}\n",
        f"door: {PASSWORD}\ndoor: {PASSWORD}\n",
        f"door: {{{PASSWORD}\n",
        f"Door-1: {PASSWORD}\n",
        "door: 12345678\n",
        "door:\n",
    ],
)
def test_a_wrong_file_is_refused_without_showing_what_is_in_it(tmp_path, content):
    with pytest.raises(SiteError) as caught:
        load_secrets(write_secrets(tmp_path, content), {})
    error = caught.value
    assert "secrets.yaml" in str(error)
    told = str(error) + repr(error) + "".join(traceback.format_exception(error))
    assert PASSWORD not in told
    assert "12345678" not in told


def test_a_file_that_others_may_read_is_warned_of(tmp_path):
    write_secrets(tmp_path, f'door: "{PASSWORD}"\n', mode=0o644)
    with pytest.warns(SecretsReadableWarning, match="chmod 600") as told:
        load_secrets(tmp_path, {})
    assert all(PASSWORD not in str(w.message) for w in told)


def test_a_file_of_ones_own_is_not_warned_of(tmp_path):
    write_secrets(tmp_path, f'door: "{PASSWORD}"\n')
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_secrets(tmp_path, {})["door"] == PASSWORD


def test_the_site_says_which_secrets_it_misses(tmp_path):
    site = load_site(write_site(tmp_path))
    assert missing_secrets(site, Secrets()) == [("door", "door_camera"), ("door", "door_camera")]
    assert missing_secrets(site, Secrets({"door_camera": PASSWORD})) == []


def test_the_site_itself_never_holds_one(tmp_path):
    write_secrets(write_site(tmp_path), f'door_camera: "{PASSWORD}"\n')
    assert PASSWORD not in repr(load_site(tmp_path))
