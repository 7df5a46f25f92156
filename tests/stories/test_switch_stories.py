"""Stories told as boxes through tracker, presences and rules, while every track changes its id each 3 s."""

import random
from dataclasses import dataclass, replace

import pytest

from bench.simulated_hall import Errors, View, camera_at
from models.domain.messages import EndOfRecording, Tick
from models.domain.presence import Role
from models.domain.site import EntranceLine, UniformColour
from pipelines.engine import Engine, order
from tests.stories.scenario import HOME, START_US, Actor, only, seconds, site, utc

OUTSIDE, DOORWAY, SEAT = (6.0, 9.5), (6.0, 8.0), (7.6, 5.5)
NAVY = UniformColour("navy", (11.5, 4.0, -8.0))
SWITCHING = (
    {"fps": 30.0},
    {"fps": 5.0},
    {"fps": 15.0, "drop": 0.4, "jitter": 0.8},
)
switching = pytest.mark.parametrize("how", SWITCHING, ids=lambda how: "-".join(f"{k}{v:g}" for k, v in how.items()))


@dataclass(frozen=True)
class Body:
    """An actor as boxes see it."""

    actor: Actor

    @property
    def role(self):
        return self.actor.role

    def there(self, t):
        return self.actor.sees(t)

    def at(self, t):
        return self.actor.at(t)

    def sitting(self, t):
        return any(a <= t < b for a, b in self.actor.sits_s)


def told(actors, length_s, how, *, code, places=False, duty=(), posts=True, closes=None, **limits):
    """An engine that has heard the story through one camera in a corner of the hall."""
    camera, pose = camera_at("cam", (0.28, 0.28, 2.8), 36.3, 25.0)
    where = site({code: limits}, off=only(code), places=places, duty=duty, posts=posts, closes=closes)
    door = EntranceLine("door", "hall", (4.9, 8.0), (6.9, 8.0), (5.9, 7.0))
    where = replace(where, cameras={"cam": camera}, entrances=(door,), uniforms=(NAVY,))
    view = View(where, camera, pose, [Body(a) for a in actors], START_US, Errors(switch_s=3.0), seed=5)
    chance, engine, fps = random.Random(7), Engine(where), how["fps"]
    messages = [Tick(utc(second)) for second in range(1, int(length_s) + 1)]
    for number in range(int(length_s * fps)):
        t = number / fps + chance.uniform(0, how.get("jitter", 0.0)) / fps / 2
        if chance.random() >= how.get("drop", 0.0):
            messages.append(view.scene(t))
    for message in [*sorted(messages, key=order), EndOfRecording(utc(length_s))]:
        engine.step(message)
    return engine


def visitor(at_s=2.0):
    return Actor("visitor", Role.VISITOR).enters(at_s, OUTSIDE)


def crossed_s(actor):
    """When the actor crosses the entrance line."""
    return next(t / 100 for t in range(12000) if actor.at(t / 100)[1] < 8.0)


def receptionist(until, to=(8.8, 5.6)):
    return Actor("receptionist", Role.STAFF).enters(0, HOME).stands(until=until).walks(to).stands(until=900)


@switching
def test_one_wait_though_the_track_changes_every_3_s(how):
    guest = visitor().walks(DOORWAY).walks(SEAT).stands(until=900)
    engine = told([guest, receptionist(500)], 90, how, code="greeter.visitor_unapproached")
    (incident,) = engine.incidents
    assert seconds(incident.t_confirmed_us) == pytest.approx(crossed_s(guest) + 60, abs=1 + 1 / how["fps"])
    (party,) = engine.parties()
    assert len(party.members) == 1


@switching
def test_served_in_time_though_the_tracks_change_every_3_s(how):
    guest = visitor().walks(DOORWAY).walks(SEAT).stands(until=900)
    engine = told([guest, receptionist(40)], 80, how, code="greeter.visitor_unapproached")
    assert engine.incidents == ()
    assert engine.parties()[0].served_us is not None


@switching
def test_abandoned_though_the_track_changes_every_3_s(how):
    guest = visitor().walks(DOORWAY).walks(SEAT).stands(until=75).walks(DOORWAY).walks_out(OUTSIDE)
    (incident,) = told([guest], 100, how, code="wait.abandoned").incidents
    assert seconds(incident.t_end_us) == pytest.approx(75, abs=1.5)


@switching
def test_seated_though_the_track_changes_every_3_s(how):
    guest = visitor().walks(DOORWAY).walks((5.0, 2.2)).sits(until=900)
    engine = told([guest], 90, how, code="wait.seated", places=True, limit_s=60.0)
    (incident,) = engine.incidents
    assert seconds(incident.t_confirmed_us) == pytest.approx(guest.sits_s[0][0] + 60, abs=3)


@switching
def test_alone_in_the_showflat_and_at_its_door_though_the_track_changes_every_3_s(how):
    inside = visitor().walks(DOORWAY).walks((1.2, 7.0)).stands(until=900)
    before = visitor().walks(DOORWAY).walks((1.2, 4.6)).stands(until=900)
    (alone,) = told([inside], 90, how, code="wait.unaccompanied", places=True).incidents
    (waits,) = told([before], 90, how, code="wait.showflat", places=True).incidents
    came_s = [next(t / 100 for t in range(300, 3000) if a.at(t / 100)[0] < 2.0) for a in (inside, before)]
    assert seconds(alone.t_confirmed_us) == pytest.approx(came_s[0] + 60, abs=2)
    assert seconds(waits.t_confirmed_us) == pytest.approx(came_s[1] + 60, abs=2)


@switching
def test_the_shuttle_wait_though_the_track_changes_every_3_s(how):
    guest = visitor().walks(DOORWAY).walks((8.5, 1.8)).stands(until=900)
    engine = told([guest], 90, how, code="wait.shuttle", places=True, warn_s=40.0, limit_s=60.0)
    (incident,) = engine.incidents
    came_s = next(t / 100 for t in range(300, 3000) if guest.at(t / 100)[1] < 2.5)
    assert seconds(incident.t_confirmed_us) == pytest.approx(came_s + 60, abs=2)


@switching
def test_posts_and_hours_though_the_tracks_change_every_3_s(how):
    leaves = Actor("receptionist", Role.STAFF).enters(0, HOME).stands(until=20).walks((9.0, 7.0)).stands(until=900)
    (empty,) = told([leaves], 120, how, code="greeter.post_unattended", limit_s=60.0, warn_s=60.0).incidents
    assert seconds(empty.t_first_us) == pytest.approx(20.5, abs=2)
    (late,) = told([], 130, how, code="greeter.post_late", duty=(("10:21", "17:30"),), limit_s=60.0).incidents
    assert seconds(late.t_confirmed_us) == pytest.approx(120, abs=1.2)
    guest = visitor(61.0).walks(DOORWAY).walks(SEAT).stands(until=900)
    hours = told([guest], 140, how, code="greeter.after_hours_visitor", posts=False, closes="10:21", limit_s=60.0)
    (after,) = hours.incidents
    assert seconds(after.t_confirmed_us) == pytest.approx(crossed_s(guest) + 60, abs=2.5)
