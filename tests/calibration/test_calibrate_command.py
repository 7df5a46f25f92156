"""`guiwei calibrate` as a person runs it: on a rendered camera, from its pictures and a tape measure's distances."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from calibration import load_site
from calibration.furniture_file import FURNITURE_FILE
from calibration.reference_pictures import references_of, write_reference
from guiwei.calibrate_command import app
from models.domain.camera_pose import pose_from_floor
from models.domain.errors import SiteError, UsageError
from models.domain.furniture import BaselineState
from tests.vision.registration.room import SIZE_PX, camera

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_videos" / "e_consult_s45"
ITEMS = """
furniture:
  check_every_s: 5
  items:
    chair4:
      name: {zh: 椅子四, en: Chair four}
      class: chair
      zone: hall
      size_mm: [500, 480, 860]
      at: [5.8961, 2.375]
      heading_deg: 275.4
      labels: [{at_mm: [190, 190], label_mm: 18, leg_mm: 34}, {at_mm: [-190, -190], label_mm: 18, leg_mm: 34}]
    table0:
      name: {zh: 圆桌, en: Round table}
      class: round_table
      zone: hall
      size_mm: [900, 900, 740]
      at: [3.6201, 2.6449]
"""
PLACES = ((2.0, 2.0), (3.0, 1.0), (2.0, 4.0), (4.0, 2.0), (4.0, 4.0), (6.0, 4.0), (6.0, 2.0))


def run(*words: object):
    return CliRunner().invoke(app, [*map(str, words), "--language", "en"], env={"COLUMNS": "200"})


def done(*words: object) -> str:
    result = run(*words)
    assert result.exception is None, result.exception
    return result.output


def refused(*words: object) -> UsageError | SiteError:
    result = run(*words)
    assert isinstance(result.exception, UsageError | SiteError), result.exception
    return result.exception


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "recording.mp4").symlink_to(SAMPLE / "recording.mp4")
    words = (SAMPLE / "site.yaml").read_text(encoding="utf-8")
    (tmp_path / "site.yaml").write_text(words + ITEMS, encoding="utf-8")
    return tmp_path


def marks(folder: Path, places: tuple[tuple[float, float], ...] = PLACES, noise_px: float = 0.4) -> list[str]:
    """What a person clicks: the marks to a fraction of a pixel."""
    one = load_site(folder).cameras["hall"]
    seen = pose_from_floor(one.floor_points, one.size_px, one.lens).project([(*p, 0.0) for p in places])
    seen += np.random.default_rng(4).normal(0, noise_px, seen.shape)
    words = [f"{u:.1f},{v:.1f}={x},{y}" for (u, v), (x, y) in zip(seen, places, strict=True)]
    return [part for word in words for part in ("--point", word)]


def test_the_floor_is_found_and_its_residuals_are_said_in_millimetres(folder: Path):
    told = done("floor", folder, *marks(folder))
    assert " mm" in told
    assert "#7" in told
    site = load_site(folder)
    assert len(site.cameras["hall"].floor_points) == len(PLACES)
    drawing = cv2.imread(str(folder / "floor-hall.png"))
    assert drawing.shape == (720, 1280, 3)


def test_without_a_lens_the_focal_length_comes_from_the_floor(tmp_path: Path):
    picture = np.full((SIZE_PX[1], SIZE_PX[0], 3), 128, np.uint8)
    cv2.imwrite(str(tmp_path / "view.png"), picture)
    words = (SAMPLE / "site.yaml").read_text(encoding="utf-8").splitlines()
    bare = [line for line in words if not line.lstrip().startswith("lens:")]
    (tmp_path / "site.yaml").write_text("\n".join(bare), encoding="utf-8")
    true = camera(k1=0.0)
    seen = true.project([(*p, 0.0) for p in PLACES])
    points = [part for (u, v), p in zip(seen, PLACES, strict=True) for part in ("--point", f"{u},{v}={p[0]},{p[1]}")]
    done("floor", tmp_path, *points, "--from", tmp_path / "view.png")
    found = load_site(tmp_path).cameras["hall"].lens
    assert found is not None
    assert found.fx == pytest.approx(640.0, rel=0.03)


def test_tags_on_the_floor_give_the_same_camera(tmp_path: Path):
    """Drawn as the camera sees them: each tag's corners are projected from the floor."""
    true, size_m, where = (
        camera(k1=0.0),
        0.30,
        {3: (2.4, 1.8), 7: (3.2, 1.4), 9: (2.0, 3.0), 12: (3.2, 2.8), 20: (2.8, 2.3)},
    )
    picture = np.full((SIZE_PX[1], SIZE_PX[0], 3), 200, np.uint8)
    known = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for tag, (x, y) in where.items():
        drawn = cv2.copyMakeBorder(cv2.aruco.generateImageMarker(known, tag, 200), 40, 40, 40, 40, 0, value=255)
        half = size_m / 2 * 280 / 200
        corners = [(x - half, y + half, 0), (x + half, y + half, 0), (x + half, y - half, 0), (x - half, y - half, 0)]
        target = true.project(corners).astype(np.float32)
        source = np.array([(0, 0), (279, 0), (279, 279), (0, 279)], np.float32)
        warped = cv2.warpPerspective(drawn, cv2.getPerspectiveTransform(source, target), SIZE_PX, flags=cv2.INTER_AREA)
        mask = np.zeros((SIZE_PX[1], SIZE_PX[0]), np.uint8)
        cv2.fillConvexPoly(mask, np.round(target).astype(np.int32), 255)
        picture[mask > 0] = warped[mask > 0][:, None]
    cv2.imwrite(str(tmp_path / "view.png"), picture)
    words = (SAMPLE / "site.yaml").read_text(encoding="utf-8")
    words = words.replace("distortion: [-0.06, 0.004, 0, 0, 0]", "distortion: [0.0, 0.0, 0.0, 0.0, 0.0]")
    (tmp_path / "site.yaml").write_text(words, encoding="utf-8")
    tags = [part for tag, (x, y) in where.items() for part in ("--tag", f"{tag}={x},{y}")]
    done("floor", tmp_path, *tags, "--from", tmp_path / "view.png")
    one = load_site(tmp_path).cameras["hall"]
    pose = pose_from_floor(one.floor_points, one.size_px, one.lens)
    assert np.linalg.norm(pose.centre - true.centre) < 0.05
    lost = refused("floor", tmp_path, *tags, "--tag", "33=1,1", "--from", tmp_path / "view.png")
    assert lost.expected == "33"


