"""What of a picture was looked at closely, when, and what has changed there since."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vision.detectors.regions import Size
from vision.detectors.suppression import Boxes

_STEP = 7.0
"""Grey levels of a cell that count as change since the last look. An edge that moves by a pixel changes a cell of 8 by
that much, coding noise of the clips stays under 6. Finer than the step of MotionWatch: a change may add up slowly."""

_LIGHT = 14.0
"""Grey levels by which the whole picture changes when a lamp is switched: the network may then see what it did not."""
_NEVER_US = -(10**15)

Cells = tuple[slice, slice]
Grey = NDArray[np.float32]


class Attention:
    """One instance a run and picture size. `see` each picture before anything is asked about it."""

    def __init__(self, size: Size, grey: Grey) -> None:
        """size: of the picture, px. grey: (rows, columns), its small copy (MotionWatch.grey)."""
        self._grey, self._known = grey, grey.copy()
        self._across, self._down = grey.shape[1] / size[0], grey.shape[0] / size[1]
        self._looked_us = np.full(grey.shape, _NEVER_US, np.int64)
        self._changed = np.zeros(grey.shape, np.bool_)
        self._t_us = 0

    def see(self, grey: Grey, t_us: int) -> None:
        self._grey, self._t_us = grey, t_us
        difference = grey - self._known
        common = float(np.median(difference))  # automatic exposure moves the whole picture a little
        self._changed = np.abs(difference - common) > (_STEP if abs(common) < _LIGHT else -1.0)

    def note(self, regions: Boxes) -> None:
        """(n, 4) px: parts of the present picture that are looked at closely."""
        for region in regions:
            cells = self._cells(region)
            self._known[cells] = self._grey[cells]
            self._changed[cells] = False
            self._looked_us[cells] = self._t_us

    def age_us(self, box: Sequence[float] | Boxes) -> int:
        """Since when some part of the box was not looked at closely; 0 for a box outside the picture."""
        part = self._looked_us[self._cells(box)]
        return self._t_us - int(part.min()) if part.size else 0

    def changed(self, box: Sequence[float] | Boxes) -> int:
        """Cells of the box that differ from what they were when they were last looked at."""
        return int(np.count_nonzero(self._changed[self._cells(box)]))

    def _cells(self, box: Sequence[float] | Boxes) -> Cells:
        x0, y0, x1, y1 = (float(value) for value in box)
        top, left = round(y0 * self._down), round(x0 * self._across)
        return slice(top, max(round(y1 * self._down), top + 1)), slice(left, max(round(x1 * self._across), left + 1))
