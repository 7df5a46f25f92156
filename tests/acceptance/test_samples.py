"""The two rendered clips, real decoding, real network, against what their story says."""

import pytest

from calibration import load_site
from pipelines.results import incidents_document
from pipelines.tape import read_tape, rerun
from tests.acceptance import SAMPLES, guiwei, result

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def waiting(tmp_path_factory):
    out = tmp_path_factory.mktemp("waiting")
    guiwei("replay", SAMPLES / "c_waiting_s32", "--out", out)
    return out


@pytest.fixture(scope="session")
def consult(tmp_path_factory):
    out = tmp_path_factory.mktemp("consult")
    guiwei("replay", SAMPLES / "e_consult_s45", "--out", out)
    return out


def test_visitor_a_waits_75_s_and_is_served_by_the_receptionist_at_77_s(waiting):
    first, *_ = result(waiting, "parties")
    assert first["t_in_s"] == pytest.approx(2.2, abs=1)
    assert first["t_served_s"] == pytest.approx(77.2, abs=1)
    assert first["wait_min_s"] == pytest.approx(75.0, abs=1)
    assert first["wait_max_s"] == pytest.approx(75.0, abs=1)
    unapproached = [one for one in result(waiting, "incidents") if one["subject"] == first["party"]]
    assert [one["code"] for one in unapproached] == ["greeter.visitor_unapproached"], "one incident, two key figures"
    assert unapproached[0]["measured"]["value"] == pytest.approx(75.0, abs=1)
    assert unapproached[0]["t_confirmed_s"] == pytest.approx(22.2, abs=1)


def test_visitor_b_leaves_unserved_at_43_s(waiting):
    second = result(waiting, "parties")[1]
    assert second["t_in_s"] == pytest.approx(13.4, abs=1)
    assert second["t_out_s"] == pytest.approx(43.0, abs=1)
    assert (second["t_served_s"], second["end_reason"]) == (None, "abandoned")


def test_two_visitors_and_one_member_of_staff_and_nobody_on_the_poster(waiting):
    assert [party["size"] for party in result(waiting, "parties")] == [1, 1]
    roles = {}
    for message in read_tape(waiting / "tape.jsonl").messages:
        for person in getattr(message, "persons", ()):
            roles[person.id] = person.role
    assert sorted(roles.values()) == ["staff", "visitor", "visitor"], roles


def test_who_is_met_after_5_s_raises_nothing(consult):
    assert result(consult, "incidents") == []
    (party,) = result(consult, "parties")
    assert party["t_in_s"] == pytest.approx(1.2, abs=1)
    assert party["t_served_s"] == pytest.approx(6.3, abs=1)
    assert party["end_reason"] == "served"


def test_every_incident_has_its_masked_evidence_and_an_explanation(waiting, tmp_path):
    for number, incident in enumerate(result(waiting, "incidents"), 1):
        kinds = {file["kind"] for file in incident["evidence"]}
        assert {"before", "now", "overlay", "clip", "strip", "timeline"} <= kinds
        assert all((waiting / file["file"]).stat().st_size > 1000 for file in incident["evidence"])
        told = guiwei("explain", number, "--in", waiting, "--picture", tmp_path / "why.png", "--language", "en")
        assert "visitor unapproached" in told.stdout
        assert f"{incident['measured']['value']:.1f}" in told.stdout
        assert (tmp_path / "why.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["consult", "waiting"])
def test_the_rules_over_the_tape_raise_what_the_run_raised(name, request):
    out = request.getfixturevalue(name)
    folder = {"waiting": "c_waiting_s32", "consult": "e_consult_s45"}[name]
    tape = read_tape(out / "tape.jsonl")
    again = incidents_document(rerun(tape, load_site(SAMPLES / folder)), tape.header.start_us)
    told = result(out, "incidents")
    without_files = [{**one, "evidence": []} for one in told]
    assert [{**one, "evidence": []} for one in again] == without_files


def test_replaying_twice_writes_the_same_bytes(consult, tmp_path):
    guiwei("replay", SAMPLES / "e_consult_s45", "--out", tmp_path)
    for name in ("incidents.json", "intervals.json", "parties.json", "tape.jsonl"):
        assert (tmp_path / name).read_bytes() == (consult / name).read_bytes(), name
