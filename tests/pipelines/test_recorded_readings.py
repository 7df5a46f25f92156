"""Readings that were written down with a recording are heard when their moment comes, and not before."""

import json

import pytest

from models.domain.errors import SourceError
from models.domain.media import US
from models.domain.readings import Aside
from models.domain.truth import Truth
from pipelines.recorded_readings import RecordedReadings, read_readings
from tests.stories.energy_story import energy_site

SITE = energy_site()
METER = next(iter(sorted(SITE.energy.meters)))
SUBJECT = SITE.energy.meters[METER].subject


def line(at, value=1, **more):
    return json.dumps({"meter": METER, "kind": "relay", "value": value, "at": at, **more})


def written(tmp_path, *lines):
    file = tmp_path / "readings.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_a_relay_is_heard_when_its_time_comes_in_whatever_order_it_was_written(tmp_path):
    file = written(tmp_path, line("2026-03-14T13:00:08", 0), line("2026-03-14T13:00:02+08:00"), "")
    inlet = RecordedReadings(SITE, read_readings(file, "Asia/Shanghai"))
    begin_us = read_readings(file, "Asia/Shanghai")[1].at_us - 2 * US
    told = [(t, one.subject, one.truth) for t in range(12) for one in inlet.due(begin_us + t * US)]
    assert told == [(2, SUBJECT, Truth.HOLDS), (8, SUBJECT, Truth.FAILS)]


def test_a_meter_that_the_site_does_not_have_is_set_aside_and_counted(tmp_path):
    inlet = RecordedReadings(SITE, read_readings(written(tmp_path, line("2026-03-14T13:00:02", meter="x")), "UTC"))
    assert inlet.due(2**60) == ()
    assert inlet.asides == {Aside.UNKNOWN_METER: 1}


@pytest.mark.parametrize(
    "bad",
    ["no json", "[]", line("never"), line("2026-03-14T13:00:02", kind="smell"), line("2026-03-14T13:00:02", more=1)],
)
def test_a_line_that_is_no_reading_is_refused_by_its_number(bad, tmp_path):
    with pytest.raises(SourceError) as refused:
        read_readings(written(tmp_path, line("2026-03-14T13:00:02"), bad), "UTC")
    assert refused.value.where.endswith("readings.jsonl:2")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError):
        read_readings(tmp_path / "none", "UTC")
