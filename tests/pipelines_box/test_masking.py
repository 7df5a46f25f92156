"""Masking cannot be undone: what told people apart is no longer in the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.privacy import BLOCKS, PAINT, mask_persons, paint_out


def noise(height: int = 160, width: int = 160, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def shuffled_within_blocks(image: np.ndarray, block: int, seed: int) -> np.ndarray:
    """Another picture with the same mean in every block."""
    other, random = image.copy(), np.random.default_rng(seed)
    for y in range(0, image.shape[0], block):
        for x in range(0, image.shape[1], block):
            part = image[y : y + block, x : x + block].reshape(-1, 3)
            other[y : y + block, x : x + block] = random.permutation(part).reshape(block, block, 3)
    return other


def test_two_people_with_the_same_block_means_cannot_be_told_apart():
    one = noise()
    other = shuffled_within_blocks(one, 160 // BLOCKS, seed=1)
    assert (one != other).mean() > 0.9
    whole = [[0, 0, 160, 160]]
    assert np.array_equal(mask_persons(one, whole, margin=0), mask_persons(other, whole, margin=0))


@given(x=st.integers(-40, 150), y=st.integers(-40, 150), width=st.integers(1, 160), height=st.integers(1, 160))
@settings(max_examples=60, deadline=None)
def test_detail_is_gone_inside_and_nothing_is_touched_outside(x: int, y: int, width: int, height: int):
    image = noise()
    masked = mask_persons(image, [[x, y, x + width, y + height]], margin=0)
    x0, y0, x1, y1 = max(0, x), max(0, y), min(160, x + width), min(160, y + height)
    outside = np.ones((160, 160), bool)
    if x1 > x0 and y1 > y0:
        outside[y0:y1, x0:x1] = False
        inside = masked[y0:y1, x0:x1].astype(int)
        steps = np.abs(np.diff(inside, axis=1))
        # Neighbouring pixels of noise differ by 85 grey levels on average.
        assert steps.size == 0 or steps.mean() < 20
    assert np.array_equal(masked[outside], image[outside])


def test_the_margin_covers_what_the_box_missed():
    image = noise()
    masked = mask_persons(image, [[60, 40, 100, 140]])
    assert (masked[30:40, 60:100] != image[30:40, 60:100]).mean() > 0.5


def test_the_original_stays_as_it_was():
    image = noise()
    before = image.copy()
    mask_persons(image, [[0, 0, 100, 100]])
    paint_out(image, [((0, 0), (50, 0), (50, 50))])
    assert np.array_equal(image, before)


def test_a_privacy_mask_leaves_one_colour():
    painted = paint_out(noise(), [((10, 10), (60, 10), (60, 60), (10, 60))])
    assert (painted[11:60, 11:60] == PAINT).all()


def test_a_box_that_is_no_number_is_refused_rather_than_left_unmasked():
    with pytest.raises(ValueError, match="no number"):
        mask_persons(noise(), [[0, 0, np.nan, 20]])
