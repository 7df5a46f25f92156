"""Stories of labels that lie bare: told after a minute, not of a covered or hidden one, not of a displaced item."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.domain.finding import Grade, Quantity
from models.domain.furniture import Baseline, BaselineState
from models.domain.messages import Observation
from models.domain.truth import Truth
from pipelines.rules.baselines import baseline_entry
from tests.stories.scenario import seconds, utc
from tests.stories.test_furniture_stories import DISPLACED, Look, every_rate, hidden, measured, told, where

EXPOSED = "label.exposed"


def label(percent: float | None) -> Look:
    """What each check sees of the label; None: nothing can be told."""

    def look(t: float) -> list[Observation]:
        truth = Truth.of(None if percent is None else percent < 10)
        values = () if percent is None else (("share", Quantity(percent, "%")),)
        return [Observation("label", "chair", "covered", truth, utc(t), "cam", values)]

    return look


@every_rate
def test_a_label_that_lies_bare_for_a_minute_is_told_once(how):
    looks = [(20, 100, label(0)), (100, 400, label(35)), (20, 400, measured(4))]
    (incident,) = told(where(EXPOSED), looks, 400, **how)
    assert (incident.subject, incident.grade) == ("chair", Grade.VISUAL)
    assert incident.measured == Quantity(35, "%")
    assert seconds(incident.t_first_us) == 100
    assert seconds(incident.t_confirmed_us) == 160
    assert incident.extra["baseline"] == "3"


@every_rate
def test_covered_again_in_time_is_nothing(how):
    looks = [(20, 100, label(0)), (100, 140, label(35)), (140, 400, label(0))]
    assert told(where(EXPOSED), looks, 400, **how) == []


@every_rate
def test_a_sliver_is_nothing(how):
    assert told(where(EXPOSED), [(20, 400, label(6))], 400, **how) == []


@every_rate
def test_behind_somebody_nothing_is_told_and_the_clock_stands_still(how):
    assert told(where(EXPOSED), [(20, 400, label(None))], 400, **how) == []
    looks = [(100, 120, label(35)), (120, 300, label(None)), (300, 500, label(35))]
    (incident,) = told(where(EXPOSED), looks, 500, **how)
    assert seconds(incident.t_confirmed_us) == 340
    assert incident.blind_s == pytest.approx(180)


@every_rate
def test_covered_later_ends_it(how):
    (incident,) = told(where(EXPOSED), [(100, 300, label(35)), (300, 500, label(0))], 500, **how)
    assert seconds(incident.t_end_us) == 300
    assert incident.end_reason == "resolved"


@every_rate
def test_the_label_of_a_displaced_item_is_an_attribute_and_no_second_incident(how):
    looks = [(100, 600, measured(180)), (100, 600, label(80))]
    assert told(where(EXPOSED), looks, 600, **how) == []
    (incident,) = told(where(DISPLACED), looks, 600, **how)
    assert "rule.cue.label_seen" in incident.cues
    (plain,) = told(where(DISPLACED), [(100, 600, measured(180)), (100, 600, hidden)], 600, **how)
    assert "rule.cue.label_seen" not in plain.cues


def test_a_trial_measures_and_a_baseline_approved_meanwhile_is_named():
    trial = replace(where(EXPOSED), furniture=replace(where(EXPOSED).furniture, baselines=()))
    assert told(trial, [(20, 400, label(35))], 400) == []
    frozen = Baseline(7, BaselineState.FROZEN, utc(200), "lead")

    def approved(t: float) -> list[Observation]:
        return [baseline_entry(frozen, utc(t))]

    (incident,) = told(trial, [(20, 400, label(35)), (195, 215, approved)], 400)
    assert seconds(incident.t_confirmed_us) == 200
    over = replace(frozen, state=BaselineState.SUPERSEDED)

    def withdrawn(t: float) -> list[Observation]:
        return [baseline_entry(over, utc(t))]

    assert told(trial, [(320, 500, label(35)), (195, 215, approved), (215, 235, withdrawn)], 500) == []
