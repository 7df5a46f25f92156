"""Why a source cannot be read: libav's errors translated into ours, with nothing of the credentials in them.

libav's exceptions carry the address they were given, and that address holds the password. So they are read for their
kind only and never chained, neither as cause nor as context.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import av

from models.domain.errors import SourceError
from models.texts import Language, text


class Fault(StrEnum):
    """All reasons; texts in models/texts/ingest.yaml under `ingest.fault.<member>`."""

    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    FORBIDDEN = "forbidden"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    NOT_VIDEO = "not_video"
    AUDIO_ONLY = "audio_only"
    NO_PICTURE = "no_picture"
    NO_PICTURE_THERE = "no_picture_there"
    UNDATED = "undated"
    NO_START = "no_start"
    BAD_ADDRESS = "bad_address"
    NO_CREDENTIALS = "no_credentials"
    LOGIN_REFUSED = "login_refused"
    NO_SUCH_STREAM = "no_such_stream"
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"


class UnreadableError(SourceError):
    """A SourceError that knows its Fault, so that it can be said in either language."""

    def __init__(self, fault: Fault, *, where: str, got: str = "", language: Language = "en") -> None:
        def part(name: str) -> str:
            return text(f"ingest.fault.{fault}.{name}", language)

        super().__init__(part("what"), where=where, got=got, expected=part("expected"), next_step=part("next"))
        self.fault = fault

    def said(self, language: Language) -> UnreadableError:
        """The same in another language."""
        return UnreadableError(self.fault, where=self.where, got=self.got, language=language)


_KINDS: tuple[tuple[tuple[Any, ...], Fault], ...] = (
    ((av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError), Fault.LOGIN_REFUSED),
    ((av.error.HTTPNotFoundError,), Fault.NO_SUCH_STREAM),
    ((av.error.HTTPError, av.error.ProtocolNotFoundError), Fault.REFUSED),
    # ExitError: PyAV's own watch ended a call that took longer than its time-out.
    ((av.error.ExitError, av.error.TimeoutError), Fault.NO_ANSWER),
    ((av.error.PermissionError,), Fault.FORBIDDEN),
    ((av.error.InvalidDataError, av.error.ArgumentError, av.error.DemuxerNotFoundError), Fault.NOT_VIDEO),
    ((av.error.OSError, av.error.ConnectionRefusedError, av.error.ConnectionResetError), Fault.UNREACHABLE),
)


def fault_of(error: BaseException) -> Fault:
    """The fault that a libav error stands for; REFUSED when it stands for none of them."""
    return next((fault for kinds, fault in _KINDS if isinstance(error, kinds)), Fault.REFUSED)
