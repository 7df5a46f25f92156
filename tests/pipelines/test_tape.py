"""The tape: exact round trip, the same incidents again, and clear words about what cannot be read."""

import json
from pathlib import Path

import pytest

from models.domain.errors import StoreError, UsageError
from models.domain.finding import Quantity
from models.domain.messages import Observation, Scene, StreamLost
from models.domain.presence import Role
from models.domain.truth import Truth
from pipelines.engine import Engine, order
from pipelines.results import incidents_document
from pipelines.tape import TapeWriter, read_tape, rerun, rerun_engine
from tests.stories.scenario import DOOR, HOME, Actor, Story, site

KINDS = ("luminaire", "furniture")
LIMITS = {"greeter.visitor_unapproached": {"limit_s": 20.0}, "greeter.post_unattended": {"warn_s": 5.0}}


@pytest.fixture
def recorded(tmp_path):
    """(path of the tape, site, engine that wrote it, messages)"""
    where = site(LIMITS)
    actors = [
        Actor("visitor", Role.VISITOR).enters(2.1, DOOR).walks((7.6, 5.5)).stands(until=60).hidden(30, 40).walks_out(),
        Actor("holder", Role.STAFF).enters(0, HOME).stands(until=20).walks((3, 3)).stands(until=99),
        Actor("passer", Role.UNKNOWN).enters(5, (1, 7)).walks((11, 7)).goes_unseen(10, 15),
    ]
    story = Story(actors, 90, outages=((70, 85),), sick=((50, 52),))
    messages = story.messages(fps=7, jitter=0.7, drop=0.2, seed=5, where=where)
    engine = Engine(where)
    path = tmp_path / "tape.jsonl"
    with TapeWriter(path, where) as tape:
        for message in messages:
            tape.write(message)
            engine.step(message)
    return path, where, engine, messages


def test_messages_come_back_exactly(recorded):
    path, where, _, messages = recorded
    tape = read_tape(path)
    assert list(tape.messages) == messages
    assert tape.header.site == where.id
    assert tape.header.start_us == messages[0].utc_us
    assert not tape.truncated


def test_an_observation_comes_back_exactly_and_its_rows_too(tmp_path):
    where = site(LIMITS)
    offset = ("offset", Quantity(31.25, "mm", 4.5)), ("turn", Quantity(-0.5, "deg"))
    told = [
        Observation("furniture", "chair-1", "in_place", Truth.HOLDS, 1_000_000, "cam", offset, ("cue.a",), 0.75),
        Observation("luminaire", "ceiling", "on", Truth.FAILS, 3_000_000, "cam"),
        StreamLost("cam", 5_000_000, "timeout"),
        Observation("luminaire", "ceiling", "on", Truth.HOLDS, 8_000_000),
    ]
    scenes = [Scene("cam", "cam-1", t * 1_000_000, ()) for t in (0, 4, 10)]
    messages = sorted([*told, *scenes], key=order)
    with TapeWriter(tmp_path / "tape.jsonl", where) as tape:
        for message in messages:
            tape.write(message)
    assert list(read_tape(tmp_path / "tape.jsonl").messages) == messages
    rows = rerun_engine(read_tape(tmp_path / "tape.jsonl"), where).intervals()
    seen = [(r.subject, r.predicate, r.value, r.t_start_us, r.t_end_us) for r in rows if r.kind in KINDS]
    assert seen == [
        ("ceiling", "state", "unknown", 0, 3_000_000),
        ("ceiling", "state", "off", 3_000_000, 5_000_000),
        ("ceiling", "state", "unknown", 5_000_000, 8_000_000),
        ("ceiling", "state", "on", 8_000_000, 10_000_000),
        ("chair-1", "placement", "unknown", 0, 1_000_000),
        ("chair-1", "placement", "in_place", 1_000_000, 5_000_000),
        ("chair-1", "placement", "unknown", 5_000_000, 10_000_000),
    ]


def test_running_the_rules_again_gives_the_incidents_of_the_run(recorded):
    path, where, engine, _ = recorded
    assert len(engine.incidents) >= 3
    assert rerun(read_tape(path), where) == engine.incidents
    again = rerun_engine(read_tape(path), where)
    assert again.intervals() == engine.intervals()
    assert again.parties() == engine.parties()


def test_other_limits_over_the_same_tape_give_other_incidents(recorded):
    path, _, engine, _ = recorded
    strict = rerun(read_tape(path), site({"greeter.visitor_unapproached": {"limit_s": 50.0}}))
    assert len(strict) < len(engine.incidents)


def test_a_last_line_cut_short_is_dropped_and_told(recorded):
    path, where, _, messages = recorded
    path.write_bytes(path.read_bytes()[:-25])
    tape = read_tape(path)
    assert tape.truncated
    assert list(tape.messages) == messages[:-1]
    assert rerun(tape, where)


def test_a_damaged_line_in_the_middle_is_refused_with_its_number(recorded):
    path, *_ = recorded
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[4] = lines[4][:30]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UsageError, match="damaged") as refused:
        read_tape(path)
    assert refused.value.where.endswith("line 5")
    assert refused.value.next_step


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"format": 99}, "cannot|can read"),
        ({"tape": "other"}, "can read"),
        ({"rules": {}}, "other versions"),
        ({"site": "elsewhere"}, "another site"),
    ],
)
def test_a_tape_of_another_kind_is_refused(recorded, change, what):
    path, where, *_ = recorded
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    path.write_text(json.dumps(json.loads(first) | change) + "\n" + rest, encoding="utf-8")
    with pytest.raises(UsageError, match=what) as refused:
        rerun(read_tape(path), where)
    assert refused.value.got
    assert refused.value.expected


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\xff\xfe\x00", b"[1, 2]\n"])
def test_what_is_no_tape_is_refused(tmp_path, content):
    path = tmp_path / "tape.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError):
        read_tape(path)


def test_a_missing_tape_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_tape(tmp_path / "none.jsonl")


def test_a_folder_that_is_not_there_is_a_store_error(tmp_path):
    with pytest.raises(StoreError, match="cannot be written"):
        TapeWriter(tmp_path / "none" / "tape.jsonl", site())


def test_a_full_disk_is_a_store_error():
    tape = TapeWriter(Path("/dev/full"), site())
    for message in Story([], 1).messages():
        tape.write(message)
    with pytest.raises(StoreError, match="cannot be written") as refused:
        tape.flush()
    assert "space" in refused.value.got
    with pytest.raises(StoreError):
        tape.close()


def test_incidents_json_is_the_same_byte_for_byte(recorded):
    path, where, engine, _ = recorded
    again = rerun_engine(read_tape(path), where)
    first = json.dumps(incidents_document(engine.incidents, engine.start_us))
    assert first == json.dumps(incidents_document(again.incidents, again.start_us))
