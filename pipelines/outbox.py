"""Delivers what the box found to the API: at least once, in order per incident, told once when the line is lost.

The outbox rows were written together with the incident, so a killed process loses nothing; sending twice does no harm,
since the API is idempotent by `dedupe_key` and revision. Evidence follows its incident. While the line is down one
parcel is tried, with back-off 1, 2, 4 ... 60 s; what the API refuses for good is kept, told once, and holds up nothing.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import httpx

from models.domain.clock import Clock
from models.domain.instants import iso
from models.domain.media import US
from models.store import BoxStore, Pending
from models.texts import Language, text
from pipelines.camera_watch import CameraWatch
from pipelines.outbox_answers import Answer, Outcome, answer_of, answer_to

BACKOFF_S, BACKOFF_MAX_S = 1.0, 60.0
REPORT_EACH_S = 10.0
IDLE_S = 0.25
BATCH = 50
TIMEOUT = httpx.Timeout(10.0, connect=5.0)

Tell = Callable[[str, dict[str, str]], None]
ADDRESSES = {
    "incident": ("POST", "/api/v1/incidents"),
    "energy": ("PUT", "/api/v1/energy"),
    "layout": ("PUT", "/api/v1/furniture"),
    "checks": ("POST", "/api/v1/furniture/checks"),
}
"""Kind of parcel -> how and where it is told."""


def api_client(api: str, token: str) -> httpx.Client:
    """For `https://host[:port]`, with the box's token; follows no redirect and no proxy of the environment."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return httpx.Client(base_url=api, headers=headers, timeout=TIMEOUT, trust_env=False)


class Outbox:
    """`run` in a thread of its own until stopped, or `drain` at the end. tell gets (text key, places) in `language`."""

    def __init__(
        self, store: BoxStore, client: httpx.Client, clock: Clock, watch: CameraWatch, tell: Tell, language: Language
    ) -> None:
        self._store, self._client, self._clock = store, client, clock
        self._watch, self._tell, self._language = watch, tell, language
        self._failures = 0
        self._not_before_us = 0
        self._reported_us: int | None = None

    @property
    def lost(self) -> bool:
        """Whether the last attempt failed."""
        return self._failures > 0

    def run(self, stopped: threading.Event) -> None:
        """Deliver and report cameras until stopped; what is then left stays in the store."""
        while not stopped.is_set():
            self.report()
            if self.deliver() == 0:
                self._clock.sleep(IDLE_S)

    def drain(self, patience_s: float) -> int:
        """Deliver until nothing waits or patience ends, but try once; returns how many parcels are left."""
        end_us = self._clock.monotonic_us() + round(patience_s * US)
        self._reported_us = None
        self.report()
        while self._store.undelivered():
            settled = self.deliver()
            if self._clock.monotonic_us() >= end_us:
                break
            if settled == 0:
                self._clock.sleep(IDLE_S)
        return self._store.undelivered()

    def deliver(self) -> int:
        """One pass over what is due; returns how many parcels were delivered or refused. Raises StoreError."""
        now_us = self._clock.utc_us()
        if now_us < self._not_before_us:
            return 0
        settled = 0
        # While the line is down one parcel is enough to find out.
        for parcel in self._store.pending(now_us, 1 if self.lost else BATCH):
            if not self._settle(parcel, self._send(parcel)):
                break
            settled += 1
        return settled

    def report(self) -> None:
        """Camera states and pictures, each 10 s and as far as the line is up: best effort, never queued."""
        now_us = self._clock.monotonic_us()
        due = self._reported_us is None or now_us - self._reported_us >= REPORT_EACH_S * US
        if self.lost or not due:
            return
        self._reported_us = now_us
        for camera, (body, shot) in self._watch.bodies().items():
            try:
                self._client.put(f"/api/v1/cameras/{camera}/state", json=body)
                if shot is not None:
                    headers = {"Content-Type": "image/jpeg", "X-Taken-At": iso(shot.utc_us)}
                    self._client.put(f"/api/v1/cameras/{camera}/picture", content=shot.jpeg, headers=headers)
            except httpx.HTTPError:
                return

    def _send(self, parcel: Pending) -> Answer:
        try:
            if parcel.kind == "evidence":
                return self._send_file(parcel)
            if parcel.kind == "figures":
                return answer_of(self._client.put(f"/api/v1/{parcel.dedupe_key}", json=parcel.body))
            method, path = ADDRESSES[parcel.kind]
            return answer_of(self._client.request(method, path, json=parcel.body))
        except httpx.HTTPError as error:
            return answer_to(error)

    def _send_file(self, parcel: Pending) -> Answer:
        body = parcel.body or {}
        try:
            data = Path(parcel.path or "").read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != body.get("sha256"):
            return Answer(Outcome.REFUSED, "no_file", {}, "no_file")
        url = f"/api/v1/incidents/{parcel.dedupe_key}/evidence/{body['name']}"
        return answer_of(self._client.put(url, content=data, headers={"Content-Type": body["content_type"]}))

    def _settle(self, parcel: Pending, answer: Answer) -> bool:
        """Book the answer; whether to go on with the next parcel."""
        now_us = self._clock.utc_us()
        if answer.outcome is Outcome.LATER:
            wait_s = min(BACKOFF_MAX_S, BACKOFF_S * 2.0 ** min(self._failures, 10))
            self._not_before_us = now_us + round(wait_s * US)
            self._store.failed(parcel.id, self._not_before_us, answer.note)
            if not self.lost:
                self._tell("delivery.lost", {"reason": self._said(answer)})
            self._failures += 1
            return False
        if self.lost:
            self._failures = 0
            self._tell("delivery.back", {})
        if answer.outcome is Outcome.DELIVERED:
            self._store.delivered(parcel.id, now_us)
        else:
            self._store.failed(parcel.id, None, answer.note)
            self._tell_refused(parcel, answer)
        return True

    def _tell_refused(self, parcel: Pending, answer: Answer) -> None:
        advice = answer.advised or text(f"delivery.next.{answer.advice}", self._language)
        places = {"kind": parcel.kind, "incident": parcel.dedupe_key, "reason": self._said(answer), "next": advice}
        self._tell("delivery.refused", places)

    def _said(self, answer: Answer) -> str:
        reason = text(f"delivery.reason.{answer.reason}", self._language, **answer.places)
        if answer.outcome is Outcome.LATER and answer.advice:
            return f"{reason}; {text(f'delivery.next.{answer.advice}', self._language)}"
        return reason
