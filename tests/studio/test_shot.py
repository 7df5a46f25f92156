"""A shot is read strictly, and what cannot happen in a room is refused by name."""

import pytest
import yaml

from models.domain.errors import UsageError
from sample_videos.studio.feasible import check
from sample_videos.studio.shot import read_shot
from tests.studio.playing import HEAD, SAMPLES, shot

SHOTS = sorted((SAMPLES / "shots").glob("*.yaml"))


@pytest.mark.parametrize("file", SHOTS, ids=lambda f: f.stem)
def test_every_shot_of_the_project_can_be_played(file):
    found = read_shot(file)
    check(found, file.name)
    assert found.shot.id == file.stem


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ({"rooms": {}}, "rooms"),
        ({"room": {"flor": "tile"}}, "room/flor"),
        ({"room": {"floor": "marble"}}, "room/floor"),
        ({"lamps": [{"at_s": -1, "lamp": "front", "lit": False}]}, "lamps/0/at_s"),
        ({"furniture": [{"at_s": 1, "item": "chair1"}]}, "furniture/0"),
        ({"furniture": [{"at_s": 1, "item": "chair1", "by_mm": 50, "remove": True}]}, "furniture/0"),
        ({"people": {"a": {"role": "visitor", "at": [3, 3], "actions": [{"sit_s": 5}]}}}, "people/a/actions/0"),
        ({"disturbances": [{"kind": "fog"}]}, "disturbances/0/kind"),
        ({"head": {"duration_s": float("nan")}}, "shot/duration_s"),
    ],
)
def test_what_is_not_of_the_form_is_refused_with_its_key(parts, key):
    with pytest.raises(UsageError) as refused:
        shot(**parts)
    assert refused.value.where == f"tried: {key}"


WALK = {"role": "visitor", "at": [6.4, 7.0]}


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        ({"furniture": [{"at_s": 1, "item": "sofa9", "by_mm": 50}]}, "sofa9"),
        ({"lamps": [{"at_s": 1, "lamp": "ballroom", "lit": False}]}, "ballroom"),
        (
            {"furniture": [{"at_s": 1, "item": "plant3", "by_mm": 900, "direction_deg": 270}]},
            "plant3 goes through a wall",
        ),
        ({"furniture": [{"at_s": 1, "item": "bin", "by_mm": 1400, "direction_deg": 180}]}, "bin stands in bench"),
        ({"furniture": [{"at_s": 30, "item": "bin", "by_mm": 50}]}, "after the end"),
        ({"people": {"ada": {**WALK, "actions": [{"walk": [[6.4, 1.0]]}]}}}, "ada walks through"),
        ({"people": {"ada": {**WALK, "actions": [{"sit_s": 5, "seat": "table0"}]}}}, "a table is no seat"),
        ({"people": {"ada": {**WALK, "actions": [{"stand_s": 2}, {"sit_s": 5, "seat": "chair1"}]}}}, "m away"),
        (
            {
                "people": {"ada": {**WALK, "from_s": -1, "actions": [{"sit_s": 15, "seat": "chair9"}]}},
                "furniture": [{"at_s": 4, "item": "chair9", "remove": True}],
            },
            "ada sits on chair9 at 4 s, which is not in the room then",
        ),
        ({"room": {"things": [{"id": "x", "kind": "piano", "at": [5, 5, 0]}]}}, "x is of a kind"),
        ({"room": {"things": [{"id": "bin", "kind": "bin", "at": [5, 6, 0]}]}}, "bin is in the hall's plan"),
        ({"room": {"without": ["chandelier"]}}, "chandelier"),
        ({"cameras": {"hall": {"position_m": [13, 1, 2.5]}}}, "hangs outside"),
        ({"cameras": {"hall": {"hfov_deg": 128, "k1": -0.3, "k2": 0.0}}}, "lens of hall folds"),
        ({"disturbances": [{"kind": "black", "from_s": 5, "to_s": 4}]}, "ends before it begins"),
        ({"disturbances": [{"kind": "black", "camera": "roof"}]}, "roof"),
        ({"judged": ["furniture.levitating"]}, "furniture.levitating"),
    ],
)
def test_what_cannot_be_is_refused_by_name(parts, names):
    with pytest.raises(UsageError) as refused:
        check(shot(**parts), "tried")
    assert names in refused.value.what
    assert refused.value.next_step


def test_a_shot_takes_what_it_does_not_say_from_its_sets(tmp_path):
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "wooden.yaml").write_text("room: {floor: wood}\nquality: {samples: 3}\n", encoding="utf-8")
    file = tmp_path / "one.yaml"
    file.write_text(yaml.safe_dump({"shot": HEAD, "set": ["wooden"], "quality": {"samples": 5}}), encoding="utf-8")
    found = read_shot(file)
    assert (found.room.floor, found.quality.samples) == ("wood", 5)


@pytest.mark.parametrize("name", ["../../etc", "a/b", "UPPER", ""])
def test_the_name_of_a_set_is_never_a_path(tmp_path, name):
    file = tmp_path / "one.yaml"
    file.write_text(yaml.safe_dump({"shot": HEAD, "set": [name]}), encoding="utf-8")
    with pytest.raises(UsageError, match="not of the form"):
        read_shot(file)


@pytest.mark.parametrize("content", ["shot: [", "\x00", "- 1", "shot: 3"])
def test_a_file_that_is_no_shot_is_refused(tmp_path, content):
    file = tmp_path / "bad.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError):
        read_shot(file)
    with pytest.raises(UsageError):
        read_shot(tmp_path / "absent.yaml")
