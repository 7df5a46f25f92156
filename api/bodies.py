"""What comes in over HTTP, checked (docs/design/contracts.md). Unknown keys are refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.cameras import CameraReport
from api.examples import CAMERA_STATE, INCIDENT, TRANSITION
from models.domain.finding import Grade, Quantity, Severity, Threshold
from models.domain.incident import DismissReason, EvidenceFile, Incident, State
from models.domain.instants import us_of_datetime
from models.domain.rules import PLANNED, RULES
from models.domain.site import Name

CODES = (*RULES, *PLANNED)


def _plausible(moment: datetime) -> datetime:
    if not 2000 <= moment.astimezone(UTC).year < 2100:
        raise ValueError("a time of this century is expected")
    return moment


def _known_code(code: str) -> str:
    if code not in CODES:
        raise ValueError(f"an incident code is expected: {', '.join(CODES)}")
    return code


Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Line = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Note = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.(jpg|png|mp4)$")]
Code = Annotated[str, AfterValidator(_known_code)]


class Body(BaseModel):
    """Base of all bodies."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class QuantityBody(Body):
    value: Number
    unit: Line
    sigma: Seconds | None = None


class ThresholdBody(Body):
    value: Number
    unit: Line
    source: Line


class EvidenceBody(Body):
    name: FileName
    kind: Literal["before", "now", "overlay", "strip", "timeline", "clip"]
    content_type: Literal["image/jpeg", "image/png", "video/mp4"]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    n_bytes: Annotated[int, Field(gt=0, le=2**40)]
    start_at: Moment
    end_at: Moment

    def file(self) -> EvidenceFile:
        return EvidenceFile(
            self.name,
            self.kind,
            self.content_type,
            self.sha256,
            self.n_bytes,
            us_of_datetime(self.start_at),
            us_of_datetime(self.end_at),
        )


class IncidentBody(Body):
    """One episode as the box knows it."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [INCIDENT]})

    dedupe_key: Key
    revision: Annotated[int, Field(ge=1, lt=2**31)]
    incident_code: Code
    rule_id: Code
    rule_version: Word
    grade: Grade
    site_id: Word
    site_version: Word
    zone_id: Line
    camera_id: Line
    subject_id: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
    severity: Severity
    first_seen: Moment
    confirmed_at: Moment
    ended_at: Moment | None = None
    end_reason: Line | None = None
    measured: QuantityBody
    threshold: ThresholdBody
    observed_s: Seconds
    blind_s: Seconds
    confidence: Annotated[float, Field(ge=0, le=1)]
    cues: Annotated[list[Line], Field(max_length=50)] = []
    evidence: Annotated[list[EvidenceBody], Field(max_length=20)] = []
    evidence_note: Line | None = None
    source: Word = "camera"
    extra: Annotated[dict[Word, Line], Field(max_length=50)] = {}

    @model_validator(mode="after")
    def _in_itself_consistent(self) -> Self:
        if self.rule_id != self.incident_code:
            raise ValueError("rule_id and incident_code are the same")
        if self.confirmed_at < self.first_seen or (self.ended_at is not None and self.ended_at < self.first_seen):
            raise ValueError("confirmed_at and ended_at are not before first_seen")
        if len({file.name for file in self.evidence}) < len(self.evidence):
            raise ValueError("evidence names are unique")
        return self

    def incident(self) -> Incident:
        """The domain's incident."""
        return Incident(
            dedupe_key=self.dedupe_key,
            code=self.incident_code,
            rule_version=self.rule_version,
            site=self.site_id,
            site_version=self.site_version,
            zone=self.zone_id,
            camera=self.camera_id,
            subject=self.subject_id,
            severity=self.severity,
            grade=self.grade,
            t_first_us=us_of_datetime(self.first_seen),
            t_confirmed_us=us_of_datetime(self.confirmed_at),
            t_end_us=None if self.ended_at is None else us_of_datetime(self.ended_at),
            end_reason=self.end_reason,
            measured=Quantity(self.measured.value, self.measured.unit, self.measured.sigma),
            threshold=Threshold(self.threshold.value, self.threshold.unit, self.threshold.source),
            observed_s=self.observed_s,
            blind_s=self.blind_s,
            confidence=self.confidence,
            cues=tuple(self.cues),
            evidence=tuple(file.file() for file in self.evidence),
            evidence_note=self.evidence_note,
            revision=self.revision,
            source=self.source,
            extra=dict(self.extra),
        )


class NameBody(Body):
    zh: Line
    en: Line


class CameraBody(Body):
    """What a box tells of a camera."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [CAMERA_STATE]})

    site_id: Word
    name: NameBody
    state: Literal["live", "lost", "ended"]
    since: Moment
    reason: Line | None = None
    observed_s: Seconds
    blind_s: Seconds
    dropped_frames: Annotated[int, Field(ge=0, lt=2**62)]

    def report(self, camera: str) -> CameraReport:
        return CameraReport(
            self.site_id,
            camera,
            Name(self.name.zh, self.name.en),
            self.state,
            us_of_datetime(self.since),
            self.reason,
            self.observed_s,
            self.blind_s,
            self.dropped_frames,
        )


class TransitionBody(Body):
    """A person's move. expected: the state the person saw when deciding."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [TRANSITION]})

    to: State
    expected: State
    reason: DismissReason | None = None
    comment: Note | None = None


class SignInBody(Body):
    name: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=200)]


class PasswordBody(Body):
    current: Annotated[str, Field(max_length=200)]
    new: Annotated[str, Field(max_length=1000)]


class LanguageBody(Body):
    language: Literal["zh", "en"]


def first_problem(errors: Iterable[Any]) -> tuple[str, str, str]:
    """(where, got, expected) of the first of pydantic's errors, the value cut to 200 characters."""
    problem = next(iter(errors))
    where = ".".join(str(part) for part in problem.get("loc", ()))
    got = "" if problem.get("type") == "missing" else repr(problem.get("input"))[:200]
    return where, got, str(problem.get("msg", ""))
