"""Who is found where, at what price: on the real clips with the real network, and with a network made here."""

from collections.abc import Sequence

import numpy as np
import pytest

from models.domain.media import Detections, Frame, Image, Run
from tests.vision.detectors.clips import frames, truth
from vision.detectors import load_detector
from vision.detectors.finder import CropFinder
from vision.detectors.regions import tiles
from vision.detectors.suppression import iou

SIZE = (1280, 720)
NOBODY = np.zeros((0, 4), np.float32)
GREY, COAT = 90, 230


class Counted:
    """A detector that counts what it is shown."""

    def __init__(self, detector) -> None:
        self.detector = detector
        self.looks: list[int] = []

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        self.looks.append(len(images))
        return self.detector.detect(images)


class KeenEye:
    """A network in small: finds bright upright figures, but only those at least `least_px` tall at its 416 px input.

    A figure cut by the picture's border is found as far as it shows, as a real network does.
    """

    def __init__(self, least_px: float = 60) -> None:
        self.least_px = least_px

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        return [self._one(image) for image in images]

    def _one(self, image: Image) -> Detections:
        rows = []
        scale = 416 / max(image.shape[:2])
        for shade in np.unique(image[..., 1][image[..., 1] > 200]):
            ys, xs = np.nonzero(image[..., 1] == shade)
            tall = (ys.max() - ys.min() + 1) * scale
            if tall >= self.least_px:
                score = min(0.9, tall / 120)
                rows.append([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1, score, 0])
        return Detections.of(rows)


def room(*people: tuple[int, int, int, int], t_s: float = 0.0, run: int = 1) -> Frame:
    """A grey room with people, each a figure of a shade of its own (201, 202, ...)."""
    image = np.full((SIZE[1], SIZE[0], 3), GREY, np.uint8)
    for n, (x0, y0, x1, y1) in enumerate(people):
        image[y0:y1, x0:x1] = 201 + n
    return Frame(image, Run("hall", run, 0), round(t_s * 1e6))


def inside(box: Sequence[float], regions: np.ndarray) -> bool:
    x0, y0, x1, y1 = box
    return any(r[0] <= x0 and r[1] <= y0 and x1 <= r[2] and y1 <= r[3] for r in regions)


STANDING = (300, 200, 340, 320)
BEHIND_A_COUNTER = (900, 150, 936, 200)


def test_the_first_frame_finds_everyone_by_a_whole_sweep():
    seen = Counted(KeenEye(30))
    found = CropFinder(seen, budget=1).find(room(STANDING, BEHIND_A_COUNTER), NOBODY)
    assert sorted(found.boxes.tolist()) == [list(STANDING), list(BEHIND_A_COUNTER)]
    assert seen.looks[0] == len(tiles(SIZE, 416))


def test_a_new_run_begins_with_a_whole_sweep_again():
    finder = CropFinder(KeenEye(), budget=1)
    finder.find(room(), NOBODY)
    assert len(finder.find(room(STANDING, t_s=5, run=2), NOBODY)) == 1


@pytest.mark.parametrize("budget", [1, 2, 3, 5])
def test_the_budget_is_never_exceeded_after_the_first_frame(budget):
    seen = Counted(KeenEye())
    finder = CropFinder(seen, budget=budget)
    people = [(100 + 300 * n, 100 + 130 * (n % 3), 140 + 300 * n, 220 + 130 * (n % 3)) for n in range(4)]
    for step in range(12):
        del seen.looks[:]
        moved = [(x0 + 9 * step, y0, x1 + 9 * step, y1) for x0, y0, x1, y1 in people]
        finder.find(room(*moved, t_s=0.2 * step), np.array(people, np.float32))
        if step:
            assert 1 <= sum(seen.looks) <= budget


@pytest.mark.parametrize("fps", [10, 5, 2])
def test_an_idle_room_costs_a_sweep_each_five_seconds_whatever_the_rate(fps):
    seen = Counted(KeenEye())
    finder = CropFinder(seen, budget=4)
    for step in range(1 + 9 * fps):
        finder.find(room(t_s=step / fps), NOBODY)
    assert sum(seen.looks[1:]) == len(tiles(SIZE, 416))


@pytest.mark.parametrize("fps", [10, 5, 2])
def test_who_the_network_overlooks_at_first_is_met_by_the_sweep_although_nothing_changes(fps):
    eye = KeenEye(400)
    finder = CropFinder(eye)
    for step in range(fps):
        assert not len(finder.find(room(STANDING, t_s=step / fps), NOBODY))
    eye.least_px = 60
    steps = range(fps, 8 * fps)
    found_s = next(step / fps for step in steps if len(finder.find(room(STANDING, t_s=step / fps), NOBODY)))
    assert found_s <= 5.0 + 7 / fps, "a sweep may take a frame a tile"


