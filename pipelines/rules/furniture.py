"""furniture.displaced, .rotated, .missing: an item away from its label, turned, or gone (domain.md 2.1).

Judged by the checks of the furniture sight. The clock runs from the later of the first bad check and the moment the
last person left 1.5 m: staff have `reset_grace_s` to put things back, none at the opening and closing audits. Unknown
checks hold the clock. In a trial baseline, and while cleaning or an event suspends it, nothing is raised.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from models.domain.finding import Finding, Moment, Phase, Quantity, Severity, Threshold
from models.domain.furniture import CLEAR_M, BaselineState, Furniture, FurnitureItem, beyond
from models.domain.instants import datetime_of
from models.domain.media import US
from models.domain.messages import EndOfRecording, Message, Observation, Scene
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.rules.baselines import baselined
from pipelines.rules.continuity import us
from pipelines.rules.rule import TELL_AGAIN_US, OpenClaim, settings

BEFORE_US = 2 * US


@dataclass(frozen=True, slots=True)
class Astray:
    """One spell of an item being wrong. since_us: first bad check; known_us: last check that was not unknown."""

    since_us: int
    known_us: int
    value: Quantity
    camera: str
    details: tuple[tuple[str, str], ...] = ()
    """Where the last check found it, for the evidence."""
    checks: int = 1
    blind_us: int = 0
    confirmed_us: int | None = None
    told_us: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """One item. left_us: when the last person left 1.5 m; near: somebody is there now."""

    item: FurnitureItem
    left_us: int = 0
    near: bool = False
    checked_us: int | None = None
    astray: Astray | None = None
    bare: bool = False
    """Its label was seen uncovered at the last check that could tell."""


@dataclass(frozen=True, slots=True)
class Places:
    time_zone: str
    furniture: Furniture
    settings: tuple[tuple[str, float], ...]
    items: tuple[Placed, ...]

    def get(self, name: str) -> float:
        return dict(self.settings)[name]


@dataclass(frozen=True, slots=True)
class OutOfPlace:
    """One aspect of all items. code: furniture.displaced, furniture.rotated or furniture.missing."""

    code: str

    def initial(self, site: Site) -> Places:
        items = tuple(Placed(item) for _, item in sorted(site.furniture.items.items()))
        return Places(site.time_zone, site.furniture, tuple(settings(site, self.code).items()), items)

    def step(self, state: Places, message: Message) -> tuple[Places, tuple[Finding, ...]]:
        if not state.items or not isinstance(message, Observation | Scene | EndOfRecording):
            return state, ()
        furniture = baselined(state.furniture, message)
        if furniture is not state.furniture:
            return replace(state, furniture=furniture), ()
        if isinstance(message, Scene):
            return replace(state, items=tuple(_approached(placed, message) for placed in state.items)), ()
        findings: list[Finding] = []
        items = []
        for placed in state.items:
            ours = isinstance(message, Observation) and message.subject == placed.item.id
            if ours and isinstance(message, Observation) and message.kind == "label":
                items.append(_labelled(placed, message))
            elif ours or isinstance(message, EndOfRecording):
                after, said = self._judged(state, placed, message)
                findings += said
                items.append(after)
            else:
                items.append(placed)
        return replace(state, items=tuple(items)), tuple(findings)

    def claims(self, state: Places) -> tuple[OpenClaim, ...]:
        return tuple(
            OpenClaim(self.code, p.item.id, p.item.zone, p.astray.camera, p.astray.since_us)
            for p in state.items
            if p.astray is not None
        )

    def _judged(
        self, state: Places, placed: Placed, message: Observation | EndOfRecording
    ) -> tuple[Placed, list[Finding]]:
        now_us, astray = message.utc_us, placed.astray
        if isinstance(message, EndOfRecording):
            return replace(placed, astray=None), self._ended(state, placed, now_us, "end_of_recording")
        told = self._said(placed.item, message)
        if told is None:
            return placed, []
        truth, value = told
        checked_us, placed = placed.checked_us or now_us, replace(placed, checked_us=now_us)
        if astray is not None and now_us - astray.known_us > us(state.get("blind_s")):
            return replace(placed, astray=None), self._ended(state, placed, astray.known_us, "blind")
        if truth is Truth.HOLDS:
            return replace(placed, astray=None), self._ended(state, placed, now_us, "resolved")
        if truth is Truth.UNKNOWN or value is None:
            held = replace(astray, blind_us=astray.blind_us + now_us - checked_us) if astray else None
            return replace(placed, astray=held), []
        if astray is None:
            astray = Astray(now_us, now_us, value, message.camera, _details(message))
        else:
            details = _details(message) or astray.details
            astray = replace(astray, known_us=now_us, value=value, details=details, checks=astray.checks + 1)
        return self._raised(state, replace(placed, astray=astray), now_us)

    def _said(self, item: FurnitureItem, told: Observation) -> tuple[Truth, Quantity | None] | None:
        """What an observation says of this rule's aspect; None when it speaks of something else."""
        if told.kind != "furniture":
            return None
        if self.code == "furniture.missing":
            return (told.truth, Quantity(0.0, "s")) if told.predicate == "present" else None
        if told.predicate != "in_place":
            return None
        name, tolerance = ("offset", item.tolerance_mm)
        if self.code == "furniture.rotated":
            name, tolerance = ("turn", item.turn_tolerance_deg)
        value = dict(told.values).get(name)
        if value is None:
            return Truth.UNKNOWN, None
        size = replace(value, value=abs(value.value))
        if name == "turn" and item.symmetry == 0:
            return Truth.HOLDS, size
        least = dict(told.values).get("turn_least") if name == "turn" else None
        well = least is not None and least.value > tolerance
        return Truth.FAILS if well else beyond(size.value, size.sigma or 0.0, tolerance), size

    def _raised(self, state: Places, placed: Placed, now_us: int) -> tuple[Placed, list[Finding]]:
        astray = placed.astray
        assert astray is not None
        if astray.confirmed_us is not None:
            if now_us - astray.told_us < TELL_AGAIN_US:
                return placed, []
            placed = replace(placed, astray=replace(astray, told_us=now_us))
            return placed, [self._finding(state, placed, now_us, Phase.EXTEND)]
        frozen = state.furniture.baseline_at(now_us).state is BaselineState.FROZEN
        if not frozen or state.furniture.suspended_at(now_us) or placed.near or astray.checks < state.get("checks"):
            return placed, []
        if now_us < self._due_us(state, placed, now_us):
            return placed, []
        placed = replace(placed, astray=replace(astray, confirmed_us=now_us, told_us=now_us))
        return placed, [self._finding(state, placed, now_us, Phase.OPEN)]

    def _due_us(self, state: Places, placed: Placed, now_us: int) -> int:
        """From when on the item counts as not put back. Unknown time does not count, an audit grants none."""
        assert placed.astray is not None
        since_us = max(placed.astray.since_us, placed.left_us)
        if any(a <= now_us < a + us(state.get("audit_s")) for a in _audits(state, now_us)):
            return since_us
        wait_s = state.get("reset_grace_s")
        if self.code == "furniture.missing":
            wait_s = max(wait_s, state.get("visible_s"))
        return since_us + us(wait_s) + placed.astray.blind_us

    def _ended(self, state: Places, placed: Placed, now_us: int, reason: str) -> list[Finding]:
        if placed.astray is None or placed.astray.confirmed_us is None:
            return []
        return [self._finding(state, placed, now_us, Phase.CLOSE, reason)]

    def _finding(self, state: Places, placed: Placed, now_us: int, phase: Phase, reason: str | None = None) -> Finding:
        astray, item = placed.astray, placed.item
        assert astray is not None
        assert astray.confirmed_us is not None
        lasted_us = max(0, now_us - astray.since_us)
        value, limit = astray.value, Threshold(item.tolerance_mm, item.unit, "site file, else domain.md 2.1")
        if self.code == "furniture.rotated":
            limit = Threshold(item.turn_tolerance_deg, "deg", "site file, else domain.md 2.1")
        if self.code == "furniture.missing":
            value = Quantity(lasted_us / US, "s", state.furniture.check_every_s / 12**0.5)
            limit = Threshold(state.get("visible_s"), "s", "domain.md 2.1")
        first = (Moment("before", astray.camera, astray.since_us - BEFORE_US), Moment("first", astray.camera, now_us))
        last = Moment("end" if phase is Phase.CLOSE else "now", astray.camera, now_us)
        return Finding(
            code=self.code,
            subject=item.id,
            phase=phase,
            severity=Severity.INCIDENT,
            zone=item.zone,
            camera=astray.camera,
            t_first_us=astray.since_us,
            t_confirmed_us=astray.confirmed_us,
            t_end_us=now_us if phase is Phase.CLOSE else None,
            measured=value,
            threshold=limit,
            observed_s=(lasted_us - min(lasted_us, astray.blind_us)) / US,
            blind_s=min(lasted_us, astray.blind_us) / US,
            end_reason=reason,
            moments=first if phase is Phase.OPEN else (last,),
            cues=(
                _CUES[self.code],
                *(("rule.cue.label_seen",) if placed.bare else ()),
                *(("rule.cue.item_hidden_meanwhile",) if astray.blind_us else ()),
            ),
            details=astray.details,
        )


