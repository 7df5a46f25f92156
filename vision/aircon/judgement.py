"""On, off or unknown of one unit from its cues over time (domain.md section 4.2, fusion). Pure: no pictures, no clock.

A lit display says on. Any two of light, louver and ribbon that agree for two minutes say what they say, if fewer speak
against them. A dark display says off while nothing says on ("display off" modes lie). One sign of running by itself is
a *suspicion*: unknown, for a person to confirm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from models.domain.energy import AirconPart
from models.domain.media import US
from models.domain.truth import Truth

SETTLE_US: Mapping[AirconPart, tuple[int, int]] = {
    AirconPart.DISPLAY: (round(0.6 * US), round(0.6 * US)),
    AirconPart.LED: (US, 3 * US),
    AirconPart.LOUVER: (round(1.5 * US), 8 * US),
    AirconPart.RIBBON: (0, 0),
}
"""How long a part has to show on / off before it is believed: lights blink, a swinging louver passes its rest; how a
ribbon moves is measured over seconds already."""
PASSING_US, HOLD_US = 10 * US, 2 * US
"""How long what a part said before holds while a person is before it, and while something else is or it cannot be read;
for longer it says nothing."""
GAP_US = 5 * US
AGREE_US = 120 * US
"""domain.md section 4.2: two of E3 to E5 agreeing for 120 s."""
SUSPECT_US = 30 * US
"""[P] one sign for shorter is a remote control in somebody's hand, a door that opens."""
WEAK = (AirconPart.LED, AirconPart.LOUVER, AirconPart.RIBBON)


@dataclass(frozen=True, slots=True)
class Cue:
    """What one part says: `truth` since `since_us`; it has shown `wanted` since `wanted_us`. Times UTC µs."""

    part: AirconPart
    truth: Truth = Truth.UNKNOWN
    since_us: int = 0
    wanted: Truth = Truth.UNKNOWN
    wanted_us: int = 0
    voted_us: int | None = None

    def after(self, vote: Truth, utc_us: int, *, passing: bool = False) -> Cue:
        """The cue after one more look; a vote of UNKNOWN says that nothing could be seen. passing: behind a person."""
        if vote is Truth.UNKNOWN:
            hold_us = PASSING_US if passing else HOLD_US
            if self.truth is not Truth.UNKNOWN and utc_us - (self.voted_us or 0) > hold_us:
                return Cue(self.part, since_us=utc_us)
            return replace(self, wanted=Truth.UNKNOWN, wanted_us=utc_us)
        now = replace(self, voted_us=utc_us)
        if vote is not now.wanted:
            now = replace(now, wanted=vote, wanted_us=utc_us)
        settle_us = SETTLE_US[self.part][0 if vote is Truth.HOLDS else 1]
        if vote is not now.truth and utc_us - now.wanted_us >= settle_us:
            now = replace(now, truth=vote, since_us=now.wanted_us)
        return now

    @property
    def changed_us(self) -> int:
        """When it last began to show something else."""
        return max(self.since_us, self.wanted_us)

    @property
    def told(self) -> Truth:
        """Unknown from the first look that contradicts it until that is believed: better unknown than wrong."""
        contradicted = self.wanted is not Truth.UNKNOWN and self.wanted is not self.truth
        return Truth.UNKNOWN if contradicted else self.truth


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be stated. parts: the cues that speak for it, strongest first. suspected: it may run."""

    truth: Truth = Truth.UNKNOWN
    confidence: float = 0.0
    parts: tuple[AirconPart, ...] = ()
    suspected: bool = False
    contradicted: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """The cues of one unit in one camera, one for each part that it has."""

    cues: Mapping[AirconPart, Cue] = field(default_factory=dict)
    last_us: int | None = None

    def blind(self, utc_us: int) -> Judgement:
        """The picture says nothing at all."""
        return Judgement({part: Cue(part, since_us=utc_us) for part in self.cues}, utc_us)

    def after(
        self, votes: Mapping[AirconPart, Truth], utc_us: int, passing: frozenset[AirconPart] = frozenset()
    ) -> Judgement:
        """The judgement after one more frame. passing: parts behind a person."""
        now = self
        if now.last_us is not None and utc_us - now.last_us > GAP_US:
            now = now.blind(utc_us)
        if not passing and all(vote is Truth.UNKNOWN for vote in votes.values()):
            return now.blind(utc_us)  # something is before the whole unit that nobody has recognised
        cues = {
            part: now.cues.get(part, Cue(part)).after(vote, utc_us, passing=part in passing)
            for part, vote in votes.items()
        }
        return Judgement(cues, utc_us)

    @property
    def verdict(self) -> Verdict:
        return fused(self.cues, self.last_us or 0)


def fused(cues: Mapping[AirconPart, Cue], now_us: int) -> Verdict:
    """What the cues say together."""
    weak = [cues[part] for part in WEAK if part in cues]
    running = [cue for cue in weak if cue.told is Truth.HOLDS]
    resting = [cue for cue in weak if cue.told is Truth.FAILS]
    display = cues[AirconPart.DISPLAY].told if AirconPart.DISPLAY in cues else Truth.UNKNOWN
    if display is Truth.HOLDS:
        if len(resting) >= 2 and not running and _lasted(resting, now_us, AGREE_US):
            return Verdict(suspected=True, contradicted=True, parts=(AirconPart.DISPLAY,))
        return Verdict(Truth.HOLDS, 0.97 if running else 0.95, (AirconPart.DISPLAY, *_parts(running)))
    against = len(resting) + (display is Truth.FAILS)
    if len(running) >= 2 and len(running) > against and _lasted(running, now_us, AGREE_US):
        return Verdict(Truth.HOLDS, 0.85 if not against else 0.8, _parts(running))
    if any(cue.wanted is Truth.HOLDS and cue.told is not Truth.HOLDS for cue in weak):
        return Verdict(parts=_parts(running), contradicted=display is Truth.FAILS)  # it begins to show that it runs
    if running:
        lasting = now_us - max(cue.changed_us for cue in cues.values()) >= SUSPECT_US
        return Verdict(parts=_parts(running), suspected=lasting, contradicted=against > 0)
    return _rest(display, resting, now_us)


def _rest(display: Truth, resting: list[Cue], now_us: int) -> Verdict:
    """Nothing says that it runs."""
    if display is Truth.FAILS:
        return Verdict(Truth.FAILS, 0.95 if resting else 0.9, (AirconPart.DISPLAY, *_parts(resting)))
    if len(resting) >= 2 and _lasted(resting, now_us, AGREE_US):
        return Verdict(Truth.FAILS, 0.8, _parts(resting))
    return Verdict()


def _lasted(cues: list[Cue], now_us: int, least_us: int) -> bool:
    return now_us - max(cue.since_us for cue in cues) >= least_us


def _parts(cues: list[Cue]) -> tuple[AirconPart, ...]:
    return tuple(cue.part for cue in cues)
