"""Evidence: taken only as announced, opened only by who may, each view written down."""

from __future__ import annotations

import resource
import socket

import pytest

from api.accounts import disable_user
from api.refusal import RefusalError
from api.roles import UserRole
from api.shelf import Draft, Shelf
from tests.api.serving import JPEG, announcement, bring, camera, code, evidence_path, incident, key

PNG = b"\x89PNG\r\n\x1a\n" + bytes(500)
MP4 = b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 20


def told(server, files=None, **changes):
    box = server.box()
    body = incident(1, files=files or {"now.jpg": JPEG}, **changes)
    assert box.post("/api/v1/incidents", json=body).status_code in {200, 201}
    return box


def files_in(server):
    folder = server.services.settings.evidence_folder
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def link_of(person, name="now.jpg"):
    listed = person.get(f"/api/v1/incidents/{key(1)}").json()["evidence"]
    return next(file["url"] for file in listed if file["name"] == name)


def test_the_bytes_come_back_uncached_and_as_what_they_are(server):
    box = told(server)
    assert [bring(box).status_code, bring(box).status_code] == [201, 200]
    answer = server.person().get(evidence_path())
    assert answer.content == JPEG
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("name", "content"), [("before.png", PNG), ("clip.mp4", MP4), ("now.jpg", JPEG)])
def test_pictures_and_clips_are_taken_under_names_of_our_own(server, name, content):
    box = told(server, {name: content})
    media = announcement(name, content)["content_type"]
    assert box.put(evidence_path(1, name), content=content, headers={"Content-Type": media}).status_code == 201
    (stored,) = files_in(server)
    assert announcement(name, content)["sha256"] in stored
    assert name.partition(".")[0] not in stored


def test_a_clip_is_served_in_ranges(server):
    box = told(server, {"clip.mp4": MP4})
    box.put(evidence_path(1, "clip.mp4"), content=MP4, headers={"Content-Type": "video/mp4"})
    answer = server.person().get(evidence_path(1, "clip.mp4"), headers={"Range": "bytes=4-7"})
    assert (answer.status_code, answer.content) == (206, b"ftyp")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(JPEG[:-1], "evidence_differs"), (JPEG[:-1] + b"!", "evidence_differs"), (b"", "evidence_differs")],
)
def test_other_bytes_than_the_announced_are_refused(server, content, refusal):
    answer = bring(told(server), content=content)
    assert (answer.status_code, code(answer)) == (422, refusal)
    assert files_in(server) == []


def test_what_calls_itself_a_jpeg_must_be_one(server):
    script = b"<script>alert(1)</script>" + bytes(100)
    answer = bring(told(server, {"now.jpg": script}), content=script)
    assert (answer.status_code, code(answer)) == (415, "wrong_media")
    box = told(server)
    answer = box.put(evidence_path(), content=JPEG, headers={"Content-Type": "text/html"})
    assert (answer.status_code, code(answer)) == (415, "wrong_media")
    assert files_in(server) == []


def test_an_unannounced_file_and_an_unknown_incident_are_refused(server):
    box = told(server)
    assert code(bring(box, name="other.jpg")) == "evidence_unannounced"
    assert code(bring(box, number=9)) == "incident_unknown"
    assert code(box.put("/api/v1/incidents/..%2f..%2fetc/evidence/now.jpg", content=JPEG)) in {
        "not_found",
        "wrong_media",
    }


def test_a_file_announced_but_not_here_says_so(server):
    told(server)
    person = server.person()
    answer = person.get(evidence_path())
    assert (answer.status_code, code(answer)) == (404, "evidence_not_here")
    assert code(person.get(evidence_path(1, "other.jpg"))) == "evidence_unknown"
    assert code(person.post(evidence_path() + "/link")) == "evidence_unknown"


def test_a_revision_with_other_bytes_asks_for_them_again(server):
    box = told(server)
    bring(box)
    told(server, {"now.jpg": JPEG + b"!"}, revision=2)
    assert code(server.person().get(evidence_path())) == "evidence_not_here"
    assert code(bring(box)) == "evidence_differs"
    assert bring(box, content=JPEG + b"!").status_code == 201


