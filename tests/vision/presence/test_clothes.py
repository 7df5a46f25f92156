"""A track that changes hands where people pass each other is known by what they wear."""

from __future__ import annotations

import pytest

from models.domain.clothing import UNKNOWN
from models.domain.media import US
from models.domain.presence import Place
from models.domain.truth import Truth
from vision.clothes import Clothes, Glimpse
from vision.place import Located

NAVY, RED, SAND = (25.0, 5.0, -25.0), (45.0, 55.0, 30.0), (75.0, 4.0, 20.0)
MINE, THEIRS = (NAVY, SAND), (RED, SAND)
NEVER_US = -(10**15)


def glimpses(clothes, colour, from_s, to_s, fps, mixed_us, *, contradicted=Truth.FAILS):
    """The second from which the track is said to show somebody else; None if never."""
    for number in range(round(from_s * fps), round(to_s * fps)):
        utc_us = round(number / fps * US)
        here = Located(Place((number / fps, 1.0), 100.0))
        clothes.see(Glimpse(utc_us, colour, (0, 0, 10, 30), here), mixed_us=mixed_us, contradicted=contradicted)
        if clothes.changed(utc_us):
            return number / fps
    return None


@pytest.mark.parametrize("fps", [30, 15, 5, 3])
def test_after_a_crossing_other_clothes_part_the_presence_from_when_they_began(fps):
    clothes = Clothes()
    assert glimpses(clothes, MINE, 0, 10, fps, NEVER_US) is None
    told_s = glimpses(clothes, THEIRS, 10.4, 15, fps, mixed_us=10 * US)
    assert 11.3 <= told_s <= 11.8 + 2 / fps
    own, since_us, wears = clothes.parted()
    assert (own.utc_us / US, since_us / US) == (pytest.approx(10, abs=0.4), pytest.approx(10.4, abs=0.4))
    assert wears == THEIRS
    assert clothes.colour[0] == pytest.approx(NAVY), "the old name is remembered in its own clothes"


@pytest.mark.parametrize("fps", [30, 15, 5])
def test_where_nobody_was_near_somebody_has_taken_off_a_coat(fps):
    clothes = Clothes()
    glimpses(clothes, MINE, 0, 10, fps, NEVER_US)
    assert glimpses(clothes, THEIRS, 10, 20, fps, NEVER_US) is None
    assert clothes.colour[0] == pytest.approx(RED)


def test_a_moment_of_another_colour_is_nobody_else():
    """Half a second beside a red wall, right after a crossing."""
    clothes = Clothes()
    glimpses(clothes, MINE, 0, 10, 5, NEVER_US)
    assert glimpses(clothes, THEIRS, 10, 10.5, 5, 10 * US) is None
    assert glimpses(clothes, MINE, 10.5, 12, 5, 10 * US) is None
    assert not clothes.doubted


def test_a_uniform_that_contradicts_counts_where_the_colours_are_alike():
    clothes = Clothes()
    glimpses(clothes, MINE, 0, 10, 5, NEVER_US)
    assert glimpses(clothes, MINE, 10.4, 15, 5, 10 * US, contradicted=Truth.HOLDS) == pytest.approx(11.4, abs=0.3)


def test_clothes_that_cannot_be_read_say_nothing():
    clothes = Clothes()
    glimpses(clothes, MINE, 0, 10, 5, NEVER_US)
    assert glimpses(clothes, (None, None), 10.4, 15, 5, 10 * US) is None


@pytest.mark.parametrize("fps", [5, 15])
def test_a_uniform_half_hidden_now_and_then_takes_nothing_back(fps):
    """A visitor in dark clothes stands behind somebody: her legs show for moments only."""
    clothes = Clothes()
    glimpses(clothes, MINE, 0, 10, fps, NEVER_US)
    for n in range(3):
        glimpses(clothes, MINE, 10 + n, 10.4 + n, fps, 10 * US, contradicted=Truth.HOLDS)
        glimpses(clothes, MINE, 10.4 + n, 10.8 + n, fps, 10 * US, contradicted=Truth.UNKNOWN)
    assert clothes.changed(round((12 + (round(0.4 * fps) - 1) / fps) * US)) or clothes.doubted


def test_what_the_first_glimpse_showed_of_somebody_else_is_not_remembered():
    clothes = Clothes()
    clothes.first(THEIRS)
    glimpses(clothes, MINE, 0, 2, 5, NEVER_US)
    assert clothes.known
    assert clothes.colour[0] == pytest.approx(NAVY)
    assert glimpses(clothes, MINE, 2, 8, 5, 2 * US) is None, "nobody has taken over"


def test_nothing_is_told_before_it_is_known_nor_while_something_else_is_worn():
    clothes = Clothes()
    glimpses(clothes, MINE, 0, 0.6, 5, NEVER_US)
    assert clothes.told == UNKNOWN
    glimpses(clothes, MINE, 0.6, 2, 5, NEVER_US)
    assert clothes.told[0] == pytest.approx(NAVY)
    glimpses(clothes, THEIRS, 2, 2.4, 5, 2 * US)
    assert clothes.told == UNKNOWN
