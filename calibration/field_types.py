"""What every part of the site file is made of: ids, lines of text, pixels and metres."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from calibration.field_checks import printable, shape

LARGEST_PX = 16384
FARTHEST_M = 1000.0
"""No showroom is larger; a larger number is a slip of unit."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$", max_length=64)]
Line = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(printable)]
Coordinate = Annotated[float, Field(allow_inf_nan=False, ge=-LARGEST_PX, le=LARGEST_PX)]
Point = tuple[Coordinate, Coordinate]
Corners = Annotated[tuple[Point, ...], Field(min_length=3, max_length=200), AfterValidator(shape)]
Metres = Annotated[float, Field(allow_inf_nan=False, ge=-FARTHEST_M, le=FARTHEST_M)]
