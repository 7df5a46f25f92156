"""The published JSON Schema is the one in force and accepts what the loader accepts."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from calibration import site_schema
from calibration.schema import allowed_keys
from models.domain.rules import PLANNED, RULES
from tests.calibration.showroom import GOOD, spoilt

ROOT = Path(__file__).parents[2]


def as_json(content: str):
    """As an editor reads it: YAML 1.2, in which times and dates are text."""
    return _typed(yaml.load(content, yaml.BaseLoader))


def _typed(value):
    if isinstance(value, dict):
        return {key: _typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    if value in {"true", "false"}:
        return value == "true"
    try:
        return json.loads(value) if value[:1] in "-0123456789" else value
    except ValueError:
        return value


def errors_of(content):
    validator = jsonschema.Draft202012Validator(site_schema())
    return ["/".join(map(str, e.absolute_path)) for e in validator.iter_errors(as_json(content))]


def test_the_committed_schema_is_current():
    committed = json.loads((ROOT / "docs/schema/site.schema.json").read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(site_schema())), "make docs writes it anew"


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(site_schema())


@pytest.mark.parametrize("sample", sorted((ROOT / "sample_videos").glob("*/site.yaml")), ids=lambda f: f.parent.name)
def test_it_accepts_the_samples(sample):
    assert errors_of(sample.read_text(encoding="utf-8")) == []


def test_it_accepts_the_whole_of_a_good_file():
    assert errors_of(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("kind: office", "kind: washroom", "zones/office/kind"),
        ("required_count: 2", "required_count: 6", "posts/desk/required_count"),
        ("{limit_s: 30}", "{limit_s: 0}", "rules/greeter.visitor_unapproached/limit_s"),
        ("analysis_fps: 4", "analysis_fp: 4", "cameras/hall"),
        ("wait.reception:", "wait.carpark:", "rules"),
    ],
)
def test_it_refuses_what_the_loader_refuses(old, new, path):
    assert errors_of(spoilt(old, new)) == [path]


def test_every_key_is_described_in_both_languages():
    schema = site_schema()
    parts = [schema, *schema["$defs"].values()]
    described = [form["description"] for part in parts for form in part.get("properties", {}).values()]
    assert len(described) > 50
    assert all(" / " in description for description in described)


def test_every_rule_shows_its_parameters_and_none_that_does_not_run():
    rules = site_schema()["properties"]["rules"]["properties"]
    assert set(rules) == set(RULES)
    assert not set(rules) & set(PLANNED)
    for code, rule in RULES.items():
        assert set(rules[code]["properties"]) == {"off", *(p.name for p in rule.parameters)}


def test_the_keys_allowed_at_a_path():
    first = ["site", "cameras", "zones", "entrances", "posts", "roles", "rules", "energy", "furniture"]
    assert allowed_keys(()) == first
    assert allowed_keys(("cameras",)) == []
    assert "rtsp" in allowed_keys(("cameras", "any", "sub_source"))
    assert allowed_keys(("zones", "x", "regions", 3)) == ["floor", "camera", "image"]
    assert allowed_keys(("cameras", "x", "size", 0)) == []
    assert allowed_keys(("nowhere", "at", "all")) == []
