"""The command as a new user meets it: real processes, plain messages, the exit codes that command.py documents."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import guiwei as package_under_test


def guiwei(*words, cwd, **environment):
    home = {"GUIWEI_HOME": str(cwd / "home")}
    return subprocess.run(
        [sys.executable, "-m", "guiwei", *words],
        cwd=cwd,
        env={**os.environ, **home, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--help",), 0, "demo"),
        (("demo", "--help"), 0, "--once"),
        (("bogus",), 2, "bogus"),
        (("replay",), 2, "SITE_DIR"),
        (("replay", "nowhere"), 3, "guiwei site init"),
        (("replay", "nowhere", "--camera", "x"), 2, "ID=FILE"),
        (("explain", "1", "--in", "nowhere"), 2, "tape.jsonl"),
        (("weights", "verify", "none-such"), 5, "guiwei weights pull"),
        (("live", "nowhere", "--api", "http://127.0.0.1:9"), 2, "GUIWEI_TOKEN"),
    ],
)
def test_what_goes_wrong_is_said_and_has_its_exit_code(tmp_path, words, code, told):
    done = guiwei(*words, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert told in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b[" not in done.stdout + done.stderr, "no colours in a pipe"
    if code:
        assert not done.stdout, "errors go to standard error"


def test_a_taken_port_says_how_to_take_another(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        done = guiwei("serve", "--port", str(port), "--data-dir", str(tmp_path / "data"), cwd=tmp_path)
    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert re.search(r"next: .*--port", done.stderr)


def test_the_unexpected_leaves_a_report_and_no_traceback(tmp_path):
    package = tmp_path / "guiwei"
    shutil.copytree(Path(package_under_test.__file__).parent, package)
    broken = package / "schema_command.py"
    source = broken.read_text(encoding="utf-8")
    broken.write_text(re.sub(r"(def schema\((?:.|\n)*?-> None:\n(?:    \"\"\".*\"\"\"\n)?)", r"\1    1 / 0\n", source))
    done = guiwei("schema", "site", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "guiwei-report.txt" in done.stderr
    assert "Traceback" not in done.stderr
    assert "ZeroDivisionError" in (tmp_path / "guiwei-report.txt").read_text(encoding="utf-8")


def test_the_list_of_commands_waits_for_no_library_of_pictures_or_networks():
    heavy = "{'cv2', 'numpy', 'matplotlib', 'nicegui', 'openvino', 'sqlalchemy'} & set(sys.modules)"
    asked = f"import sys; from typer.testing import CliRunner; from guiwei.command import app; \
        shown = CliRunner().invoke(app, ['--help']); print(shown.exit_code, 'calibrate' in shown.output, {heavy})"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "0 True set()", done.stdout + done.stderr
