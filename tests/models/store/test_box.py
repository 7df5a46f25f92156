"""The box's outbox: nothing lost, nothing doubled, in order."""

from __future__ import annotations

import threading

import pytest

from models.domain.errors import StoreError
from models.store import BoxStore, Parcel


def body(number=1, revision=1, ended_at=None):
    start = f"2026-06-01T02:30:{number:02d}.000000+00:00"
    return {"dedupe_key": f"{number:032x}", "revision": revision, "first_seen": start, "ended_at": ended_at}


def change(number=1, revision=1, ended_at=None, files=()):
    told = body(number, revision, ended_at)
    key = told["dedupe_key"]
    parcels = [Parcel(key, "incident", told), *(Parcel(key, "evidence", {"name": f}, f"/out/{f}") for f in files)]
    return told, parcels


@pytest.fixture
def box(url):
    store = BoxStore(url)
    yield store
    store.close()


def kinds(parcels):
    return [(parcel.dedupe_key[-1], parcel.kind) for parcel in parcels]


def test_an_incident_goes_before_its_evidence_and_incidents_do_not_wait_for_each_other(box):
    box.record([change(1, files=["now.jpg"]), change(2)])
    assert kinds(box.pending(0)) == [("1", "incident"), ("2", "incident")]
    box.delivered(box.pending(0)[0].id, now_us=5)
    assert kinds(box.pending(0)) == [("1", "evidence"), ("2", "incident")]


def test_recording_twice_doubles_nothing(box):
    assert box.record([change(1, files=["now.jpg"])]) == 1
    assert box.record([change(1, files=["now.jpg"])]) == 0
    assert box.undelivered() == 2
    assert box.record([change(1, revision=2, ended_at="2026-06-01T02:40:00+00:00")]) == 1
    assert box.undelivered() == 3


def test_one_bad_change_undoes_the_whole_transaction(box):
    broken = ({"dedupe_key": "f" * 32, "revision": 1}, [])
    with pytest.raises(KeyError):
        box.record([change(1), broken])
    assert box.incidents() == []
    assert box.undelivered() == 0


def test_a_failed_parcel_comes_again_when_it_is_due_and_holds_up_only_its_own(box):
    box.record([change(1, files=["now.jpg"]), change(2)])
    first = box.pending(0)[0]
    box.failed(first.id, 1_000_000, "no route")
    assert kinds(box.pending(999_999)) == [("2", "incident")]
    again = box.pending(1_000_000)[0]
    assert (again.id, again.attempts, again.error) == (first.id, 1, "no route")
    assert box.next_due_us() == 0


def test_a_parcel_refused_for_good_is_kept_and_holds_up_nothing(box):
    box.record([change(1, files=["now.jpg"])])
    box.failed(box.pending(0)[0].id, None, "422")
    assert kinds(box.pending(0)) == [("1", "evidence")]
    assert [parcel.error for parcel in box.refused()] == ["422"]
    assert box.retry_refused(7) == 1
    assert kinds(box.pending(7)) == [("1", "incident")]
    assert box.refused() == []


def test_open_incidents_are_those_without_an_end(box):
    box.record([change(1), change(2, ended_at="2026-06-01T02:40:00+00:00")])
    assert [incident["dedupe_key"][-1] for incident in box.open_incidents()] == ["1"]
    assert [incident["dedupe_key"][-1] for incident in box.incidents()] == ["1", "2"]


def test_camera_parcels_need_no_incident(box):
    box.enqueue([Parcel("camera:hall-1", "camera", {"state": "live"})], now_us=3)
    assert box.pending(2) == []
    (parcel,) = box.pending(3)
    assert (parcel.body, parcel.path) == ({"state": "live"}, None)
    box.delivered(parcel.id)
    assert box.next_due_us() is None


def test_what_was_recorded_is_there_for_the_next_process(url):
    first = BoxStore(url)
    first.record([change(1)])
    first.close()
    second = BoxStore(url)
    assert kinds(second.pending(0)) == [("1", "incident")]
    second.close()


def test_threads_may_write_and_read_at_the_same_time(box):
    numbers = [range(n, 40, 4) for n in range(4)]
    threads = [
        threading.Thread(target=lambda mine=mine: [box.record([change(number + 1)]) for number in mine])
        for mine in numbers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.incidents()) == 40
    assert len(box.pending(0, limit=100)) == 40


def test_a_box_store_in_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(StoreError):
        BoxStore(f"sqlite:///{tmp_path}/nowhere/box.sqlite")
