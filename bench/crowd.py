"""`make bench`, second part: what twelve people in view cost a frame beyond detection and decoding.

Tracking, presences, fusion and all rules, by the processor's time of the one thread; the boxes are simulated
(bench/simulated_hall.py) and their making is not counted. What the picture says (clothes, emptiness) is in the first
part, on a real recording.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace

from bench.busy_hall import START_US, Person, hall
from bench.simulated_hall import View
from models.domain.media import US
from models.domain.messages import Scene
from models.domain.presence import Role
from pipelines.engine import Engine

PEOPLE, AWAY_M, SECONDS, FPS, GOAL_MS = 12, 8.0, 60, 5, 3.0


def crowd() -> list[Person]:
    """Nine visitors and three staff, all there from the start, side by side as the camera sees them."""
    turns = [math.radians(4 + 66 * n / (PEOPLE - 1)) for n in range(PEOPLE)]
    # On an arc about the camera: at different distances half of them would hide the others.
    places = [(0.3 + AWAY_M * math.cos(a), 0.3 + AWAY_M * math.sin(a)) for a in turns]
    roles = [Role.STAFF if n % 4 == 3 else Role.VISITOR for n in range(PEOPLE)]
    return [Person(r, ((0.0, p), (SECONDS + 1.0, p)), None) for r, p in zip(roles, places, strict=True)]


def measured() -> tuple[float, float, float]:
    """(ms a frame of tracking and presences, of fusion and rules, mean people in view)."""
    site, poses = hall()
    site = replace(site, cameras={"west": site.cameras["west"]})
    view = View(site, site.cameras["west"], poses["west"], crowd(), START_US)
    engine, seeing, judging, seen = Engine(site), 0.0, 0.0, 0
    for number in range(SECONDS * FPS):
        t = number / FPS
        utc_us = START_US + round(t * US)
        detections = view._detected(t)
        began = time.thread_time()
        sightings = view._tracker.update(detections, utc_us)
        departed = view._presences.step(utc_us, sightings, view)
        persons = view._presences.persons(utc_us)
        between = time.thread_time()
        engine.step(Scene("west", "west/1", utc_us, persons, departed))
        seeing, judging = seeing + between - began, judging + time.thread_time() - between
        seen += len(persons)
    frames = SECONDS * FPS
    return 1000 * seeing / frames, 1000 * judging / frames, seen / frames


def main() -> None:
    seeing_ms, judging_ms, people = measured()
    total = seeing_ms + judging_ms
    print(f"{people:.1f} people in view: tracking and presences {seeing_ms:.2f} ms, rules {judging_ms:.2f} ms a frame")
    print(f"goal {GOAL_MS:.0f} ms: {'held' if total <= GOAL_MS else 'MISSED'} ({total:.2f} ms)")


if __name__ == "__main__":
    main()
