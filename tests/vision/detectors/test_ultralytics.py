"""The [ultralytics] extra with a real network of random weights; and what is said where the extra is missing."""

import importlib.util
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from models.domain.errors import WeightsError
from vision.detectors import load_detector

EXTRA = importlib.util.find_spec("ultralytics") is not None
needs_extra = [
    pytest.mark.ultralytics,
    pytest.mark.skipif(not EXTRA, reason="the [ultralytics] extra is missing; .ci/ultralytics runs it"),
    pytest.mark.filterwarnings("default"),  # torch and ultralytics warn about themselves
]
ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(EXTRA, reason="the extra is installed here")
def test_without_the_extra_a_pt_file_is_refused_with_the_command_to_install_it(tmp_path):
    (tmp_path / "best.pt").write_bytes(b"any")
    with pytest.raises(WeightsError) as refused:
        load_detector(tmp_path / "best.pt")
    assert "pip install 'guiwei[ultralytics]'" in refused.value.next_step


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A .pt as training writes it, made in a process of its own so that this one imports the library as Guiwei does."""
    path = tmp_path_factory.mktemp("weights") / "best.pt"
    make = "import sys, torch; from ultralytics import YOLO; torch.manual_seed(3); YOLO(sys.argv[1]).save(sys.argv[2])"
    environment = os.environ | {"YOLO_CONFIG_DIR": str(path.parent), "YOLO_OFFLINE": "True"}
    subprocess.run([sys.executable, "-c", make, "yolo11n.yaml", str(path)], check=True, env=environment)
    return path


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GUIWEI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


class TestWithTheExtra:
    pytestmark = needs_extra

    def test_a_local_checkpoint_detects_and_repeats_itself(self, checkpoint, home):
        detector = load_detector(checkpoint)
        picture = np.random.default_rng(1).integers(0, 255, (120, 200, 3), np.uint8)
        detector._options["conf"] = 1e-6  # random weights believe in nothing
        first, again = detector.detect([picture, picture])
        assert len(first) > 0
        assert first.boxes.tobytes() == again.boxes.tobytes()
        assert first.boxes[:, 2].max() <= 200

    def test_the_library_is_kept_from_installing_reporting_and_unsafe_loading(self, checkpoint, home):
        load_detector(checkpoint)
        from ultralytics import utils  # noqa: PLC0415 - after Guiwei has imported it
        from ultralytics.utils.events import events  # noqa: PLC0415

        assert utils.AUTOINSTALL is False
        assert utils.SAFE_LOAD is True
        assert utils.SETTINGS["sync"] is False
        assert events.enabled is False

    def test_an_export_runs_without_the_extra_and_agrees(self, checkpoint, home, tmp_path):
        from vision.detectors.ultralytics_detector import export_to_openvino  # noqa: PLC0415

        model = export_to_openvino(checkpoint, tmp_path / "exported", size_px=320)
        assert sorted(p.suffix for p in model.parent.iterdir()) == [".bin", ".xml", ".yaml"]
        picture = np.random.default_rng(1).integers(0, 255, (320, 320, 3), np.uint8)
        exported, original = load_detector(model), load_detector(checkpoint)
        assert exported.head.end_to_end is False
        table = exported._request.infer(exported.head.feed(picture))[0]
        import torch  # noqa: PLC0415

        with torch.inference_mode():
            fed = torch.from_numpy(exported.head.feed(picture)[0])
            expected = original._model.model.float().eval()(fed)[0].numpy()
        assert table.shape == expected.shape
        assert np.abs(table - expected).max() < 0.05

    def test_an_export_never_overwrites(self, checkpoint, home, tmp_path):
        from vision.detectors.ultralytics_detector import export_to_openvino  # noqa: PLC0415

        (tmp_path / "taken").mkdir()
        with pytest.raises(WeightsError):
            export_to_openvino(checkpoint, tmp_path / "taken")

    def test_a_name_is_never_downloaded(self, home, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(WeightsError):
            load_detector(Path("yolo11n.pt"))
        assert list(tmp_path.glob("*.pt")) == []

    def test_a_file_that_is_no_checkpoint_is_refused(self, home, tmp_path):
        (tmp_path / "best.pt").write_bytes(b"not a checkpoint")
        with pytest.raises(WeightsError):
            load_detector(tmp_path / "best.pt")

    def test_a_checkpoint_that_brings_code_is_refused_and_its_code_never_runs(self, home, tmp_path):
        trace = tmp_path / "it ran"

        class Payload:
            def __reduce__(self):
                return os.mkdir, (str(trace),)

        path = tmp_path / "best.pt"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps({"model": Payload()}, protocol=2))
            archive.writestr("archive/version", "3\n")
            archive.writestr("archive/byteorder", "little")
        with pytest.raises(WeightsError):
            load_detector(path)
        assert not trace.exists()

    def test_a_network_for_another_task_is_refused(self, home, tmp_path):
        path = tmp_path / "seg.pt"
        make = "import sys; from ultralytics import YOLO; YOLO(sys.argv[1]).save(sys.argv[2])"
        subprocess.run([sys.executable, "-c", make, "yolo11n-seg.yaml", str(path)], check=True)
        with pytest.raises(WeightsError) as refused:
            load_detector(path)
        assert "segment" in refused.value.got
