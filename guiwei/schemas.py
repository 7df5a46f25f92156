"""The published JSON Schemas by name: what `guiwei schema` prints and docs/schema holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calibration import site_schema
from pipelines.energy_book import energy_schema
from pipelines.results import incidents_schema, intervals_schema, parties_schema
from sample_videos.studio.truth import truth_schema

SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "site": site_schema,
    "incidents": incidents_schema,
    "intervals": intervals_schema,
    "parties": parties_schema,
    "energy": energy_schema,
    "truth": truth_schema,
}
