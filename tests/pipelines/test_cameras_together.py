"""Two cameras: order of messages, posts and zones that both see, and parties that belong to the one that saw them."""

import random

import pytest

from models.domain.messages import EndOfRecording, Scene, Tick
from models.domain.presence import Role
from pipelines.engine import Engine, order
from tests.stories.scenario import DOOR, HOME, Actor, Story, site

BOTH = ("cam", "east")
LIMITS = {"greeter.visitor_unapproached": {"limit_s": 30.0}, "greeter.post_unattended": {"warn_s": 10.0}}


def told_by(camera, story, **how):
    """The story's scenes as told by one camera."""
    where = site(LIMITS, cameras=(camera,))
    return [m for m in story.messages(where=where, **how) if isinstance(m, Scene)]


def heard(*scenes, length_s=60):
    engine = Engine(site(LIMITS, cameras=BOTH))
    ends = [m for m in Story([], length_s).messages() if isinstance(m, Tick | EndOfRecording)]
    messages = sorted([*(m for some in scenes for m in some), *ends], key=order)
    for message in messages:
        engine.step(message)
    return engine


def test_a_post_seen_by_two_cameras_is_attended_if_one_sees_somebody():
    staffed = Story([Actor("holder", Role.STAFF).enters(0, HOME).stands(until=99)], 60)
    empty = Story([], 60)
    engine = heard(told_by("cam", staffed), told_by("east", empty))
    assert [i.code for i in engine.incidents] == []
    engine = heard(told_by("cam", empty), told_by("east", empty))
    assert [i.code for i in engine.incidents] == ["greeter.post_unattended"]


def test_people_seen_by_two_cameras_are_counted_once():
    story = Story([Actor("v", Role.VISITOR).enters(2, DOOR).walks((7, 5)).stands(until=99)], 60)
    engine = heard(told_by("cam", story), told_by("east", story))
    counts = {row.value for row in engine.intervals() if row.predicate == "count" and row.subject == "hall"}
    assert counts <= {0, 1, "unknown"}


def test_the_order_of_arrival_of_messages_of_one_moment_does_not_matter():
    story = Story([Actor("v", Role.VISITOR).enters(2, DOOR).walks((7, 5)).stands(until=99)], 60)
    scenes = [*told_by("cam", story), *told_by("east", Story([], 60))]
    expected = heard(scenes).incidents
    assert expected
    random.Random(4).shuffle(scenes)
    assert heard(scenes).incidents == expected


@pytest.mark.parametrize("first", [Tick(5), EndOfRecording(5)])
def test_an_engine_that_never_saw_a_frame_says_nothing(first):
    engine = Engine(site())
    assert engine.step(first) == ()
    assert (engine.incidents, engine.intervals(), engine.parties()) == ((), (), ())


def test_a_camera_that_is_not_of_the_site_is_not_heard():
    engine = Engine(site())
    for message in told_by("stranger", Story([Actor("v", Role.VISITOR).enters(2, DOOR).stands(until=99)], 60)):
        engine.step(message)
    assert engine.parties() == ()
