"""Baselines that people approve while the box runs: carried by observations, so that a tape tells them again."""

from __future__ import annotations

from dataclasses import replace

from models.domain.finding import Quantity
from models.domain.furniture import Baseline, BaselineState, Furniture
from models.domain.media import US
from models.domain.messages import Message, Observation
from models.domain.truth import Truth

BASELINE = "baseline"
"""Kind of such an observation: subject the version, predicate its state, value `since` in seconds UTC, cue who."""


def baselined(furniture: Furniture, message: Message) -> Furniture:
    """The furniture with one more word about a baseline; the very same where the message says none."""
    if not isinstance(message, Observation) or message.kind != BASELINE:
        return furniture
    since = dict(message.values)["since"].value
    by = message.cues[0] if message.cues else ""
    told = Baseline(int(message.subject), BaselineState(message.predicate), round(since * US), by)
    known = {one.version: one for one in furniture.baselines} | {told.version: told}
    ordered = sorted(known.values(), key=lambda one: (one.since_us, one.version))
    return replace(furniture, baselines=tuple(ordered))


def baseline_entry(told: Baseline, utc_us: int) -> Observation:
    """The observation that carries a baseline."""
    values = (("since", Quantity(told.since_us / US, "s")),)
    cues = (told.approved_by,) if told.approved_by else ()
    return Observation(BASELINE, str(told.version), told.state.value, Truth.HOLDS, utc_us, values=values, cues=cues)
