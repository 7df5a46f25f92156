"""Fetches readings, calendar entries and decisions about baselines from the API while the box runs.

Nothing is lost: each fetch goes on from the last number, a failed one is tried again with back-off.
"""

from __future__ import annotations

import threading
from typing import Any

import httpx

from models.domain.calendar import Span
from models.domain.clock import Clock
from models.domain.energy import SignalKind
from models.domain.furniture import Baseline, BaselineState
from models.domain.instants import us_of
from models.domain.readings import Reading
from pipelines.inlet import SignalInlet
from pipelines.outbox import Tell
from pipelines.rules.baselines import baseline_entry
from pipelines.rules.energy.owed import entry

EACH_S, BACKOFF_MAX_S = 2.0, 60.0


class FeedReader:
    """`run` in a thread of its own until stopped, or `fetch` once."""

    def __init__(self, client: httpx.Client, inlet: SignalInlet, clock: Clock, tell: Tell) -> None:
        self._client, self._inlet, self._clock, self._tell = client, inlet, clock, tell
        self._signals = self._calendar = self._baselines = 0
        self._failures = 0

    def run(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            self.fetch()
            wait_s = EACH_S if not self._failures else min(BACKOFF_MAX_S, EACH_S * 2.0 ** min(self._failures, 8))
            while wait_s > 0 and not stopped.is_set():
                self._clock.sleep(min(0.25, wait_s))
                wait_s -= 0.25

    def fetch(self) -> bool:
        """Everything that is new; whether the API answered. Told once when it does not, and once when it does again."""
        try:
            self._signals = self._pages("/api/v1/signals", self._signals, self._readings)
            self._calendar = self._pages("/api/v1/calendar/for-box", self._calendar, self._entries)
            self._baselines = self._pages("/api/v1/baselines/for-box", self._baselines, self._decisions)
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            if not self._failures:
                self._tell("signals.api_lost", {"reason": type(error).__name__})
            self._failures += 1
            return False
        if self._failures:
            self._tell("signals.api_back", {})
        self._failures = 0
        return True

    def _pages(self, path: str, after: int, use: Any) -> int:
        while True:
            answer = self._client.get(path, params={"after": after})
            answer.raise_for_status()
            body = answer.json()
            use(body["items"])
            following = int(body["next"])
            if following <= after or not body["items"]:
                return after
            after = following

    def _readings(self, items: list[dict[str, Any]]) -> None:
        readings = [Reading(i["meter"], SignalKind(i["kind"]), float(i["value"]), us_of(i["at"])) for i in items]
        self._inlet.take(readings, self._clock.utc_us())

    def _decisions(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            by = str(item["by"])
            told = Baseline(int(item["version"]), BaselineState(item["state"]), us_of(item["since"]), by)
            self._inlet.enter(baseline_entry(told, self._clock.utc_us()))

    def _entries(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            span = Span(us_of(item["starts"]), us_of(item["ends"]))
            now_us = self._clock.utc_us()
            self._inlet.enter(entry(item["kind"], item["id"], span, now_us, cancelled=bool(item["cancelled"])))
