"""The incident book: one incident per episode, revised only when there is news."""

from dataclasses import replace

from models.domain.finding import Finding, Phase, Quantity, Severity, Threshold
from pipelines.incidents import IncidentBook
from tests.stories.scenario import START_US, site

FINDING = Finding(
    code="greeter.visitor_unapproached",
    subject="party-1",
    phase=Phase.OPEN,
    severity=Severity.INCIDENT,
    zone="hall",
    camera="cam",
    t_first_us=START_US,
    t_confirmed_us=START_US + 60_000_000,
    t_end_us=None,
    measured=Quantity(60.0, "s", 0.1),
    threshold=Threshold(60.0, "s", "site file"),
    observed_s=60.0,
    blind_s=0.0,
    cues=("rule.cue.wait_counted",),
    persons=("cam/1", "cam/2"),
)


def waited(value, **changes):
    return replace(FINDING, phase=Phase.EXTEND, measured=Quantity(value, "s"), **changes)


def test_an_episode_opens_once_and_grows_by_news_only():
    book, opened = IncidentBook(site()).after(FINDING)
    assert (opened.phase, opened.incident.revision, opened.persons) == ("open", 1, ("cam/1", "cam/2"))
    book, silent = book.after(waited(75.0))
    assert silent is None
    book, longer = book.after(waited(90.0, cues=("rule.cue.hidden_meanwhile",)))
    assert (longer.phase, longer.incident.revision, longer.incident.measured.value) == ("extend", 2, 90.0)
    assert longer.incident.cues == ("rule.cue.wait_counted", "rule.cue.hidden_meanwhile")
    book, louder = book.after(waited(95.0, severity=Severity.HIGH))
    assert (louder.incident.revision, louder.incident.severity) == (3, "high")
    end = waited(96.0, severity=Severity.HIGH, t_end_us=START_US + 96_000_000, end_reason="resolved")
    book, closed = book.after(end)
    assert (closed.phase, closed.incident.revision, closed.incident.end_reason) == ("close", 4, "resolved")
    assert len({i.incident.dedupe_key for i in (opened, longer, louder, closed)}) == 1
    book, late = book.after(waited(200.0))
    assert late is None
    assert book.incidents == (closed.incident,)


def test_another_episode_of_the_same_subject_is_another_incident():
    book, first = IncidentBook(site()).after(FINDING)
    book, second = book.after(replace(FINDING, t_first_us=START_US + 500_000_000))
    assert first.incident.dedupe_key != second.incident.dedupe_key
    assert len(book.incidents) == 2


def test_what_a_killed_run_left_open_can_be_closed_as_blind():
    book, opened = IncidentBook(site()).after(FINDING)
    book, changes = book.closed(START_US + 70_000_000, "blind")
    (closed,) = changes
    assert (closed.phase, closed.incident.end_reason, closed.incident.revision) == ("close", "blind", 2)
    assert closed.incident.dedupe_key == opened.incident.dedupe_key
    assert book.closed(START_US + 80_000_000, "blind")[1] == ()


def test_an_incident_carries_the_names_people_read():
    named = IncidentBook(site()).after(FINDING)[1].incident.extra
    assert named == {"persons": "cam/1 cam/2", "zone_zh": "测试", "zone_en": "test"}
    nowhere = replace(FINDING, zone="", persons=())
    assert IncidentBook(site()).after(nowhere)[1].incident.extra == {}
