"""`guiwei live` on a real RTSP server with the real network: the same verdicts as the file, and what an outage does.

Nothing sleeps: every step waits for what the box says or delivers. Pictures come in real time, so the parts are as
short as their stories allow.
"""

from __future__ import annotations

import signal
from itertools import pairwise

import pytest

from models.domain.instants import us_of
from models.domain.media import US
from models.domain.messages import Scene
from models.store import BoxStore
from pipelines.tape import read_tape
from tests.acceptance import guiwei, result
from tests.acceptance.live_run import beginning, inbox, live, platform, watched
from tests.rtsp import marks, serving

pytestmark = [*marks(), pytest.mark.slow]

UNAPPROACHED = "greeter.visitor_unapproached"
MAX_GAP_S = 5.0
SLACK_S = 0.001
"""Results are rounded to milliseconds."""


def test_the_stream_gives_the_incidents_of_the_file_within_1_s(tmp_path):
    clip = beginning(tmp_path / "clip.mp4", 46)
    recorded = watched(tmp_path / "recorded", f"file: {clip}\nstart: 2026-03-14T10:30:00")
    guiwei("replay", recorded, "--out", tmp_path / "replayed")
    with serving(clip) as server, live(watched(tmp_path / "site", f"rtsp: {server.address}"), tmp_path / "out") as box:
        box.until("Camera hall lost")  # the clip is over; the server hangs up
        assert box.end(signal.SIGTERM) == 0
    # As for every rule that loses frames: within 1 s plus one interval between frames.
    within_s = 1 + longest_look_away_s(tmp_path / "out")
    expected, told = result(tmp_path / "replayed", "incidents"), result(tmp_path / "out", "incidents")
    assert [one["subject"] for one in expected] == ["party-1", "party-2"]
    for one, other in zip(expected, told, strict=True):
        assert {k: one[k] for k in ("code", "subject", "zone", "camera", "severity")} == {
            k: other[k] for k in ("code", "subject", "zone", "camera", "severity")
        }
        for moment in ("t_first_s", "t_confirmed_s", "t_end_s"):
            assert other[moment] == pytest.approx(one[moment], abs=within_s), moment
        assert other["measured"]["value"] == pytest.approx(one["measured"]["value"], abs=within_s)
        assert {file["kind"] for file in other["evidence"]} == {file["kind"] for file in one["evidence"]}
    parties = zip(result(tmp_path / "replayed", "parties"), result(tmp_path / "out", "parties"), strict=True)
    for one, other in parties:
        assert (other["party"], other["size"]) == (one["party"], one["size"])
        assert other["t_in_s"] == pytest.approx(one["t_in_s"], abs=within_s)


def longest_look_away_s(out):
    """The longest time between two pictures that were looked at: 0.2 s, and more where the machine was too busy."""
    times = [message.utc_us for message in read_tape(out / "tape.jsonl").messages if isinstance(message, Scene)]
    return max(after - before for before, after in pairwise(times)) / US


def test_an_outage_in_mid_wait_is_blind_told_once_and_spanned_by_no_claim(tmp_path):
    clip, out = beginning(tmp_path / "clip.mp4", 20), tmp_path / "out"
    limits = "  camera.offline:\n    limit_s: 6\n"  # longer than max_gap_s: once told, no claim may span the gap
    with inbox() as told, serving(clip) as server:
        site = watched(tmp_path / "site", f"rtsp: {server.address}", unapproached_s=6, more=limits)
        with live(site, out, *told.options) as box:
            told.until(lambda: len(told.latest(UNAPPROACHED)) == 1)
            server.stop()
            told.until(lambda: len(told.latest("camera.offline")) == 1)
            server.start()
            told.until(lambda: len(told.latest(UNAPPROACHED)) == 2)
            assert box.end(signal.SIGINT) == 0, "Ctrl-C is how live is meant to end"
        delivered = told.latest()
    assert sum("Camera hall lost" in line for line in box.words) == 1, box.words
    assert sum("Camera hall is back" in line for line in box.words) == 1, box.words
    gap = blind_gap(result(out, "intervals"))
    incidents = result(out, "incidents")
    (offline,) = [one for one in incidents if one["code"] == "camera.offline"]
    assert (offline["t_first_s"], offline["t_end_s"]) == pytest.approx(gap, abs=0.5)
    before, after = [one for one in incidents if one["code"] == UNAPPROACHED]
    assert before["t_end_s"] <= gap[0] + SLACK_S < gap[1] - SLACK_S <= after["t_first_s"]
    spans = [(one["t_first_s"], one["t_end_s"]) for one in incidents if one != offline]
    assert all(end <= gap[0] + SLACK_S or first >= gap[1] - SLACK_S for first, end in spans), spans
    assert len(delivered) == len(incidents)
    assert all(body["ended_at"] for body in delivered.values())


