"""A loss is dated at the last picture but noticed seconds later, after time has been judged: verdicts are the same.

A silent camera is given up after its read time-out, ticks run up to two seconds behind the clock, and another camera's
pictures carry time on meanwhile.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.domain.media import US
from models.domain.messages import Message, Scene, StreamLost
from models.domain.presence import Role
from pipelines.engine import Engine
from tests.stories.scenario import DESK, DOOR, Actor, Story, site

CUT_S, BACK_S = 30, 50
DESK_PLACE = ((DESK[0][0] + DESK[1][0]) / 2, (DESK[0][1] + DESK[2][1]) / 2)


def story() -> list[Message]:
    """A visitor waits and the desk is empty, first seen manned; the camera is away from 30 to 50 s."""
    visitor = Actor("visitor", Role.VISITOR).enters(2, DOOR).walks((7, 5)).stands(until=99)
    staff = Actor("staff", Role.STAFF).enters(1, DESK_PLACE).stands(until=15).walks_out()
    return list(Story([visitor, staff], 80, outages=((CUT_S, BACK_S),)).messages(where=WHERE, fps=5))


WHERE = site({"greeter.visitor_unapproached": {"limit_s": 20}, "greeter.post_unattended": {"warn_s": 5, "limit_s": 8}})


def noticed(messages: list[Message], late_s: float) -> list[Message]:
    """The same messages with the loss dated at the last picture, as a live source does, and told that much later."""
    (lost,) = [message for message in messages if isinstance(message, StreamLost)]
    rest = [message for message in messages if message is not lost]
    last_us = max(m.utc_us for m in rest if isinstance(m, Scene) and m.utc_us < lost.utc_us)
    before = sum(message.utc_us <= last_us + late_s * US for message in rest)
    return [*rest[:before], replace(lost, utc_us=last_us), *rest[before:]]


def judged(messages: list[Message]) -> Engine:
    engine = Engine(WHERE)
    for message in messages:
        engine.step(message)
    return engine


@pytest.mark.parametrize("late_s", [1, 3, 4.9, 5.5, 8, 12])
def test_a_loss_noticed_late_changes_no_verdict(late_s: float):
    in_time, late = judged(noticed(story(), 0)), judged(noticed(story(), late_s))
    codes = {incident.code for incident in in_time.incidents}
    assert codes == {"greeter.visitor_unapproached", "greeter.post_unattended", "camera.offline"}
    assert late.incidents == in_time.incidents
    assert late.intervals() == in_time.intervals()
    assert late.parties() == in_time.parties()
