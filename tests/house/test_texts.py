"""One catalogue, two languages, nothing missing in either."""

from string import Formatter

import pytest

from models.domain.errors import GuiweiError
from models.domain.finding import Grade, Severity
from models.domain.incident import DismissReason, State
from models.domain.presence import Role
from models.domain.rules import RULES
from models.texts import LANGUAGES, catalogue, text


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_text_stands_in_both_languages_with_the_same_places(key):
    entry = catalogue()[key]
    assert set(entry) == set(LANGUAGES), f"{key} has {sorted(entry)}"
    assert all(isinstance(entry[language], str) and entry[language].strip() for language in LANGUAGES)
    assert places(entry["zh"]) == places(entry["en"]), f"{key}: the two languages fill different places"


def test_every_closed_set_is_named():
    keys = [f"rule.{code}.name" for code in RULES]
    keys += [
        f"{kind}.{member}"
        for kind, members in (
            ("role", Role),
            ("severity", Severity),
            ("state", State),
            ("dismiss", DismissReason),
            ("grade", Grade),
        )
        for member in members
    ]
    for key in keys:
        for language in LANGUAGES:
            assert text(key, language)


def test_an_error_says_what_where_got_expected_and_next():
    error = GuiweiError("A thing is off.", where="here", got="1", expected="2", next_step="Write 2.")
    assert str(error).splitlines() == [
        "A thing is off.",
        "  where: here",
        "  got: 1",
        "  expected: 2",
        "  next: Write 2.",
    ]