def blind_gap(intervals):
    """When the camera was lost; everything else must be unknown then."""
    views = [row for row in intervals if row["kind"] == "camera"]
    assert [row["value"] for row in views] == ["ok", "lost", "ok"]
    gap = views[1]["t_start_s"], views[1]["t_end_s"]
    assert gap[1] - gap[0] > MAX_GAP_S
    for row in intervals:
        overlap_s = min(row["t_end_s"], gap[1]) - max(row["t_start_s"], gap[0])
        assert row["kind"] == "camera" or overlap_s < SLACK_S or row["value"] == "unknown", row
    return gap


def test_killed_in_mid_incident_and_started_again_it_is_closed_blind_and_nothing_doubles(tmp_path):
    clip, out = beginning(tmp_path / "clip.mp4", 20), tmp_path / "out"
    with platform(tmp_path / "platform") as told, serving(clip) as server:
        site = watched(tmp_path / "site", f"rtsp: {server.address}", unapproached_s=6)
        with live(site, out, *told.options) as box:
            told.until(lambda: len(told.latest(UNAPPROACHED)) == 1)
            assert box.end(signal.SIGKILL) == -signal.SIGKILL
        (running,) = told.latest(UNAPPROACHED).values()
        assert running["ended_at"] is None
        key = running["dedupe_key"]
        with live(site, out, *told.options) as box:
            box.until("1 open incidents were closed")
            told.until(lambda: told.latest(UNAPPROACHED)[key]["ended_at"] is not None)
            told.until(lambda: len(told.latest(UNAPPROACHED)) == 2)
            assert box.end(signal.SIGTERM) == 0
        shown = told.latest()
    assert shown[key]["end_reason"] == "blind"
    assert shown[key]["revision"] > running["revision"]
    assert us_of(shown[key]["ended_at"]) >= us_of(shown[key]["confirmed_at"])
    store = BoxStore(f"sqlite:///{out / 'box.sqlite'}")
    kept = {body["dedupe_key"]: body["revision"] for body in store.incidents()}
    assert store.undelivered() == 0
    store.close()
    assert kept == {one["dedupe_key"]: one["revision"] for one in shown.values()}


def test_a_wrong_password_is_refused_by_the_command_and_never_shown(tmp_path):
    clip, password = beginning(tmp_path / "clip.mp4", 2), "not-the-right-one"
    with serving(clip, "--user", "admin", "--password", "another") as server:
        site = watched(tmp_path / "site", f"rtsp: {server.address}\nuser: admin\nsecret: hall_camera")
        secrets = site / "secrets.yaml"
        secrets.write_text(f"hall_camera: {password}\n", encoding="utf-8")
        secrets.chmod(0o600)
        with live(site, tmp_path / "out") as box:
            assert box.end() == 4, box.words
    told = " ".join(box.words)
    assert server.address in told
    assert "next:" in told
    assert password not in told
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path != secrets]
    assert not any(password.encode() in path.read_bytes() for path in left)
