"""The two sample recordings through the observer, with boxes that the detector found in them."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cache
from statistics import median

import pytest

from models.domain.presence import Exit, Role
from models.domain.truth import Truth
from tests.vision.presence.sites import SAMPLES, TAPES, TapedFinder, hall_site, recorded, seconds, truth
from vision.observer import CameraObserver


@cache
def watch(sample, drop=0.0, seed=0, **taught):
    """Person id -> [(t_s, Person)], and the departures."""
    site = hall_site(sample, **taught)
    observer = CameraObserver(site, site.cameras["hall"], TapedFinder(TAPES / f"{sample}.jsonl"))
    seen, departed = defaultdict(list), []
    for frame in recorded(SAMPLES / sample / "recording.mp4", "hall", 5.0, drop, seed):
        scene = observer.observe(frame)
        assert scene.view is Truth.HOLDS
        for person in scene.persons:
            seen[person.id].append((frame.t_us / 1e6, person))
        departed += scene.departed
    return seen, departed


def by_entry(seen):
    return sorted(seen.values(), key=lambda history: history[0][1].entered_us)


def roles(history, after_s):
    return {person.role for t, person in history if t >= after_s}


@pytest.mark.parametrize(("drop", "seed"), [(0.0, 0), (0.4, 1), (0.4, 2)])
def test_a_visitor_waits_another_gives_up_and_the_receptionist_comes_from_behind_the_desk(drop, seed):
    seen, departed = watch("c_waiting_s32", drop, seed)
    assert len(seen) == 3, "one presence each; the poster is nobody"
    staff, first, second = by_entry(seen)
    assert not staff[0][1].came_in
    assert first[-1][1].came_in
    assert second[-1][1].came_in
    assert seconds(first[0][1].entered_us) == pytest.approx(2.2, abs=0.5)
    assert seconds(second[0][1].entered_us) == pytest.approx(13.4, abs=0.5)
    assert roles(staff, 3) == {Role.STAFF}
    assert roles(first, 5) == {Role.VISITOR}
    assert roles(second, 17) == {Role.VISITOR}
    assert staff[0][1].posts == ("desk",)
    (gone,) = departed
    assert gone.person == second[0][1].id
    assert gone.how is Exit.LEFT
    assert seconds(gone.last_seen_us) == pytest.approx(48.4, abs=1.0)


def test_giving_up_is_dated_to_the_first_step_towards_the_door():
    _, (gone,) = watch("c_waiting_s32")
    assert seconds(gone.set_off_us) == pytest.approx(42.96, abs=0.5)


def test_places_on_the_floor_agree_with_the_truth():
    seen, _ = watch("c_waiting_s32")
    staff, first, second = by_entry(seen)
    known = {
        round(f["t_s"], 1): {p["id"]: (p["x_m"], p["y_m"]) for p in f["persons"]}
        for f in truth("c_waiting_s32")["frames"]
    }
    for history, name, limit_m in ((first, "visA", 0.4), (second, "visB", 0.4), (staff, "staff1", 0.8)):
        errors = [math.dist(p.place.floor, known[round(t, 1)][name]) for t, p in history if name in known[round(t, 1)]]
        assert median(errors) < limit_m
    served = [s.place.distance_m(f.place) for (t, s), (_, f) in zip(staff[-50:], first[-50:], strict=True) if t > 79]
    assert median(served) < 1.5, "the receptionist stands 0.9 m from the visitor"


@pytest.mark.parametrize(("drop", "seed"), [(0.0, 0), (0.4, 1), (0.4, 2)])
def test_a_consultation_is_two_presences_though_both_sit_down_and_chairs_move(drop, seed):
    seen, departed = watch("e_consult_s45", drop, seed)
    assert len(seen) == 2
    staff, visitor = by_entry(seen)
    assert roles(staff, 3) == {Role.STAFF}
    assert roles(visitor, 5) == {Role.VISITOR}
    assert seconds(visitor[0][1].entered_us) == pytest.approx(1.2, abs=0.5)
    (gone,) = departed
    assert gone.how is Exit.LEFT
    assert seconds(gone.last_seen_us) == pytest.approx(31.0, abs=1.0)


def test_two_who_sit_at_a_table_with_their_legs_hidden_stay_in_their_seats():
    seen, _ = watch("e_consult_s45")
    known = {
        round(f["t_s"], 1): {p["id"]: (p["x_m"], p["y_m"]) for p in f["persons"]}
        for f in truth("e_consult_s45")["frames"]
    }
    for history, name in zip(by_entry(seen), ("staff1", "visD"), strict=True):
        seated = [(t, p) for t, p in history if 13 < t < 25]
        errors = [math.dist(p.place.floor, known[round(t, 1)][name]) for t, p in seated]
        assert median(errors) < 0.6, name


def test_without_uniforms_whoever_stood_behind_the_counter_is_staff():
    seen, _ = watch("c_waiting_s32", uniforms=False)
    staff, first, second = by_entry(seen)
    assert roles(staff, 5) == {Role.STAFF}
    assert roles(first, 7) == {Role.VISITOR}
    assert roles(second, 18) == {Role.VISITOR}


def test_where_nothing_is_taught_everybody_stays_unknown():
    seen, _ = watch("e_consult_s45", uniforms=False, counter=False)
    assert {person.role for history in seen.values() for _, person in history} == {Role.UNKNOWN}
