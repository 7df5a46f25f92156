"""Readings of meters and calendar entries as they come in over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from api.bodies import Body, Moment, Word
from api.examples import CALENDAR_ENTRY, SIGNALS
from models.domain.energy import SignalKind
from models.domain.instants import us_of_datetime
from models.domain.readings import Reading

MOST = 1000
"""Readings in one request; a gateway that was cut off sends its backlog in several."""


class SignalBody(Body):
    """Not finite and out-of-range values are taken here and set aside with a reason: the rest of a batch counts."""

    meter: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")]
    kind: SignalKind
    value: float
    at: Moment

    def reading(self) -> Reading:
        return Reading(self.meter, self.kind, self.value, us_of_datetime(self.at))


class SignalsBody(Body):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [SIGNALS]})

    signals: Annotated[tuple[SignalBody, ...], Field(min_length=1, max_length=MOST)]


class CalendarBody(Body):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [CALENDAR_ENTRY]})

    site_id: Word
    kind: Literal["vip_visit", "evening_opening"]
    starts: Moment
    ends: Moment
