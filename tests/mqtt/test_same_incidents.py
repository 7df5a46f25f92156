"""One story of meters, told over HTTP and over a real broker that is killed in the middle: the same incidents."""

from __future__ import annotations

import json

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from models.domain.clock import SimulatedClock
from models.domain.energy import Broker, SignalKind, TopicMap
from models.domain.finding import Severity
from models.domain.instants import iso
from models.domain.media import US
from models.domain.presence import Role
from models.domain.readings import Aside, Reading
from pipelines.engine import Engine
from pipelines.feed_reader import FeedReader
from pipelines.inlet import SignalInlet
from pipelines.mqtt import MqttReader
from pipelines.outbox import api_client
from tests.api.serving import SITE, serving
from tests.mqtt.broker import MOSQUITTO, RealBroker, until
from tests.stories.energy_story import ON, EnergyStory, energy_site, local_us
from tests.stories.scenario import Actor

pytestmark = [pytest.mark.mqtt, pytest.mark.skipif(MOSQUITTO is None, reason="needs Debian's mosquitto")]
START = local_us("2026-06-01T10:00")
AC_EMPTY, DISAGREE = "energy.ac_on_empty", "signal.disagreement"
RULES = {AC_EMPTY: {"limit_s": 60.0, "high_s": 120.0, "transient_s": 10.0, "max_gap_s": 10.0}}
LENGTH_S, KILLED_S = 600, 150


def story():
    """Somebody leaves after 40 s; the picture says that the lamp is on all the time."""
    worker = Actor("worker", Role.STAFF).enters(2, (7.0, 7.9)).walks((9.0, 4.0)).stands(until=40).walks_out((7.0, 7.9))
    return EnergyStory([worker], LENGTH_S).camera("office-lamp", (0, ON))


def readings_at(second):
    """The unit runs until 250 s; its meter is silent from 400 s on. The lamp's relay opens at 300 s."""
    if second % 10 == 0 and second <= 400:
        yield Reading("plug", SignalKind.POWER, 900.0 if second < 250 else 3.0, START + second * US)
    if second % 60 == 0:
        yield Reading("lamp-meter", SignalKind.RELAY, float(second < 300), START + second * US)


class Noting(SignalInlet):
    """Writes down which readings it took: a broker may bring one twice (QoS 1)."""

    def __init__(self, site):
        super().__init__(site)
        self.heard = set()

    def take(self, readings, now_us):
        readings = list(readings)
        super().take(readings, now_us)
        self.heard |= {(reading.meter, reading.at_us) for reading in readings}


def incidents(inlet, deliver):
    """What the engine makes of the story; deliver(second, readings) brings readings and returns when they are there."""
    engine = Engine(energy_site(RULES))
    told_us = START - US
    for message in story().messages(engine.site, fps=2.0):
        while told_us + US <= message.utc_us:
            told_us += US
            second = (told_us - START) // US
            deliver(second, list(readings_at(second)))
            for one in inlet.due(told_us):
                engine.step(one)
        engine.step(message)
    return sorted((i.code, i.subject, i.severity, i.t_first_us, i.t_confirmed_us, i.t_end_us) for i in engine.incidents)


def over_http(folder):
    inlet = Noting(energy_site(RULES))
    clock = SimulatedClock(START + 3600 * US)
    with serving(folder, clock=clock) as server, api_client(server.url, server.tokens[SITE.id]) as client:
        feed, gateway = FeedReader(client, inlet, clock, lambda *_said: None), server.box()

        def deliver(_second, readings):
            if readings:
                body = [{"meter": r.meter, "kind": r.kind, "value": r.value, "at": iso(r.at_us)} for r in readings]
                assert gateway.post("/api/v1/signals", json={"signals": body}).status_code == 200
                assert feed.fetch()

        return incidents(inlet, deliver), inlet


def over_mqtt(folder):
    inlet, told = Noting(energy_site(RULES)), []
    broker = RealBroker(folder)
    broker.start()
    topics = tuple(
        TopicMap(meter, meter, kind, "value")
        for meter, kind in (("plug", SignalKind.POWER), ("lamp-meter", SignalKind.RELAY))
    )
    address = Broker("127.0.0.1", broker.port, topics=topics)
    clock = SimulatedClock(START + 3600 * US)
    reader = MqttReader("same", address, None, inlet, clock, lambda *said: told.append(said[0]))
    gateway = paho.Client(CallbackAPIVersion.VERSION2, client_id="gateway", clean_session=False)
    gateway.reconnect_delay_set(1, 1)
    gateway.connect("127.0.0.1", broker.port)
    gateway.loop_start()
    reader.start()
    sent = set()

    def deliver(second, readings):
        if second == KILLED_S:
            broker.kill()
            assert until(lambda: told == ["signals.mqtt_lost"])
        for one in readings:
            gateway.publish(one.meter, json.dumps({"value": one.value, "at": one.at_us / US}), qos=1)
        sent.update((one.meter, one.at_us) for one in readings)
        if second == KILLED_S:
            broker.start()
        assert until(lambda: inlet.heard >= sent), (second, sent - inlet.heard)

    try:
        assert until(lambda: gateway.is_connected() and reader._up is True)
        found = incidents(inlet, deliver)
        assert (inlet.heard, told) == (sent, ["signals.mqtt_lost", "signals.mqtt_back"])
        return found, inlet
    finally:
        reader.stop()
        gateway.disconnect()
        gateway.loop_stop()
        broker.kill()


def test_http_and_a_broker_that_is_killed_and_started_again_give_the_same_incidents(tmp_path):
    (tmp_path / "http").mkdir()
    (tmp_path / "broker").mkdir()
    http, by_http = over_http(tmp_path / "http")
    mqtt, by_mqtt = over_mqtt(tmp_path / "broker")
    assert http == mqtt
    assert by_http.heard == by_mqtt.heard
    assert by_http.asides == {}
    assert set(by_mqtt.asides) <= {Aside.OLD}, "what came twice is set aside"
    empty, disagreement = http
    assert empty[:3] == (AC_EMPTY, "office-ac", Severity.HIGH)
    assert disagreement[:3] == (DISAGREE, "office-lamp", Severity.WARNING)
    assert disagreement[4] - (START + 300 * US) <= 120 * US, "within two minutes"