@pytest.mark.parametrize("fps", [10, 5, 2])
def test_who_sits_still_is_told_in_every_frame_and_asked_for_each_second(fps):
    seen = Counted(KeenEye())
    finder = CropFinder(seen)
    finder.find(room(STANDING), NOBODY)
    asked_s = 0.0
    for step in range(1, 4 * fps):
        del seen.looks[:]
        found = finder.find(room(STANDING, t_s=step / fps), np.array([STANDING], np.float32))
        assert found.boxes.tolist() == [list(STANDING)]
        assert inside(STANDING, finder.looked)
        asked_s = step / fps if sum(seen.looks) else asked_s
        assert step / fps - asked_s < 1.0


def test_who_gets_up_and_goes_is_asked_for_at_once_and_told_no_more_where_they_were():
    finder = CropFinder(KeenEye())
    finder.find(room(STANDING), NOBODY)
    for step in range(1, 3):
        finder.find(room(STANDING, t_s=0.2 * step), np.array([STANDING], np.float32))
    gone = (330, 200, 370, 320)
    assert finder.find(room(gone, t_s=0.6), np.array([STANDING], np.float32)).boxes.tolist() == [list(gone)]
    assert not len(finder.find(room(t_s=0.8), np.array([gone], np.float32)))


def test_who_is_followed_but_was_not_found_for_sure_is_asked_for_in_every_frame():
    seen = Counted(KeenEye(60))
    finder = CropFinder(seen)
    faint = (300, 200, 322, 250)  # 50 px tall: 0.83 in a crop of its own, nothing in a tile
    seen.detector.least_px = 400
    finder.find(room(faint), NOBODY)
    for step in range(1, 6):
        del seen.looks[:]
        finder.find(room(faint, t_s=0.2 * step), np.array([faint], np.float32))
        assert sum(seen.looks) == 1


def test_a_small_change_that_stays_is_looked_at_once_and_then_left_to_the_sweep():
    """A chair was pushed: the place differs from what it was for good, and the network has said what it thinks."""
    seen = Counted(KeenEye(400))
    finder = CropFinder(seen)
    finder.find(room(), NOBODY)
    for step in range(1, 11):
        finder.find(room(STANDING, t_s=0.2 * step), NOBODY)
    assert 1 <= sum(seen.looks[1:]) <= 3


def test_a_clock_burnt_into_the_picture_costs_no_looks():
    seen = Counted(KeenEye())
    finder = CropFinder(seen)
    for step in range(24):
        frame = room(t_s=0.2 * step)
        frame.image[24:40, 600 + step % 2 * 8 : 612] = 250
        finder.find(frame, NOBODY)
    assert sum(seen.looks[1:]) == 0


def test_people_close_together_share_a_crop_and_are_looked_at_in_every_frame():
    finder = CropFinder(Counted(KeenEye()), budget=2)
    pair = [(300, 200, 340, 320), (420, 230, 460, 350)]
    finder.find(room(*pair), NOBODY)
    for step in range(1, 8):
        found = finder.find(room(*pair, t_s=0.2 * step), np.array(pair, np.float32))
        assert len(found) == 2
        assert all(inside(box, finder.looked) for box in pair)


def test_with_more_places_than_the_budget_each_is_looked_at_in_turn():
    finder = CropFinder(KeenEye(), budget=2)
    corners = [(100, 100, 140, 220), (1100, 100, 1140, 220), (100, 560, 140, 680), (1100, 560, 1140, 680)]
    finder.find(room(*corners), NOBODY)
    unseen_s = [0.0] * 4
    for step in range(1, 30):
        finder.find(room(*corners, t_s=0.2 * step), np.array(corners, np.float32))
        unseen_s = [0.0 if inside(c, finder.looked) else u + 0.2 for c, u in zip(corners, unseen_s, strict=True)]
        assert max(unseen_s) <= 1.0


def test_somebody_who_walks_in_unknown_is_found_at_once():
    finder = CropFinder(KeenEye(), budget=2)
    finder.find(room(), NOBODY)
    found_after = next(
        step
        for step in range(1, 20)
        if len(finder.find(room((8 * step, 300, 8 * step + 40, 420), t_s=0.2 * step), NOBODY))
    )
    assert found_after <= 3


def test_somebody_who_stands_still_and_unknown_is_found_by_the_sweep_within_three_seconds():
    """Light comes back and a person stands there: nothing moved that the watch would follow."""
    finder = CropFinder(KeenEye(), budget=2)
    for step in range(10):
        dark = room(t_s=0.2 * step)
        dark.image[:] = 10
        finder.find(dark, NOBODY)
    found = [len(finder.find(room(STANDING, t_s=2 + 0.2 * step), NOBODY)) for step in range(15)]
    assert max(found) == 1


def test_a_person_on_the_border_of_two_tiles_is_one_person_with_a_whole_box():
    network = KeenEye(60)
    for x in range(360, 560, 17):
        person = (x, 280, x + 44, 420)
        found = CropFinder(network).find(room(person), NOBODY)
        assert found.boxes.tolist() == [list(person)], f"at x = {x}"


def test_a_person_who_fills_the_picture_is_found_whole():
    person = (350, 20, 800, 720)
    finder = CropFinder(KeenEye())
    for step in range(4):
        found = finder.find(room(person, t_s=0.2 * step), np.array([person], np.float32))
        assert found.boxes.tolist() == [list(person)]
    assert inside(person, finder.looked)