def test_a_signed_link_opens_one_file_for_a_few_minutes(server):
    bring(told(server))
    link = link_of(server.person())
    stranger = server.anyone()
    assert stranger.get(link).content == JPEG
    for altered in (
        link[:-1] + ("0" if link[-1] != "0" else "1"),
        link.replace("now.jpg", "before.jpg"),
        link.replace("expires=1", "expires=2"),
        link.replace("user=", "user=x"),
        link.replace("/evidence/now.jpg", ""),
    ):
        answer = stranger.get(altered)
        assert (answer.status_code, code(answer)) == (403, "link_invalid")
    server.clock.advance(301)
    answer = stranger.get(link)
    assert (answer.status_code, code(answer)) == (403, "link_expired")


def test_a_link_does_not_outlive_the_account(server):
    bring(told(server))
    person = server.person()
    link, name = link_of(person), person.get("/api/v1/session").json()["name"]
    disable_user(server.services.store, name, now_us=server.clock.utc_us())
    assert code(server.anyone().get(link)) == "link_invalid"


def test_a_link_opens_nothing_for_writing(server):
    bring(told(server))
    link = link_of(server.person())
    assert server.anyone().put(link, content=JPEG, headers={"Content-Type": "image/jpeg"}).status_code == 401


def test_a_mystery_shopper_sees_the_incident_and_no_evidence(server):
    bring(told(server))
    shopper = server.person(UserRole.MYSTERY_SHOPPER)
    assert link_of(shopper) is None
    assert shopper.get(evidence_path()).status_code == 403
    assert code(shopper.post(evidence_path() + "/link")) == "not_permitted"


def test_every_view_is_written_down_and_a_refused_one_is_not(server):
    bring(told(server))
    viewer, auditor = server.person(UserRole.SAFETY_OFFICER), server.person(UserRole.AUDITOR)
    viewer.get(evidence_path())
    server.anyone().get(link_of(viewer))
    server.person(UserRole.CLEANER).get(evidence_path())
    seen = auditor.get("/api/v1/access-log").json()["items"]
    name = viewer.get("/api/v1/session").json()["name"]
    assert [(row["user"], row["role"], row["file"]) for row in seen] == [(name, "safety_officer", "now.jpg")] * 2
    assert seen[0]["dedupe_key"] == key(1)


def test_a_file_over_the_limit_is_refused_before_and_while_it_comes(server):
    box = told(server)
    limit = server.services.settings.file_limit_bytes
    port = int(server.url.rpartition(":")[2])
    head = f"PUT {evidence_path()} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {box.headers['authorization']}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"{head}Content-Type: image/jpeg\r\nContent-Length: {limit + 1}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    megabyte = bytes(1024 * 1024)
    answer = box.put(evidence_path(), content=(megabyte for _ in range(31)), headers={"Content-Type": "image/jpeg"})
    assert (answer.status_code, code(answer)) == (413, "too_large")
    assert files_in(server) == []


def test_a_sender_that_hangs_up_leaves_nothing(server):
    box = told(server)
    port = int(server.url.rpartition(":")[2])
    head = f"PUT {evidence_path()} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {box.headers['authorization']}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"{head}Content-Type: image/jpeg\r\nContent-Length: {len(JPEG)}\r\n\r\n".encode() + JPEG[:100])
        line.shutdown(socket.SHUT_WR)
        line.recv(100)
    assert bring(box).status_code == 201
    assert len(files_in(server)) == 1


def test_a_full_disk_answers_507_and_leaves_nothing_half_written(server):
    photo = JPEG + bytes(3_000_000)
    box = told(server, {"now.jpg": photo})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        answer = bring(box, content=photo)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (answer.status_code, code(answer)) == (507, "disk_full")
    assert files_in(server) == []
    assert code(server.person().get(evidence_path())) == "evidence_not_here"
    assert bring(box, content=photo).status_code == 201


