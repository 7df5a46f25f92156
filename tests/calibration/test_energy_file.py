"""The `energy` part of a site file: what is right is in force, what is wrong is refused with its place."""

import json

import pytest
from typer.testing import CliRunner

from calibration import load_site
from guiwei.command import app
from models.domain.calendar import WindowId
from models.domain.energy import SignalKind
from models.domain.errors import SiteError
from tests.calibration.showroom import GOOD, line_of, write_site

ENERGY = """\
energy:
  calendar:
    location: [31.2, 121.5]
    contract: {ac: ["08:30-17:30"]}
    windows: {exterior: ["18:00-02:00"]}
    exceptions:
      spring-festival: {first: 2026-02-16, last: 2026-02-22, windows: {interior: []}}
    evening_openings:
      fair: {date: 2026-06-12, until: "21:00"}
    vip_visits:
      mayor: {arrives: 2026-06-12T10:00, leaves: 2026-06-12T11:30}
  luminaires:
    ceiling: {name: {zh: 顶灯, en: Ceiling}, zone: hall, rated_w: 400, tags: [model]}
  aircons:
    office-ac:
      name: {zh: 办公室空调, en: Office AC}
      zone: office
      rated_w: 1200
      regions:
        - {camera: hall, part: ribbon, polygon: [[10, 10], [30, 10], [30, 60]]}
  meters:
    plug-1: {subject: office-ac}
  mqtt:
    host: broker.local
    topics:
      - {topic: showroom/plug-1/power, meter: plug-1, kind: power}
  tariff_cny_per_kwh: 0.82
"""
LIGHTS = {
    "version": 1,
    "groups": {
        "ceiling": [
            {"camera": "hall", "part": "lamp", "polygon": [[1, 1], [9, 1], [9, 9]], "on": [0.9], "off": [0.1]},
        ]
    },
}


def test_a_good_part_is_in_force(tmp_path):
    (tmp_path / "lights.json").write_text(json.dumps(LIGHTS), encoding="utf-8")
    energy = load_site(write_site(tmp_path, GOOD + ENERGY)).energy
    assert energy.luminaires["ceiling"].regions[0].on == (0.9,)
    assert energy.aircons["office-ac"].rated_w == 1200
    assert energy.broker.topics[0].kind is SignalKind.POWER
    assert (energy.tariff_cny_per_kwh, energy.tariff_given) == (0.82, True)
    assert str(energy.hours.override[WindowId.EXTERIOR][0]) == "18:00-02:00"


def test_what_was_taught_counts_in_the_version(tmp_path):
    bare = load_site(write_site(tmp_path, GOOD + ENERGY)).version
    (tmp_path / "lights.json").write_text(json.dumps(LIGHTS), encoding="utf-8")
    assert load_site(tmp_path).version != bare


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"08:30-17:30"]', '"08:30-25:00"]', "HH:MM"),
        ('"08:30-17:30"]', '"08:30-17:30", "17:00-18:00"]', "overlap"),
        ('"08:30-17:30"]', '"08:30-08:30"]', "empty"),
        ('until: "21:00"', 'until: "25:00"', "HH:MM"),
        ("leaves: 2026-06-12T11:30", "leaves: 2026-06-12T09:30", "before it begins"),
        ("arrives: 2026-06-12T10:00", "arrives: tomorrow", "arrives"),
        ("last: 2026-02-22", "last: 2026-02-12", "before the first"),
        ("zone: office", "zone: offic", "office"),
        ("subject: office-ac", "subject: office", "office-ac"),
        ("[30, 60]]", "[30, 6000]]", "polygon"),
        ("topic: showroom/plug-1/power", 'topic: "showroom/+/power"', "topic"),
        ("host: broker.local", "host: mqtt://broker", "host"),
        ("rated_w: 400", "rated_w: -400", "rated_w"),
        ("meter: plug-1, kind", "meter: plug-2, kind", "plug-1"),
    ],
)
def test_what_is_wrong_is_refused_where_it_stands(tmp_path, old, new, told):
    assert ENERGY.count(old) == 1
    content = GOOD + ENERGY.replace(old, new)
    with pytest.raises(SiteError) as refused:
        load_site(write_site(tmp_path, content))
    assert told in str(refused.value)
    if new in content:
        assert abs(int(refused.value.where.split(":")[1]) - line_of(content, new)) <= 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda region: region.update(polygon=[[1, 1], [9, 1], [9, 9000]]), "9000"),
        (lambda region: region.update(camera="nowhere"), "nowhere"),
        (lambda region: region.update(on=["x"]), "on"),
    ],
)
def test_taught_lights_that_cannot_be_are_refused(tmp_path, change, told):
    wrong = json.loads(json.dumps(LIGHTS))
    change(wrong["groups"]["ceiling"][0])
    (tmp_path / "lights.json").write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(SiteError) as refused:
        load_site(write_site(tmp_path, GOOD + ENERGY))
    assert told in str(refused.value)
    assert "lights.json" in refused.value.where


def test_the_calendar_is_printed_and_drawn(tmp_path):
    folder = write_site(tmp_path / "site", GOOD + ENERGY)
    runner = CliRunner()
    day = runner.invoke(app, ["site", "calendar", str(folder), "--date", "2026-06-12", "--language", "en"])
    assert day.exit_code == 0, day.output
    for words in ("08:20-21:00", "08:30-17:30", "contract", "AC on by 09:15", "18:00-02:00", "02-29", "10-15"):
        assert words in day.output
    drawn = tmp_path / "month.png"
    month = ["site", "calendar", str(folder), "--month", "2026-06", "--picture", str(drawn)]
    assert runner.invoke(app, month).exit_code == 0
    assert drawn.read_bytes().startswith(b"\x89PNG")
    assert "VIP mayor" in runner.invoke(app, month).output


def test_a_date_that_is_none_is_refused(tmp_path):
    folder = write_site(tmp_path, GOOD)
    told = CliRunner().invoke(app, ["site", "calendar", str(folder), "--date", "2026-02-30"])
    assert "2026-02-30" in str(told.exception.got)
