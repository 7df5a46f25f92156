"""Meters: on and off with their durations, silence, readings set aside and counted (domain.md 4.2, E1)."""

import math
from collections import Counter

import pytest

from models.domain.energy import SignalKind
from models.domain.media import US
from models.domain.readings import Aside, Reading
from models.domain.truth import Truth
from pipelines.inlet import SignalInlet
from pipelines.meters import MeterBook
from tests.stories.energy_story import energy_site, local_us

START = local_us("2026-06-01T10:00")
ON, OFF, UNKNOWN = Truth.HOLDS, Truth.FAILS, Truth.UNKNOWN


def power(t, watts, meter="plug", kind=SignalKind.POWER):
    return Reading(meter, kind, watts, START + round(t * US))


def course(readings, until_s, subject="office-ac"):
    """(second, truth, confidence) of every change that is told."""
    book, found, last = MeterBook(energy_site()), [], None
    waiting = sorted(readings, key=lambda r: r.at_us)
    for second in range(until_s):
        now_us = START + second * US
        while waiting and waiting[0].at_us <= now_us:
            book.take([waiting.pop(0)], now_us)
        for one in book.due(now_us):
            if one.subject == subject and (one.truth, one.confidence) != last:
                last = one.truth, one.confidence
                found.append((second, *last))
    return found


def every(from_s, to_s, watts, step=10):
    return [power(t, watts) for t in range(from_s, to_s, step)]


def test_on_after_a_minute_of_power_and_off_after_five_without():
    found = course([*every(0, 200, 900), *every(200, 900, 3)], 900)
    assert found == [(0, UNKNOWN, 0.0), (60, ON, 1.0), (200, ON, 0.7), (500, OFF, 1.0)]


def test_a_compressor_that_pauses_for_four_minutes_stays_on():
    found = course([*every(0, 200, 900), *every(200, 430, 3), *every(430, 700, 900)], 700)
    assert [truth for _, truth, _ in found] == [UNKNOWN, ON, ON, ON]


def test_between_the_two_powers_the_state_before_holds():
    assert [t for _, t, _ in course([*every(0, 200, 900), *every(200, 900, 20)], 900)] == [UNKNOWN, ON]


def test_silence_for_longer_than_its_limit_is_unknown():
    found = course(every(0, 200, 900), 900)
    assert found[-1] == (491, UNKNOWN, 0.0)


def test_a_relay_decides_at_once():
    found = course(
        [power(5, 1, "lamp-meter", SignalKind.RELAY), power(65, 0, "lamp-meter", SignalKind.RELAY)], 80, "office-lamp"
    )
    assert found == [(5, ON, 1.0), (65, OFF, 1.0)]


def test_figures_travel_with_the_state():
    book = MeterBook(energy_site())
    book.take([power(0, 900), power(61, 900), power(61, 25.5, kind=SignalKind.SETPOINT)], START + 61 * US)
    (told,) = book.due(START + 61 * US)
    assert {name: (q.value, q.unit) for name, q in told.values} == {"power": (900, "W"), "setpoint": (25.5, "°C")}
    assert (told.kind, told.predicate, told.camera) == ("aircon", "on", "")


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (power(0, math.nan), Aside.NOT_A_NUMBER),
        (power(0, math.inf), Aside.NOT_A_NUMBER),
        (power(0, -1), Aside.OUT_OF_RANGE),
        (power(0, 300, kind=SignalKind.TEMPERATURE), Aside.OUT_OF_RANGE),
        (power(7200, 5), Aside.FUTURE),
        (power(0, 5, "nobody"), Aside.UNKNOWN_METER),
    ],
)
def test_what_cannot_be_is_set_aside_and_the_rest_of_the_batch_counts(reading, reason):
    inlet = SignalInlet(energy_site())
    inlet.take([power(0, 900), reading, power(1, 900), power(1, 900)], START + US)
    assert inlet.asides == Counter({reason: 1, Aside.OLD: 1})
    assert inlet.due(START + 62 * US)[0].truth is ON


def test_a_burst_of_ten_thousand_readings_keeps_the_last_word():
    inlet = SignalInlet(energy_site())
    inlet.take((power(n / 100, 900) for n in range(10_000)), START + 100 * US)
    assert inlet.asides == {}
    assert [one.truth for one in inlet.due(START + 100 * US)] == [ON]
