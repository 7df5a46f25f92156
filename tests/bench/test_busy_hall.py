"""Six minutes of the busy hall under two cameras: every party found once, nobody made up (the hour: docs/waits.md)."""

from bench.busy_hall import run


def test_six_busy_minutes_find_every_party_once_and_make_nobody_up():
    result = run(minutes=6.0, fps=5.0, seed=1)
    assert result.parties == 4
    assert (result.found, result.phantoms, result.doubles) == (4, 0, 0), result.details
    assert sum(error_s <= 3.0 for error_s in result.errors_s) >= 3, result.details  # one is crossed by staff