def test_a_box_cut_by_a_crop_is_never_reported():
    """Whatever the crops, nobody is told of with a foot at a crop's border."""
    finder = CropFinder(KeenEye(20), budget=3)
    person = (500, 100, 560, 330)
    for step in range(25):
        moved = (500 + 12 * step, 100, 560 + 12 * step, 330)
        found = finder.find(room(moved, t_s=0.2 * step), np.array([person], np.float32))
        assert all(box == list(moved) for box in found.boxes.tolist())


def test_a_small_picture_is_looked_at_whole_and_once():
    image = np.full((432, 768, 3), GREY, np.uint8)
    image[100:330, 300:380] = COAT
    seen = Counted(KeenEye())
    finder = CropFinder(seen, budget=3)
    for step in range(5):
        found = finder.find(Frame(image, Run("bistro", 1, 0), 200_000 * step), np.array([[300, 100, 380, 330]]))
        assert found.boxes.tolist() == [[300, 100, 380, 330]]
    assert seen.looks == [1, 0, 0, 0, 1]
    assert finder.looked[0].tolist() == [0, 0, 768, 432]


def test_a_small_picture_of_an_empty_room_is_looked_at_each_five_seconds_and_when_somebody_comes_in():
    empty = np.full((360, 640, 3), GREY, np.uint8)
    seen = Counted(KeenEye())
    finder = CropFinder(seen)
    for step in range(56):
        finder.find(Frame(empty, Run("door", 1, 0), 200_000 * step), NOBODY)
    assert sum(seen.looks) == 3
    visited = empty.copy()
    visited[100:250, 300:350] = COAT
    assert len(finder.find(Frame(visited, Run("door", 1, 0), 200_000 * 56), NOBODY)) == 1


def test_the_squeezed_whole_picture_does_not_count_as_looking_at_small_people():
    finder = CropFinder(KeenEye(), budget=1)
    finder.find(room(STANDING), NOBODY)
    whole = [r for _ in range(9) for r in (finder.find(room(STANDING, t_s=0.2), NOBODY), *finder.looked.tolist())]
    assert [0, 0, *SIZE] not in whole


def test_a_light_that_is_switched_is_not_taken_for_people():
    seen = Counted(KeenEye())
    finder = CropFinder(seen, budget=4)
    for step in range(6):
        frame = room(t_s=0.2 * step)
        frame.image[:] = GREY if step % 2 else 30
        finder.find(frame, NOBODY)
    assert seen.looks[1:] == [1] * 5


def test_a_budget_below_one_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        CropFinder(KeenEye(), budget=0)


def followed(found: Detections) -> np.ndarray:
    return found.boxes[found.scores >= 0.4]


def on_clip(picodet, clip: str, start_s: float, end_s: float):
    """The finder on a stretch of a clip at 5 fps, fed with what it found before; rows of (found, persons there)."""
    seen = Counted(load_detector(picodet))
    finder = CropFinder(seen)
    rows, tracks = [], NOBODY
    for frame in frames(clip, start_s=start_s, end_s=end_s):
        found = finder.find(frame, tracks)
        tracks = followed(found)
        rows.append((frame, found, truth(clip)[round(frame.t_us / 1e5)]))
    return rows, seen


def recall(rows, person: str, least_score: float) -> float:
    hits = []
    for _, found, people in rows:
        for told in people:
            if told["id"] == person and told["visible_share"] >= 0.25:
                boxes = found.boxes[found.scores >= least_score]
                overlap = iou(np.array([told["visible_box_px"]], np.float32), boxes)
                hits.append(bool(overlap.size and overlap.max() >= 0.4))
    assert len(hits) > 10, "the stretch must show the person"
    return float(np.mean(hits))


@pytest.fixture(scope="module")
def hall(picodet):
    return on_clip(picodet, "c_waiting_s32", 11.0, 21.0)


def test_everyone_in_the_sample_is_found_the_receptionist_behind_her_counter_too(hall):
    rows, _ = hall
    assert recall(rows, "staff1", 0.5) >= 0.9, "only 35 x 50 px of her show"
    assert recall(rows, "visA", 0.5) >= 0.9
    assert recall(rows, "visB", 0.3) >= 0.9


def test_nobody_is_found_twice_and_looks_stay_within_the_budget(hall):
    rows, seen = hall
    assert max(seen.looks[1:]) <= 3
    strong = [found.boxes[found.scores >= 0.5] for _, found, _ in rows]
    twice = [np.triu(iou(boxes, boxes), 1).max() for boxes in strong if len(boxes) > 1]
    assert max(twice) <= 0.5


def test_the_same_frames_give_the_same_boxes_to_the_byte(picodet):
    first, _ = on_clip(picodet, "e_consult_s45", 6.0, 7.6)
    again, _ = on_clip(picodet, "e_consult_s45", 6.0, 7.6)
    assert len(first) == 9
    for (_, a, _), (_, b, _) in zip(first, again, strict=True):
        assert a.boxes.tobytes() == b.boxes.tobytes()
        assert a.scores.tobytes() == b.scores.tobytes()
