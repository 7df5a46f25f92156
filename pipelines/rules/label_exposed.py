"""label.exposed, camera grade: a contrast label's disc lies bare although its item is there (domain.md 2.1, P3-22).

The strict grade comes from close-ups (`guiwei patrol`, POST /api/v1/patrol-photos), which raise it themselves. An item
that is displaced or gone has its own incident, which says so of its label; it is not raised a second time here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.furniture import BaselineState, Furniture, FurnitureItem, beyond
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Observation
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.baselines import baselined
from pipelines.rules.continuity import us
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim, settings, threshold

BEFORE_US = 2 * US


@dataclass(frozen=True, slots=True)
class Bare:
    """One label seen bare. since_us: first such check; known_us: the last that was not unknown."""

    since_us: int
    known_us: int
    share: Quantity
    camera: str
    blind_us: int = 0
    confirmed_us: int | None = None
    told_us: int = 0


@dataclass(frozen=True, slots=True)
class Labels:
    """away: items whose own place is wrong; checked_us: last check of each label."""

    limit: Threshold
    settings: Mapping[str, float]
    furniture: Furniture
    bare: Mapping[str, Bare] = field(default_factory=dict)
    away: frozenset[str] = frozenset()
    checked_us: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelExposed:
    code: str = "label.exposed"

    def initial(self, site: Site) -> Labels:
        limit = threshold(site, self.code, "least_percent")
        return Labels(limit, settings(site, self.code), site.furniture)

    def step(self, state: Labels, message: Message) -> tuple[Labels, tuple[Finding, ...]]:
        if isinstance(message, EndOfRecording):
            ends = [self._closed(state, name, message.utc_us, "end_of_recording") for name in sorted(state.bare)]
            return replace(state, bare={}), tuple(found for end in ends for found in end)
        furniture = baselined(state.furniture, message)
        if furniture is not state.furniture:
            return replace(state, furniture=furniture), ()
        if isinstance(message, Observation) and message.subject in state.furniture.items:
            if message.kind == "furniture":
                return replace(state, away=_away(state, message)), ()
            if (message.kind, message.predicate) == ("label", "covered"):
                return self._judged(state, message)
        return state, ()

    def claims(self, state: Labels) -> tuple[OpenClaim, ...]:
        items = state.furniture.items
        return tuple(
            OpenClaim(self.code, name, items[name].zone, one.camera, one.since_us)
            for name, one in sorted(state.bare.items())
        )

    def _judged(self, state: Labels, told: Observation) -> tuple[Labels, tuple[Finding, ...]]:
        name, now_us = told.subject, told.utc_us
        one, last_us = state.bare.get(name), state.checked_us.get(name, now_us)
        state = replace(state, checked_us={**state.checked_us, name: now_us})
        if one is not None and now_us - one.known_us > us(state.settings["blind_s"]):
            return _without(state, name), self._closed(state, name, one.known_us, "blind")
        if told.truth is Truth.UNKNOWN:
            if one is None:
                return state, ()
            return _with(state, name, replace(one, blind_us=one.blind_us + now_us - last_us)), ()
        share = dict(told.values).get("share", Quantity(0.0, "%"))
        if told.truth is Truth.HOLDS or share.value < state.limit.value:
            return _without(state, name), self._closed(state, name, now_us, "resolved")
        one = replace(one, known_us=now_us, share=share) if one else Bare(now_us, now_us, share, told.camera)
        return self._raised(_with(state, name, one), name, now_us)

    def _raised(self, state: Labels, name: str, now_us: int) -> tuple[Labels, tuple[Finding, ...]]:
        one = state.bare[name]
        if one.confirmed_us is not None:
            if now_us - one.told_us < TELL_AGAIN_US:
                return state, ()
            one = replace(one, told_us=now_us)
            return _with(state, name, one), (self._finding(state, name, one, now_us, Phase.EXTEND),)
        frozen = state.furniture.baseline_at(now_us).state is BaselineState.FROZEN
        seen_us = now_us - one.since_us - one.blind_us
        early = seen_us < us(state.settings["visible_s"])
        if not frozen or early or name in state.away or state.furniture.suspended_at(now_us):
            return state, ()
        one = replace(one, confirmed_us=now_us, told_us=now_us)
        return _with(state, name, one), (self._finding(state, name, one, now_us, Phase.OPEN),)

    def _closed(self, state: Labels, name: str, now_us: int, reason: str) -> tuple[Finding, ...]:
        one = state.bare.get(name)
        if one is None or one.confirmed_us is None:
            return ()
        return (self._finding(state, name, one, now_us, Phase.CLOSE, reason),)

    def _finding(
        self, state: Labels, name: str, one: Bare, now_us: int, phase: Phase, reason: str | None = None
    ) -> Finding:
        item, lasted_us = state.furniture.items[name], max(0, now_us - one.since_us)
        assert one.confirmed_us is not None
        blind_us = min(lasted_us, one.blind_us)
        moments = (Moment("before", one.camera, one.since_us - BEFORE_US), Moment("first", one.camera, now_us))
        return Finding(
            code=self.code,
            subject=name,
            phase=phase,
            severity=Severity.INCIDENT,
            zone=item.zone,
            camera=one.camera,
            t_first_us=one.since_us,
            t_confirmed_us=one.confirmed_us,
            t_end_us=now_us if phase is Phase.CLOSE else None,
            measured=one.share,
            threshold=state.limit,
            observed_s=(lasted_us - blind_us) / US,
            blind_s=blind_us / US,
            end_reason=reason,
            moments=moments if phase is Phase.OPEN else (),
            cues=("rule.cue.label_seen", *(("rule.cue.item_hidden_meanwhile",) if one.blind_us else ())),
        )


def _away(state: Labels, told: Observation) -> frozenset[str]:
    """The items that are displaced or gone, after one more observation of one of them."""
    item, value = state.furniture.items[told.subject], dict(told.values).get("offset")
    wrong: bool | None = None
    if told.predicate == "present" and told.truth is not Truth.UNKNOWN:
        wrong = told.truth is Truth.FAILS or None
    if told.predicate == "in_place" and value is not None:
        wrong = _displaced(item, value)
    if wrong is None:
        return state.away
    return state.away | {item.id} if wrong else state.away - {item.id}


def _displaced(item: FurnitureItem, value: Quantity) -> bool:
    return beyond(abs(value.value), value.sigma or 0.0, item.tolerance_mm) is Truth.FAILS


def _with(state: Labels, name: str, one: Bare) -> Labels:
    return replace(state, bare={**state.bare, name: one})


def _without(state: Labels, name: str) -> Labels:
    return replace(state, bare={key: one for key, one in state.bare.items() if key != name})
