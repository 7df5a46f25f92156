"""Readings over a real broker: the same states as over HTTP; killed and started again, nothing is lost or doubled."""

from __future__ import annotations

import json

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from models.domain.clock import SystemClock
from models.domain.energy import Broker, SignalKind, TopicMap
from models.domain.media import US
from models.domain.readings import Aside
from models.domain.truth import Truth
from pipelines.inlet import SignalInlet
from pipelines.mqtt import MqttReader
from tests.mqtt.broker import MOSQUITTO, RealBroker, until
from tests.stories.energy_story import energy_site

pytestmark = [pytest.mark.mqtt, pytest.mark.skipif(MOSQUITTO is None, reason="needs Debian's mosquitto")]
TOPICS = (
    TopicMap("room/plug/power", "plug", SignalKind.POWER),
    TopicMap("room/plug/json", "plug", SignalKind.POWER, "apower"),
    TopicMap("room/lamp/relay", "lamp-meter", SignalKind.RELAY),
    TopicMap("room/nobody", "stranger", SignalKind.POWER),
)


class Notes(SignalInlet):
    """An inlet that also writes down what it takes."""

    def __init__(self, site):
        super().__init__(site)
        self.heard = []

    def take(self, readings, now_us):
        readings = list(readings)
        self.heard += [(reading.meter, reading.kind, reading.value) for reading in readings]
        super().take(readings, now_us)


@pytest.fixture
def broker(tmp_path, request):
    real = RealBroker(tmp_path, lasting=getattr(request, "param", True))
    real.start()
    yield real
    real.kill()


@pytest.fixture
def publisher(broker):
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="gateway", clean_session=False)
    client.reconnect_delay_set(1, 1)
    client.max_inflight_messages_set(2000)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    assert until(client.is_connected)
    yield client
    client.disconnect()
    client.loop_stop()


@pytest.fixture
def reading(broker):
    told = []
    inlet = Notes(energy_site())
    reader = MqttReader(
        "story",
        Broker("127.0.0.1", broker.port, topics=TOPICS),
        None,
        inlet,
        SystemClock(),
        lambda *said: told.append(said),
    )
    reader.start()
    assert until(lambda: reader._up is True)
    yield inlet, told, reader
    reader.stop()


def test_payloads_of_every_form_are_read_and_bad_ones_counted(publisher, reading):
    inlet, *_ = reading
    at = SystemClock().utc_us() / US
    for topic, payload in (
        ("room/plug/power", "812.5"),
        ("room/plug/json", json.dumps({"apower": 900, "at": at})),
        ("room/lamp/relay", "ON"),
        ("room/plug/power", "-5"),
        ("room/plug/power", "nan"),
        ("room/plug/json", "{broken"),
        ("room/plug/json", json.dumps({"apower": 1, "at": at + 7200})),
        ("room/nobody", "1"),
        ("room/plug/power", "9" * 5000),
    ):
        publisher.publish(topic, payload, qos=1).wait_for_publish(10)
    assert until(lambda: len(inlet.heard) == 9)
    asides = inlet.asides
    old = asides.pop(Aside.OLD, 0)
    assert old <= 1, "the JSON reading is dated before the plain one was received"
    assert asides == {
        Aside.OUT_OF_RANGE: 1,
        Aside.NOT_A_NUMBER: 3,
        Aside.FUTURE: 1,
        Aside.UNKNOWN_METER: 1,
    }
    lamp = [one for one in inlet.due(SystemClock().utc_us()) if one.subject == "office-lamp"]
    assert [(one.truth, one.kind, one.camera) for one in lamp] == [(Truth.HOLDS, "luminaire", "")]


@pytest.mark.parametrize("broker", [False], indirect=True, ids=["of-no-restart"])
def test_a_burst_of_ten_thousand_is_taken_whole(publisher, reading):
    inlet, *_ = reading
    for number in range(10_000):
        publisher.publish("room/plug/power", str(number % 100), qos=1)
    assert until(lambda: len(inlet.heard) >= 10_000), len(inlet.heard)
    assert len(inlet.heard) == 10_000


def test_a_broker_that_is_killed_and_started_again_loses_and_doubles_nothing(broker, publisher, reading):
    inlet, told, _ = reading
    for number in range(20):
        publisher.publish("room/plug/power", str(100 + number), qos=1).wait_for_publish(10)
    assert until(lambda: len(inlet.heard) == 20)
    broker.kill()
    assert until(lambda: bool(told)), "the loss is told"
    for number in range(20):
        publisher.publish("room/plug/power", str(200 + number), qos=1)  # kept by the gateway until the broker is back
    broker.start()
    values = lambda: {value for _, _, value in inlet.heard}  # noqa: E731
    assert until(lambda: values() >= {200.0 + n for n in range(20)}), sorted(values())
    assert values() == {100.0 + n for n in range(20)} | {200.0 + n for n in range(20)}
    assert [key for key, _ in told] == ["signals.mqtt_lost", "signals.mqtt_back"]
