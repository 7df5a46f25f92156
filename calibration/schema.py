"""The JSON Schema of `site.yaml`, for editors and for telling which keys may stand where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from calibration.site_file import SiteFile
from models.domain.rules import RULES
from models.texts import both


@cache
def _bare_schema() -> dict[str, Any]:
    return SiteFile.model_json_schema()


def site_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the site file: keys described in Chinese and English, thresholds with their range."""
    schema = SiteFile.model_json_schema()
    for name, part in (("SiteFile", schema), *schema["$defs"].items()):
        part.pop("description", None)
        for key, form in part.get("properties", {}).items():
            form["description"] = both(f"site.schema.{name.removesuffix('Part').lower()}.{key}")
    schema["properties"]["rules"] |= {"additionalProperties": False, "properties": _rules_schema()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "site.yaml"}


def allowed_keys(path: Sequence[str | int]) -> list[str]:
    """The keys that may stand in the mapping at `path`; empty where they are free (ids) or there is no mapping."""
    form: Mapping[str, Any] = _bare_schema()
    for step in path:
        form = _resolved(form)
        if isinstance(step, int):
            items = form.get("prefixItems")
            form = items[step] if items and step < len(items) else form.get("items", {})
        elif step in form.get("properties", {}):
            form = form["properties"][step]
        else:
            inner = [*form.get("patternProperties", {}).values(), form.get("additionalProperties")]
            form = next((i for i in inner if isinstance(i, Mapping)), {})
    return list(_resolved(form).get("properties", {}))


def _resolved(form: Mapping[str, Any]) -> Mapping[str, Any]:
    for choice in form.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolved(choice)
    reference = form.get("$ref")
    return _resolved(_bare_schema()["$defs"][reference.rsplit("/", 1)[-1]]) if reference else form


def _rules_schema() -> dict[str, Any]:
    return {
        code: {
            "type": "object",
            "additionalProperties": False,
            "description": both(f"rule.{code}.name"),
            "properties": {"off": {"type": "boolean", "description": both("site.schema.rule.off")}}
            | {
                p.name: {
                    "type": "number",
                    "minimum": p.minimum,
                    "maximum": p.maximum,
                    "default": p.default,
                    "description": f"{p.unit}; {p.source}",
                }
                for p in rule.parameters
            },
        }
        for code, rule in RULES.items()
    }
