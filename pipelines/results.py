"""The result files of a recording: incidents.json, intervals.json, parties.json, energy.json, and their JSON Schemas.

Times are seconds from the first frame, rounded to a millisecond; lists are ordered and byte-identical on repeat.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from models.domain.incident import EvidenceFile, Incident
from models.domain.media import US
from pipelines.engine import Engine
from pipelines.ledger import Row
from pipelines.parties import Party
from pipelines.result_schemas import incidents_schema, intervals_schema, parties_schema

__all__ = [
    "incidents_document",
    "incidents_schema",
    "intervals_document",
    "intervals_schema",
    "parties_document",
    "parties_schema",
    "write_document",
    "write_results",
]


def incidents_document(incidents: Iterable[Incident], start_us: int) -> list[dict[str, Any]]:
    """The list of incidents.json, by first moment, code and subject."""
    ordered = sorted(incidents, key=lambda i: (i.t_first_us, i.code, i.subject))
    return [_incident(incident, start_us) for incident in ordered]


def intervals_document(rows: Iterable[Row], start_us: int) -> list[dict[str, Any]]:
    """The list of intervals.json. Rows shorter than a millisecond fall away; the rest still touch."""
    found: list[dict[str, Any]] = [
        {
            "subject": row.subject,
            "kind": row.kind,
            "predicate": row.predicate,
            "value": row.value,
            "t_start_s": _s(row.t_start_us, start_us),
            "t_end_s": _s(row.t_end_us, start_us),
            **({"cues": list(row.cues), "confidence": row.confidence} if row.cues else {}),
        }
        for row in rows
    ]
    return [row for row in found if row["t_start_s"] != row["t_end_s"]]


def parties_document(parties: Iterable[Party], start_us: int) -> list[dict[str, Any]]:
    """The list of parties.json, in order of arrival. `t_out_s` is null where nobody saw the party go."""
    return [
        {
            "party": party.id,
            "zone": party.zone,
            "role": "visitor",
            "size": len(party.members),
            "t_in_s": _s(party.entered_us, start_us),
            "t_out_s": None if party.out_us is None else _s(party.out_us, start_us),
            "t_served_s": None if party.served_us is None else _s(party.served_us, start_us),
            "wait_min_s": _wait_s(party, party.wait_min_us, party.visit.at_least_us(party.until_us)),
            "wait_max_s": _wait_s(party, party.wait_max_us, party.visit.at_most_us(party.seen_until_us)),
            "end_reason": "served" if party.served_us is not None else None if party.end is None else party.end.value,
        }
        for party in parties
    ]


def write_document(path: Path, document: list[dict[str, Any]]) -> None:
    """Write the JSON under a temporary name, then rename it: a reader sees the old file or the new one."""
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(document, file, ensure_ascii=False, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_results(folder: Path, engine: Engine, incidents: Iterable[Incident] | None = None) -> None:
    """Write the four files. incidents: those of the store, with their evidence; else the engine's own."""
    start_us = engine.start_us or 0
    folder.mkdir(parents=True, exist_ok=True)
    told = engine.incidents if incidents is None else tuple(incidents)
    write_document(folder / "incidents.json", incidents_document(told, start_us))
    write_document(folder / "intervals.json", intervals_document(engine.intervals(), start_us))
    write_document(folder / "parties.json", parties_document(engine.parties(), start_us))
    write_document(folder / "energy.json", engine.energy(told))


def _incident(incident: Incident, start_us: int) -> dict[str, Any]:
    measured, limit = incident.measured, incident.threshold
    sigma = None if measured.sigma is None else round(measured.sigma, 3)
    return {
        "code": incident.code,
        "subject": incident.subject,
        "zone": incident.zone,
        "camera": incident.camera,
        "severity": incident.severity.value,
        "grade": incident.grade.value,
        "t_first_s": _s(incident.t_first_us, start_us),
        "t_confirmed_s": _s(incident.t_confirmed_us, start_us),
        "t_end_s": None if incident.t_end_us is None else _s(incident.t_end_us, start_us),
        "end_reason": incident.end_reason,
        "measured": {"value": round(measured.value, 3), "unit": measured.unit, "sigma": sigma},
        "threshold": {"value": limit.value, "unit": limit.unit, "source": limit.source},
        "observed_s": round(incident.observed_s, 3),
        "blind_s": round(incident.blind_s, 3),
        "evidence": [_evidence(file, incident.dedupe_key, start_us) for file in incident.evidence],
    }


def _evidence(file: EvidenceFile, key: str, start_us: int) -> Mapping[str, Any]:
    return {
        "file": f"evidence/{key}/{file.name}",
        "kind": file.kind,
        "sha256": file.sha256,
        "t_start_s": _s(file.t_start_us, start_us),
        "t_end_s": _s(file.t_end_us, start_us),
    }


def _wait_s(party: Party, ended_us: int, running_us: int) -> float:
    return round((ended_us if party.over else running_us) / US, 3)


def _s(utc_us: int, start_us: int) -> float:
    return round((utc_us - start_us) / US, 3)
