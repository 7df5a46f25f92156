"""The rule table, its page, its texts and its stories agree."""

from pathlib import Path

import pytest

from models.domain.rules import PLANNED, RULES
from models.texts import LANGUAGES, catalogue, text
from pipelines.rules.catalogue import RULES_BY_CODE, markdown, rules_in_force
from tests.stories.scenario import site

ROOT = Path(__file__).parents[2]


def test_the_page_is_current():
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == markdown()


def test_every_declared_rule_is_built_and_every_built_rule_is_declared():
    assert set(RULES_BY_CODE) == set(RULES)
    assert all(rule.code == code for code, rule in RULES_BY_CODE.items())
    assert not set(PLANNED) & set(RULES)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_told_in_both_languages_and_on_the_page(code):
    for language in LANGUAGES:
        assert text(f"rule.{code}.summary", language) in markdown()
    for parameter in RULES[code].parameters:
        assert f"`{parameter.name}`" in markdown()
        assert parameter.source in markdown()


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_stories(code):
    stories = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "stories").glob("test_*.py"))
    assert f'"{code}"' in stories


def test_every_cue_and_end_has_words():
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "pipelines").rglob("*.py"))
    cues = {part.split('"')[0] for part in sources.split('"rule.cue.')[1:]}
    assert cues == {key.removeprefix("rule.cue.") for key in catalogue() if key.startswith("rule.cue.")}


def test_switched_off_rules_do_not_run():
    assert [rule.code for rule in rules_in_force(site())] == [c for c in RULES_BY_CODE if c != "wait.reception"]
    off = frozenset({"greeter.visitor_unapproached", "camera.offline"})
    left = [code for code in RULES_BY_CODE if code not in off]
    assert [rule.code for rule in rules_in_force(site(off=off))] == left
    assert left[:2] == ["wait.reception", "greeter.post_unattended"]
