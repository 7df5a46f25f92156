"""On, off or unknown of one lamp group or air-conditioner, from all its witnesses: meters first, then cameras.

A meter that speaks decides (domain.md section 4.2: E1 wins). Cameras that contradict each other say nothing. A witness
that falls silent, or whose stream is lost, says nothing. The air at a grille (E5, pipelines/warmth.py) and a camera's
single weak sign are two that agree: after two minutes the unit is on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.domain.media import US
from models.domain.messages import Message, Observation, StreamLost, StreamResumed
from models.domain.truth import Truth

SURE = 0.8
"""domain.md section 2.2: on needs a confidence of 0.8."""
SILENT_US = 20 * US
"""A camera tells every 5 s; three missing words are silence. Meters say themselves when they have nothing to say."""
AGREE_US = 120 * US
"""domain.md section 4.2: two of E3 to E5 agreeing for 120 s."""
AGREED = 0.8
"""Confidence of weak signs that agree."""
SUSPECTED = "aircon.cue.suspected"
METER = ""
"""The camera of an observation that no camera made."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What one camera or meter said last. Times UTC µs."""

    camera: str
    truth: Truth
    at_us: int
    since_us: int
    confidence: float
    cues: tuple[str, ...] = ()
    values: tuple[tuple[str, float], ...] = ()

    @property
    def sure(self) -> Truth:
        return self.truth if self.confidence >= SURE else Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class Thing:
    """`truth` holds since `since_us`; `known_us`: since when it is this known truth, unknown in between left out."""

    id: str
    witnesses: tuple[Witness, ...] = ()
    truth: Truth = Truth.UNKNOWN
    since_us: int = 0
    known: Truth = Truth.UNKNOWN
    known_us: int = 0
    suspicions: tuple[Witness, ...] = ()
    """What cameras said of a single weak sign (vision/aircon), and the grille; it counts while nothing is known."""
    agreed: bool = False
    """Whether the grille and a camera have both suspected it for long enough."""

    def after(self, message: Message) -> Thing:
        """The thing after one more message."""
        witnesses = _followed(self.witnesses, message, self.id, "on")
        suspicions = _followed(self.suspicions, message, self.id, "suspected")
        agreed = bool(suspicions) and _agreed(suspicions, message.utc_us)
        if (witnesses, suspicions, agreed) == (self.witnesses, self.suspicions, self.agreed):
            return self
        return replace(self, witnesses=witnesses, suspicions=suspicions, agreed=agreed)._decided(message.utc_us)

    def _decided(self, now_us: int) -> Thing:
        speaking = [w for w in self.witnesses if w.truth is not Truth.UNKNOWN]
        metered = [w for w in speaking if w.camera == METER]
        sure = metered or [w for w in speaking if w.sure is not Truth.UNKNOWN]
        if not metered and _blows(self.suspicions):
            sure = [w for w in sure if w.truth is Truth.HOLDS]  # what a camera calls off cannot blow cold air
            sure = sure or ([w for w in self.suspicions if w.truth is Truth.HOLDS] if self.agreed else [])
        truths = {w.truth for w in sure}
        truth = truths.pop() if len(truths) == 1 else Truth.UNKNOWN
        if truth is self.truth:
            return self
        changed_us = max((w.since_us for w in sure), default=now_us) if truth is not Truth.UNKNOWN else now_us
        since_us = max(self.since_us, min(changed_us, now_us))
        now = replace(self, truth=truth, since_us=since_us)
        if truth is not Truth.UNKNOWN and truth is not self.known:
            now = replace(now, known=truth, known_us=since_us)
        return now

    @property
    def suspicion(self) -> Witness | None:
        """The camera that suspects it of being on while nothing is known of it; no meter says otherwise."""
        if self.truth is not Truth.UNKNOWN:
            return None
        return next((w for w in self.suspicions if w.truth is Truth.HOLDS), None)

    @property
    def measured(self) -> bool:
        """Whether a meter says so."""
        return any(w.camera == METER and w.truth is self.truth for w in self.witnesses)

    @property
    def contradicted(self) -> Truth:
        """HOLDS while a meter and a camera are both sure and differ; UNKNOWN unless both are sure."""
        meters = {w.sure for w in self.witnesses if w.camera == METER} - {Truth.UNKNOWN}
        cameras = {w.sure for w in self.witnesses if w.camera != METER} - {Truth.UNKNOWN}
        if len(meters) != 1 or len(cameras) != 1:
            return Truth.UNKNOWN
        return Truth.of(meters != cameras)

    @property
    def cues(self) -> tuple[str, ...]:
        """What speaks for the present truth."""
        cues = dict.fromkeys(cue for w in self._speakers for cue in w.cues)
        return tuple(cue for cue in cues if self.truth is Truth.UNKNOWN or cue != SUSPECTED)

    @property
    def confidence(self) -> float:
        speakers = self._speakers
        if speakers and speakers[0] in self.suspicions:
            return AGREED
        return max((w.confidence for w in speakers), default=0.0)

    @property
    def _speakers(self) -> tuple[Witness, ...]:
        """Who says the present truth: witnesses, else the weak signs that agree on it."""
        said = tuple(w for w in self.witnesses if w.truth is self.truth)
        if self.truth is not Truth.HOLDS or said:
            return said
        return tuple(w for w in self.suspicions if w.truth is Truth.HOLDS)

    def value(self, name: str) -> float | None:
        """A figure that a witness gave, the meter's first."""
        return next((value for w in self.witnesses for key, value in w.values if key == name), None)


def _blows(suspicions: tuple[Witness, ...]) -> bool:
    """Whether the grille says that the unit runs."""
    return any(w.camera == METER and w.truth is Truth.HOLDS for w in suspicions)


def _agreed(suspicions: tuple[Witness, ...], now_us: int) -> bool:
    """Whether the grille and a camera's sign have both said so for two minutes."""
    long = [w for w in suspicions if w.truth is Truth.HOLDS and now_us - w.since_us >= AGREE_US]
    return _blows(tuple(long)) and any(w.camera != METER for w in long)


def _followed(witnesses: tuple[Witness, ...], message: Message, ident: str, predicate: str) -> tuple[Witness, ...]:
    """The witnesses of one predicate after one more message."""
    if isinstance(message, Observation) and message.subject == ident and message.predicate == predicate:
        before = next((w for w in witnesses if w.camera == message.camera), None)
        others = [w for w in witnesses if w.camera != message.camera]
        witnesses = tuple(sorted((*others, _heard(message, before)), key=lambda w: w.camera))
    elif isinstance(message, StreamLost | StreamResumed):
        witnesses = tuple(_lost(w, message.utc_us) if w.camera == message.camera else w for w in witnesses)
    return tuple(_aged(w, message.utc_us) for w in witnesses)


def _heard(told: Observation, before: Witness | None) -> Witness:
    same = before is not None and before.truth is told.truth
    since_us = before.since_us if before is not None and same else told.utc_us
    values = tuple((name, quantity.value) for name, quantity in told.values)
    return Witness(told.camera, told.truth, told.utc_us, since_us, told.confidence, told.cues, values)


def _lost(witness: Witness, now_us: int) -> Witness:
    if witness.truth is Truth.UNKNOWN:
        return witness
    return replace(witness, truth=Truth.UNKNOWN, since_us=now_us, confidence=0.0, cues=(), values=())


def _aged(witness: Witness, now_us: int) -> Witness:
    silent = witness.camera != METER and now_us - witness.at_us > SILENT_US
    return _lost(witness, witness.at_us) if silent and witness.truth is not Truth.UNKNOWN else witness
