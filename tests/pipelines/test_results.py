"""The result files: what stands in them, that they match their schemas, that repeating changes nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from models.domain.incident import EvidenceFile
from models.domain.presence import Role
from pipelines.engine import Engine
from pipelines.results import (
    incidents_document,
    incidents_schema,
    intervals_schema,
    parties_schema,
    write_document,
    write_results,
)
from tests.stories.energy_story import OFF, ON, UNKNOWN, EnergyStory, energy_site
from tests.stories.scenario import DOOR, HOME, Actor, Story, site

SCHEMAS = {"incidents": incidents_schema, "intervals": intervals_schema, "parties": parties_schema}
DOCS = Path(__file__).parents[2] / "docs" / "schema"


def played(seed=1):
    limits = {"greeter.visitor_unapproached": {"limit_s": 20.0}, "greeter.post_unattended": {"warn_s": 10.0}}
    actors = [
        Actor("a", Role.VISITOR).enters(2, DOOR).walks((7.6, 5.5)).stands(until=200),
        Actor("b", Role.VISITOR).enters(20, DOOR).walks((3, 5.5)).stands(until=33).walks_out(),
        Actor("holder", Role.STAFF).enters(0, HOME).stands(until=50).walks((8.4, 5.5)).stands(until=200),
    ]
    return Story(actors, 100, outages=((80, 92),)).played(site(limits), fps=10, seed=seed)


@pytest.mark.parametrize("name", SCHEMAS)
def test_written_files_match_their_schema(tmp_path, name):
    write_results(tmp_path, played())
    document = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    assert document
    validator = Draft202012Validator(SCHEMAS[name]())
    Draft202012Validator.check_schema(SCHEMAS[name]())
    assert list(validator.iter_errors(document)) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_refuses_what_is_off(name):
    validator = Draft202012Validator(SCHEMAS[name]())
    assert list(validator.iter_errors([{}]))
    assert list(validator.iter_errors({}))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_the_one_in_force(name):
    published = (DOCS / f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == json.dumps(SCHEMAS[name](), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def test_parties_say_how_each_visit_ended(tmp_path):
    write_results(tmp_path, played())
    one, two = json.loads((tmp_path / "parties.json").read_text(encoding="utf-8"))
    assert (one["party"], one["end_reason"], one["t_in_s"], one["t_out_s"]) == ("party-1", "served", 2.0, None)
    assert one["t_served_s"] == pytest.approx(53, abs=1)
    assert one["wait_min_s"] == one["wait_max_s"] == pytest.approx(51, abs=1)
    assert (two["party"], two["end_reason"], two["t_served_s"]) == ("party-2", "abandoned", None)
    assert two["t_out_s"] == pytest.approx(33, abs=0.1)


def test_repeating_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_results(tmp_path / name, played())
    for name in SCHEMAS:
        first, second = ((tmp_path / folder / f"{name}.json").read_bytes() for folder in ("one", "two"))
        assert first == second
    assert sorted(p.name for p in (tmp_path / "one").iterdir()) == [
        f"{name}.json" for name in sorted([*SCHEMAS, "energy"])
    ]


def test_incidents_are_ordered_by_their_first_moment_and_carry_their_evidence():
    engine = played()
    shown = EvidenceFile("now.jpg", "now", "image/jpeg", "0" * 64, 10, engine.start_us, engine.start_us + 500_000)
    incidents = [replace(incident, evidence=(shown,)) for incident in reversed(engine.incidents)]
    document = incidents_document(incidents, engine.start_us)
    assert [row["t_first_s"] for row in document] == sorted(row["t_first_s"] for row in document)
    assert list(Draft202012Validator(incidents_schema()).iter_errors(document)) == []
    assert document[0]["evidence"][0]["t_end_s"] == 0.5
    assert document[0]["evidence"][0]["file"].endswith("/now.jpg")


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "parties.json"
    write_document(path, [{"old": 1}])
    with pytest.raises(TypeError):
        write_document(path, [{"bad": object()}])
    assert json.loads(path.read_text(encoding="utf-8")) == [{"old": 1}]


def test_an_engine_without_a_frame_has_nothing_to_say(tmp_path):
    write_results(tmp_path, Engine(site()))
    for name in SCHEMAS:
        assert json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8")) == []


def test_intervals_of_lamps_and_units_name_their_cues_and_the_least_confidence(tmp_path):
    day = EnergyStory([], 60).camera("office-lamp", (0, ON), (20, UNKNOWN), (30, OFF)).meter("office-ac", (0, ON))
    engine = day.played(energy_site(), fps=5.0)
    write_results(tmp_path, engine)
    document = json.loads((tmp_path / "intervals.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(intervals_schema()).iter_errors(document)) == []
    lamp = [row for row in document if (row["subject"], row["predicate"]) == ("office-lamp", "state")]
    assert [(row["value"], row["cues"], row["confidence"]) for row in lamp] == [
        ("on", ["light.cue.lamp"], 0.9),
        ("unknown", ["light.cue.lamp"], None),
        ("off", ["light.cue.lamp"], 0.9),
    ]
    assert all("cues" not in row for row in document if row["kind"] in {"zone", "camera"})
