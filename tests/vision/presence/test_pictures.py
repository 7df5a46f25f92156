"""What pixels tell: empty places under changing light, living and printed people, sick cameras, clothes, and masks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.domain.media import US, Frame, Run
from models.domain.presence import Role
from models.domain.site import UniformColour
from models.domain.truth import Truth
from tests.vision.presence.sites import START_US, ScriptedFinder, bare_site, hall_site
from vision.clothing import Clothing, lab_of, white_gains
from vision.emptiness import EmptyReference
from vision.liveness import StillLife
from vision.observer import CameraObserver
from vision.roles import RoleVotes, Uniforms
from vision.scene_health import SceneHealth

SIZE = (768, 432)
PERSON = (300.0, 150.0, 360.0, 320.0)
RUN = Run("cam1", 1, START_US)


def room(seed=1, light=1.0):
    """A wall and a floor with some pattern and film noise, BGR."""
    fixed = np.random.default_rng(7)
    picture = np.full((SIZE[1], SIZE[0], 3), 150.0)
    picture[250:] = 110.0
    for _ in range(120):
        x, y = fixed.integers(0, SIZE[0] - 60), fixed.integers(0, SIZE[1] - 60)
        cv2.rectangle(picture, (int(x), int(y)), (int(x) + 50, int(y) + 40), fixed.uniform(60, 210, 3).tolist(), -1)
    noise = np.random.default_rng(seed).normal(0, 2.0, picture.shape)
    return np.clip(picture * light + noise, 0, 255).astype(np.uint8)


def with_person(picture, box=PERSON, colour=(60, 40, 30)):
    x0, y0, x1, y1 = (int(v) for v in box)
    shown = picture.copy()
    cv2.rectangle(shown, (x0 + 8, y0 + 30), (x1 - 8, y1), colour, -1)
    cv2.circle(shown, ((x0 + x1) // 2, y0 + 16), 14, (130, 150, 190), -1)
    return shown


@pytest.mark.parametrize("light", [1.0, 0.6, 1.3])
def test_a_place_is_empty_or_taken_whatever_the_lamps_do(light):
    reference = EmptyReference(SIZE)
    for i in range(10):
        reference.see(room(i), START_US + i * US // 5, [])
    reference.see(with_person(room(20, light)), START_US + 3 * US, [PERSON])
    assert reference.empty(PERSON) is Truth.FAILS
    reference.see(room(21, light), START_US + 4 * US, [PERSON])
    assert reference.empty(PERSON) is Truth.HOLDS


def test_a_place_never_seen_empty_is_unknown():
    reference = EmptyReference(SIZE)
    for i in range(10):
        reference.see(with_person(room(i)), START_US + i * US // 5, [PERSON])
    assert reference.empty(PERSON) is Truth.UNKNOWN


def test_a_printed_figure_stays_still_and_somebody_who_sways_does_not():
    printed = StillLife(with_person(room(0)), PERSON, START_US)
    alive = StillLife(with_person(room(0)), PERSON, START_US)
    stirred = []
    for i in range(1, 50):
        t_us = START_US + i * US // 5
        assert not printed.stirs(with_person(room(i)), t_us), "film noise is no life"
        sway = (PERSON[0] + 3 * (i // 5 % 2), PERSON[1], PERSON[2] + 3 * (i // 5 % 2), PERSON[3])
        stirred.append(alive.stirs(with_person(room(i), sway), t_us))
    assert sum(stirred) > 10


def test_a_dimmed_lamp_does_not_bring_a_poster_to_life():
    printed = StillLife(with_person(room(0)), PERSON, START_US)
    assert not printed.stirs(with_person(room(1), PERSON) * np.float64(0.8).astype(np.float32), START_US + US)


@pytest.mark.parametrize(
    ("picture", "after_s"),
    [(np.zeros((432, 768, 3), np.uint8), 0), (np.full((432, 768, 3), 90, np.uint8), 4), (room(0), 31)],
    ids=["black", "covered", "frozen"],
)
def test_a_sick_camera_is_not_believed(picture, after_s):
    health = SceneHealth()
    for i in range(50):
        assert health.view(room(i), START_US + i * US // 5) is Truth.HOLDS
    begun = START_US + 10 * US
    health.view(picture, begun)
    assert health.view(picture, begun + after_s * US) is Truth.UNKNOWN
    assert health.view(room(99), begun + 60 * US) is Truth.HOLDS


def test_a_sick_camera_ends_nobody_and_says_unknown():
    site = bare_site(SIZE)
    script = [(0.0, 5.0, [[*PERSON, 0.9, 0]])]
    observer = CameraObserver(site, site.cameras["cam1"], ScriptedFinder(script))
    for i in range(25):
        wobble = (PERSON[0] + 6 * (i % 2), PERSON[1], PERSON[2] + 6 * (i % 2), PERSON[3])
        scene = observer.observe(Frame(with_person(room(i), wobble), RUN, i * US // 5))
    assert len(scene.persons) == 1
    for i in range(25, 50):
        scene = observer.observe(Frame(np.zeros((432, 768, 3), np.uint8), RUN, i * US // 5))
        assert scene.view is Truth.UNKNOWN
        assert scene.departed == ()
    assert scene.persons[0].seen is Truth.UNKNOWN


def test_a_person_on_a_masked_poster_is_nobody_and_beside_it_somebody():
    site = hall_site()
    poster, beside = [262, 155, 294, 233, 0.9, 0], [500, 200, 560, 368, 0.9, 0]
    observer = CameraObserver(site, site.cameras["hall"], ScriptedFinder([(0.0, 60.0, [poster, beside])]))
    run = Run("hall", 1, START_US)
    for i in range(30):
        picture = cv2.resize(room(i), (1280, 720))
        for shown in (poster, beside):
            sway = 3 * (i // 3 % 2)
            picture = with_person(picture, (shown[0] + sway, shown[1], shown[2] + sway, shown[3]))
        scene = observer.observe(Frame(picture, run, i * US // 5))
    assert len(scene.persons) == 1
    assert scene.persons[0].box[0] == pytest.approx(500, abs=1)


def test_a_smaller_stream_gives_places_in_the_declared_size():
    site = bare_site((1536, 864))
    observer = CameraObserver(site, site.cameras["cam1"], ScriptedFinder([(0.0, 9.0, [[*PERSON, 0.9, 0]])]))
    for i in range(30):
        wobble = (PERSON[0] + 6 * (i % 2), PERSON[1], PERSON[2] + 6 * (i % 2), PERSON[3])
        scene = observer.observe(Frame(with_person(room(i), wobble), RUN, i * US // 5))
    assert scene.persons[0].box == pytest.approx((600, 300, 720, 640), abs=1)


@pytest.mark.parametrize("lamp", [(1.0, 1.0, 1.0), (0.62, 0.85, 1.0), (1.0, 0.92, 0.75)], ids=["day", "warm", "cool"])
def test_a_uniform_keeps_its_colour_under_warm_and_cool_lamps(lamp):
    """lamp: BGR factors in linear light, as a lamp of another colour temperature gives."""
    scene = np.full((90, 160, 3), 190, np.uint8)
    cloth = np.full((20, 20, 3), (96, 38, 30), np.uint8)
    truth_lab = lab_of(cloth, np.ones(3, np.float32)).reshape(-1, 3)[0]

    def under(picture):
        linear = (picture / 255.0) ** 2.2 * np.array(lamp)
        return np.clip(linear ** (1 / 2.2) * 255, 0, 255).astype(np.uint8)

    found = lab_of(under(cloth), white_gains(under(scene))).reshape(-1, 3)[0]
    assert np.linalg.norm(found - truth_lab) < 8


def navy(share):
    """Cloth of which a share is navy and the rest white shirt."""
    pixels = np.full((100, 3), (90.0, 0.0, 2.0), np.float32)
    pixels[: int(100 * share)] = (12.0, 4.0, -8.0)
    return Clothing(pixels, None)


def test_votes_decide_after_a_clear_second_and_do_not_flip_on_a_glimpse():
    uniforms = Uniforms(hall_site())
    assert uniforms.worn(navy(0.7)) is True
    assert uniforms.worn(navy(0.05)) is False
    assert uniforms.worn(navy(0.25)) is None
    votes = RoleVotes(can_tell=True, has_counter=True)
    assert votes.role is Role.UNKNOWN
    t_us = START_US
    for i in range(50):
        votes.vote(True, t_us := START_US + i * US // 5)
    assert votes.role is Role.STAFF
    for _ in range(10):
        votes.vote(False, t_us := t_us + US // 5)
    assert votes.role is Role.STAFF, "two seconds against ten do not change who somebody is"
    for _ in range(400):
        votes.vote(False, t_us := t_us + US // 5)
    assert votes.role is Role.VISITOR, "a minute of clear sight does"


def test_behind_the_counter_makes_staff_for_the_day():
    votes = RoleVotes(can_tell=True, has_counter=True)
    for _ in range(20):
        votes.stood_behind_counter(0.2)
    for i in range(600):
        votes.vote(False, START_US + i * US // 5)
    assert votes.role is Role.STAFF


def test_a_two_part_uniform_needs_both_parts_that_can_be_seen():
    site = hall_site()
    parts = (UniformColour("suit", (12, 4, -8)), UniformColour("suit", (50, 0, 0), part="bottom"))
    worn = Uniforms(type(site)(**{**{f: getattr(site, f) for f in site.__slots__}, "uniforms": parts})).worn
    grey, blue = np.full((60, 3), (50, 0, 0), np.float32), np.full((60, 3), (40, 10, -50), np.float32)
    top = navy(0.9).top
    assert worn(Clothing(top, grey)) is True
    assert worn(Clothing(top, None)) is True, "legs hidden by the desk"
    assert worn(Clothing(top, blue)) is False
