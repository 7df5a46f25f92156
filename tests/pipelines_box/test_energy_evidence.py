"""Evidence of lamps and air-conditioners: regions off and on beside now with their figures, and the zone's day."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration import load_site
from models.domain.incident import dedupe_key
from models.domain.media import US
from pipelines.evidence_overlay import overlay
from pipelines.evidence_regions import OUTLINE, beside_now, judged_regions
from pipelines.zone_day_plot import zone_day_picture
from tests.api.test_contract import INCIDENT
from tests.stories.energy_story import OFF, ON, UNKNOWN, EnergyStory, energy_site
from vision.reference_cells import CELL_PX, CellBook, cell, read_cells, reference_file, write_cells

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "aircon-left-on"


@pytest.fixture
def site(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "site", ignore=shutil.ignore_patterns("*.mp4"))
    (tmp_path / "site" / "recording.mp4").write_bytes(b"")
    return load_site(tmp_path / "site")


def incident(**changes):
    known = {"code": "energy.ac_on_empty", "subject": "ac-1", "camera": "aircon", "zone": "hall", "extra": {}}
    return replace(INCIDENT, **known | changes)


def grey(level=90):
    return np.full((540, 960, 3), level, np.uint8)


def test_the_regions_are_outlined_and_shown_off_on_and_now(site):
    camera = site.cameras["aircon"]
    regions = judged_regions(site, "aircon", incident())
    assert {str(region.part) for region in regions} == {"display", "led", "louver", "ribbon"}
    strip = beside_now(grey(), site, camera, "ac-1", regions)
    assert strip.shape[1] == 960
    marked = overlay(grey(), site, incident(), ())
    assert marked.shape[0] >= 540 + strip.shape[0]
    assert (marked[:540] == OUTLINE).all(2).any(), "outlined in the picture"
    plain = overlay(grey(), site, incident(code="camera.blocked"), ())
    assert plain.shape[0] < marked.shape[0], "other incidents stay as they were"


def test_now_is_cut_from_the_masked_picture_and_nothing_else(site):
    """What the shutter has masked stays masked in the strip: two pictures that are masked alike give the same strip."""
    camera, regions = site.cameras["aircon"], judged_regions(site, "aircon", incident())
    one, other = (beside_now(grey(level), site, camera, "ac-1", regions) for level in (90, 91))
    columns = np.flatnonzero((one != other).any((0, 2)))
    assert columns.min() >= 0.49 * 960, "only the third column depends on the picture"


def test_without_taught_pictures_only_now_is_shown(site):
    reference_file(site.folder, "ac-1", "aircon").unlink()
    strip = beside_now(grey(), site, site.cameras["aircon"], "ac-1", judged_regions(site, "aircon", incident()))
    assert strip is not None
    assert not (strip[40:120, 20:200] > 60).any(), "the place of off is empty"


def test_cells_survive_the_way_and_a_passer_by_is_not_in_them(tmp_path):
    place = ((40.0, 20.0), (60.0, 20.0), (60.0, 30.0), (40.0, 30.0))
    book, file = CellBook((320, 180)), tmp_path / "taught" / "lamp--cam.png"
    for number in range(15):
        for on in (False, True):
            picture = np.full((180, 320, 3), 60 + 120 * on, np.uint8)
            if number in {3, 4}:
                cv2.rectangle(picture, (0, 0), (320, 180), (0, 0, 255), -1)
            book.add(picture, {place: on})
    write_cells(book, file, [place])  # of one level everywhere, so blocks are no other
    ((off, on),) = read_cells(file, 1)
    assert off.shape == (CELL_PX[1], CELL_PX[0], 3)
    assert (abs(int(off.mean()) - 60) < 2, abs(int(on.mean()) - 180) < 2) == (True, True)
    assert read_cells(file, 2) is None
    assert cell(np.zeros((90, 160, 3), np.uint8), place, (320, 180)).shape == off.shape


def test_what_stands_beside_a_region_or_in_a_mask_is_not_kept():
    place, mask = ((150.0, 80.0), (170.0, 80.0), (170.0, 90.0), (150.0, 90.0)), ((0, 0), (40, 0), (40, 40), (0, 40))
    masked = ((0.0, 0.0), (40.0, 0.0), (40.0, 40.0), (0.0, 40.0))
    stripes = np.repeat(np.where(np.arange(320) % 4 < 2, 30, 220)[None, :, None], 180, 0).repeat(3, 2).astype(np.uint8)
    book = CellBook((320, 180), [mask])
    book.add(stripes, {place: True, masked: True})
    kept = book.sheet([place])[:, CELL_PX[0] :]
    assert np.ptp(kept[40:90, 90:150].astype(int)) > 100, "the region itself is sharp"
    assert np.ptp(kept[:, :20].astype(int), axis=0).max() < 60, "what stands beside it is not"
    assert np.abs(book.sheet([masked])[5:50, CELL_PX[0] + 5 : CELL_PX[0] + 50].astype(int) - 96).max() <= 2


def test_the_day_of_the_zone_is_drawn_for_an_incident_of_its_lamps():
    where = energy_site()
    day = EnergyStory([], 600).camera("office-lamp", (0, OFF), (60, ON), (300, UNKNOWN), (330, ON))
    messages = day.messages(where, fps=2.0)
    first = messages[0].utc_us + 60 * US
    told = incident(
        dedupe_key=dedupe_key(where.id, "energy.light_on_empty", "office-lamp", first),
        code="energy.light_on_empty",
        subject="office-lamp",
        zone="office",
        camera="cam",
        t_first_us=first,
        t_confirmed_us=first + 60 * US,
    )
    png = zone_day_picture(where, messages, told)
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    for colour in ((0x21, 0xA4, 0xE0), (0x39, 0x28, 0xC6), (0xEC, 0xE7, 0xDB)):
        assert (picture == colour).all(2).sum() > 200, "on, the incident and empty are drawn"
    assert zone_day_picture(where, [], told) is None
