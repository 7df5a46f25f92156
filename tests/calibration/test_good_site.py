"""A right file becomes the site it describes."""

from datetime import UTC, date, datetime, time

import pytest

from calibration import load_site, season_of
from models.domain.geometry import FloorPoint
from models.domain.site import DutyWindow, LightingPolicy, Name, SourceKind, ZoneKind
from tests.calibration.showroom import GOOD, spoilt, write_site


@pytest.fixture
def site(tmp_path):
    return load_site(write_site(tmp_path))


def test_everything_in_the_file_is_in_the_site(site, tmp_path):
    assert (site.id, site.name, site.time_zone) == ("east-hall", Name("东区案场", "East hall"), "Asia/Shanghai")
    assert site.folder == tmp_path
    hall, door = site.cameras["hall"], site.cameras["door"]
    assert (hall.source.kind, hall.source.address) == (SourceKind.FILE, str(tmp_path / "hall.mp4"))
    assert datetime.fromtimestamp(hall.source.start_utc_us / 1e6, UTC) == datetime(2026, 6, 1, 2, 30, tzinfo=UTC)
    assert hall.size_px == (1280, 720)
    assert hall.analysis_fps == 4.0
    assert hall.lens.distortion == (-0.06, 0.004, 0.0, 0.0, 0.0)
    assert hall.floor_points[1] == FloorPoint((735.5, 473.2), (4.0, 2.0))
    assert hall.privacy_masks == (((0, 0), (100, 0), (100, 50)),)
    assert len(hall.static_person_masks) == 1
    assert (door.source.address, door.source.user, door.source.secret) == (
        "rtsp://192.0.2.7:554/main",
        "viewer",
        "door_camera",
    )
    assert (door.source.transport, door.sub_source.transport) == ("udp", "tcp")
    assert door.sub_source.address.endswith("/sub")
    assert door.ground_plane() is None


def test_zones_posts_entrances_and_roles_keep_their_frame(site):
    assert [r.camera for r in site.zones["hall"].regions] == [None, "door"]
    assert site.zones["office"].kind is ZoneKind.OFFICE
    assert site.zones["office"].lighting is LightingPolicy.VACANCY
    assert site.zones["hall"].lighting is LightingPolicy.SCHEDULED
    main, side = site.entrances
    assert (main.camera, main.a, main.b, main.inside) == (None, (4.9, 8.0), (6.9, 8.0), (5.9, 7.0))
    assert (side.id, side.camera, side.zone) == ("side", "door", "hall")
    desk = site.posts["desk"]
    assert desk.duty == (DutyWindow(time(8, 30), time(12)), DutyWindow(time(13), time(0)))
    assert (desk.required_count, desk.behind_counter, desk.kind) == (2, True, "reception")
    jacket, skirt = site.uniforms
    assert (jacket.lab, jacket.tolerance, jacket.part) == ((11.0, 4.0, -7.0), 20.0, "top")
    assert (skirt.tolerance, skirt.part) == (18.0, "bottom")
    assert site.rules == {"greeter.visitor_unapproached": {"limit_s": 30.0}}
    assert site.switched_off == {"wait.reception"}


def test_a_post_may_name_a_place_in_the_rota(tmp_path):
    assert load_site(write_site(tmp_path, GOOD)).posts["desk"].rota_position == ""
    told = spoilt("behind_counter: true", "rota_position: A")
    assert load_site(write_site(tmp_path, told)).posts["desk"].rota_position == "A"


def test_a_hex_colour_becomes_lab(tmp_path):
    # CIE 15: sRGB red is L* 53.24 a* 80.09 b* 67.20 under D65.
    site = load_site(write_site(tmp_path, spoilt('hex: "#777777"', 'hex: "#ff0000"')))
    assert site.uniforms[1].lab == pytest.approx((53.24, 80.09, 67.20), abs=0.05)


def test_the_seasons_default_to_three_and_the_latest_start_wins(tmp_path):
    lines = [line for line in GOOD.splitlines() if "starts:" not in line and "seasons:" not in line]
    site = load_site(write_site(tmp_path, "\n".join(lines)))
    assert [(s.id, s.open_shift_min) for s in site.seasons] == [("winter", 0), ("spring", 60), ("summer", 120)]
    expected = {
        date(2026, 10, 14): "summer",
        date(2026, 10, 15): "winter",
        date(2026, 1, 1): "winter",
        date(2028, 2, 29): "winter",
        date(2026, 3, 1): "spring",
        date(2026, 5, 31): "spring",
        date(2026, 6, 1): "summer",
    }
    assert {day: season_of(site, day).id for day in expected} == expected


def test_a_start_may_carry_its_own_offset(tmp_path):
    zoned = load_site(write_site(tmp_path, spoilt("2026-06-01T10:30:00", "2026-06-01T04:30:00+02:00")))
    local = load_site(write_site(tmp_path))
    assert zoned.cameras["hall"].source.start_utc_us == local.cameras["hall"].source.start_utc_us


def test_sections_left_empty_count_as_empty(tmp_path):
    start, end = GOOD.index("entrances:"), GOOD.index("roles:")
    content = GOOD[:start] + "entrances:\nposts:   # none yet\n" + GOOD[end : GOOD.index("rules:")] + "rules:\n"
    site = load_site(write_site(tmp_path, content))
    assert (site.entrances, dict(site.posts), dict(site.rules)) == ((), {}, {})


def test_no_recording_and_no_camera_need_exist(site):
    assert not (site.folder / "hall.mp4").exists()


def test_a_recording_may_lie_beside_the_folder_or_anywhere(tmp_path):
    beside = load_site(write_site(tmp_path / "s", spoilt("file: hall.mp4", "file: ../video/hall 一.mp4")))
    assert beside.cameras["hall"].source.address == str(tmp_path / "video/hall 一.mp4")
    anywhere = load_site(write_site(tmp_path / "s", spoilt("file: hall.mp4", f"file: {tmp_path}/x.mp4")))
    assert anywhere.cameras["hall"].source.address == str(tmp_path / "x.mp4")


class TestVersion:
    def test_does_not_change_with_comments_order_place_or_spelled_out_defaults(self, tmp_path):
        first = load_site(write_site(tmp_path / "a")).version
        rules = GOOD[GOOD.index("rules:") :]
        reordered = "# comment\n" + rules + GOOD.removesuffix(rules)
        assert load_site(write_site(tmp_path / "b", reordered)).version == first
        spelled = spoilt("    kind: office\n", "    kind: office   # room\n").replace(
            "{limit_s: 30}", "{limit_s: 30.0, high_s: 180}"
        )
        assert load_site(write_site(tmp_path / "c", spelled)).version == first
        assert len(first) == 12
        assert int(first, 16) >= 0

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("limit_s: 30", "limit_s: 31"),
            ("{off: true}", "{off: false}"),
            ("tolerance: 20", "tolerance: 21"),
            ("file: hall.mp4", "file: other.mp4"),
            ("inside: [5.9, 7]", "inside: [5.9, 7.1]"),
            ("13:00-24:00", "13:00-23:59"),
            ("starts: 03-01", "starts: 03-02"),
            ("en: East hall", "en: West hall"),
        ],
    )
    def test_changes_with_what_is_in_force(self, tmp_path, old, new):
        first = load_site(write_site(tmp_path / "a")).version
        assert load_site(write_site(tmp_path / "b", spoilt(old, new))).version != first

    def test_does_not_depend_on_secrets(self, tmp_path):
        first = load_site(write_site(tmp_path)).version
        (tmp_path / "secrets.yaml").write_text('door_camera: "x"\n')
        assert load_site(tmp_path).version == first
