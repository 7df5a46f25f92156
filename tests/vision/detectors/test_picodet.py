"""The default network, for real: what it is fed with, what it finds, and that it can be repeated to the byte."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from models.domain.errors import WeightsError
from tests.vision.detectors.clips import picture_at
from vision.detectors import load_detector
from vision.detectors.heads import PicoDetHead
from vision.detectors.openvino_detector import OpenVinoDetector


def test_it_finds_the_visitor_and_the_receptionist_in_a_crop_of_the_sample(picodet):
    picture = picture_at("c_waiting_s32", 30.0)
    found = load_detector(picodet).detect([picture[100:400, 500:900].copy()])[0]
    persons = found[(found.classes == 0) & (found.scores > 0.5)]
    assert len(persons) == 3
    feet = sorted((float(box[0] + box[2]) / 2 + 500, float(box[3]) + 100) for box in persons.boxes)
    assert np.array(feet) == pytest.approx(np.array([(532, 350), (645, 254), (842, 190)]), abs=12)


def test_an_empty_picture_has_nobody(picodet):
    found = load_detector(picodet).detect([np.full((300, 400, 3), 127, np.uint8)])[0]
    assert not (found.scores[found.classes == 0] > 0.3).any()


def test_the_same_picture_gives_the_same_bytes_alone_in_a_batch_and_from_several_threads(picodet):
    picture = picture_at("c_waiting_s32", 30.0)[100:420, 480:900].copy()
    other = picture_at("c_waiting_s32", 60.0)[0:416, 0:416].copy()
    detector = load_detector(picodet, threads=1)
    first = detector.detect([picture])[0]
    seen = [detector.detect([other, picture])[1], load_detector(picodet, threads=1).detect([picture])[0]]

    def look() -> None:
        seen.append(detector.detect([picture])[0])

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 5
    for again in seen:
        assert again.boxes.tobytes() == first.boxes.tobytes()
        assert again.scores.tobytes() == first.scores.tobytes()


def test_the_network_is_recognised_and_fed_with_its_own_scale():
    head = PicoDetHead()
    fed = head.feed(np.zeros((208, 832, 3), np.uint8))
    assert fed["image"].shape == (1, 3, 416, 416)
    assert fed["scale_factor"].tolist() == [[2.0, 0.5]]


def test_a_name_that_nobody_knows_is_refused(tmp_path):
    with pytest.raises(WeightsError) as refused:
        load_detector("picodet-xxl", home=tmp_path)
    assert refused.value.got == "picodet-xxl"
    assert "picodet-s-416" in refused.value.expected


@pytest.mark.parametrize("name", ["nothing.onnx", "folder", "notes.txt"])
def test_a_path_without_a_network_is_refused(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("no network")
    with pytest.raises(WeightsError) as refused:
        load_detector(tmp_path / name)
    assert ".onnx" in refused.value.expected


def test_a_network_whose_weights_are_of_another_network_is_refused(picodet, tmp_path):
    (tmp_path / "model.pdmodel").write_bytes((picodet / "model.pdmodel").read_bytes())
    (tmp_path / "model.pdiparams").write_bytes((picodet / "model.pdiparams").read_bytes()[:10_000])
    with pytest.raises(WeightsError):
        OpenVinoDetector(tmp_path / "model.pdmodel")


def test_nothing_is_counted_or_told_to_the_maker_of_the_runtime(picodet, tmp_path):
    program = "from vision.detectors import load_detector; load_detector()"
    kept = {**os.environ, "HOME": str(tmp_path), "GUIWEI_HOME": str(picodet.parents[1])}
    subprocess.run([sys.executable, "-c", program], check=True, env=kept)
    assert not (tmp_path / "intel").exists(), "the runtime's use counter has been at work"
