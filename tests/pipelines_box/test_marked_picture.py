"""The marked picture: the camera's own pixels stay, the words stand below, in the languages that can be written."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from calibration.lettering import chinese_font
from models.domain.finding import Finding, Phase, Quantity, Severity, Threshold
from models.domain.presence import Role
from pipelines.album import Figure
from pipelines.evidence_caption import INK, MEASURED, TRACK, lines
from pipelines.evidence_overlay import SUBJECT, overlay
from pipelines.incidents import IncidentBook
from tests.stories.scenario import START_US, site

SIZE = (440, 640)


def incident(measured=25.0):
    finding = Finding(
        code="greeter.visitor_unapproached",
        subject="party-1",
        phase=Phase.OPEN,
        severity=Severity.INCIDENT,
        zone="hall",
        camera="cam",
        t_first_us=START_US,
        t_confirmed_us=START_US + 20_000_000,
        t_end_us=None,
        measured=Quantity(measured, "s"),
        threshold=Threshold(20.0, "s", "site file"),
        observed_s=measured,
        blind_s=0.0,
        persons=("cam/1",),
    )
    return IncidentBook(site()).after(finding)[1].incident


def count(picture, rgb, slack=12):
    return int(np.all(np.abs(picture.astype(int) - rgb[::-1]) <= slack, axis=2).sum())


def test_the_camera_s_picture_keeps_its_burnt_in_text():
    picture = np.full((*SIZE, 3), 120, np.uint8)
    cv2.putText(picture, "2026-03-14 10:30:33", (8, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2)
    marked = overlay(picture, site(), incident(), ())
    assert marked.shape[1] == SIZE[1]
    assert marked.shape[0] > SIZE[0]
    assert np.array_equal(marked[:19, :], picture[:19, :])
    strip = marked[SIZE[0] :]
    assert count(strip, INK) > 300
    assert count(strip, MEASURED) > 1000
    assert count(strip[:18], TRACK) == 0, "past the limit the bar is full"


def test_below_the_limit_the_bar_is_not_full():
    strip = overlay(np.zeros((*SIZE, 3), np.uint8), site(), incident(5.0), ())[SIZE[0] :][:18]
    assert count(strip, MEASURED) < count(strip, TRACK)


def test_whom_it_is_about_is_framed_in_red():
    figures = tuple(Figure(name, Role.VISITOR, (x, 100, x + 60, 300)) for name, x in (("cam/1", 100), ("cam/2", 400)))
    marked = overlay(np.zeros((*SIZE, 3), np.uint8), site(), incident(), figures)[: SIZE[0]]
    red = np.all(marked == SUBJECT, axis=2)
    assert red[:, :250].sum() > 500
    assert red[:, 300:].sum() == 0


def test_the_strip_says_what_where_how_long_and_when_in_local_time():
    said = lines(site(), incident())
    assert "Visitor unapproached · test · 25.0 s (limit 20 s)" in said
    assert said[-1] == "2026-06-01 10:20:20  Asia/Shanghai"
    assert len(said) == (3 if chinese_font() else 2)


@pytest.mark.parametrize("width", [320, 640, 1920])
def test_the_strip_fits_pictures_of_any_width(width):
    wide = replace(incident(), extra={"zone_en": "A very long name of a hall " * 3, "zone_zh": "很长的名字" * 12})
    marked = overlay(np.zeros((200, width, 3), np.uint8), site(), wide, ())
    assert marked.shape[1] == width
    border = marked[200:, -2:]
    assert count(border, INK) == 0, "no letter is cut off"
