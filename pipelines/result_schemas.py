"""JSON Schemas (2020-12) of the result files, published in docs/schema."""

from __future__ import annotations

from typing import Any

from models.domain.finding import Grade, Severity
from models.domain.rules import RULES

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_SECONDS: Schema = {"type": "number", "description": "seconds from the first frame of the recording"}
_DURATION: Schema = {"type": "number", "minimum": 0, "description": "seconds"}


def _maybe(schema: Schema, why: str) -> Schema:
    return {"anyOf": [schema, {"type": "null"}], "description": why}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _list(title: str, description: str, properties: Schema) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        "type": "array",
        "items": _object(properties),
    }


def incidents_schema() -> Schema:
    """Schema of incidents.json."""
    measured = {"value": {"type": "number"}, "unit": _TEXT, "sigma": _maybe({"type": "number"}, "one sigma, if known")}
    limit = {"value": {"type": "number"}, "unit": _TEXT, "source": _TEXT}
    evidence = {
        "file": {"type": "string", "description": "path below the result folder"},
        "kind": {"enum": ["before", "now", "overlay", "strip", "timeline", "clip"]},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "t_start_s": _SECONDS,
        "t_end_s": _SECONDS,
    }
    properties: Schema = {
        "code": {"enum": sorted(RULES)},
        "subject": {"type": "string", "description": "party, post or camera"},
        "zone": _TEXT,
        "camera": _TEXT,
        "severity": {"enum": [severity.value for severity in Severity]},
        "grade": {"enum": [grade.value for grade in Grade]},
        "t_first_s": _SECONDS,
        "t_confirmed_s": _SECONDS,
        "t_end_s": _maybe(_SECONDS, "null while it lasts"),
        "end_reason": _maybe(
            {"enum": ["resolved", "left", "blind", "off_duty", "end_of_recording"]}, "null while it lasts"
        ),
        "measured": _object(measured),
        "threshold": _object(limit),
        "observed_s": _DURATION,
        "blind_s": _DURATION,
        "evidence": {"type": "array", "items": _object(evidence)},
    }
    return _list("Guiwei incidents", "What a person should look at, by first moment.", properties)


def intervals_schema() -> Schema:
    """Schema of intervals.json."""
    properties: Schema = {
        "subject": {"type": "string", "description": "id in the site file"},
        "kind": {"enum": ["zone", "post", "camera", "luminaire", "aircon", "furniture"]},
        "predicate": {"enum": ["occupancy", "count", "attendance", "view", "state", "suspicion", "placement"]},
        "value": {
            "anyOf": [
                {
                    "enum": [
                        *("occupied", "empty", "unknown"),
                        *("attended", "unattended"),
                        *("ok", "lost", "sick"),
                        *("on", "off"),
                        *("suspected", "none"),
                        *("in_place", "moved"),
                    ]
                },
                {"type": "integer", "minimum": 0},
            ],
            "description": "a number for count (or unknown), a word otherwise",
        },
        "t_start_s": _SECONDS,
        "t_end_s": _SECONDS,
    }
    schema = _list("Guiwei intervals", "What was the case, without holes from first frame to last.", properties)
    schema["items"]["properties"] |= {
        "cues": {
            "type": "array",
            "items": _TEXT,
            "description": "lamps and air-conditioners: what spoke for the state, or why it was unknown",
        },
        "confidence": _maybe(
            {"type": "number", "minimum": 0, "maximum": 1}, "the least in the interval; null: unknown"
        ),
    }
    return schema


def parties_schema() -> Schema:
    """Schema of parties.json."""
    properties: Schema = {
        "party": {"type": "string", "pattern": "^party-[0-9]+$"},
        "zone": _TEXT,
        "role": {"const": "visitor"},
        "size": {"type": "integer", "minimum": 1},
        "t_in_s": _SECONDS,
        "t_out_s": _maybe(_SECONDS, "null where nobody saw the party go"),
        "t_served_s": _maybe(_SECONDS, "null where the party was not served"),
        "wait_min_s": _DURATION,
        "wait_max_s": _DURATION,
        "end_reason": _maybe(
            {"enum": ["served", "abandoned", "censored", "end_of_recording"]}, "null while the party waits"
        ),
    }
    return _list("Guiwei parties", "Who came in together, how long they waited, how it ended.", properties)