def test_a_reference_keeps_its_grey_levels_and_a_baseline_is_frozen(folder: Path):
    one = load_site(folder).cameras["hall"]
    write_reference(folder, "hall", "day", np.full((720, 1280, 3), 100.25, np.float32))
    (back,) = references_of(folder, "hall", one.size_px).values()
    assert float(back.mean()) == pytest.approx(100.25, abs=0.01)
    done("baseline", folder, "--trial")
    done("baseline", folder, "--freeze", "--by", "王主管", "--since", "2026-03-01T08:00:00")
    first, second = load_site(folder).furniture.baselines
    assert (first.state, second.state) == (BaselineState.SUPERSEDED, BaselineState.FROZEN)
    assert second.version == 2
    assert second.approved_by == "王主管"
    assert "frozen" in done("baseline", folder)


class TestRefused:
    """Bad input is refused with a message that names it, and nothing is changed."""

    @pytest.fixture(autouse=True)
    def _unchanged(self, folder: Path):
        yield
        assert not (folder / FURNITURE_FILE).exists()

    def test_three_points(self, folder: Path):
        refused("floor", folder, *marks(folder, PLACES[:3]))

    def test_points_on_a_line(self, folder: Path):
        refused("floor", folder, *marks(folder, ((2.0, 2.0), (3.0, 3.0), (4.0, 4.0), (5.0, 5.0))))

    def test_a_point_above_the_horizon(self, folder: Path):
        error = refused("floor", folder, *marks(folder), "--point", "640,10=30,20")
        assert "8" in str(error)

    def test_contradictory_distances_name_the_worst(self, folder: Path):
        words = marks(folder)
        words[5] = words[5].split("=")[0] + "=2.0,4.9"
        error = refused("floor", folder, *words)
        assert "3" in error.what
        assert "mm" in error.got

    @pytest.mark.parametrize("word", ["1,2", "a,b=1,2", "1,2=3", "1..2,3=4,5"])
    def test_a_mark_in_no_form(self, folder: Path, word: str):
        refused("floor", folder, "--point", word)

    def test_a_board_of_another_dictionary(self, folder: Path):
        known = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_6X6_250)
        board = cv2.aruco.CharucoBoard((5, 7), 0.04, 0.02, known)
        cv2.imwrite(str(folder / "board.png"), cv2.cvtColor(board.generateImage(SIZE_PX), cv2.COLOR_GRAY2BGR))
        error = refused("lens", folder, folder / "board.png", "--dictionary", "DICT_5X5_50")
        assert "DICT_5X5_50" in error.expected
        refused("lens", folder, folder / "board.png", "--dictionary", "DICT_NONE")

    def test_a_photograph_that_is_none(self, folder: Path):
        (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
        refused("floor", folder, *marks(folder), "--from", folder / "broken.jpg")

    def test_a_photograph_of_another_size(self, folder: Path):
        cv2.imwrite(str(folder / "small.png"), np.zeros((48, 64, 3), np.uint8))
        refused("floor", folder, *marks(folder), "--from", folder / "small.png")

    def test_freezing_what_was_never_taught(self, folder: Path):
        refused("baseline", folder, "--freeze", "--by", "x")

    def test_freezing_without_a_name(self, folder: Path):
        refused("baseline", folder, "--freeze")

    def test_items_outside_the_picture(self, folder: Path):
        words = (folder / "site.yaml").read_text(encoding="utf-8")
        words = words.replace("at: [5.8961, 2.375]", "at: [-5.0, -5.0]").replace(
            "at: [3.6201, 2.6449]", "at: [-4.0, -4.0]"
        )
        (folder / "site.yaml").write_text(words, encoding="utf-8")
        refused("teach", folder, "--at", "33")


def test_a_furniture_file_that_is_broken_is_told(folder: Path):
    (folder / FURNITURE_FILE).write_text(json.dumps({"version": 1, "cameras": {"hall": {"lens": 3}}}), encoding="utf-8")
    with pytest.raises(SiteError, match="calibration file"):
        load_site(folder)


def test_a_lens_comes_back_from_photographs_of_a_board(folder: Path):
    """Rendered views of a board through a known lens."""
    known = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    board = cv2.aruco.CharucoBoard((5, 7), 0.04, 0.02, known)
    flat = board.generateImage((500, 700), marginSize=0)
    matrix = np.array([[900.0, 0, 630], [0, 900.0, 350], [0, 0, 1]])
    photos = []
    for k, turn in enumerate([(0.1, 0.1, 0), (0.5, 0, 0.2), (-0.4, 0.3, 0.1), (0.2, -0.5, 0.4), (0.0, 0.5, -0.3)]):
        rotation, _ = cv2.Rodrigues(np.array(turn))
        shift = np.array([-0.1, -0.14, 0.42])
        corners = np.array([(0, 0, 0), (0.2, 0, 0), (0.2, 0.28, 0), (0, 0.28, 0)]) @ rotation.T + shift
        target = (corners @ matrix.T)[:, :2] / (corners @ matrix.T)[:, 2:]
        source = np.array([(-0.5, -0.5), (499.5, -0.5), (499.5, 699.5), (-0.5, 699.5)], np.float32)
        way = cv2.getPerspectiveTransform(source, target.astype(np.float32))
        view = cv2.warpPerspective(flat, way, SIZE_PX, flags=cv2.INTER_AREA, borderValue=255)
        photos.append(folder / f"board{k}.png")
        cv2.imwrite(str(photos[-1]), cv2.cvtColor(view, cv2.COLOR_GRAY2BGR))
    told = done("lens", folder, *photos)
    assert "px" in told
    lens = load_site(folder).cameras["hall"].lens
    assert lens is not None
    assert lens.fx == pytest.approx(900, rel=0.02)
