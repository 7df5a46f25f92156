"""The second look for people at evidence, once a picture: incidents of one moment share their pictures."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.domain.media import Image

Boxes = NDArray[np.float32]
SecondNet = Callable[[Image], Boxes]
"""People on a picture at a low score: (n, 4) px of that picture. Raises GuiweiError when the network fails."""

KEPT = 256
"""Answers kept, some kB: a dozen clips with their stills."""


class SecondLook:
    """Asks the network about a kept picture, and remembers what it said. Used by one thread."""

    def __init__(self, net: SecondNet) -> None:
        self._net = net
        self._told: OrderedDict[tuple[str, int, tuple[int, ...]], Boxes] = OrderedDict()

    def people(self, camera: str, utc_us: int, image: Image) -> Boxes:
        """(n, 4) px of `image`: the picture kept of that camera's frame, in whatever size."""
        key = camera, utc_us, image.shape
        if key not in self._told:
            self._told[key] = self._net(image)
            while len(self._told) > KEPT:
                self._told.popitem(last=False)
        return self._told[key]
