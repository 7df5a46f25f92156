"""A newcomer's own recording: two commands, and every visit of it is found within a second."""

import pytest

from tests.acceptance import MATERIAL, guiwei, result

RECORDING = MATERIAL / "people" / "one-by-one-person-detection.mp4"
VISITS = [(6.0, 20.2), (22.7, 45.2), (50.2, 70.3), (74.5, 87.3), (92.1, 120.5), (123.5, 136.5)]


@pytest.mark.slow
@pytest.mark.skipif(not RECORDING.exists(), reason="the recording of six visits (shared material) is not here")
def test_six_visits_start_and_end_within_a_second(tmp_path):
    site, out = tmp_path / "cafe", tmp_path / "out"
    guiwei("site", "init", site, "--from", RECORDING)
    guiwei("replay", site, "--out", out)
    occupied = [
        (row["t_start_s"], row["t_end_s"])
        for row in result(out, "intervals")
        if row["predicate"] == "occupancy" and row["value"] == "occupied"
    ]
    assert len(occupied) == len(VISITS), occupied
    for found, true in zip(occupied, VISITS, strict=True):
        assert found == pytest.approx(true, abs=1.0), f"found {found}, true {true}"
