"""Each way in which a site file can be wrong: refused with its line, its key, what was found and what to do."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibration import load_site
from calibration.problem import Problem, SiteFileError
from models.domain.errors import SiteError
from models.domain.rules import PLANNED, RULES
from models.texts import catalogue
from tests.calibration.showroom import GOOD, line_of, spoilt, write_site


@dataclass(frozen=True)
class Fault:
    """old -> new spoils the file; what: text key of the message; key: path told; shows: what the message must say."""

    name: str
    old: str
    new: str
    what: str
    key: str
    shows: tuple[str, ...] = ()
    marker: str = ""


HALL_POLYGON = "floor: [[0, 0], [12, 0], [12, 8], [0, 8]]"
DOOR_POLYGON = "image: [[0, 0], [1920, 0], [1920, 1080]]"
FIVE_POINTS = GOOD[GOOD.index("      - {image: [559.6") : GOOD.index("    privacy_masks:")]
ON_A_LINE = "".join(f"      - {{image: [{100 * i}, 300], floor: [{i}, 0]}}\n" for i in range(6))
SWAPPED = FIVE_POINTS.replace("floor: [4, 4]", "floor: [6, 2]").replace(
    "377.8], floor: [6, 2]", "377.8], floor: [4, 4]"
)

FAULTS = [
    # keys
    Fault("unknown key on top", "zones:\n", "zone: {}\nzones:\n", "unknown_key", "zone", ("zones", "cameras")),
    Fault(
        "unknown key in site",
        "id: east-hall",
        "id: east-hall\n  timezone: x",
        "unknown_key",
        "site.timezone",
        ("time_zone",),
    ),
    Fault(
        "unknown key in a name", "en: East hall}", "en: East hall, fr: y}", "unknown_key", "site.name.fr", ("zh, en",)
    ),
    Fault("unknown key in a season", "{id: cold,", "{id: cold, ends: 03-01,", "unknown_key", "site.seasons[0].ends"),
    Fault(
        "unknown key in a camera",
        "analysis_fps: 4",
        "analysis_fp: 4",
        "unknown_key",
        "cameras.hall.analysis_fp",
        ("analysis_fps",),
    ),
    Fault(
        "unknown key in a source",
        "transport: udp",
        "protocol: udp",
        "unknown_key",
        "cameras.door.source.protocol",
        ("transport",),
    ),
    Fault("unknown key in a lens", "{fx: 640,", "{fx: 640, fov: 90,", "unknown_key", "cameras.hall.lens.fov"),
    Fault(
        "unknown key in a floor point",
        "floor: [2, 2]}",
        "floor: [2, 2], z: 0}",
        "unknown_key",
        "cameras.hall.floor_points[0].z",
    ),
    Fault(
        "unknown key in a zone", "kind: office", "kind: office\n    colour: red", "unknown_key", "zones.office.colour"
    ),
    Fault(
        "unknown key in a region",
        f"{{camera: door, {DOOR_POLYGON}}}",
        f"{{camera: door, {DOOR_POLYGON}, z: 1}}",
        "unknown_key",
        "zones.hall.regions[1].z",
    ),
    Fault(
        "unknown key in an entrance",
        "inside: [5.9, 7]",
        "inside: [5.9, 7]\n    inner: 1",
        "unknown_key",
        "entrances.main.inner",
        ("inside",),
    ),
    Fault(
        "unknown key in a post",
        "required_count: 2",
        "required: 2",
        "unknown_key",
        "posts.desk.required",
        ("required_count",),
    ),
    Fault(
        "unknown key in roles", "  staff:\n", "  visitor: {}\n  staff:\n", "unknown_key", "roles.visitor", ("staff",)
    ),
    Fault("unknown key in staff", "    uniform:", "    uniforms:", "unknown_key", "roles.staff.uniforms", ("uniform",)),
    Fault(
        "unknown key in a uniform",
        "tolerance: 20}",
        "tolerance: 20, sex: x}",
        "unknown_key",
        "roles.staff.uniform[0].sex",
    ),
    Fault("missing key", "    kind: office\n", "", "missing", "zones.office.kind", ("kind",), "office:\n"),
    Fault(
        "missing section", GOOD[GOOD.index("zones:") : GOOD.index("entrances:")], "", "missing", "zones", marker="site:"
    ),
    # types and ranges
    Fault(
        "text for a number",
        "analysis_fps: 4",
        "analysis_fps: fast",
        "type",
        "cameras.hall.analysis_fps",
        ("fast", "number"),
    ),
    Fault("quoted number", "required_count: 2", 'required_count: "2"', "type", "posts.desk.required_count"),
    Fault(
        "fraction for a whole",
        "required_count: 2",
        "required_count: 1.5",
        "type",
        "posts.desk.required_count",
        ("1.5",),
    ),
    Fault("number for a text", "id: east-hall", "id: 7", "type", "site.id", ("7",)),
    Fault(
        "text for a truth",
        "behind_counter: true",
        "behind_counter: yes",
        "type",
        "posts.desk.behind_counter",
        ("yes", "true"),
    ),
    Fault(
        "number for a mapping",
        "lens: {fx: 640, fy: 640, cx: 640, cy: 360, distortion: [-0.06, 0.004, 0, 0, 0]}",
        "lens: 90",
        "type",
        "cameras.hall.lens",
    ),
    Fault(
        "list for a mapping",
        "source: {file: hall.mp4, start: 2026-06-01T10:30:00}",
        "source: [hall.mp4]",
        "type",
        "cameras.hall.source",
    ),
    Fault(
        "mapping for a list",
        "- floor: [[2, 2], [4, 2], [4, 4]]",
        "- floor: {a: 1}",
        "type",
        "zones.office.regions[0].floor",
    ),
    Fault("null where a value belongs", "  time_zone: Asia/Shanghai", "  time_zone:", "type", "site.time_zone"),
    Fault("not finite", "analysis_fps: 4", "analysis_fps: .inf", "type", "cameras.hall.analysis_fps", ("inf",)),
    Fault("not a number", "inside: [5.9, 7]", "inside: [.nan, 7]", "type", "entrances.main.inside[0]", ("nan",)),
    Fault(
        "too many people", "required_count: 2", "required_count: 6", "range", "posts.desk.required_count", ("6", "<= 5")
    ),
    Fault("nobody required", "required_count: 2", "required_count: 0", "range", "posts.desk.required_count", (">= 1",)),
    Fault("no frame rate", "analysis_fps: 4", "analysis_fps: 0", "range", "cameras.hall.analysis_fps"),
    Fault("negative focal length", "{fx: 640,", "{fx: -640,", "range", "cameras.hall.lens.fx"),
    Fault("no picture", "size: [1280, 720]", "size: [0, 720]", "range", "cameras.hall.size[0]"),
    Fault("one size", "size: [1280, 720]", "size: [1280]", "missing", "cameras.hall.size[1]"),
    Fault("three sizes", "size: [1280, 720]", "size: [1280, 720, 3]", "count", "cameras.hall.size"),
    Fault("id with capitals", "  office:\n", "  Office:\n", "id", "zones.Office", ("Office", "a-z")),
    Fault("id with a space", "id: east-hall", "id: east hall", "form", "site.id", ("east hall",)),
    Fault("kind of zone", "kind: office", "kind: offices", "choice", "zones.office.kind", ("office", "vip_room")),
    Fault("kind of post", "kind: reception", "kind: receptionist", "choice", "posts.desk.kind", ("reception",)),
    Fault("lighting policy", "lighting: vacancy", "lighting: none", "choice", "zones.office.lighting", ("vacancy",)),
    Fault("transport", "transport: udp", "transport: http", "choice", "cameras.door.source.transport", ("tcp",)),
    Fault(
        "part of a garment", "part: bottom", "part: middle", "choice", "roles.staff.uniform[1].part", ("top", "bottom")
    ),
    # places that the law closes
    Fault("washroom", "kind: office", "kind: washroom", "forbidden_place", "zones.office.kind", ("第八条", "Art. 8")),
    Fault(
        "changing room",
        "kind: office",
        "kind: changing_room",
        "forbidden_place",
        "zones.office.kind",
        ("更衣室", "changing_room"),
    ),
    Fault("卫生间 by name", "zh: 办公室", "zh: 一楼卫生间", "forbidden_place", "zones.office.name.zh", ("卫生间",)),
    Fault("更衣室 by name", "zh: 接待台", "zh: 更衣室", "forbidden_place", "posts.desk.name.zh", ("更衣室",)),
    Fault(
        "camera in a toilet", "en: Door}", "en: Toilet camera}", "forbidden_place", "cameras.door.name.en", ("Toilet",)
    ),
    Fault("washroom by id", "  office:\n", "  staff_washroom:\n", "forbidden_place", "zones.staff_washroom"),
    # times
    Fault(
        "time zone", "Asia/Shanghai", "Asia/Shangai", "time_zone", "site.time_zone", ("Asia/Shangai", "Asia/Shanghai")
    ),
    Fault("time zone as an offset", "Asia/Shanghai", "+08:00", "time_zone", "site.time_zone"),
    Fault("time zone as a path", "Asia/Shanghai", "../../etc/passwd", "time_zone", "site.time_zone"),
    Fault("start is a date", "start: 2026-06-01T10:30:00", "start: 2026-06-01", "start", "cameras.hall.source.start"),
    Fault(
        "start is no day",
        "start: 2026-06-01T10:30:00",
        "start: 2026-02-30T10:30:00",
        "start",
        "cameras.hall.source.start",
    ),
    Fault("duty form", '"08:30-12:00"', '"8:30-12:00"', "duty_form", "posts.desk.duty"),
    Fault("duty hour", '"08:30-12:00"', '"08:30-25:00"', "duty_form", "posts.desk.duty"),
    Fault("duty backwards", '"08:30-12:00"', '"12:00-08:30"', "duty_order", "posts.desk.duty"),
    Fault("duty of no length", '"08:30-12:00"', '"12:00-12:00"', "duty_order", "posts.desk.duty"),
    Fault("duty overlap", '"08:30-12:00"', '"08:30-13:30"', "duty_overlap", "posts.desk.duty"),
    Fault("rota by name", "behind_counter: true", "rota_position: 王丽", "rota_form", "posts.desk.rota_position"),
    Fault("rota in small", "behind_counter: true", "rota_position: a", "rota_form", "posts.desk.rota_position"),
    Fault("rota from nought", "behind_counter: true", "rota_position: A0", "rota_form", "posts.desk.rota_position"),
    Fault("season day", "starts: 03-01", "starts: 02-29", "month_day", "site.seasons[1].starts"),
    Fault("seasons twice", "{id: warm,", "{id: cold,", "season_repeated", "site.seasons", marker="  seasons:"),
    # sources
    Fault(
        "password in the URL",
        "rtsp: rtsp://192.0.2.7:554/main",
        "rtsp: rtsp://admin:hunter2@192.0.2.7/main",
        "credentials_in_url",
        "cameras.door.source.rtsp",
    ),
    Fault(
        "user in the URL",
        "rtsp: rtsp://192.0.2.7:554/main",
        "rtsp: rtsp://admin@192.0.2.7/main",
        "credentials_in_url",
        "cameras.door.source.rtsp",
    ),
    Fault(
        "password in the query",
        "rtsp: rtsp://192.0.2.7:554/main",
        "rtsp: rtsp://192.0.2.7/main?password=hunter2",
        "credentials_in_url",
        "cameras.door.source.rtsp",
    ),
    Fault(
        "password behind the user",
        "user: viewer\n      secret",
        "user: viewer:hunter2\n      secret",
        "user_with_colon",
        "cameras.door.source.user",
    ),
    Fault(
        "other scheme",
        "rtsp: rtsp://192.0.2.7:554/main",
        "rtsp: http://192.0.2.7/main",
        "url_scheme",
        "cameras.door.source.rtsp",
        ("http", "rtsps"),
    ),
    Fault(
        "no scheme", "rtsp: rtsp://192.0.2.7:554/main", "rtsp: 192.0.2.7/main", "url_scheme", "cameras.door.source.rtsp"
    ),
    Fault("no host", "rtsp: rtsp://192.0.2.7:554/main", "rtsp: rtsp:///main", "bad_url", "cameras.door.source.rtsp"),
    Fault(
        "bad port",
        "rtsp: rtsp://192.0.2.7:554/main",
        "rtsp: rtsp://192.0.2.7:99999/main",
        "bad_url",
        "cameras.door.source.rtsp",
    ),
    Fault(
        "space in the URL",
        "rtsp: rtsp://192.0.2.7:554/main",
        "rtsp: rtsp://192.0.2.7/a b",
        "bad_url",
        "cameras.door.source.rtsp",
    ),
    Fault(
        "line break in the URL",
        "rtsp: rtsp://192.0.2.7:554/main",
        'rtsp: "rtsp://192.0.2.7/a\\r\\nX: y"',
        "control_character",
        "cameras.door.source.rtsp",
        ("U+000D",),
    ),
    Fault(
        "zero byte in a path",
        "file: hall.mp4",
        'file: "hall.mp4\\0.jpg"',
        "control_character",
        "cameras.hall.source.file",
        ("U+0000",),
    ),
    Fault(
        "hidden direction in a path",
        "file: hall.mp4",
        'file: "hall\\u202e4pm.sh"',
        "control_character",
        "cameras.hall.source.file",
        ("U+202E",),
    ),
    Fault("hidden character in a name", "en: East hall", 'en: "East\\u200bhall"', "control_character", "site.name.en"),
    Fault("URL as file", "file: hall.mp4", "file: http://example.com/a.mp4", "url_as_file", "cameras.hall.source.file"),
    Fault("home as file", "file: hall.mp4", "file: ~/a.mp4", "home_path", "cameras.hall.source.file"),
    Fault(
        "two sources",
        "{file: hall.mp4,",
        "{file: hall.mp4, rtsp: rtsp://192.0.2.7/x,",
        "one_source",
        "cameras.hall.source",
    ),
    Fault(
        "no source",
        "{file: hall.mp4, start: 2026-06-01T10:30:00}",
        "{transport: tcp}",
        "one_source",
        "cameras.hall.source",
    ),
    Fault(
        "file with a login",
        "{file: hall.mp4,",
        "{file: hall.mp4, user: a, secret: b,",
        "file_with_login",
        "cameras.hall.source",
    ),
    Fault(
        "recording and live",
        "rtsp: rtsp://192.0.2.7:554/sub, user: viewer, secret: door_camera",
        "file: sub.mp4",
        "mixed_sources",
        "cameras.door",
        marker="  door:",
    ),
    Fault(
        "password in the path",
        "rtsp: rtsp://192.0.2.7:554/main",
        "rtsp: rtsp://192.0.2.7/user=admin&pass=hunter2&channel=1",
        "credentials_in_url",
        "cameras.door.source.rtsp",
    ),
    Fault(
        "live with a start",
        "sub_source: {",
        "sub_source: {start: 2026-06-01T10:30:00, ",
        "live_with_start",
        "cameras.door.sub_source",
    ),
    Fault(
        "user without secret",
        "sub, user: viewer, secret: door_camera}",
        "sub, user: viewer}",
        "user_and_secret",
        "cameras.door.sub_source",
    ),
    Fault(
        "password in the file",
        "transport: udp",
        "password: hunter2",
        "secret_inside",
        "cameras.door.source.password",
        ("secrets.yaml",),
    ),
    Fault("password for a name", "secret: door_camera\n", "secret: hunter2!\n", "form", "cameras.door.source.secret"),
    # shapes
    Fault(
        "two corners",
        "- floor: [[2, 2], [4, 2], [4, 4]]",
        "- floor: [[2, 2], [4, 2]]",
        "count",
        "zones.office.regions[0].floor",
        (">= 3",),
    ),
    Fault(
        "no area",
        "- floor: [[2, 2], [4, 2], [4, 4]]",
        "- floor: [[2, 2], [4, 2], [6, 2]]",
        "no_area",
        "zones.office.regions[0].floor",
    ),
    Fault(
        "crossing",
        HALL_POLYGON,
        "floor: [[0, 0], [12, 8], [12, 0], [0, 7]]",
        "crosses_itself",
        "zones.hall.regions[0].floor",
    ),
    Fault(
        "closed by hand",
        HALL_POLYGON,
        "floor: [[0, 0], [12, 0], [12, 8], [0, 0]]",
        "repeated_corner",
        "zones.hall.regions[0].floor",
    ),
    Fault(
        "crossing mask",
        "[[0, 0], [100, 0], [100, 50]]",
        "[[0, 0], [100, 50], [100, 0], [0, 40]]",
        "crosses_itself",
        "cameras.hall.privacy_masks[0]",
    ),
    Fault(
        "zone outside the picture",
        DOOR_POLYGON,
        "image: [[0, 0], [1921, 0], [1920, 1080]]",
        "outside",
        "zones.hall.regions[1].image",
        ("[1921, 0]", "x <= 1920"),
    ),
    Fault(
        "mask outside the picture",
        "[[0, 0], [100, 0], [100, 50]]",
        "[[0, 0], [100, 0], [100, 721]]",
        "outside",
        "cameras.hall.privacy_masks[0]",
        ("y <= 720",),
    ),
    Fault("poster outside the picture", "[200, 200]]", "[-1, 200]]", "outside", "cameras.hall.static_person_masks[0]"),
    Fault(
        "line outside the picture",
        "line: [[100, 900], [700, 900]]",
        "line: [[100, 900], [700, 1900]]",
        "outside",
        "entrances.side.line",
    ),
    Fault(
        "inside outside the picture", "inside: [400, 1000]", "inside: [400, 1100]", "outside", "entrances.side.inside"
    ),
    Fault(
        "mark outside the picture",
        "{image: [559.6, 650.4]",
        "{image: [559.6, 750.4]",
        "outside",
        "cameras.hall.floor_points[0].image",
    ),
    Fault(
        "floor in millimetres",
        HALL_POLYGON,
        "floor: [[0, 0], [12000, 0], [12, 8]]",
        "range",
        "zones.hall.regions[0].floor[1][0]",
        ("12000",),
    ),
    Fault(
        "line of no length",
        "line: [[4.9, 8], [6.9, 8]]",
        "line: [[4.9, 8], [4.9, 8]]",
        "no_line",
        "entrances.main",
        marker="  main:",
    ),
    Fault(
        "inside on the line",
        "inside: [5.9, 7]",
        "inside: [5.9, 8]",
        "inside_on_line",
        "entrances.main",
        marker="  main:",
    ),
    Fault(
        "floor and image",
        f"{{camera: door, {DOOR_POLYGON}}}",
        f"{{camera: door, {DOOR_POLYGON}, {HALL_POLYGON}}}",
        "one_region",
        "zones.hall.regions[1]",
    ),
    Fault(
        "image of no camera",
        f"{{camera: door, {DOOR_POLYGON}}}",
        f"{{{DOOR_POLYGON}}}",
        "region_camera",
        "zones.hall.regions[1]",
    ),
    Fault(
        "no region",
        "    regions:\n      - floor: [[2, 2], [4, 2], [4, 4]]",
        "    regions: []",
        "count",
        "zones.office.regions",
    ),
    # floor points
    Fault(
        "three marks",
        FIVE_POINTS,
        "".join(FIVE_POINTS.splitlines(True)[:3]),
        "few_floor_points",
        "cameras.hall.floor_points",
        ("3", ">= 4"),
        marker="    floor_points:",
    ),
    Fault(
        "marks on a line", FIVE_POINTS, ON_A_LINE, "floor_line", "cameras.hall.floor_points", marker="    floor_points:"
    ),
    Fault(
        "one mark four times",
        FIVE_POINTS,
        FIVE_POINTS.splitlines(True)[0] * 4,
        "floor_line",
        "cameras.hall.floor_points",
        marker="    floor_points:",
    ),
    Fault(
        "two marks swapped",
        FIVE_POINTS,
        SWAPPED,
        "floor_disagrees",
        "cameras.hall.floor_points",
        ("m", "0.3 m"),
        marker="    floor_points:",
    ),
    Fault(
        "one mark misread",
        "floor: [6, 2]}\n",
        "floor: [6, 5]}\n      - {image: [660.6, 333.2], floor: [6, 4]}\n"
        "      - {image: [533.7, 299.7], floor: [6, 6]}\n",
        "floor_disagrees",
        "cameras.hall.floor_points",
        ("point 5",),
        marker="    floor_points:",
    ),
    # colours
    Fault("no colour", 'hex: "#777777", ', "", "one_colour", "roles.staff.uniform[1]"),
    Fault("two colours", 'hex: "#777777"', 'hex: "#777777", lab: [1, 2, 3]', "one_colour", "roles.staff.uniform[1]"),
    Fault("colour by word", 'hex: "#777777"', "hex: grey", "form", "roles.staff.uniform[1].hex", ("grey",)),
    Fault("no tolerance", "tolerance: 20", "tolerance: 0", "range", "roles.staff.uniform[0].tolerance"),
    # references
    Fault(
        "zone of a post",
        "kind: reception\n    zone: hall",
        "kind: reception\n    zone: hal",
        "dangling",
        "posts.desk.zone",
        ("hal", "hall, office"),
    ),
    Fault(
        "zone of an entrance",
        "  main:\n    zone: hall",
        "  main:\n    zone: lobby",
        "dangling",
        "entrances.main.zone",
        ("lobby",),
    ),
    Fault("camera of an entrance", "camera: door\n", "camera: dor\n", "dangling", "entrances.side.camera", ("door",)),
    Fault(
        "camera of a zone",
        "{camera: door,",
        "{camera: back,",
        "dangling",
        "zones.hall.regions[1].camera",
        ("hall, door",),
    ),
    # rules
    Fault(
        "unknown rule",
        "wait.reception:",
        "wait.receptoin:",
        "unknown_rule",
        "rules.wait.receptoin",
        ("wait.reception",),
    ),
    Fault(
        "unknown parameter",
        "{limit_s: 30}",
        "{limits: 30}",
        "unknown_parameter",
        "rules.greeter.visitor_unapproached.limits",
        ("limit_s", "off"),
    ),
    Fault(
        "below its range",
        "{limit_s: 30}",
        "{limit_s: 0.5}",
        "range",
        "rules.greeter.visitor_unapproached.limit_s",
        ("0.5", "1 .. 3600 s"),
    ),
    Fault("above its range", "{limit_s: 30}", "{limit_s: 3601}", "range", "rules.greeter.visitor_unapproached.limit_s"),
    Fault(
        "truth for a threshold",
        "{limit_s: 30}",
        "{limit_s: true}",
        "type",
        "rules.greeter.visitor_unapproached.limit_s",
    ),
    Fault("number for off", "{off: true}", "{off: 1}", "type", "rules.wait.reception.off"),
    Fault(
        "grave before mild",
        "{limit_s: 30}",
        "{limit_s: 200}",
        "threshold_order",
        "rules.greeter.visitor_unapproached.limit_s",
        ("high_s 180",),
    ),
]


def refused(folder, content) -> SiteFileError:
    with pytest.raises(SiteFileError) as caught:
        load_site(write_site(folder, content))
    return caught.value


def is_about(problem: Problem, what: str) -> bool:
    """Whether the problem tells the text of that key, whatever fills its places."""
    pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(catalogue()[f"site.problem.{what}"]["en"]))
    return re.search(pattern + "$", problem.what) is not None


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_a_fault_is_told_with_its_place_and_its_cure(tmp_path, fault):
    content = spoilt(fault.old, fault.new)
    error = refused(tmp_path, content)
    assert len(error.problems) == 1, str(error)
    problem = error.problems[0]
    assert is_about(problem, fault.what), problem
    assert problem.key == fault.key
    said = str(error)
    assert f"site.yaml:{problem.line}:{problem.column} {fault.key}" in said
    for word in fault.shows:
        assert word in said, said
    assert "hunter2" not in said + repr(error) + repr(error.problems)
    assert problem.line == (line_of(content, fault.marker) if fault.marker else first_difference(content))
    assert error.exit_code == 3


def first_difference(content: str) -> int:
    good = GOOD.splitlines()
    return next(i for i, line in enumerate(content.splitlines(), 1) if i > len(good) or line != good[i - 1])


def test_all_faults_of_a_file_are_told_at_once_in_their_order(tmp_path):
    content = GOOD
    for old, new in (
        ("time_zone: Asia/Shanghai", "time_zone: Mars/Olympus"),
        ("analysis_fps: 4", "analysis_fps: 400"),
        ("kind: office", "kind: washroom"),
        ("camera: door\n", "camera: nowhere\n"),
        ("kind: reception\n    zone: hall", "kind: reception\n    zone: cellar"),
        ("{limit_s: 30}", "{limit_s: 0}"),
    ):
        content = content.replace(old, new)
    error = refused(tmp_path, content)
    assert [p.key for p in error.problems] == [
        "site.time_zone",
        "cameras.hall.analysis_fps",
        "zones.office.kind",
        "entrances.side.camera",
        "posts.desk.zone",
        "rules.greeter.visitor_unapproached.limit_s",
    ]
    assert [p.line for p in error.problems] == sorted(p.line for p in error.problems)
    assert "6" in error.what
    assert all(f"site.yaml:{p.line}:" in str(error) for p in error.problems)


def test_a_reference_to_an_entry_that_is_itself_wrong_does_not_dangle(tmp_path):
    error = refused(tmp_path, spoilt("    kind: hall\n", "    kind: halls\n"))
    assert [p.key for p in error.problems] == ["zones.hall.kind"]


def test_floor_metres_need_a_camera_that_knows_the_floor(tmp_path):
    error = refused(tmp_path, spoilt("    floor_points:\n" + FIVE_POINTS, ""))
    assert {p.key for p in error.problems} == {
        "zones.hall.regions[0].floor",
        "zones.office.regions[0].floor",
        "entrances.main.line",
        "posts.desk.regions[0].floor",
    }


@pytest.mark.parametrize("code", PLANNED)
def test_rules_of_the_domain_that_do_not_run_yet_say_so(tmp_path, code):
    problem = refused(tmp_path, spoilt("wait.reception:", f"{code}:")).problems[0]
    assert is_about(problem, "planned")
    assert problem.got == repr(code)
    assert all(known in problem.expected for known in RULES)


def test_a_corridor_past_the_washroom_may_be_watched(tmp_path):
    content = spoilt("zh: 办公室, en: Office", "zh: 卫生间走廊, en: Washroom corridor").replace(
        "kind: office", "kind: corridor"
    )
    assert load_site(write_site(tmp_path, content)).zones["office"].name.zh == "卫生间走廊"


def test_a_local_hour_that_the_clock_skipped_is_no_start(tmp_path):
    skipped = spoilt("Asia/Shanghai", "Europe/Berlin").replace("2026-06-01T10:30:00", "2026-03-29T02:30:00")
    assert refused(tmp_path, skipped).problems[0].key == "cameras.hall.source.start"
    doubled = skipped.replace("2026-03-29", "2026-10-25")
    assert load_site(write_site(tmp_path, doubled)).cameras["hall"].source.start_utc_us == 1_792_888_200_000_000


@pytest.mark.parametrize("content", ["", "# only a comment\n", "[]\n", "just text\n", "- a\n- b\n", "null\n"])
def test_a_file_that_holds_no_site_is_refused(tmp_path, content):
    assert "site init" in refused(tmp_path, content).next_step


def test_a_folder_without_a_site_file_is_refused(tmp_path):
    with pytest.raises(SiteError) as caught:
        load_site(tmp_path / "nowhere")
    assert "site.yaml" in caught.value.where
    assert "site init" in caught.value.next_step


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "site.yaml").mkdir()
    with pytest.raises(SiteError) as caught:
        load_site(tmp_path)
    assert caught.value.got


LINES = GOOD.splitlines()
PIECES = [
    "",
    "x: 1",
    "- 1",
    "[]",
    "{}",
    "~",
    "-1",
    "1e9",
    '"x"',
    "true",
    ": :",
    "rtsp://a:b@c/d",
    "[[0, 0]]",
    "'",
    "\t",
    "大厅",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(LINES) - 1),
    how=st.sampled_from(["drop", "twice", "value", "indent"]),
    piece=st.sampled_from(PIECES),
)
def test_a_line_that_goes_wrong_is_lived_with_or_told_in_our_words(tmp_path, at, how, piece):
    line = LINES[at]
    changed = {
        "drop": [],
        "twice": [line, line],
        "value": [line.split(":")[0] + ": " + piece],
        "indent": ["  " + line],
    }[how]
    folder = write_site(tmp_path, "\n".join([*LINES[:at], *changed, *LINES[at + 1 :]]))
    try:
        site = load_site(folder)
    except SiteFileError as error:
        told = str(error)
    else:
        told = repr(site)
    assert "a:b@" not in told


corner = st.tuples(st.integers(-20, 20), st.integers(-20, 20))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corners=st.lists(corner, min_size=3, max_size=6, unique=True))
def test_a_polygon_is_taken_exactly_when_its_corners_can_be_walked_round(tmp_path, corners):
    shape = ", ".join(f"[{x}, {y}]" for x, y in corners)
    folder = write_site(tmp_path, spoilt(HALL_POLYGON, f"floor: [{shape}]"))
    if walkable(corners):
        taken = load_site(folder).zones["hall"].regions[0].polygon
        assert taken == tuple((float(x), float(y)) for x, y in corners)
    else:
        with pytest.raises(SiteFileError) as caught:
            load_site(folder)
        assert len(caught.value.problems) == 1


def walkable(corners) -> bool:
    """Independent of our geometry: whole numbers, every pair of sides compared as closed segments."""
    n = len(corners)
    twice_area = sum(corners[i - 1][0] * corners[i][1] - corners[i][0] * corners[i - 1][1] for i in range(n))

    def turn(a, b, c):
        value = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        return (value > 0) - (value < 0)

    def on(a, b, c):
        return (
            turn(a, b, c) == 0
            and min(a[0], b[0]) <= c[0] <= max(a[0], b[0])
            and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
        )

    def meet(a, b, c, d):
        if turn(a, b, c) != turn(a, b, d) and turn(c, d, a) != turn(c, d, b):
            return True
        return on(a, b, c) or on(a, b, d) or on(c, d, a) or on(c, d, b)

    sides = [(corners[i], corners[(i + 1) % n]) for i in range(n)]
    apart = [(i, j) for i in range(n) for j in range(i + 2, n) if (i, j) != (0, n - 1)]
    return twice_area != 0 and not any(meet(*sides[i], *sides[j]) for i, j in apart)
