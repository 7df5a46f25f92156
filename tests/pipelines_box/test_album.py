"""What the album remembers: everything recent, ever less of what is old, never more than its bytes."""

from __future__ import annotations

import numpy as np

from models.domain.media import US
from pipelines.album import Album, Shot


def shot(second: float, *, large: bool = True, n_bytes: int = 100) -> Shot:
    return Shot(round(second * US), bytes(n_bytes), large)


def filled(seconds: int, per_second: int = 1) -> Album:
    album = Album()
    for number in range(seconds * per_second):
        album.add(shot(number / per_second, large=number % per_second == 0))
    return album


def test_the_last_seconds_are_kept_whole_for_the_clip():
    album = filled(100, per_second=5)
    assert len(album.between(80 * US, 90 * US)) == 51


def test_an_hour_later_a_picture_from_the_same_minute_is_still_there():
    album = filled(3700)
    found = album.before(100 * US)
    assert found is not None
    assert found.utc_us >= 40 * US


def test_old_pictures_are_few():
    album = filled(7300)
    assert album.n_bytes < 100 * (31 + 91 + 121 + 2)


def test_a_pinned_moment_stays_exact():
    album = Album()
    for second in range(1000):
        album.add(shot(second))
        if second == 107:
            album.pin(107 * US)
    found = album.before(107 * US)
    assert found is not None
    assert found.utc_us == 107 * US


def test_bytes_are_bounded_and_the_newest_survives():
    album = Album(limit_bytes=1000)
    for second in range(50):
        album.add(shot(second, n_bytes=300))
    assert album.n_bytes <= 1000
    assert album.latest is not None
    assert album.latest.utc_us == 49 * US


def test_uncoded_pictures_count_with_all_their_bytes():
    album = Album(limit_bytes=10_000)
    for second in range(10):
        album.add(Shot(second * US, b"", False, uncoded=np.zeros((45, 80), np.uint8)))
    assert album.n_bytes == 2 * 45 * 80
    assert len(album.between(0, 10 * US)) == 2


def test_small_shots_are_no_stills():
    album = Album()
    album.add(shot(1))
    album.add(shot(2, large=False))
    assert album.nearest(2 * US, 5) == shot(1)
    assert album.nearest(20 * US, 5) is None