def test_a_device_without_room_is_a_full_disk(tmp_path):
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(RefusalError) as refused:  # noqa: PTH123
        Draft(tmp_path / "x", full, 100).write(b"x")
    assert refused.value.code == "disk_full"


def test_a_new_start_clears_what_a_killed_server_left(tmp_path):
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "half").write_bytes(b"\xff\xd8\xff")
    Shelf(tmp_path, 100)
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_file_lost_from_the_folder_is_told_not_crashed(server):
    bring(told(server))
    (stored,) = files_in(server)
    (server.services.settings.evidence_folder / stored).unlink()
    assert code(server.person().get(evidence_path())) == "evidence_not_here"


class TestCameras:
    TAKEN = "2026-06-01T02:00:00+00:00"

    def picture(self, box, content=JPEG, taken=TAKEN, media="image/jpeg"):
        headers = {"Content-Type": media, "X-Taken-At": taken}
        return box.put("/api/v1/cameras/hall-1/picture", content=content, headers=headers)

    def test_the_latest_state_is_shown(self, server):
        box = server.box()
        box.put("/api/v1/cameras/hall-1/state", json=camera())
        box.put("/api/v1/cameras/hall-1/state", json=camera(state="lost", reason="timeout", blind_s=30.0))
        (shown,) = server.person().get("/api/v1/cameras").json()["items"]
        assert (shown["state"], shown["reason"], shown["blind_s"], shown["picture"]) == ("lost", "timeout", 30.0, None)
        assert shown["name"] == {"zh": "大厅一号机", "en": "hall camera 1"}

    def test_the_picture_taken_last_wins_and_only_that_is_kept(self, server):
        box, person = server.box(), server.person()
        box.put("/api/v1/cameras/hall-1/state", json=camera())
        assert self.picture(box).status_code == 200
        assert self.picture(box, JPEG + b"new", "2026-06-01T02:00:10+00:00").status_code == 200
        assert self.picture(box, JPEG + b"old", "2026-06-01T01:59:00+00:00").status_code == 200
        (shown,) = person.get("/api/v1/cameras").json()["items"]
        assert shown["picture_taken_at"] == "2026-06-01T02:00:10.000000+00:00"
        answer = person.get(shown["picture"])
        assert (answer.content, answer.headers["cache-control"]) == (JPEG + b"new", "private, no-store")
        assert len(files_in(server)) == 1

    def test_a_picture_needs_its_camera_its_time_and_to_be_a_jpeg(self, server):
        box = server.box()
        assert code(self.picture(box)) == "camera_unknown"
        box.put("/api/v1/cameras/hall-1/state", json=camera())
        assert code(self.picture(box, PNG)) == "wrong_media"
        assert code(self.picture(box, media="image/png")) == "wrong_media"
        assert code(self.picture(box, taken="yesterday")) == "invalid"
        assert files_in(server) == []

    def test_looking_is_written_down_and_not_for_everybody(self, server):
        box = server.box()
        box.put("/api/v1/cameras/hall-1/state", json=camera())
        self.picture(box)
        cleaner = server.person(UserRole.CLEANER)
        assert cleaner.get("/api/v1/cameras").json()["items"][0]["picture"] is None
        assert cleaner.get("/api/v1/cameras/hall-1/picture/north-gate").status_code == 403
        manager = server.person()
        assert manager.get("/api/v1/cameras/hall-1/picture/north-gate").status_code == 200
        (row,) = manager.get("/api/v1/access-log").json()["items"]
        assert (row["camera_id"], row["file"]) == ("hall-1", "picture")

    @pytest.mark.parametrize(
        "changes", [{"state": "fine"}, {"since": "now"}, {"dropped_frames": -1}, {"name": {"zh": "x"}}, {"more": 1}]
    )
    def test_a_report_that_does_not_fit_is_refused(self, server, changes):
        assert code(server.box().put("/api/v1/cameras/hall-1/state", json=camera(**changes))) == "invalid"
