"""What the cues say together (domain.md section 4.2), without pictures."""

from __future__ import annotations

import pytest

from models.domain.energy import AirconPart
from models.domain.media import US
from models.domain.truth import Truth
from vision.aircon.judgement import Judgement

ON, OFF, NOTHING = Truth.HOLDS, Truth.FAILS, Truth.UNKNOWN
D, L, F, R = AirconPart.DISPLAY, AirconPart.LED, AirconPart.LOUVER, AirconPart.RIBBON


def after(*phases, fps=2.0):
    """The verdict after phases of (seconds, votes)."""
    judgement, t = Judgement(), 0.0
    for seconds, votes in phases:
        for _ in range(round(seconds * fps)):
            judgement = judgement.after(votes, round(t * US))
            t += 1 / fps
    return judgement.verdict


@pytest.mark.parametrize(
    ("seconds", "votes", "truth", "suspected"),
    [
        (5, {D: ON}, ON, False),
        (5, {D: OFF}, OFF, False),
        (200, {L: ON}, NOTHING, True),
        (200, {R: ON}, NOTHING, True),
        (200, {L: OFF}, NOTHING, False),
        (100, {L: ON, R: ON}, NOTHING, True),
        (130, {L: ON, R: ON}, ON, False),
        (130, {F: ON, R: ON}, ON, False),
        (140, {L: OFF, R: OFF}, OFF, False),
        (200, {L: ON, R: OFF}, NOTHING, True),
        (200, {D: OFF, L: ON}, NOTHING, True),
        (130, {D: OFF, L: ON, F: ON, R: ON}, ON, False),
        (200, {D: OFF, L: OFF, F: ON, R: ON}, NOTHING, True),
        (200, {D: ON, L: OFF, F: OFF, R: OFF}, NOTHING, True),
        (20, {D: ON, L: OFF, F: OFF, R: OFF}, ON, False),
        (200, {}, NOTHING, False),
    ],
    ids=str,
)
def test_display_alone_or_two_others_for_two_minutes_and_one_is_a_suspicion(seconds, votes, truth, suspected):
    verdict = after((seconds, votes))
    assert (verdict.truth, verdict.suspected) == (truth, suspected)
    assert (verdict.confidence >= 0.8) is (truth is not NOTHING), "what is stated is sure enough for the rules"


def test_a_blinking_light_is_not_off():
    blinks = [(1.0, {L: OFF}), (1.5, {L: ON})] * 80
    assert after((5, {L: ON}), *blinks).parts == (L,)


def test_a_dark_display_is_off_two_looks_after_it_went_dark_even_if_the_louver_takes_its_time():
    running = {D: ON, L: ON, F: ON, R: ON}
    resting = {D: OFF, L: OFF, F: OFF, R: OFF}
    assert after((30, running), (2, resting)).truth is OFF


def test_what_nobody_can_see_is_unknown_and_a_gap_in_time_too():
    assert after((30, {D: ON, L: ON}), (1, {D: NOTHING, L: NOTHING})).truth is NOTHING
    judgement = Judgement().after({D: ON}, 0).after({D: ON}, 2 * US)
    assert judgement.verdict.truth is ON
    assert judgement.after({D: ON}, 60 * US).verdict.truth is NOTHING
