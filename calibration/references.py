"""What the entries of a site file say of each other and of the rules, checked once after parsing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from pydantic_core import PydanticCustomError

from calibration.energy_references import energy_problems
from calibration.field_checks import closest, seen_name
from calibration.field_types import Point
from calibration.floor import floor_problem
from calibration.furniture_assembly import furniture_problems
from calibration.local_time import moment_of
from calibration.problem import Problem, path_text, shown
from calibration.site_file import CameraPart, RegionPart, SiteFile, SourcePart
from calibration.yaml_document import Document, Key
from models.domain.rules import PLANNED, RULES, Parameter, RuleSpec
from models.domain.site import ZoneKind
from models.texts import both

_ASCENDING = ("warn_s", "limit_s", "high_s")
"""A milder threshold may not lie above a graver one."""


def reference_problems(found: SiteFile, document: Document) -> list[Problem]:
    """Every dangling reference, place outside a picture, unusable floor and wrong threshold of the file."""
    return _References(found, document).problems()


class _References:
    def __init__(self, found: SiteFile, document: Document) -> None:
        self.found, self.document = found, document
        self.cameras = self._named("cameras")
        self.zones = self._named("zones")

    def problems(self) -> list[Problem]:
        return [
            *self._camera_problems(),
            *self._zone_problems(),
            *self._entrance_problems(),
            *self._post_problems(),
            *self._rule_problems(),
            *self._energy_problems(),
            *self._furniture_problems(),
        ]

    def _named(self, section: str) -> list[str]:
        """Ids as written, also those whose entry was refused: a reference to them does not dangle."""
        entries = self.document.data.get(section)
        return list(entries) if isinstance(entries, Mapping) else []

    def _at(self, path: Key, what: str, got: str = "", expected: str = "", next_step: str = "") -> Problem:
        line, column = self.document.place(path)
        return Problem(what, path_text(path), line, column, got, expected, next_step)

    def _camera_problems(self) -> Iterable[Problem]:
        for name, camera in self.found.cameras.items():
            path: Key = ("cameras", name)
            yield from self._forbidden_id(path)
            for key in ("privacy_masks", "static_person_masks"):
                for i, mask in enumerate(getattr(camera, key)):
                    yield from self._outside((*path, key, i), mask, camera)
            for i, point in enumerate(camera.floor_points):
                yield from self._outside((*path, "floor_points", i, "image"), [point.image], camera)
            if camera.floor_points and (problem := floor_problem(camera)):
                yield self._at((*path, "floor_points"), problem.what, problem.got, problem.expected, problem.next_step)
            for key in ("source", "sub_source"):
                source = getattr(camera, key)
                if source is not None and source.start is not None:
                    yield from self._start_problems((*path, key, "start"), source)

    def _start_problems(self, path: Key, source: SourcePart) -> Iterable[Problem]:
        if moment_of(str(source.start), self.found.site.time_zone) is None:
            expected = "2026-06-01T10:30:00, 2026-06-01T10:30:00+08:00"
            yield self._at(path, both("site.problem.start"), shown(source.start), expected)

    def _zone_problems(self) -> Iterable[Problem]:
        for name, zone in self.found.zones.items():
            yield from self._forbidden_id(("zones", name))
            yield from self._region_problems(("zones", name, "regions"), zone.regions)

    def _entrance_problems(self) -> Iterable[Problem]:
        for name, entrance in self.found.entrances.items():
            path: Key = ("entrances", name)
            yield from self._dangling((*path, "zone"), entrance.zone, self.zones)
            if entrance.camera is None:
                yield from self._no_floor((*path, "line"))
                continue
            yield from self._dangling((*path, "camera"), entrance.camera, self.cameras)
            if camera := self.found.cameras.get(entrance.camera):
                yield from self._outside((*path, "line"), entrance.line, camera)
                yield from self._outside((*path, "inside"), [entrance.inside], camera)

    def _post_problems(self) -> Iterable[Problem]:
        for name, post in self.found.posts.items():
            yield from self._forbidden_id(("posts", name))
            yield from self._dangling(("posts", name, "zone"), post.zone, self.zones)
            yield from self._region_problems(("posts", name, "regions"), post.regions)

    def _region_problems(self, path: Key, regions: Sequence[RegionPart]) -> Iterable[Problem]:
        for i, region in enumerate(regions):
            if region.camera is None or region.image is None:
                yield from self._no_floor((*path, i, "floor"))
                continue
            yield from self._dangling((*path, i, "camera"), region.camera, self.cameras)
            if camera := self.found.cameras.get(region.camera):
                yield from self._outside((*path, i, "image"), region.image, camera)

    def _forbidden_id(self, path: Key) -> Iterable[Problem]:
        try:
            seen_name(str(path[-1]))
        except PydanticCustomError as error:
            yield self._at(path, error.message())

    def _dangling(self, path: Key, name: str, known: Sequence[str]) -> Iterator[Problem]:
        if name not in known:
            hint = closest(name, known)
            step = both("site.next.did_you_mean", word=hint) if hint else both("site.next.name_existing")
            yield self._at(path, both("site.problem.dangling"), repr(name), ", ".join(known), step)

    def _no_floor(self, path: Key) -> Iterable[Problem]:
        complete = set(self.cameras) == set(self.found.cameras)
        if complete and not any(camera.floor_points for camera in self.found.cameras.values()):
            yield self._at(path, both("site.problem.no_floor"), next_step=both("site.next.floor_or_image"))

    def _outside(self, path: Key, points: Iterable[Point], camera: CameraPart) -> Iterable[Problem]:
        width, height = camera.size
        out = [p for p in points if not (0 <= p[0] <= width and 0 <= p[1] <= height)]
        if out:
            got = ", ".join(f"[{x:g}, {y:g}]" for x, y in out[:4])
            yield self._at(
                path,
                both("site.problem.outside"),
                got,
                f"0 <= x <= {width}, 0 <= y <= {height}",
                both("site.next.inside_picture"),
            )

    def _energy_problems(self) -> Iterable[Problem]:
        sizes = {name: camera.size for name, camera in self.found.cameras.items()}
        zone = self.found.site.time_zone
        stops = [name for name, known in self.found.zones.items() if known.kind is ZoneKind.SHUTTLE_STOP]
        yield from energy_problems(self.found.energy, zone, (self.zones, stops, sizes), self._at, self._dangling)

    def _furniture_problems(self) -> Iterable[Problem]:
        sizes = {name: camera.size for name, camera in self.found.cameras.items()}
        yield from furniture_problems(
            self.found.furniture, self.found.site.time_zone, (self.zones, sizes), self._at, self._dangling
        )

    def _rule_problems(self) -> Iterable[Problem]:
        for code, settings in self.found.rules.items():
            rule = RULES.get(code)
            if rule is None:
                yield self._unknown_rule(code)
                continue
            parameters = {p.name: p for p in rule.parameters}
            found = [
                problem
                for name, value in settings.items()
                for problem in self._setting_problems(("rules", code, name), value, parameters)
            ]
            yield from found or self._order_problems(code, rule, settings)

    def _unknown_rule(self, code: str) -> Problem:
        if code in PLANNED:
            return self._at(
                ("rules", code), both("site.problem.planned"), repr(code), ", ".join(RULES), both("site.next.remove")
            )
        hint = closest(code, [*RULES, *PLANNED])
        step = both("site.next.did_you_mean", word=hint) if hint else both("site.next.remove")
        return self._at(("rules", code), both("site.problem.unknown_rule"), repr(code), ", ".join(RULES), step)

    def _setting_problems(self, path: Key, value: float | bool, known: Mapping[str, Parameter]) -> Iterable[Problem]:
        name = str(path[-1])
        if name == "off":
            if not isinstance(value, bool):
                yield self._at(path, both("site.problem.type"), shown(value), both("site.type.truth"))
            return
        parameter = known.get(name)
        if parameter is None:
            hint = closest(name, [*known, "off"])
            step = both("site.next.did_you_mean", word=hint) if hint else both("site.next.remove")
            yield self._at(path, both("site.problem.unknown_parameter"), repr(name), ", ".join([*known, "off"]), step)
        elif isinstance(value, bool):
            yield self._at(path, both("site.problem.type"), shown(value), both("site.type.number"))
        elif not parameter.minimum <= value <= parameter.maximum:
            expected = f"{parameter.minimum:g} .. {parameter.maximum:g} {parameter.unit} ({parameter.source})"
            yield self._at(path, both("site.problem.range"), f"{value:g}", expected)

    def _order_problems(self, code: str, rule: RuleSpec, settings: Mapping[str, float | bool]) -> Iterable[Problem]:
        values = rule.settings({k: float(v) for k, v in settings.items() if not isinstance(v, bool)})
        ladder = [name for name in _ASCENDING if name in values]
        for milder, graver in pairwise(ladder):
            if values[milder] > values[graver]:
                changed = milder if milder in settings else graver
                got = f"{milder} {values[milder]:g} s, {graver} {values[graver]:g} s"
                yield self._at(
                    ("rules", code, changed),
                    both("site.problem.threshold_order"),
                    got,
                    f"{milder} <= {graver}",
                    both("site.next.set_both", first=milder, second=graver),
                )
