"""Why a run ended without being asked to: the closed set of `StreamLost.reason`."""

from __future__ import annotations

from enum import StrEnum

from vision.ingest.faults import Fault


class Loss(StrEnum):
    """Texts in models/texts/ingest.yaml under `ingest.lost.<member>`."""

    ENDED = "ended"
    """The server said goodbye, or hung up."""
    SILENT = "silent"
    """No packet within the read time-out."""
    BROKEN = "broken"
    """The connection failed."""
    GAP = "gap"
    """The stream's times jumped ahead: in between nobody saw."""
    CLOCK_SET_BACK = "clock_set_back"
    """The stream's times jumped back."""
    OUT_OF_STEP = "out_of_step"
    """The stream's times and ours drifted apart, or pictures come later and later."""


def loss_of(fault: Fault) -> Loss:
    """What an error of the connection means for the run that it ended."""
    return Loss.SILENT if fault is Fault.NO_ANSWER else Loss.BROKEN
