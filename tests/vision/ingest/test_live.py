"""Live streams: what a reconnect, a jump of the times and a slow reader do. Real files stand in for the network here;
test_rtsp.py has the real server."""

from __future__ import annotations

import threading
from itertools import takewhile
from pathlib import Path

import pytest

from models.domain.clock import SimulatedClock
from models.domain.media import Frame
from models.domain.messages import StreamLost, StreamResumed
from tests.media import damaged, joined, number_of, numbered, write_video
from tests.vision.ingest import EVERY_PICTURE, NOON_US, counts
from tests.vision.ingest.test_recording import without_rate
from tests.vision.ingest.test_refusals import noise_between_headers
from vision.ingest import Fault, Loss, Patience, RtspSource, UnreadableError
from vision.ingest.locator import locate_file
from vision.ingest.stream import open_stream


class Wire:
    """Stands where the network is: each connection reads the next of some recordings, or fails with a fault.

    After the last of them nobody answers any more.
    """

    def __init__(self, *connections):
        self._connections = list(connections)
        self.attempts = 0

    def __call__(self, locator, tally, timeout_s):
        self.attempts += 1
        step = self._connections.pop(0) if self._connections else Fault.UNREACHABLE
        if isinstance(step, Fault):
            raise UnreadableError(step, where=locator.shown)
        return open_stream(locate_file(step), tally, None)


def live(wire, clock=None, patience=None):
    locator = locate_file(Path(__file__))  # only told in messages: what is read, `wire` decides
    return RtspSource(locator, "door", EVERY_PICTURE, clock or SimulatedClock(NOON_US), patience, connect=wire)


def told(source, losses):
    """Everything up to and with the n-th StreamLost; then closed."""
    items = []
    for item in source:
        items.append(item)
        if sum(isinstance(i, StreamLost) for i in items) == losses:
            source.close()
    return items


def messages(items):
    return [i for i in items if not isinstance(i, Frame)]


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "clip.ts", 20)


def test_a_stream_that_ends_is_lost_once_and_each_connection_is_a_run(clip):
    clock = SimulatedClock(NOON_US)
    items = told(live(Wire(clip, clip), clock), losses=2)
    first, resumed, second = messages(items)
    assert first == StreamLost("door", NOON_US + 1_900_000, Loss.ENDED)
    assert isinstance(resumed, StreamResumed)
    assert resumed.run == "door/2"
    assert isinstance(second, StreamLost)
    assert resumed.utc_us < second.utc_us
    later = [i for i in items[items.index(resumed) :] if isinstance(i, Frame)]
    assert {f.run.id for f in later} == {"door/2"}
    assert {f.run.anchor_utc_us for f in later} == {resumed.utc_us}


def test_failing_attempts_are_backed_off_and_tell_nothing(clip):
    clock = SimulatedClock(NOON_US)
    wire = Wire(clip, *[Fault.UNREACHABLE] * 4, clip)
    items = told(live(wire, clock), losses=2)
    assert [type(m) for m in messages(items)] == [StreamLost, StreamResumed, StreamLost]
    resumed = messages(items)[1]
    # 1 + 2 + 4 + 5 s of failing, and the fifth attempt after 5 s more.
    assert resumed.utc_us == NOON_US + 17_000_000
    assert wire.attempts >= 6


def test_connections_that_bring_no_picture_do_not_tell_the_loss_again(tmp_path, clip):
    hollow = noise_between_headers(tmp_path)
    items = told(live(Wire(clip, hollow, hollow, clip)), losses=2)
    assert [type(m) for m in messages(items)] == [StreamLost, StreamResumed, StreamLost]
    assert messages(items)[1].run == "door/2", "a connection without a picture is no run"


def test_waits_double_up_to_five_seconds():
    waits = Patience().waits_s()
    assert [next(waits) for _ in range(6)] == [1, 2, 4, 5, 5, 5]


def test_a_login_refused_later_is_tried_again_only_after_the_cameras_lock_has_a_chance_to_open(clip):
    clock = SimulatedClock(NOON_US)
    items = told(live(Wire(clip, Fault.LOGIN_REFUSED, Fault.LOGIN_REFUSED, clip), clock), losses=2)
    assert messages(items)[1].utc_us == NOON_US + 1_000_000 * (1 + 60 + 2 + 60 + 4)


def test_the_first_connection_is_not_tried_again():
    wire = Wire(Fault.LOGIN_REFUSED)
    with pytest.raises(UnreadableError) as refused:
        list(live(wire))
    assert refused.value.fault is Fault.LOGIN_REFUSED
    assert wire.attempts == 1


def test_a_camera_that_is_off_at_first_is_waited_for_if_asked(clip):
    source = live(Wire(Fault.UNREACHABLE, Fault.NO_ANSWER, clip), patience=Patience(insist=True))
    first, resumed, _ = messages(told(source, losses=2))
    assert first == StreamLost("door", NOON_US, Loss.BROKEN)
    assert resumed == StreamResumed("door", "door/1", NOON_US + 3_000_000)


