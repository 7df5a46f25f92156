"""Uniforms taught from real pictures of the samples, under warm and cool light, and those that cannot be taught."""

from functools import cache

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from guiwei.command import app
from models.domain.errors import UsageError
from models.domain.site import UniformColour
from tests.vision.presence.sites import SAMPLES, hall_site, recorded, truth
from vision.clothing import Wardrobe
from vision.roles import Uniforms
from vision.uniform_lesson import Doubt, UnteachableError, taught

WARM, NEUTRAL, COOL = (0.72, 0.9, 1.0), (1.0, 1.0, 1.0), (1.0, 0.93, 0.78)
"""Gains of blue, green, red in linear light: lamps of about 3000 K and 8000 K against the sample's own."""
NAVY = UniformColour("navy-jacket", (11.5, 4.0, -8.0))


def lit(image, gains):
    """The picture under another lamp."""
    linear = (image / 255.0) ** 2.2 * np.array(gains)
    return np.asarray(255 * linear ** (1 / 2.2), np.uint8)


@cache
def clothes(gains, role):
    """Clothing of everybody of a role in the sample, one frame in two seconds, from the truth's boxes."""
    told = truth("c_waiting_s32")
    frames = next(v for v in told.values() if isinstance(v, list) and isinstance(v[0], dict) and "persons" in v[0])
    wardrobe, found = Wardrobe(), []
    for frame in recorded(SAMPLES / "c_waiting_s32" / "recording.mp4", "hall", 0.5):
        image = lit(frame.image, gains)
        wardrobe.look(image, frame.utc_us)
        moment = min(frames, key=lambda f: abs(f["t_s"] - frame.t_us / 1e6))
        for person in moment["persons"]:
            if person["id"].startswith(role[:3]) and person["visible_share"] > 0.45:
                box = tuple(map(float, person["box_px"]))
                found.append(wardrobe.of(image, box, (box[3] - box[1]) / 1.7))
    return found


def tops(gains, role):
    return [c.top for c in clothes(gains, role) if c.top is not None]


@pytest.mark.parametrize("gains", [WARM, NEUTRAL, COOL], ids=["warm", "neutral", "cool"])
def test_a_uniform_taught_in_one_light_is_known_in_every_light(gains):
    lesson = taught("navy", "top", tops(gains, "staff"), ())
    site = hall_site()
    uniforms = Uniforms(type(site)(**{**{f: getattr(site, f) for f in site.__slots__}, "uniforms": (lesson.colour,)}))
    for light in (WARM, NEUTRAL, COOL):
        worn = [uniforms.worn(c) for c in clothes(light, "staff")]
        others = [uniforms.worn(c) for c in clothes(light, "visitor")]
        assert np.mean([w is True for w in worn]) >= 0.9
        assert not any(o is True for o in others)


def test_it_says_which_visitors_clothes_will_be_mistaken():
    lesson = taught("navy", "top", tops(NEUTRAL, "staff"), ())
    assert "navy" in lesson.mistaken_for
    assert "white" not in lesson.mistaken_for


def test_a_uniform_like_one_that_is_taught_is_refused_under_another_name_and_taken_under_its_own():
    cloth = tops(NEUTRAL, "staff")
    with pytest.raises(UnteachableError) as refusal:
        taught("black-suit", "top", cloth, (NAVY,))
    assert (refusal.value.doubt, refusal.value.about) == (Doubt.SAME_AS, "navy-jacket")
    assert taught("navy-jacket", "top", cloth, (NAVY,)).sightings == len(cloth)
    assert taught("black-suit", "bottom", cloth, (NAVY,)).colour.part == "bottom"


def test_many_coloured_cloth_and_few_sightings_are_refused():
    chance = np.random.default_rng(1)
    patterned = [chance.uniform((10, -60, -60), (90, 60, 60), (80, 3)).astype(np.float32) for _ in range(20)]
    with pytest.raises(UnteachableError) as refusal:
        taught("flowers", "top", patterned, ())
    assert refusal.value.doubt is Doubt.NOT_ONE_CLOTH
    with pytest.raises(UnteachableError) as refusal:
        taught("navy", "top", tops(NEUTRAL, "staff")[:3], ())
    assert refusal.value.doubt is Doubt.TOO_FEW


def test_the_command_teaches_from_pictures_and_refuses_by_name(tmp_path):
    for number in range(6):
        picture = np.full((340, 120, 3), 200, np.uint8)
        picture[60:200, 30:90] = (60 + number, 40, 130)
        cv2.imwrite(str(tmp_path / f"staff{number}.png"), picture)
    pictures = [part for number in range(6) for part in ("--from", str(tmp_path / f"staff{number}.png"))]
    asked = ["calibrate", "uniform", str(SAMPLES / "c_waiting_s32"), *pictures, "--language", "en"]
    told = CliRunner().invoke(app, [*asked, "--name", "wine"])
    assert told.exception is None, told.exception
    assert "name: wine, lab: [" in told.output
    assert "part: top" in told.output
    refused = CliRunner().invoke(app, [*asked[:3], "--from", str(tmp_path / "nobody.png"), "--name", "wine"])
    assert isinstance(refused.exception, UsageError)
