"""What the `energy` part says of zones, cameras and meters, checked once after parsing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from calibration.energy_assembly import outside
from calibration.energy_file import EnergyPart
from calibration.local_time import moment_of
from calibration.problem import Problem
from calibration.yaml_document import Key
from models.texts import both

At = Callable[..., Problem]
"""(path, what, got, expected, next_step) -> Problem with its place in the file."""
Dangling = Callable[[Key, str, Sequence[str]], Iterator[Problem]]


def energy_problems(
    part: EnergyPart,
    time_zone: str,
    known: tuple[Sequence[str], Sequence[str], dict[str, tuple[int, int]]],
    at: At,
    dangling: Dangling,
) -> Iterator[Problem]:
    """known: zone ids, those of them that are shuttle stops, camera id -> size."""
    zones, stops, sizes = known
    for section in ("luminaires", "aircons"):
        for name, entry in getattr(part, section).items():
            yield from dangling(("energy", section, name, "zone"), entry.zone, zones)
    for name in sorted(part.luminaires.keys() & part.aircons.keys()):
        yield at(("energy", "aircons", name), both("site.problem.subject_twice"), repr(name))
    for name, unit in part.aircons.items():
        for i, region in enumerate(unit.regions):
            path: Key = ("energy", "aircons", name, "regions", i)
            yield from dangling((*path, "camera"), region.camera, list(sizes))
            if region.camera in sizes and outside(region.polygon, sizes[region.camera]):
                width, height = sizes[region.camera]
                expected = f"0 <= x <= {width}, 0 <= y <= {height}"
                yield at((*path, "polygon"), both("site.problem.outside"), str(region.polygon[:4]), expected)
    yield from _meter_problems(part, stops, at, dangling)
    yield from _visit_problems(part, time_zone, at)


def _meter_problems(part: EnergyPart, stops: Sequence[str], at: At, dangling: Dangling) -> Iterator[Problem]:
    """stops: a meter there says whether the shuttle's cart has come."""
    subjects = [*part.luminaires, *part.aircons, *stops]
    metered: dict[str, str] = {}
    for name, meter in part.meters.items():
        yield from dangling(("energy", "meters", name, "subject"), meter.subject, subjects)
        if meter.subject in metered:
            what = both("site.problem.metered_twice", first=metered[meter.subject])
            yield at(("energy", "meters", name, "subject"), what, repr(meter.subject))
        metered[meter.subject] = name
    seen: set[tuple[str, str]] = set()
    for i, topic in enumerate(part.mqtt.topics if part.mqtt else ()):
        path: Key = ("energy", "mqtt", "topics", i)
        yield from dangling((*path, "meter"), topic.meter, list(part.meters))
        if (topic.topic, topic.field) in seen:
            yield at((*path, "topic"), both("site.problem.topic_twice"), repr(topic.topic))
        seen.add((topic.topic, topic.field))


def _visit_problems(part: EnergyPart, time_zone: str, at: At) -> Iterator[Problem]:
    for name, visit in part.calendar.vip_visits.items():
        path: Key = ("energy", "calendar", "vip_visits", name)
        times = {key: moment_of(getattr(visit, key), time_zone) for key in ("arrives", "leaves")}
        for key, moment in times.items():
            if moment is None:
                yield at((*path, key), both("site.problem.start"), repr(getattr(visit, key)), "2026-06-12T10:00:00")
        arrives, leaves = times["arrives"], times["leaves"]
        if arrives is not None and leaves is not None and leaves <= arrives:
            yield at((*path, "leaves"), both("site.problem.visit_order"), visit.leaves, f"> {visit.arrives}")