def test_a_wrong_password_is_not_waited_for_even_then():
    with pytest.raises(UnreadableError):
        list(live(Wire(Fault.LOGIN_REFUSED), patience=Patience(insist=True)))


def test_a_slow_reader_gets_the_latest_and_the_others_are_counted(clip):
    source = live(Wire(clip))
    items = told(source, losses=1)
    seen = [i for i in items if isinstance(i, Frame)]
    assert number_of(seen[-1].image) == 19
    assert len(seen) >= 1
    assert source.dropped == 20 - len(seen)


def test_times_that_jump_back_begin_a_new_run_on_the_same_connection(tmp_path, clip):
    wire = Wire(joined(tmp_path / "back.ts", clip, clip))
    lost, resumed, _ = messages(told(live(wire), losses=2))
    assert lost.reason == Loss.CLOCK_SET_BACK
    assert resumed.run == "door/2"
    assert resumed.utc_us > lost.utc_us


def test_times_that_jump_ahead_begin_a_new_run_nobody_saw_what_was_between(tmp_path):
    times_ms = [100 * n for n in range(10)] + [20_000 + 100 * n for n in range(10)]
    lost, resumed, _ = messages(told(live(Wire(write_video(tmp_path / "gap.ts", 20, times_ms=times_ms))), losses=2))
    assert (lost.reason, lost.utc_us) == (Loss.GAP, NOON_US + 900_000)
    # The clock of this test stands still: a new run must not begin before the last picture of the old one all the same.
    assert resumed.utc_us == NOON_US + 900_001


def test_stragglers_are_left_out_and_the_run_goes_on(tmp_path, clip):
    more = write_video(
        tmp_path / "m.ts", [numbered(n) for n in range(15, 40)], times_ms=[100 * n for n in range(15, 40)]
    )
    source = live(Wire(joined(tmp_path / "both.ts", clip, more)))
    items = told(source, losses=1)
    assert [m.reason for m in messages(items)] == [Loss.ENDED]
    # Three pictures before the joint fell to the broken packet count, so the two after it were news.
    assert counts(source)["out_of_order"] == 2


def test_a_change_of_size_goes_on(tmp_path, clip):
    large = write_video(
        tmp_path / "l.ts", [numbered(n, (320, 192)) for n in range(20, 30)], times_ms=[100 * n for n in range(20, 30)]
    )
    source = live(Wire(joined(tmp_path / "both.ts", clip, large)))
    items = told(source, losses=1)
    assert items[-2].size_px == (320, 192)
    assert counts(source)["resized"] == 1
    assert len(messages(items)) == 1


def test_broken_packets_are_skipped_and_no_old_picture_is_shown(tmp_path):
    whole = write_video(tmp_path / "w.mp4", 60)
    source = live(Wire(damaged(tmp_path / "noise.mp4", whole, 0.3, 0.36)))
    items = told(source, losses=1)
    seen = [i for i in items if isinstance(i, Frame)]
    assert all(number_of(f.image) == round(f.t_us / 100_000) for f in seen)
    assert counts(source)["broken_packets"] >= 1


def test_pictures_without_times_are_dated_by_the_rate(tmp_path):
    source = live(Wire(write_video(tmp_path / "a.h264", 20)))
    items = told(source, losses=1)
    assert items[-1] == StreamLost("door", NOON_US + 19 * 40_000, Loss.ENDED)
    assert counts(source)["derived_times"] == 20


class Ticking(SimulatedClock):
    """A second passes each time somebody asks."""

    def monotonic_us(self):
        self.advance(1)
        return super().monotonic_us()


def test_a_stream_without_times_and_rate_is_refused(tmp_path):
    path = write_video(tmp_path / "a.h264", 20)

    def connect(locator, tally, timeout_s):
        return without_rate(locate_file(path), tally, timeout_s)

    source = live(connect, Ticking(NOON_US))
    with pytest.raises(UnreadableError) as refused:
        list(source)
    assert refused.value.fault is Fault.UNDATED


def test_times_that_leave_the_clock_behind_begin_a_new_run(tmp_path):
    slow = write_video(tmp_path / "slow.ts", 30, times_ms=[500 * n for n in range(30)])
    lost = messages(told(live(Wire(slow)), losses=1))[0]
    assert (lost.reason, lost.utc_us) == (Loss.OUT_OF_STEP, NOON_US + 10_500_000)


def test_a_defect_in_the_decoders_thread_reaches_the_reader(clip):
    def broken(locator, tally, timeout_s):
        if threading.current_thread().name.startswith("ingest"):
            raise ZeroDivisionError
        return open_stream(locate_file(clip), tally, None)

    with pytest.raises(ZeroDivisionError):
        list(live(broken))


def test_close_from_another_thread_ends_the_iteration(clip):
    source = live(Wire(clip))
    items = []

    def read():
        items.extend(takewhile(lambda _: True, source))

    reader = threading.Thread(target=read)
    reader.start()
    source.close()
    source.close()
    reader.join(10)
    assert not reader.is_alive()
