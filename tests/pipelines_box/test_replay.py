"""A recording through the whole box: real video, real engine, real database, real files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from guiwei.box import Ears
from guiwei.replay import Recordings, replay
from models.domain.errors import SourceError, UsageError
from models.domain.instants import us_of
from models.domain.media import US
from models.store import BoxStore
from models.texts import LANGUAGES, text
from pipelines.tape import read_tape, rerun
from tests.pipelines_box.showroom import box_at, replayed, room, tape_eyes, write_site


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory):
    folder = write_site(tmp_path_factory.mktemp("site"))
    return folder, replayed(folder, folder / "out")


def pictures(path: Path) -> list[np.ndarray]:
    if path.suffix == ".mp4":
        with av.open(str(path)) as container:
            return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    return [cv2.imread(str(path))]


def test_the_visitor_nobody_approaches_becomes_one_incident(done):
    _, result = done
    assert [(i.code, i.subject) for i in result.incidents] == [("greeter.visitor_unapproached", "party-1")]
    incident = result.incidents[0]
    assert (incident.t_first_us - result.start_us) / US == pytest.approx(2.0, abs=0.3)
    assert (incident.t_confirmed_us - result.start_us) / US == pytest.approx(6.0, abs=0.5)


def test_evidence_is_there_as_announced_and_nothing_else(done):
    _, result = done
    incident = result.incidents[0]
    folder = result.out / "evidence" / incident.dedupe_key
    assert [file.kind for file in incident.evidence] == ["before", "now", "overlay", "clip", "strip", "timeline"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(file.name for file in incident.evidence)
    for file in incident.evidence:
        data = (folder / file.name).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.n_bytes)
    assert incident.evidence_note is None


def test_pictures_are_chosen_by_time(done):
    _, result = done
    incident = result.incidents[0]
    times = {file.kind: (file.t_start_us, file.t_end_us) for file in incident.evidence}
    assert times["before"][0] < incident.t_first_us
    assert abs(times["now"][0] - incident.t_confirmed_us) <= US
    assert times["clip"][0] < incident.t_confirmed_us < times["clip"][1]


def test_nobody_in_any_picture_can_be_made_out(done):
    """The person is a pattern of single-pixel checks; unmasked its neighbours differ by some 100 grey levels."""
    _, result = done
    folder = result.out / "evidence" / result.incidents[0].dedupe_key
    x0, y0, x1, y1 = box_at(9)
    for name in ("before.jpg", "now.jpg", "clip.mp4"):
        for image in pictures(folder / name):
            part = image[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4].astype(int)
            assert np.abs(np.diff(part, axis=1)).mean() < 15, name


def test_the_picture_before_shows_the_empty_room(done):
    _, result = done
    folder = result.out / "evidence" / result.incidents[0].dedupe_key
    before = pictures(folder / "before.jpg")[0].astype(int)
    assert np.abs(before - room().astype(int)).mean() < 8


def test_the_database_holds_the_incident_and_without_an_api_nothing_waits(done):
    _, result = done
    store = BoxStore(f"sqlite:///{result.out / 'box.sqlite'}")
    bodies, waiting = store.incidents(), store.undelivered()
    store.close()
    assert [body["dedupe_key"] for body in bodies] == [result.incidents[0].dedupe_key]
    assert us_of(bodies[0]["first_seen"]) == result.incidents[0].t_first_us
    assert waiting == 0


def test_the_rules_over_the_tape_say_the_same(done):
    _, result = done
    again = rerun(read_tape(result.out / "tape.jsonl"), result.site)
    assert [(i.dedupe_key, i.t_end_us, i.severity) for i in again] == [
        (i.dedupe_key, i.t_end_us, i.severity) for i in result.incidents
    ]


def test_replaying_again_gives_the_same_bytes_and_leaves_other_files_alone(tmp_path: Path):
    folder = write_site(tmp_path / "site", ("door", "hall"))
    out = tmp_path / "out"
    (out / "evidence" / "mine").mkdir(parents=True)
    (out / "evidence" / "mine" / "notes.txt").write_text("keep", encoding="utf-8")
    replayed(folder, out)
    names = ("incidents.json", "intervals.json", "parties.json", "tape.jsonl")
    first = {name: (out / name).read_bytes() for name in names}
    (out / "evidence" / ("0" * 32)).mkdir()
    (out / ".incidents.json.part").write_text("half", encoding="utf-8")
    replayed(folder, out)
    assert {name: (out / name).read_bytes() for name in names} == first
    assert json.loads(first["incidents.json"])
    assert (out / "evidence" / "mine" / "notes.txt").read_text(encoding="utf-8") == "keep"
    assert not (out / "evidence" / ("0" * 32)).exists()
    assert not list(out.rglob("*.part"))


def test_a_recording_of_unknown_start_is_dated_and_that_is_told(tmp_path: Path):
    folder = write_site(tmp_path)
    site = (folder / "site.yaml").read_text(encoding="utf-8")
    (folder / "site.yaml").write_text(site.replace(", start: '2026-01-05T10:00:00'", ""), encoding="utf-8")
    told: list[tuple[str, dict[str, str]]] = []
    result = replayed(folder, tmp_path / "out", ears=Ears(tell=lambda key, places: told.append((key, places))))
    assert told == [("box.start_assumed", {"start": "2026-01-05 10:00"})]
    assert result.start_us == us_of("2026-01-05T10:00:00.000000+08:00")
    assert all("2026-01-05" in text(told[0][0], language, **told[0][1]) for language in LANGUAGES)


def test_a_given_start_wins(tmp_path: Path):
    folder = write_site(tmp_path)
    asked = Recordings(start="2026-03-01T08:00:00+00:00")
    result = replay(folder, asked, out=tmp_path / "out", eyes=tape_eyes(folder))
    assert result.start_us == us_of("2026-03-01T08:00:00.000000+00:00")


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (Recordings({"cellar": Path("x.mp4")}), "no such camera"),
        (Recordings(start="yesterday"), "start time"),
    ],
)
def test_wrong_questions_are_refused_before_anything_is_written(tmp_path: Path, asked: Recordings, what: str):
    folder = write_site(tmp_path)
    with pytest.raises(UsageError, match=what) as refused:
        replay(folder, asked, out=tmp_path / "out", eyes=tape_eyes(folder))
    assert refused.value.next_step
    assert not (tmp_path / "out").exists()


def test_a_recording_that_breaks_off_is_refused_and_earlier_results_stay(tmp_path: Path):
    folder = write_site(tmp_path)
    out = tmp_path / "out"
    replayed(folder, out)
    before = (out / "incidents.json").read_bytes()
    (folder / "hall.mp4").write_bytes(b"")
    with pytest.raises(SourceError):
        replayed(folder, out)
    assert (out / "incidents.json").read_bytes() == before
