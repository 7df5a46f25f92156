"""A network's numbers become boxes of the picture, whatever its family; what is of no family is refused by name."""

import numpy as np
import pytest

from models.domain.errors import WeightsError
from tests.vision.detectors.networks import save_bright_spot, save_constant
from vision.detectors.openvino_detector import OpenVinoDetector


def v8(*columns, classes=80, n=100):
    """(1, 4 + classes, n) with the columns cx, cy, w, h, class, score given."""
    table = np.zeros((1, 4 + classes, n), np.float32)
    for i, (cx, cy, w, h, kind, score) in enumerate(columns):
        table[0, :4, i] = cx, cy, w, h
        table[0, 4 + kind, i] = score
    return table


def end_to_end(*rows, n=300):
    table = np.zeros((1, n, 6), np.float32)
    table[0, : len(rows)] = rows
    return table


PICTURE = np.zeros((64, 128, 3), np.uint8)  # letterboxed into 64 x 64: scale 0.5, 16 px of border above and below


def test_a_v8_head_gives_boxes_in_pixels_of_the_picture(tmp_path):
    path = save_constant(tmp_path / "v8.xml", v8((32, 32, 16, 16, 0, 0.8), (10, 20, 4, 4, 7, 0.6)))
    found = OpenVinoDetector(path).detect([PICTURE])[0]
    assert found.boxes.tolist() == [[48, 16, 80, 48], [16, 4, 24, 12]]
    assert found.classes.tolist() == [0, 7]
    assert found.scores == pytest.approx([0.8, 0.6])


def test_a_v8_head_keeps_one_box_of_each_thing_but_never_merges_two_classes(tmp_path):
    path = save_constant(
        tmp_path / "v8.xml",
        v8((32, 32, 20, 20, 0, 0.9), (32, 33, 20, 20, 0, 0.7), (32, 32, 20, 20, 56, 0.6), (50, 32, 8, 8, 0, 0.5)),
    )
    found = OpenVinoDetector(path).detect([PICTURE])[0]
    assert found.scores == pytest.approx([0.9, 0.6, 0.5])
    assert found.classes.tolist() == [0, 56, 0]


def test_an_end_to_end_head_is_told_apart_by_its_six_columns(tmp_path):
    path = save_constant(tmp_path / "v10.xml", end_to_end((24, 24, 40, 40, 0.9, 0), (0, 0, 64, 64, 0.4, 62)))
    found = OpenVinoDetector(path).detect([PICTURE])[0]
    assert found.boxes.tolist() == [[48, 16, 80, 48], [0, 0, 128, 64]], "the second is clipped to the picture"
    assert found.classes.tolist() == [0, 62]


def test_a_network_that_sees_finds_the_red_spot_where_it_is(tmp_path):
    """Through resize, colour order and letterbox: red at x 96-111, y 32-47 of the picture."""
    picture = PICTURE.copy()
    picture[32:48, 96:112] = (0, 0, 255)
    found = OpenVinoDetector(save_bright_spot(tmp_path / "spot.xml")).detect([picture])[0]
    best = found[found.scores > 0.9]
    assert best.boxes.tolist() == [[96, 32, 112, 48]]


def test_a_batch_of_pictures_of_different_sizes_comes_back_in_order(tmp_path):
    detector = OpenVinoDetector(save_bright_spot(tmp_path / "spot.xml"), threads=1)
    wide, tall = PICTURE.copy(), np.zeros((128, 64, 3), np.uint8)
    wide[0:16, 0:16] = tall[112:128, 48:64] = (0, 0, 255)
    first, second, none = detector.detect([wide, tall, PICTURE])
    assert first[first.scores > 0.9].boxes.tolist() == [[0, 0, 16, 16]]
    assert second[second.scores > 0.9].boxes.tolist() == [[48, 112, 64, 128]]
    assert not (none.scores > 0.9).any()


def test_an_open_input_size_is_fixed_to_the_familys_own(tmp_path):
    path = save_constant(tmp_path / "open.xml", v8((320, 320, 64, 64, 0, 0.8)), dynamic=True)
    detector = OpenVinoDetector(path)
    assert detector.head.size == (640, 640)
    assert len(detector.detect([PICTURE])[0]) == 1


def test_numbers_that_are_no_boxes_are_left_out(tmp_path):
    path = save_constant(
        tmp_path / "odd.xml",
        end_to_end((np.nan, 0, 5, 5, 0.9, 0), (5, 5, 5, 9, 0.9, 0), (70, 0, 90, 9, 0.9, 0), (0, 20, 8, 28, 0.8, 0)),
    )
    assert OpenVinoDetector(path).detect([PICTURE])[0].boxes.tolist() == [[0, 8, 16, 24]]


@pytest.mark.parametrize(
    "shape",
    [(1, 1000), (1, 25200, 85), (1, 4, 100), (1, 6, 8, 8)],
    ids=["classifier", "boxes-with-objectness", "no-classes", "map"],
)
def test_a_network_of_another_kind_is_refused(tmp_path, shape):
    path = save_constant(tmp_path / "other.xml", np.zeros(shape))
    with pytest.raises(WeightsError) as refused:
        OpenVinoDetector(path)
    assert str(list(shape))[1:-1] in refused.value.got
    assert "PicoDet" in refused.value.expected
    assert refused.value.next_step


def test_a_file_that_is_no_network_is_refused(tmp_path):
    path = tmp_path / "model.xml"
    path.write_text("<html>not found</html>")
    with pytest.raises(WeightsError, match="cannot be read"):
        OpenVinoDetector(path)


def test_a_cut_off_network_is_refused(tmp_path):
    path = save_constant(tmp_path / "cut.xml", v8((32, 32, 16, 16, 0, 0.8)))
    weights = path.with_suffix(".bin")
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(WeightsError):
        OpenVinoDetector(path)
