"""Stories of lamps and air-conditioners: actors of `scenario`, and switches that cameras and meters tell of.

    day = EnergyStory(people, 3600).camera("office-lamp", (0, on), (1800, off)).meter("office-ac", (0, on))

Times are seconds from `start`, local at the site. Cameras tell a change at the frame that shows it and every 5 s;
meters tell every 60 s.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from models.domain.calendar import Hours, WindowId
from models.domain.energy import (
    AirConditioner,
    AirconPart,
    AirconRegion,
    Energy,
    LampPart,
    LampRegion,
    LuminaireGroup,
    Meter,
)
from models.domain.finding import Quantity
from models.domain.incident import Incident
from models.domain.instants import us_of_datetime
from models.domain.media import US
from models.domain.messages import Message, Observation
from models.domain.site import LightingPolicy, Name, Region, Site, Zone, ZoneKind
from models.domain.truth import Truth
from pipelines.engine import Engine, order
from tests.stories import scenario
from tests.stories.scenario import Actor, Story

ON, OFF, UNKNOWN = Truth.HOLDS, Truth.FAILS, Truth.UNKNOWN
OFFICE = ((6.0, 0.0), (12.0, 0.0), (12.0, 8.0), (6.0, 8.0))
HALL = ((0.0, 0.0), (6.0, 0.0), (6.0, 8.0), (0.0, 8.0))
SPOT = ((100.0, 10.0), (140.0, 10.0), (140.0, 20.0))


def local_us(moment: str) -> int:
    """`2026-06-01T08:00` in Shanghai as UTC µs."""
    return us_of_datetime(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Shanghai")))


def lamp(ident: str, zone: str, **more: object) -> LuminaireGroup:
    regions = (LampRegion("cam", LampPart.LAMP, SPOT, (0.5,), (0.0,)),)
    return LuminaireGroup(ident, ident, ident, zone, regions=regions, **more)  # type: ignore[arg-type]


def energy_site(
    rules: dict[str, dict[str, float]] | None = None, hours: Hours | None = None, off: frozenset[str] = frozenset()
) -> Site:
    """A hall on schedule and an office whose lights go out with the people, seen by one camera from above."""
    base = scenario.site(rules, posts=False, off=off | {"greeter.visitor_unapproached", "wait.reception"})
    name = Name("测试", "test")
    led = (AirconRegion("cam", AirconPart.LED, SPOT),)
    groups = (
        lamp("office-lamp", "office", window=WindowId.INTERIOR, rated_w=200.0),
        lamp("hall-lamp", "hall", rated_w=600.0),
        lamp("model-lamp", "hall", tags=("model",)),
        lamp("spot-lamp", "hall", tags=("spotlight",), window=None),
        lamp("night-lamp", "hall", overnight_exempt=True),
        lamp("facade", "hall", window=WindowId.EXTERIOR),
    )
    return replace(
        base,
        zones={
            "hall": Zone("hall", name, ZoneKind.MEETING, (Region(HALL),)),
            "office": Zone("office", name, ZoneKind.OFFICE, (Region(OFFICE),), LightingPolicy.VACANCY),
        },
        energy=Energy(
            luminaires={group.id: group for group in groups},
            aircons={"office-ac": AirConditioner("office-ac", "空调", "AC", "office", 1500.0, led)},
            meters={"plug": Meter("plug", "office-ac"), "lamp-meter": Meter("lamp-meter", "office-lamp")},
            hours=hours or Hours(),
        ),
    )


Switch = tuple[float, Truth]


@dataclass(frozen=True)
class EnergyStory:
    """people: actors on the floor; told: camera or meter -> subject -> switches."""

    people: list[Actor]
    length_s: float
    start: str = "2026-06-01T10:00"
    outages: tuple[tuple[float, float], ...] = ()
    sick: tuple[tuple[float, float], ...] = ()
    seen: tuple[tuple[str, tuple[Switch, ...]], ...] = ()
    metered: tuple[tuple[str, tuple[Switch, ...], float | None], ...] = ()
    more: tuple[Observation, ...] = field(default=())
    """Further observations; utc_us in story seconds x 1e6 from the start of the story."""

    def camera(self, subject: str, *switches: Switch) -> EnergyStory:
        return replace(self, seen=(*self.seen, (subject, switches)))

    def meter(self, subject: str, *switches: Switch, setpoint: float | None = None) -> EnergyStory:
        return replace(self, metered=(*self.metered, (subject, switches, setpoint)))

    def with_entry(self, entry: Observation) -> EnergyStory:
        return replace(self, more=(*self.more, entry))

    def messages(self, where: Site, **how: float) -> list[Message]:
        """All messages in order, moved to `start`."""
        shift_us = local_us(self.start) - scenario.START_US
        story = Story(self.people, self.length_s, self.outages, self.sick)
        told = story.messages(where=where, **how)  # type: ignore[arg-type]
        found: list[Message] = [_moved(message, shift_us) for message in told]
        frames = [m.utc_us for m in found if type(m).__name__ == "Scene" and m.view is not UNKNOWN]  # type: ignore[union-attr]
        for subject, switches in self.seen:
            found += self._seen(subject, switches, frames)
        for subject, switches, setpoint in self.metered:
            found += self._metered(subject, switches, setpoint)
        found += [replace(one, utc_us=one.utc_us + local_us(self.start)) for one in self.more]
        return sorted(found, key=order)

    def _seen(self, subject: str, switches: tuple[Switch, ...], frames: list[int]) -> list[Observation]:
        kind = "aircon" if subject.endswith("-ac") else "luminaire"
        told, last, last_us = [], None, 0
        for utc_us in frames:
            truth = _at(switches, (utc_us - local_us(self.start)) / US)
            if truth is not last or utc_us - last_us >= 5 * US:
                told.append(Observation(kind, subject, "on", truth, utc_us, "cam", (), ("light.cue.lamp",), 0.9))
                last, last_us = truth, utc_us
        return told

    def _metered(self, subject: str, switches: tuple[Switch, ...], setpoint: float | None) -> list[Observation]:
        kind = "aircon" if subject.endswith("-ac") else "luminaire"
        moments = sorted({*range(0, int(self.length_s), 60), *(at for at, _ in switches)})
        values = (("setpoint", Quantity(setpoint, "°C")),) if setpoint is not None else ()
        return [
            Observation(
                kind, subject, "on", _at(switches, t), local_us(self.start) + round(t * US), "", values, (), 1.0
            )
            for t in moments
        ]

    def played(self, where: Site, **how: float) -> Engine:
        engine = Engine(where)
        for message in self.messages(where, **how):
            engine.step(message)
        return engine

    def seconds(self, utc_us: int | None) -> float | None:
        """UTC µs as story seconds."""
        return None if utc_us is None else (utc_us - local_us(self.start)) / US


def _at(switches: tuple[Switch, ...], t: float) -> Truth:
    return next((truth for at, truth in reversed(switches) if at <= t + 1e-9), UNKNOWN)


def _moved(message: Message, shift_us: int) -> Message:
    moved = replace(message, utc_us=message.utc_us + shift_us)
    if type(message).__name__ != "Scene":
        return moved
    persons = tuple(
        replace(p, entered_us=p.entered_us + shift_us, last_seen_us=p.last_seen_us + shift_us)
        for p in message.persons  # type: ignore[union-attr]
    )
    departed = tuple(
        replace(
            d, last_seen_us=d.last_seen_us + shift_us, gone_us=d.gone_us + shift_us, set_off_us=d.set_off_us + shift_us
        )
        for d in message.departed  # type: ignore[union-attr]
    )
    return replace(moved, persons=persons, departed=departed)


def told(engine: Engine) -> list[tuple[str, str]]:
    return [(incident.code, incident.subject) for incident in engine.incidents]


def only(engine: Engine) -> Incident:
    assert len(engine.incidents) == 1, told(engine)
    return engine.incidents[0]
