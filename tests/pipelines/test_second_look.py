"""A picture of evidence is looked at once, and each picture for itself."""

import numpy as np

from pipelines.second_look import KEPT, SecondLook

SMALL, LARGE = np.zeros((36, 64, 3), np.uint8), np.zeros((72, 128, 3), np.uint8)


class Asked:
    """A net that finds somebody as wide as the picture, and says how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, image):
        self.times += 1
        return np.array([[0, 0, image.shape[1], 9]], np.float32)


def test_two_incidents_of_one_moment_share_the_look_at_their_picture():
    net = Asked()
    look = SecondLook(net)
    first, again = look.people("hall", 5_000_000, LARGE), look.people("hall", 5_000_000, LARGE)
    assert net.times == 1
    assert first.tolist() == again.tolist() == [[0, 0, 128, 9]]


def test_another_moment_camera_or_size_is_another_picture():
    net = Asked()
    look = SecondLook(net)
    for camera, utc_us, image in (("hall", 1, LARGE), ("hall", 2, LARGE), ("door", 1, LARGE), ("hall", 1, SMALL)):
        assert look.people(camera, utc_us, image).tolist() == [[0, 0, image.shape[1], 9]]
    assert net.times == 4


def test_what_is_remembered_stays_small():
    net = Asked()
    look = SecondLook(net)
    for utc_us in range(KEPT + 1):
        look.people("hall", utc_us, SMALL)
    look.people("hall", KEPT, SMALL)
    assert net.times == KEPT + 1
    look.people("hall", 0, SMALL)
    assert net.times == KEPT + 2, "the oldest was let go of"
