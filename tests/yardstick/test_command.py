"""`guiwei eval` as a person runs it: a real recording, real processes, a page that opens in a real browser."""

import base64
import json
import re
import subprocess
import sys

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from guiwei.command import app
from models.domain.errors import SourceError, UsageError
from models.domain.presence import Role
from models.domain.rules import PLANNED
from sample_videos.studio.truth import written
from tests.browser.visit import CHROMIUM, DESKTOP, PHONE
from tests.media import write_video
from tests.stories.scenario import DOOR, Actor, Story
from tests.yardstick.story_truth import truth_of

CODE = "greeter.visitor_unapproached"
ANNA = Actor("anna", Role.VISITOR).enters(2, DOOR).walks((5, 5)).stands(until=28)
STORY = Story([ANNA], length_s=28)
FPS = 5
SITE = """\
site: {id: story, name: {zh: 故事, en: Story}, time_zone: Asia/Shanghai}
cameras:
  cam:
    name: {zh: 大厅, en: Hall}
    source: {file: story.mp4, start: 2026-06-01T10:20:00}
    size: [640, 440]
zones:
  hall:
    name: {zh: 大厅, en: Hall}
    kind: hall
    regions: [{camera: cam, image: [[0, 0], [640, 0], [640, 440], [0, 440]]}]
entrances:
  door: {zone: hall, camera: cam, line: [[250, 436], [390, 436]], inside: [320, 300]}
roles:
  staff:
    uniform: [{name: red-jacket, lab: [50, 60, 40], tolerance: 18, part: top}]
rules:
  greeter.visitor_unapproached: {limit_s: LIMIT, high_s: 60}
"""


def expected(limit_s):
    return [
        {
            "code": CODE,
            "verdict": "fires",
            "subject": "party anna",
            "t_first_s": 2.0,
            "t_confirmed_s": (2 + limit_s, 2 + limit_s),
            "why": "Anna stands and nobody comes",
        }
    ]


