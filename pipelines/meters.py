"""Readings of meters to observations (evidence level E1, domain.md section 4.2). Pure but for its own state.

On from `on_w` for `on_s`; off below `off_w` for `off_s` (a compressor cycles, the fan decides); between the two the
state before holds. A relay decides at once. Silence for longer than `max_gap_s` is unknown. What a grille blows is a
sign of its own (warmth.py). The meter of a shuttle stop (a loop in the ground, a light barrier, the cart's own gateway)
says by its relay whether a cart stands there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from models.domain.energy import UNITS, Meter, SignalKind
from models.domain.finding import Quantity
from models.domain.messages import Observation
from models.domain.readings import Aside, Reading, wrong_with
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.continuity import us
from pipelines.rules.stage import CART
from pipelines.warmth import TELL_US, Warmth

TURNING = 0.7
"""Confidence while a change has begun and not yet lasted: the state before holds, but contradicts no picture."""


@dataclass(slots=True)
class _State:
    meter: Meter
    truth: Truth = Truth.UNKNOWN
    wanted: Truth = Truth.UNKNOWN
    wanted_us: int = 0
    last_us: int | None = None
    latest: dict[SignalKind, tuple[int, float]] = field(default_factory=dict)
    told: tuple[Truth, float] | None = None
    told_us: int = 0
    warmth: Warmth = field(default_factory=Warmth)


class MeterBook:
    """`take` readings as they come, `due` for what is to be told at a moment. asides: reason -> count."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._states = {name: _State(meter) for name, meter in sorted(site.energy.meters.items())}
        self.asides: Counter[Aside] = Counter()

    def take(self, readings: Iterable[Reading], now_us: int) -> None:
        """Use each reading or set it aside."""
        for reading in readings:
            aside = self._taken(reading, now_us)
            if aside is not None:
                self.asides[aside] += 1

    def _taken(self, reading: Reading, now_us: int) -> Aside | None:
        state = self._states.get(reading.meter)
        if state is None:
            return Aside.UNKNOWN_METER
        if (wrong := wrong_with(reading, now_us)) is not None:
            return wrong
        before = state.latest.get(reading.kind)
        if before is not None and reading.at_us <= before[0]:
            return Aside.OLD
        state.latest[reading.kind] = reading.at_us, reading.value
        if reading.kind in {SignalKind.POWER, SignalKind.RELAY}:
            _follow(state, reading)
        return None

    def due(self, utc_us: int) -> tuple[Observation, ...]:
        """What is to be told at that moment of data time: changes at once, the rest each minute."""
        told = []
        for state in self._states.values():
            told += [self._told(state, utc_us), self._blown(state, utc_us)]
        return tuple(one for one in told if one is not None)

    def _blown(self, state: _State, utc_us: int) -> Observation | None:
        """What the air at the grille says of an air-conditioner (E5): one weak sign, which by itself is a suspicion."""
        if state.meter.subject not in self._site.energy.aircons:
            return None
        said = state.warmth.said(state.latest, utc_us, us(state.meter.max_gap_s))
        if said is None:
            return None
        truth, difference_c = said
        values = () if difference_c is None else (("supply_difference", Quantity(round(difference_c, 1), "°C")),)
        cues = ("aircon.cue.suspected", "aircon.cue.thermal_on") if truth is Truth.HOLDS else ()
        return Observation("aircon", state.meter.subject, "suspected", truth, utc_us, "", values, cues, 0.5)

    def _told(self, state: _State, utc_us: int) -> Observation | None:
        if state.last_us is None:
            return None
        silent = utc_us - state.last_us > us(state.meter.max_gap_s)
        if silent and state.truth is not Truth.UNKNOWN:
            state.truth = state.wanted = Truth.UNKNOWN
        _settle(state, utc_us)
        confidence = 0.0 if state.truth is Truth.UNKNOWN else 1.0 if state.wanted is state.truth else TURNING
        said = state.truth, confidence
        if said == state.told and (silent or utc_us - state.told_us < TELL_US):
            return None
        state.told, state.told_us = said, utc_us
        subject = state.meter.subject
        kind, predicate = self._about(subject)
        return Observation(
            kind=kind,
            subject=subject,
            predicate=predicate,
            truth=state.truth,
            utc_us=utc_us,
            values=tuple(
                (kind.value, Quantity(value, UNITS[kind])) for kind, (_, value) in sorted(state.latest.items())
            ),
            cues=("signal.cue.silent",) if silent else ("signal.cue.meter",),
            confidence=confidence,
        )

    def _about(self, subject: str) -> tuple[str, str]:
        """(kind, predicate) of what a meter of that subject tells."""
        if subject in self._site.energy.aircons:
            return "aircon", "on"
        return ("luminaire", "on") if subject in self._site.energy.luminaires else CART


def _follow(state: _State, reading: Reading) -> None:
    wanted = _wanted(state, reading)
    state.last_us = max(reading.at_us, state.last_us or 0)
    if reading.kind is SignalKind.RELAY:
        state.truth = state.wanted = wanted
        state.wanted_us = reading.at_us
    elif wanted is not state.wanted:
        state.wanted, state.wanted_us = wanted, reading.at_us
    _settle(state, reading.at_us)


def _wanted(state: _State, reading: Reading) -> Truth:
    if reading.kind is SignalKind.RELAY:
        return Truth.of(reading.value >= 0.5)
    if reading.value >= state.meter.on_w:
        return Truth.HOLDS
    if reading.value < state.meter.off_w:
        return Truth.FAILS
    return state.wanted


def _settle(state: _State, now_us: int) -> None:
    """The wanted state is believed once it has lasted; what was never known is believed as soon as it is on or off
    for the shorter of the two times."""
    if state.wanted is Truth.UNKNOWN or state.wanted is state.truth or state.last_us is None:
        return
    meter = state.meter
    needed_s = meter.on_s if state.wanted is Truth.HOLDS or state.truth is Truth.UNKNOWN else meter.off_s
    if min(now_us, state.last_us + us(meter.max_gap_s)) - state.wanted_us >= us(needed_s):
        state.truth = state.wanted
