"""Errors a person can act on. Each says what, where, got, expected and what to do next.

    GuiweiError                 exit code 1
    ├── UsageError              2   the command line or an argument is off
    ├── SiteError               3   the site folder is wrong
    ├── SourceError             4   a camera, stream or recording cannot be read
    ├── WeightsError            5   neural-network weights are missing or wrong
    ├── StoreError              6   the database cannot be used
    ├── EvidenceError           7   evidence cannot be written (masking failed, disk full)
    ├── DeliveryError           8   the API did not take what the box sent
    └── FloorError              9   a measured figure fell below its stored floor

Exceptions of libraries are translated at the adapter that calls them; no traceback reaches a user.
"""

from __future__ import annotations


class GuiweiError(Exception):
    """Base of all errors shown to a person.

    what: one sentence. where: file, line, key, camera. got / expected: values. next_step: what to do.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", got: str = "", expected: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.got = what, where, got
        self.expected, self.next_step = expected, next_step

    def __str__(self) -> str:
        parts = (("where", self.where), ("got", self.got), ("expected", self.expected), ("next", self.next_step))
        return "\n".join([self.what, *(f"  {name}: {text}" for name, text in parts if text)])


class UsageError(GuiweiError):
    """The command line or an argument is off."""

    exit_code = 2


class SiteError(GuiweiError):
    """The site folder is wrong."""

    exit_code = 3


class SourceError(GuiweiError):
    """A camera, stream or recording cannot be read."""

    exit_code = 4


class WeightsError(GuiweiError):
    """Neural-network weights are missing or wrong."""

    exit_code = 5


class StoreError(GuiweiError):
    """The database cannot be used."""

    exit_code = 6


class EvidenceError(GuiweiError):
    """Evidence cannot be written."""

    exit_code = 7


class DeliveryError(GuiweiError):
    """The API did not take what the box sent."""

    exit_code = 8


class FloorError(GuiweiError):
    """A measured figure fell below its stored floor."""

    exit_code = 9
