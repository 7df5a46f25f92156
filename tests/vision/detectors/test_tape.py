"""What a finder found, written down, is found again, to the bit and at the right time only."""

import json

import numpy as np
import pytest

from models.domain.errors import SourceError
from models.domain.media import Detections, Frame, Run
from vision.detectors.tape import RecordingFinder, TapeFinder

RUN = Run("hall", 1, 0)
NOBODY = np.zeros((0, 4), np.float32)


def frame(t_us: int) -> Frame:
    return Frame(np.zeros((90, 160, 3), np.uint8), RUN, t_us)


class Walker:
    """Finds one person, further on in each frame; two thirds have no exact decimal form."""

    def __init__(self) -> None:
        self.looked = NOBODY

    def find(self, frame, tracks):
        x = frame.t_us / 3e4
        self.looked = np.array([[0, 0, 80 + x, 90]], np.float32)
        return Detections.of([[x, 10, x + 20, 70, 2 / 3, 0]])


def recorded(path, times):
    with RecordingFinder(Walker(), path) as recorder:
        return [recorder.find(frame(t), NOBODY) for t in times]


def test_a_tape_gives_back_the_very_numbers_it_was_given(tmp_path):
    times = [0, 200_000, 400_000, 600_000]
    found = recorded(tmp_path / "boxes.jsonl", times)
    tape, walker = TapeFinder(tmp_path / "boxes.jsonl"), Walker()
    for t, then in zip(times, found, strict=True):
        again = tape.find(frame(t), NOBODY)
        walker.find(frame(t), NOBODY)
        assert again.boxes.tobytes() == then.boxes.tobytes()
        assert again.scores.tobytes() == then.scores.tobytes()
        assert tape.looked.tobytes() == walker.looked.tobytes()


def test_the_nearest_line_within_half_a_step_counts(tmp_path):
    found = recorded(tmp_path / "boxes.jsonl", [0, 200_000, 400_000])
    tape = TapeFinder(tmp_path / "boxes.jsonl")
    assert tape.find(frame(299_000), NOBODY).boxes.tolist() == found[1].boxes.tolist()
    assert tape.find(frame(301_000), NOBODY).boxes.tolist() == found[2].boxes.tolist()
    assert tape.find(frame(500_000), NOBODY).boxes.tolist() == found[2].boxes.tolist()


def test_a_frame_that_the_tape_does_not_reach_is_told_of(tmp_path):
    recorded(tmp_path / "boxes.jsonl", [0, 200_000, 400_000])
    with pytest.raises(SourceError) as refused:
        TapeFinder(tmp_path / "boxes.jsonl").find(frame(500_001), NOBODY)
    assert "500001" in refused.value.got
    assert "100000" in refused.value.expected


def test_a_tape_that_says_nothing_of_looking_looked_at_everything(tmp_path):
    (tmp_path / "boxes.jsonl").write_text(json.dumps({"t_us": 0, "boxes": []}) + "\n")
    tape = TapeFinder(tmp_path / "boxes.jsonl")
    assert len(tape.find(frame(0), NOBODY)) == 0
    assert tape.looked.tolist() == [[0, 0, 160, 90]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ('{"t_us": 0, "boxes": []}\n{"t_us": 2000', 2),
        ('{"t_us": 0, "boxes": [[1, 2, 3, 4]]}', 1),
        ('{"t_us": 0.5, "boxes": []}', 1),
        ('{"boxes": []}', 1),
        ("[1, 2]", 1),
        ('{"t_us": 0, "boxes": 3}', 1),
        ('{"t_us": 0, "boxes": [[1, 2, 3, 4, "high", 0]]}', 1),
        ('{"t_us": 9, "boxes": []}\n{"t_us": 9, "boxes": []}', 2),
    ],
)
def test_a_damaged_tape_is_refused_with_its_line(tmp_path, text, line):
    path = tmp_path / "boxes.jsonl"
    path.write_text(text)
    with pytest.raises(SourceError) as refused:
        TapeFinder(path)
    assert refused.value.where.endswith(f"line {line}")


def test_a_missing_tape_and_an_unwritable_one_are_refused(tmp_path):
    with pytest.raises(SourceError):
        TapeFinder(tmp_path / "none.jsonl")
    with pytest.raises(SourceError):
        RecordingFinder(Walker(), tmp_path / "no" / "such" / "folder.jsonl")
