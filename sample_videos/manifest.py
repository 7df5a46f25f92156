"""Which sample shows what: for each incident code a clip where it fires, one where it must not, one that is blind.

`manifest.yaml` is written by hand beside this file:

    codes:
      greeter.visitor_unapproached: {fires: c_waiting_s32, must_not: [e_consult_s45], blind: waiting-covered}
    owed:
      wait.shuttle: [fires, must_not, blind]

`owed` says in the open which clips are still to be made; a test fails when one is missing that is not owed, or owed
although it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from models.domain.errors import UsageError

SAMPLES = Path(__file__).parent
MANIFEST = SAMPLES / "manifest.yaml"
Verdict = Literal["fires", "must_not", "blind"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class Manifest(BaseModel):
    """codes: code -> verdict -> names of clip folders. owed: code -> verdicts without a clip yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    codes: dict[str, dict[Verdict, tuple[str, ...]]] = Field(default_factory=dict)
    owed: dict[str, tuple[Verdict, ...]] = Field(default_factory=dict)

    @field_validator("codes", mode="before")
    @classmethod
    def _one_or_several(cls, codes: object) -> object:
        """A single clip may be written without brackets."""
        if not isinstance(codes, Mapping):
            return codes
        return {
            code: {verdict: (names,) if isinstance(names, str) else names for verdict, names in told.items()}
            if isinstance(told, Mapping)
            else told
            for code, told in codes.items()
        }


def read_manifest(file: Path = MANIFEST) -> Manifest:
    """Raises UsageError, naming the entry that is off."""
    try:
        return Manifest.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except ValidationError as error:
        first = error.errors()[0]
        raise _refused(
            f"{file}: {'/'.join(map(str, first['loc']))}", f"{first['input']!r}"[:80], first["msg"]
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _refused(str(file), str(error), "YAML with codes and owed") from error


def _refused(where: str, got: str, expected: str) -> UsageError:
    return UsageError(
        "The manifest of the samples cannot be read.",
        where=where,
        got=got,
        expected=expected,
        next_step="Correct sample_videos/manifest.yaml; its form stands in sample_videos/manifest.py.",
    )