def _labelled(placed: Placed, told: Observation) -> Placed:
    return placed if told.truth is Truth.UNKNOWN else replace(placed, bare=told.truth is Truth.FAILS)


def _details(told: Observation) -> tuple[tuple[str, str], ...]:
    """Figures of a check as words: what the evidence card draws."""
    known = dict(told.values)
    found = [(f"{name}_{known[name].unit}", f"{known[name].value:.1f}") for name in _DRAWN if name in known]
    sigmas = [(f"sigma_{known[name].unit}", known[name].sigma) for name in ("offset", "turn") if name in known]
    return (*found, *((name, f"{sigma:.1f}") for name, sigma in sigmas if sigma is not None))


_DRAWN = ("offset", "offset_x", "offset_y", "turn", "turn_least")
_CUES = {
    "furniture.displaced": "rule.cue.off_its_label",
    "furniture.rotated": "rule.cue.turned_away",
    "furniture.missing": "rule.cue.place_empty",
}


def _approached(placed: Placed, scene: Scene) -> Placed:
    """Whether somebody is within 1.5 m of the item (its label or its own extent)."""
    if scene.view is not Truth.HOLDS or placed.item.outline:
        return placed
    reach_m = CLEAR_M + max(placed.item.size_m[:2]) / 2
    at = (placed.item.pose.x_m, placed.item.pose.y_m)
    near = any(p.place.floor is not None and math.dist(p.place.floor, at) < reach_m for p in scene.persons)
    if near:
        return replace(placed, near=True, left_us=scene.utc_us)
    return replace(placed, near=False) if placed.near else placed


def _audits(state: Places, now_us: int) -> tuple[int, ...]:
    """The audits of the local day, UTC µs."""
    midnight = (
        datetime_of(now_us).astimezone(ZoneInfo(state.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    return tuple(
        round((midnight + timedelta(minutes=state.get(name))).timestamp() * US)
        for name in ("audit_open_min", "audit_close_min")
    )
