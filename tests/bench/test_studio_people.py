"""Like is compared with like: the same bins, and as many hidden as among real people."""

import numpy as np
import pytest

from bench.studio_people import REAL, Case, Look, binned, case_of, real_cases, reweighted, table
from tests.studio.playing import truth_of

TALL, FULL, HALF = (120, 170), (0.9, 1.01), (0.6, 0.9)


def cases(height, share, found, missed):
    return [Case(height, share, found=True)] * found + [Case(height, share, found=False)] * missed


def test_cases_fall_into_the_bin_of_their_height_and_share():
    found = binned([*cases(130, 0.95, 3, 1), *cases(130, 0.7, 1, 1), *cases(130, 0.1, 5, 0), *cases(20, 0.95, 5, 0)])
    assert {key: len(told) for key, told in found.items()} == {(TALL, FULL): 4, (TALL, HALF): 2}
    assert sum(found[TALL, FULL]) == 3


def test_recall_is_weighted_by_how_many_real_people_show_as_much():
    rendered = binned([*cases(130, 0.95, 10, 0), *cases(130, 0.7, 0, 90)])
    real = binned([*cases(140, 1.0, 3, 0), *cases(140, 0.8, 1, 0)])
    assert reweighted(rendered, real, TALL) == pytest.approx(0.75), "and not 0.1, as the rendered ones are hidden"
    assert reweighted(binned(cases(130, 0.95, 10, 0)), real, TALL) is None, (
        "no rendered people of a share real ones show"
    )
    assert reweighted(rendered, {}, TALL) is None


def test_a_person_is_found_by_the_whole_or_the_visible_silhouette_and_measured_whole():
    truth = truth_of("visitor-met")
    sights = [p for f in truth.frames for p in f.persons if p.box_px and p.visible_box_px and p.visible_share < 0.7]
    person = sights[0]
    for box in (person.box_px, person.visible_box_px):
        assert case_of(person, np.array([box], np.float32), 1.0).found
    missed = case_of(person, np.zeros((0, 4), np.float32), 0.5)
    assert not missed.found
    assert missed.height_px == pytest.approx((person.box_px[3] - person.box_px[1]) / 2)


def test_a_flattened_picture_keeps_its_mean_and_loses_its_contrast():
    picture = np.random.default_rng(3).integers(60, 180, (40, 50, 3)).astype(np.uint8)
    flat = Look(contrast=0.35).flattened(picture)
    assert flat.mean() == pytest.approx(picture.mean(), abs=1.0)
    assert flat.std() == pytest.approx(0.35 * picture.std(), rel=0.03)
    assert (Look().flattened(picture) == picture).all()


def test_the_table_says_recall_and_count_of_every_bin():
    lines = list(table({"rendered": binned(cases(130, 0.95, 3, 1)), "real": {}}))
    assert any("120-170" in line and "0.75 of 4" in line and line.rstrip().endswith("-") for line in lines)


@pytest.mark.skipif(not REAL.is_dir(), reason=f"{REAL} is not here")
def test_real_people_who_show_less_are_found_less():
    found = binned(real_cases(REAL))
    for height in ((170, 260), (260, 720)):
        assert np.mean(found[height, (0.25, 0.6)]) < np.mean(found[height, FULL]) - 0.2
