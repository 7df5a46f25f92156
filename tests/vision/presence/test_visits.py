"""Six visits to a real table (tests read the clip where it is; it is not ours to copy): nothing taught at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.domain.presence import Exit
from tests.vision.presence.sites import ROOT, TAPES, TapedFinder, bare_site, recorded, seconds
from vision.observer import CameraObserver

CLIP = ROOT.parent / "shared" / "material" / "people" / "one-by-one-person-detection.mp4"
VISITS_S = ((6.0, 20.2), (22.7, 45.2), (50.2, 70.3), (74.5, 87.3), (92.1, 120.5), (123.5, 136.5))

needs_clip = pytest.mark.skipif(not Path(CLIP).exists(), reason="the one-by-one clip is not beside the repository")


@needs_clip
@pytest.mark.parametrize(("fps", "drop", "seed"), [(5, 0.0, 0), (10, 0.0, 0), (5, 0.4, 1), (5, 0.4, 3), (10, 0.4, 2)])
def test_each_visit_is_one_presence_from_its_first_to_its_last_second(fps, drop, seed):
    site = bare_site()
    observer = CameraObserver(site, site.cameras["cam1"], TapedFinder(TAPES / "one-by-one.jsonl"))
    entered, left = {}, {}
    for frame in recorded(CLIP, "cam1", fps, drop, seed):
        scene = observer.observe(frame)
        for person in scene.persons:
            assert entered.setdefault(person.id, person.entered_us) == person.entered_us, "the entry never changes"
            assert person.zones == ("hall",)
        for departure in scene.departed:
            assert departure.how is Exit.LEFT
            left[departure.person] = departure.last_seen_us
    assert list(entered) == list(left), "everybody who came also went, in that order"
    found = [(seconds(entered[name]), seconds(left[name])) for name in entered]
    assert len(found) == len(VISITS_S)
    for (begin, end), (true_begin, true_end) in zip(found, VISITS_S, strict=True):
        assert begin == pytest.approx(true_begin, abs=1.0)
        assert end == pytest.approx(true_end, abs=1.0)
