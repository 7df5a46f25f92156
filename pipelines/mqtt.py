"""Readings from an MQTT broker. One persistent session (QoS 1): what was sent while the box was away is not lost.

paho keeps the connection: it reconnects with back-off and we subscribe anew each time. A reading that comes twice is
the same state twice; `pipelines.meters` sets it aside. Payloads are a number, on or off, or JSON in which the site file
names the key (`at`, seconds UTC or ISO-8601, is the moment if it is there). Anything else is counted as no number.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from models.domain.clock import Clock
from models.domain.energy import Broker, TopicMap
from models.domain.errors import SourceError
from models.domain.instants import us_of
from models.domain.media import US
from models.domain.readings import Reading
from pipelines.inlet import SignalInlet
from pipelines.outbox import Tell

LARGEST_BYTES = 4096
KEEP_ALIVE_S = 15
RECONNECT_S = (1, 30)
_NUMBER = re.compile(rb"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?\s*")
_SWITCH = {b"on": 1.0, b"off": 0.0, b"true": 1.0, b"false": 0.0}


class MqttReader:
    """`start` once; `stop` safe twice. tell: connection lost and back, each once."""

    def __init__(
        self, site_id: str, broker: Broker, password: str | None, inlet: SignalInlet, clock: Clock, tell: Tell
    ) -> None:
        self._broker, self._inlet, self._clock, self._tell = broker, inlet, clock, tell
        self._maps: dict[str, list[TopicMap]] = {}
        for one in broker.topics:
            self._maps.setdefault(one.topic, []).append(one)
        self._up: bool | None = None
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"guiwei-{site_id}",
            clean_session=False,
            reconnect_on_failure=True,
        )
        client.reconnect_delay_set(*RECONNECT_S)
        if broker.user is not None:
            client.username_pw_set(broker.user, password)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._received
        self._client = client

    def start(self) -> None:
        """Connects in the background and goes on trying. Raises SourceError for an address that is none."""
        try:
            self._client.connect_async(self._broker.host, self._broker.port, KEEP_ALIVE_S)
            self._client.loop_start()
        except (ValueError, OSError) as error:
            raise SourceError("The MQTT broker cannot be used.", where=self._broker.host, got=str(error)) from error

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._say(up=False, reason=str(reason))
            return
        client.subscribe([(topic, 1) for topic in self._maps])
        self._say(up=True, reason="")

    def _disconnected(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._say(up=False, reason=str(reason))

    def _say(self, *, up: bool, reason: str) -> None:
        if up is not self._up and (self._up is not None or not up):
            self._tell(
                "signals.mqtt_back" if up else "signals.mqtt_lost", {"host": self._broker.host, "reason": reason}
            )
        self._up = up

    def _received(self, _client: Any, _data: Any, message: Any) -> None:
        now_us = self._clock.utc_us()
        payload = bytes(message.payload)
        readings = [_reading(one, payload, now_us) for one in self._maps.get(message.topic, ())]
        self._inlet.take(readings, now_us)


def _reading(one: TopicMap, payload: bytes, now_us: int) -> Reading:
    """NaN for what is no number: counted and set aside like any other bad reading."""
    if len(payload) > LARGEST_BYTES:
        return Reading(one.meter, one.kind, math.nan, now_us)
    if not one.field:
        return Reading(one.meter, one.kind, _number(payload), now_us)
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return Reading(one.meter, one.kind, math.nan, now_us)
    if not isinstance(body, Mapping):
        return Reading(one.meter, one.kind, math.nan, now_us)
    value = body.get(one.field)
    number = _number(str(value).encode()) if isinstance(value, str | int | float) else math.nan
    return Reading(one.meter, one.kind, number, _moment(body.get("at"), now_us))


def _number(payload: bytes) -> float:
    switch = _SWITCH.get(payload.strip().lower())
    if switch is not None:
        return switch
    return float(payload) if _NUMBER.fullmatch(payload) else math.nan


def _moment(value: object, now_us: int) -> int:
    try:
        if isinstance(value, str):
            return us_of(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return round(value * US)
    except (ValueError, TypeError, OverflowError):
        return now_us
    return now_us
