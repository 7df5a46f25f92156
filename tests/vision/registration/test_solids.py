"""Rays meet boxes where they should, also along a face and from above."""

from __future__ import annotations

import numpy as np
import pytest

from models.domain.furniture import Part, Pose
from vision.registration.solids import cast

BOX = (Part((0.0, 0.0, 0.5), (1.0, 1.0, 1.0)),)


@pytest.mark.parametrize(
    ("start", "ahead", "depth", "normal"),
    [
        ((-2.0, 0.0, 0.5), (1.0, 0.0, 0.0), 1.5, (-1.0, 0.0, 0.0)),
        ((0.2, 0.1, 3.0), (0.0, 0.0, -1.0), 2.0, (0.0, 0.0, 1.0)),
        ((0.0, 2.0, 0.5), (0.0, -2.0, 0.0), 0.75, (0.0, 1.0, 0.0)),
        ((-2.0, 0.6, 0.5), (1.0, 0.0, 0.0), np.inf, (0.0, 0.0, 0.0)),
        ((-2.0, 0.0, 0.5), (-1.0, 0.0, 0.0), np.inf, (0.0, 0.0, 0.0)),
    ],
)
def test_a_ray_meets_the_first_face_on_its_way(start, ahead, depth, normal):
    found, faces = cast(BOX, Pose(0.0, 0.0), np.array(start), np.array([ahead]))
    assert found[0] == pytest.approx(depth)
    assert faces[0] == pytest.approx(normal)


def test_of_two_faces_that_a_ray_meets_at_once_one_is_told():
    found, faces = cast(BOX, Pose(0.0, 0.0), np.array((-1.5, -1.5, 0.5)), np.array([(1.0, 1.0, 0.0)]))
    assert found[0] == pytest.approx(1.0)
    assert np.abs(faces[0]).sum() == 1.0
