"""Explanations: every rule's incident in both languages, with what was unseen, and a picture."""

import cv2
import numpy as np
import pytest

from models.domain.presence import Role
from pipelines.explain import explain
from pipelines.tape import TapeWriter, read_tape
from tests.stories.scenario import DOOR, HOME, Actor, Story, site


@pytest.fixture
def told(tmp_path):
    limits = {"greeter.visitor_unapproached": {"limit_s": 20.0}, "greeter.post_unattended": {"limit_s": 30.0}}
    where = site(limits)
    actors = [
        Actor("v", Role.VISITOR).enters(2, DOOR).walks((7.6, 5.5)).stands(until=200).hidden(30, 50),
        Actor("s", Role.STAFF)
        .enters(0, HOME)
        .stands(until=70)
        .walks((8.4, 5.5))
        .stands(until=90)
        .walks((1, 1))
        .stands(until=300),
        Actor("stranger", Role.UNKNOWN)
        .enters(110, (11.3, 6))
        .walks(HOME)
        .stands(until=120)
        .walks((8, 7))
        .stands(until=300),
    ]
    story = Story(actors, 240, outages=((200, 220),), sick=((60, 62),))
    engine = story.played(where, fps=10)
    with TapeWriter(tmp_path / "tape.jsonl", where) as tape:
        for message in story.messages(fps=10, where=where):
            tape.write(message)
    return read_tape(tmp_path / "tape.jsonl"), {incident.code: incident for incident in engine.incidents}


def test_a_wait_is_explained_with_its_hidden_and_blind_time(told):
    tape, incidents = told
    said = explain(tape, incidents["greeter.visitor_unapproached"])
    assert "第 30.0–50.0 秒看不见人员 cam/1" in said.told("zh")
    assert "Person cam/1 was out of sight from 30.0 to 50.0 s" in said.told("en")
    assert "The camera gave no usable picture from 60.0 to 62.0 s" in said.told("en")
    assert "A staff member was near from" in said.told("en")
    assert "the limit is 20 s, from the site file." in said.told("en")
    assert "至少持续" in said.told("zh")
    assert "greeter." not in said.told("zh") + said.told("en"), "codes are for programs"
    assert "party-" not in said.told("zh") + said.told("en")


def test_a_post_is_explained_with_its_unknown_time(told):
    tape, incidents = told
    said = explain(tape, incidents["greeter.post_unattended"]).told("en")
    assert "post unattended, test (camera cam)." in said
    assert "Whether staff were in the post could not be told from 111" in said
    assert "could not be judged for some of the time" in said


def test_an_outage_is_explained_by_its_own_gap(told):
    tape, incidents = told
    said = explain(tape, incidents["camera.offline"]).told("en")
    assert "no usable picture from 200.0 to 220.0 s." in said
    assert "[P]" in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_shows_bars_in_colour(told, language):
    tape, incidents = told
    for incident in incidents.values():
        png = explain(tape, incident, language).picture_png
        picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
        height, width, _ = picture.shape
        assert width == 960
        assert height >= 150
        red = np.all(np.abs(picture.astype(int) - (0x2C, 0x38, 0xB3)) < 8, axis=2)
        assert red.sum() > 1000


def test_the_same_tape_gives_the_same_picture(told):
    tape, incidents = told
    incident = incidents["greeter.visitor_unapproached"]
    assert explain(tape, incident).picture_png == explain(tape, incident).picture_png
