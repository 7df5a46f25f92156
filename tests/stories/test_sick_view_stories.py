"""Stories of cameras whose pictures cannot be judged by: told once an episode, never taken for an empty room."""

import pytest

from models.domain.messages import Observation
from models.domain.presence import Role
from models.domain.truth import Truth
from tests.stories.energy_story import ON, EnergyStory, energy_site, only, told
from tests.stories.scenario import RATES, Actor

every_rate = pytest.mark.parametrize("how", RATES, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))
BLOCKED, NIGHT = "camera.blocked", "camera.night_mode"
QUICK = {
    BLOCKED: {"limit_s": 10.0},
    NIGHT: {"limit_s": 10.0},
    "energy.light_on_empty": {"limit_s": 60.0, "high_s": 120.0, "transient_s": 10.0, "max_gap_s": 10.0},
}


def sick(story, cue, from_s, to_s):
    said = [("", 0.0), (cue, from_s), ("", to_s)]
    for cue_now, at in said:
        truth = Truth.of(not cue_now)
        cues = (cue_now,) if cue_now else ()
        story = story.with_entry(Observation("camera", "cam", "clear", truth, round(at * 1e6), "cam", (), cues))
    return story


@every_rate
@pytest.mark.parametrize(
    ("code", "cue"),
    [("camera.blocked", "health.covered"), ("camera.night_mode", "health.night")],
)
def test_a_sick_view_is_told_once_and_its_recovery_once(how, code, cue):
    story = sick(EnergyStory([], 90, sick=((30, 60),)), cue, 30, 60)
    incident = only(story.played(energy_site(QUICK), **how))
    assert (incident.code, incident.subject, incident.end_reason) == (code, "cam", "resolved")
    assert story.seconds(incident.t_first_us) == 30
    assert story.seconds(incident.t_confirmed_us) == 40
    assert story.seconds(incident.t_end_us) == pytest.approx(60, abs=1)
    assert cue in incident.cues


@every_rate
@pytest.mark.parametrize("cue", ["health.black", "health.frozen", "health.blurred"])
def test_a_view_that_is_sick_for_a_moment_raises_nothing(how, cue):
    assert told(sick(EnergyStory([], 60), cue, 30, 38).played(energy_site(QUICK), **how)) == []


@every_rate
def test_a_room_in_a_sick_view_is_never_empty(how):
    worker = Actor("worker", Role.STAFF).enters(2, (7, 7.9)).walks((9, 4)).stands(until=500)
    story = sick(EnergyStory([worker], 200, sick=((30, 190),)).camera("office-lamp", (0, ON)), "health.night", 30, 190)
    engine = story.played(energy_site(QUICK), **how)
    assert told(engine) == [(NIGHT, "cam")]
    rows = [(row.value, round(story.seconds(row.t_start_us))) for row in engine.intervals() if row.subject == "office"]
    assert "empty" not in {value for value, at in rows if at > 5}
    assert any(value == "unknown" for value, _ in rows)
