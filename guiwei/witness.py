"""Keeps the tape of a run, and draws incidents' timelines from it; a tape that cannot be written ends no run."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from models.domain.errors import GuiweiError, StoreError
from models.domain.incident import Incident
from models.domain.messages import Message
from models.domain.site import Site
from models.texts import Language
from pipelines.explain import explain
from pipelines.outbox import Tell
from pipelines.tape import Tape, TapeWriter, read_tape
from pipelines.zone_day_plot import zone_day_picture

LONGEST_BYTES = 64 * 2**20
"""A longer tape (days of live) is not read back at the end of a run, which has to end promptly."""


class TapeKeeper:
    """A pipelines.runner.Witness. Raises StoreError when the tape cannot be begun at all."""

    def __init__(self, path: Path, site: Site, tell: Tell, language: Language) -> None:
        self._path, self._site, self._tell, self._language = path, site, tell, language
        self._writer: TapeWriter | None = TapeWriter(path, site)
        self._read: Tape | None = None

    def take(self, message: Message) -> None:
        try:
            if self._writer is not None:
                self._writer.write(message)
        except StoreError as error:
            self._give_up(error)

    def timeline(self, incident: Incident) -> bytes | None:
        """PNG; None where there is no whole tape, or one too long to read again. To be asked once all was taken."""
        try:
            tape = self._tape()
            if tape is not None and incident.code.startswith("energy."):
                day = zone_day_picture(self._site, tape.messages, incident, self._language)
                return day or explain(tape, incident, self._language).picture_png
            return explain(tape, incident, self._language).picture_png if tape is not None else None
        except GuiweiError:
            return None

    def close(self) -> None:
        """Safe twice."""
        if self._writer is not None:
            try:
                self._writer.close()
            except StoreError as error:
                self._give_up(error)
            self._writer = None

    def _tape(self) -> Tape | None:
        if self._writer is None:
            return self._read
        if self._read is None:
            self._writer.flush()
            if self._path.stat().st_size <= LONGEST_BYTES:
                self._read = read_tape(self._path)
        return self._read

    def _give_up(self, error: StoreError) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(StoreError):
                writer.close()
        self._tell("box.tape_lost", {"reason": error.got})