def picture(t_s):
    """Grey, with a person of black and white checks: nothing survives masking that is not masked."""
    image = np.full((440, 640, 3), 120, np.uint8)
    if t_s >= 2:
        x0, y0, x1, y1 = box(t_s)
        rows, columns = np.mgrid[y0:y1, x0:x1]
        shown = image[max(y0, 0) : y1, max(x0, 0) : x1]
        shown[:] = (((rows // 3 + columns // 3) % 2) * 255).astype(np.uint8)[-shown.shape[0] :, -shown.shape[1] :, None]
    return image


def box(t_s):
    x, y = ANNA.at(t_s)
    sway = round(2 * np.sin(t_s * 3))  # somebody who stands still for long is taken for a picture of a person
    return round(5 + 50 * x) + sway, round(50 * y - 60), round(35 + 50 * x) + sway, round(20 + 50 * y)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """(folder of one clip, folder of its boxes)"""
    top = tmp_path_factory.mktemp("eval")
    folder, boxes = top / "clips" / "anna", top / "boxes"
    folder.mkdir(parents=True)
    boxes.mkdir()
    times = [n / FPS for n in range(STORY.length_s * FPS)]
    write_video(folder / "story.mp4", [picture(t) for t in times], fps=FPS)
    lines = [
        {"t_us": round(t * 1e6), "boxes": [[*box(t), 0.9, 0]] if t >= 2 else [], "looked": [[0, 0, 640, 440]]}
        for t in times
    ]
    (boxes / "anna.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "site.yaml").write_text(SITE.replace("LIMIT", "20"), encoding="utf-8")
    (folder / "truth.json").write_text(written(truth_of(STORY, expected(20))), encoding="utf-8")
    return folder, boxes


def evaluated(*words, code=0):
    command = [sys.executable, "-m", "guiwei", "eval", *map(str, words), "--language", "en"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def right(clip, tmp_path_factory):
    """The clip evaluated as it is: (folder with r.json, floors.toml, what was said)."""
    out = tmp_path_factory.mktemp("right")
    folder, boxes = clip
    said = evaluated(
        folder, "--boxes", boxes, "--json", out / "r.json", "--floors", out / "floors.toml", "--update-floors"
    )
    return out, said.stdout


@pytest.fixture(scope="module")
def wrong(clip, right, tmp_path_factory):
    """The same clip, its limit doubled in the site and not in the truth; with the floors of the right one."""
    out = tmp_path_factory.mktemp("wrong")
    folder, boxes = clip
    spoilt = out / "anna"
    spoilt.mkdir()
    for file in folder.iterdir():
        (spoilt / file.name).write_bytes(file.read_bytes())
    (spoilt / "site.yaml").write_text(SITE.replace("LIMIT", "40"), encoding="utf-8")
    floors = right[0] / "floors.toml"
    told = evaluated(spoilt, "--boxes", boxes, "--html", out / "r.html", "--floors", floors, code=9)
    return out, told.stdout + told.stderr


def test_the_document_has_figures_by_code_and_says_what_is_not_implemented(right):
    report = json.loads((right[0] / "r.json").read_text(encoding="utf-8"))
    code = report["codes"][CODE]
    assert (code["precision"], code["recall"], code["n_truth"], code["n_found"]) == (1.0, 1.0, 1, 1)
    assert code["time_error_s"]["p95"] <= 0.5
    assert {name for name, one in report["codes"].items() if not one["implemented"]} == set(PLANNED)
    assert report["quantities"]["visit_start_s"]["p95"] <= 0.5
    assert report["quantities"]["found.recall.all"]["right"] == 1.0
    assert report["clips"][0]["clip"] == "anna"
    assert report["stages"]["seconds"]["decode"] > 0


def test_new_floors_are_shown_as_they_are_written(right):
    out, said = right
    assert f"codes/{CODE}/recall" in (out / "floors.toml").read_text(encoding="utf-8")
    assert "new" in said


def test_a_fallen_floor_is_named_and_ends_with_9(wrong):
    _, told = wrong
    fallen = re.search(r"got: (.*)", told).group(1).split(", ")
    assert f"codes/{CODE}/recall" in fallen
    beside = {f"quantities/measured.{CODE}/median", f"quantities/measured.{CODE}/p95"}
    assert all(name.startswith(f"codes/{CODE}/") or name in beside for name in fallen), fallen
    assert "--update-floors" in told


def test_nobody_is_to_be_recognised_on_the_picture_of_a_miss(wrong):
    page = (wrong[0] / "r.html").read_text(encoding="utf-8")
    (jpeg,) = re.findall(r'<figure><img alt="" src="data:image/jpeg;base64,([^"]+)"', page)
    image = cv2.imdecode(np.frombuffer(base64.b64decode(jpeg), np.uint8), cv2.IMREAD_GRAYSCALE)
    x0, y0, x1, y1 = box(22.0)
    masked, bare = image[y0 + 6 : y1 - 6, x0 + 6 : x1 - 6], cv2.cvtColor(picture(22.0), cv2.COLOR_BGR2GRAY)
    assert bare[y0 + 6 : y1 - 6, x0 + 6 : x1 - 6].std() > 100
    assert masked.std() < 25, "the checks of the person are still to be seen"


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser: {CHROMIUM} (Debian package chromium) is missing")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_one_click_leads_from_the_figure_to_the_frame(wrong, size, browser):
    with browser.new_context(viewport={"width": size[0], "height": size[1]}) as context:
        page = context.new_page()
        elsewhere = []
        page.on(
            "request",
            lambda asked: elsewhere.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None,
        )
        page.goto((wrong[0] / "r.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "the page is wider than the window"
        page.locator("section:has(#codes) a.bad").first.click()
        page.wait_for_function("document.querySelector('figure img').getBoundingClientRect().top < innerHeight")
        assert page.locator("figure img").first.evaluate("image => image.naturalWidth") == 640
        assert page.locator("figcaption").first.inner_text().startswith("anna · cam · 22.0 s")
        assert not elsewhere


def test_a_clip_without_truth_is_refused_before_anything_is_played(clip, tmp_path):
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "film.mp4").write_bytes(b"frames")
    told = CliRunner().invoke(app, ["eval", str(clip[0]), str(tmp_path)])
    assert isinstance(told.exception, SourceError)
    assert "bare: no truth.json beside the recording" in str(told.exception)
    assert "anna" not in told.output, "nothing was played"


def test_renewing_floors_needs_a_file_of_floors(clip):
    told = CliRunner().invoke(app, ["eval", str(clip[0]), "--update-floors"])
    assert isinstance(told.exception, UsageError)
    assert "--floors" in str(told.exception)
