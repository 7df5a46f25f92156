"""A recorder whose clock runs wrong: what the product says at the file's time is judged at the true one."""

import pytest

from guiwei.yardstick.cast import Cast
from guiwei.yardstick.clips import Clip
from guiwei.yardstick.matching import matched, raised_of
from guiwei.yardstick.playing import played
from guiwei.yardstick.sample import Slip, SlipKind, Spot
from guiwei.yardstick.stills import stills
from models.domain.errors import SourceError
from models.domain.media import US
from models.domain.presence import Role
from models.domain.rules import RULES
from pipelines.engine import order
from pipelines.tape import Tape, TapeHeader
from tests.media import numbered, write_video
from tests.stories.scenario import DOOR, START_US, Actor, Story, site
from tests.yardstick.story_truth import LIMITS, truth_of

CODE = "greeter.visitor_unapproached"
FPS, LENGTH_S, JUMP_S, AHEAD_S = 5, 40, 10.0, 30.0
TRUE_S = [n / FPS for n in range(FPS * LENGTH_S)]
TOLD_S = [t if t < JUMP_S else t + AHEAD_S for t in TRUE_S]
"""At 10 s the recorder's clock jumps ahead by half a minute and stays there."""
ANNA = Actor("anna", Role.VISITOR).enters(12, DOOR).walks((5, 5)).stands(until=38)
EXPECTED = {"code": CODE, "verdict": "fires", "subject": "party anna", "t_first_s": 12.0}
EXPECTED |= {"t_confirmed_s": (32.0, 35.0), "why": "Anna waits for 20 s and more"}


def recorded(folder, true_s=TRUE_S):
    """The story as that recorder writes it, and what the product says by the file's own time."""
    told_ms = [round(1000 * t) for t in TOLD_S]
    write_video(folder / "story.mp4", [numbered(n) for n in range(len(TOLD_S))], fps=FPS, times_ms=told_ms)
    story = Story([Actor("anna", Role.VISITOR).enters(12 + AHEAD_S, DOOR).walks((5, 5)).stands(until=68)], 69)
    true = truth_of(Story([ANNA], LENGTH_S), [EXPECTED])
    cameras = {"cam": true.cameras["cam"].model_copy(update={"frame_times_s": tuple(true_s)})}
    truth = true.model_copy(update={"cameras": cameras})
    where = site(LIMITS)
    header = TapeHeader(where.id, where.version, {code: spec.version for code, spec in sorted(RULES.items())}, START_US)
    tape = Tape(header, tuple(sorted(story.messages(where=where, fps=FPS), key=order)))
    return played(Clip("story", folder, truth), where, tape, folder, start_us=START_US)


def judged(one):
    return matched(one.clip.truth, raised_of(one, Cast.of(one.clip.truth, one.messages, one.clock)), [])


def test_an_incident_at_the_files_time_answers_the_expected_one_at_the_true_time(tmp_path):
    one = recorded(tmp_path)
    (incident,) = (each for each in one.incidents if each.code == CODE)
    assert (incident.t_confirmed_us - START_US) / US == pytest.approx(62.0, abs=0.5), "the product has the file's time"
    (hit,) = judged(one).hits
    assert hit.raised.t_confirmed_s == pytest.approx(32.0, abs=0.5)
    assert hit.raised.t_first_s == pytest.approx(12.0, abs=0.5)
    assert abs(hit.late_s) <= 0.5


def test_without_the_true_times_the_same_incident_is_a_miss_and_a_false_alarm(tmp_path):
    one = recorded(tmp_path)
    cameras = {"cam": one.clip.truth.cameras["cam"].model_copy(update={"frame_times_s": None})}
    blind = Clip("story", tmp_path, one.clip.truth.model_copy(update={"cameras": cameras}))
    found = judged(played(blind, one.site, Tape(header_of(one), one.messages), tmp_path, start_us=START_US))
    assert [each.code for each in found.missed] == [CODE]
    assert CODE in {each.code for each in found.false}


def header_of(one):
    return TapeHeader(one.site.id, one.site.version, {code: s.version for code, s in sorted(RULES.items())}, START_US)


def test_between_the_frames_time_is_interpolated_and_the_jump_itself_takes_one_frame(tmp_path):
    clock = recorded(tmp_path).clock
    at = {told_s: clock.s(START_US + round(told_s * US), "cam") for told_s in (0.0, 9.8, 40.0, 42.1)}
    assert at == pytest.approx({0.0: 0.0, 9.8: 9.8, 40.0: 10.0, 42.1: 12.1}, abs=1e-3)
    assert 9.8 < clock.s(START_US + 25 * US, "cam") < 10.0
    assert clock.s(START_US + 42 * US) == 42.0, "what no camera said keeps its time"


def test_the_picture_of_a_slip_is_the_frame_of_its_true_moment(tmp_path):
    one = recorded(tmp_path)
    slip = Slip(SlipKind.MISS, CODE, Spot("story", "cam", 32.0, "nobody"), "to look at")
    (still,) = stills(one, [slip], None)
    assert still.jpeg is not None, "the file holds that moment, at 62 s of its own time"


def test_a_truth_of_another_number_of_frames_is_refused(tmp_path):
    with pytest.raises(SourceError, match="another number of frame times") as refused:
        recorded(tmp_path, TRUE_S[:-1])
    assert (refused.value.got, refused.value.expected) == (str(len(TRUE_S)), str(len(TRUE_S) - 1))
