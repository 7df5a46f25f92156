"""The one-slot box: pictures may be passed over, messages never."""

import threading

import numpy as np
import pytest

from models.domain.media import Frame, Run
from models.domain.messages import StreamLost, StreamResumed
from vision.ingest import LatestBox

RUN = Run("door", 1, 0)
LOST, RESUMED = StreamLost("door", 5, "silent"), StreamResumed("door", "door/2", 9)


def frame(t_us):
    return Frame(np.zeros((2, 2, 3), np.uint8), RUN, t_us)


def drained(box, n):
    return [item.t_us if isinstance(item, Frame) else item for item in (box.take() for _ in range(n))]


def test_the_latest_picture_wins_and_the_rest_is_counted():
    box = LatestBox()
    for t_us in range(5):
        box.put(frame(t_us))
    assert drained(box, 1) == [4]
    assert box.dropped == 4


def test_messages_keep_their_place_and_are_never_dropped():
    box = LatestBox()
    for item in (frame(1), frame(2), LOST, RESUMED, frame(3), frame(4)):
        box.put(item)
    assert drained(box, 4) == [2, LOST, RESUMED, 4]
    assert box.dropped == 2


def test_a_taker_waits_for_the_next_and_is_woken_by_close():
    box = LatestBox()
    taken = []

    def take():
        while (item := box.take()) is not None:
            taken.append(item)
            seen.set()

    seen = threading.Event()
    taker = threading.Thread(target=take)
    taker.start()
    box.put(LOST)
    assert seen.wait(10)
    box.close()
    box.close()
    taker.join(10)
    assert not taker.is_alive()
    assert taken == [LOST]


def test_after_close_nothing_comes_out_and_nothing_is_kept():
    box = LatestBox()
    box.put(LOST)
    box.close()
    box.put(RESUMED)
    assert box.take() is None


def test_an_error_of_the_decoder_reaches_the_taker_after_what_came_before():
    box = LatestBox()
    box.put(frame(1))
    box.fail(RuntimeError("decoder"))
    assert drained(box, 1) == [1]
    with pytest.raises(RuntimeError, match="decoder"):
        box.take()
    with pytest.raises(RuntimeError, match="decoder"):
        box.take()
