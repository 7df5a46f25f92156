"""The tape: every message of a recording as JSON lines, enough to run the rules again.

First line: format, site, site version, rule versions, recording start. Then one line a message. A line that a killed
process left half-written at the end is dropped and told; anything else that is off is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from models.domain.errors import StoreError, UsageError
from models.domain.incident import Incident
from models.domain.messages import Message
from models.domain.rules import RULES
from models.domain.site import Site
from pipelines.engine import Engine
from pipelines.tape_codec import decoded, encoded

FORMAT = 1


@dataclass(frozen=True, slots=True)
class TapeHeader:
    site: str
    site_version: str
    rules: dict[str, str]
    """Code -> version of each rule when the tape was written."""
    start_us: int
    """UTC µs of the first message."""


@dataclass(frozen=True, slots=True)
class Tape:
    header: TapeHeader
    messages: tuple[Message, ...]
    truncated: bool = False
    """The last line was half-written: the process was killed."""


class TapeWriter:
    """Writes messages as they come; a context manager. Raises StoreError when the disk does not take them."""

    def __init__(self, path: Path, site: Site) -> None:
        self._path, self._site = path, site
        self._begun = False
        try:
            self._file = path.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise _unwritable(path, error) from error

    def write(self, message: Message) -> None:
        """Append one message."""
        lines = [] if self._begun else [_header(self._site, message.utc_us)]
        lines.append(encoded(message))
        self._begun = True
        text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
        try:
            self._file.write(text)
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def flush(self) -> None:
        """Hand over to the system what was written so far."""
        try:
            self._file.flush()
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_tape(path: Path) -> Tape:
    """Read a tape. Raises UsageError when the file is missing, is no tape, is of another format, or is damaged."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "The tape cannot be read.",
            where=str(path),
            got=str(error),
            expected="a tape.jsonl written by a replay or a live run",
            next_step="Give the folder that `guiwei replay --out` wrote.",
        ) from error
    header = _read_header(path, lines[0])
    # A complete file ends with a line break, so what follows the last one is a line cut short.
    truncated = lines[-1] != ""
    messages = [_read_message(path, number, line) for number, line in enumerate(lines[1:-1], 2)]
    return Tape(header, tuple(messages), truncated)


def rerun(tape: Tape, site: Site) -> tuple[Incident, ...]:
    """The incidents that the site's rules raise from the tape: those of the run that wrote it if the site is the same.

    Raises UsageError for a tape of another site or of other rule versions.
    """
    return rerun_engine(tape, site).incidents


def rerun_engine(tape: Tape, site: Site) -> Engine:
    """The engine after the whole tape. Raises UsageError as `rerun` does."""
    if tape.header.site != site.id:
        raise UsageError(
            "The tape belongs to another site.",
            where="tape.jsonl, line 1",
            got=tape.header.site,
            expected=site.id,
            next_step="Give the site folder with which the tape was recorded.",
        )
    ours = _rule_versions()
    if tape.header.rules != ours:
        raise UsageError(
            "The tape was recorded with other versions of the rules.",
            where="tape.jsonl, line 1",
            got=json.dumps(tape.header.rules),
            expected=json.dumps(ours),
            next_step="Replay the recording again with this version of guiwei.",
        )
    engine = Engine(site)
    for message in tape.messages:
        engine.step(message)
    return engine


def _header(site: Site, start_us: int) -> dict[str, Any]:
    return {
        "tape": "guiwei",
        "format": FORMAT,
        "site": site.id,
        "site_version": site.version,
        "rules": _rule_versions(),
        "recording_start_us": start_us,
    }


def _rule_versions() -> dict[str, str]:
    return {code: spec.version for code, spec in sorted(RULES.items())}


def _read_header(path: Path, line: str) -> TapeHeader:
    try:
        fields = json.loads(line)
        if fields["tape"] == "guiwei" and fields["format"] == FORMAT:
            return TapeHeader(
                fields["site"], fields["site_version"], dict(fields["rules"]), int(fields["recording_start_us"])
            )
        got = f"format {fields['format']} of {fields['tape']!r}"
    except (ValueError, KeyError, TypeError) as error:
        got = f"{line[:60]!r} ({type(error).__name__})" if line else "an empty file"
    raise UsageError(
        "This is not a tape that this version can read.",
        where=f"{path}, line 1",
        got=got,
        expected=f"the header of a guiwei tape of format {FORMAT}",
        next_step="Give a tape.jsonl of this version, or replay the recording again.",
    )


def _read_message(path: Path, number: int, line: str) -> Message:
    try:
        return decoded(json.loads(line))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise UsageError(
            "The tape is damaged.",
            where=f"{path}, line {number}",
            got=f"{line[:60]!r} ({type(error).__name__})",
            expected="one message of the recording as JSON",
            next_step="Replay the recording again; a damaged tape is not repaired.",
        ) from error


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        "The tape cannot be written.",
        where=str(path),
        got=str(error),
        expected="a folder with free space that may be written to",
        next_step="Free some space or give another --out folder.",
    )
