"""What the API's answer to a parcel means for the parcel and for the line.

| answer | parcel | line |
|---|---|---|
| 2xx with JSON | delivered | up |
| 2xx or 404 without JSON (another server, a portal) | again later | lost |
| no connection, no answer in time | again later | lost |
| 401, 403 | again later | lost: the token is wrong for all |
| 408, 425, 429, 5xx | again later | lost |
| 413 | kept, not sent again | up |
| other 4xx | kept, not sent again | up |
| 3xx | again later | lost |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx


class Outcome(StrEnum):
    DELIVERED = "delivered"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """reason, advice: text keys delivery.reason.* and delivery.next.*, with places."""

    outcome: Outcome
    reason: str = ""
    places: dict[str, str] = field(default_factory=dict)
    advice: str = ""
    advised: str = ""
    """What the API itself said to do; stands for `advice` where given."""

    @property
    def note(self) -> str:
        """For the outbox row: short and without secrets."""
        return " ".join([self.reason, *self.places.values()]).strip()


def answer_of(response: httpx.Response) -> Answer:
    """By the table above."""
    status, told = response.status_code, _json(response)
    if told is None and status in {404, *range(200, 400)}:
        return Answer(Outcome.LATER, "not_an_api")
    if 200 <= status < 300:
        return Answer(Outcome.DELIVERED)
    if status in (401, 403):
        return Answer(Outcome.LATER, "token", advice="token")
    if status in (408, 425, 429) or status >= 500 or status < 400:
        return Answer(Outcome.LATER, "busy", {"status": str(status)})
    error = told.get("error") if isinstance(told, dict) else None
    said: dict[str, Any] = error if isinstance(error, dict) else {}
    if status == 413:
        return Answer(Outcome.REFUSED, "too_large", {}, "too_large")
    what = " ".join(str(said.get(part) or "") for part in ("what", "where", "got")).strip()
    places = {"status": str(status), "what": what[:300]}
    return Answer(Outcome.REFUSED, "unfit", places, "unfit", str(said.get("next_step") or "")[:300])


def answer_to(error: httpx.HTTPError) -> Answer:
    """For a request that got no answer."""
    slow = isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout)
    return Answer(Outcome.LATER, "slow" if slow else "connect")


def _json(response: httpx.Response) -> object | None:
    if "json" not in response.headers.get("content-type", ""):
        return None
    try:
        told: object = response.json()
    except ValueError:
        return None
    return told
