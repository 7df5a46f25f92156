"""Refusals in both languages on one line, Chinese first: an error is read before a language could be chosen."""

from __future__ import annotations

from models.domain.errors import WeightsError
from models.texts import text


def refusal(key: str, *, where: object, got: str, **places: object) -> WeightsError:
    """A WeightsError whose sentence, expectation and next step are the texts `<key>.what`, `.expected` and `.next`."""
    what, expected, next_step = said(key, **places)
    return WeightsError(what, where=str(where), got=got, expected=expected, next_step=next_step)


def said(key: str, **places: object) -> tuple[str, str, str]:
    """Sentence, expectation, next step, each in both languages (once where they are the same)."""
    what, expected, next_step = (
        " / ".join(dict.fromkeys(text(f"{key}.{part}", language, **places) for language in ("zh", "en")))
        for part in ("what", "expected", "next")
    )
    return what, expected, next_step
