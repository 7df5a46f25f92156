"""Incidents against what the story expects: by code, subject and time. Pure, and it knows no rule.

One raised incident answers one expected one. What is raised beyond is a false alarm: a second incident of one episode,
a subject the story does not name, a moment more than `LATE_S` outside the right ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guiwei.yardstick.cast import Cast, TrueFrames
from guiwei.yardstick.playing import Played
from guiwei.yardstick.sample import LEAST
from models.domain.finding import Severity
from models.domain.geometry import contains
from models.domain.incident import Incident
from models.domain.rules import RULES
from models.domain.site import Site
from pipelines.ledger import Row
from sample_videos.studio.truth import Expected, Truth, ViewTruth

LATE_S = 10.0
"""Confirmed farther than this outside the right moments is another event [P]: a supervisor's patience, and far above
every error of time that the product may have (design.md: 1 to 2 s)."""
SAID_SHARE = 0.5
"""Of a sick spell that has to be told as unknown: scene health takes its time to be sure, on purpose."""
AHEAD = "warn_s"
"""The parameter of rules that warn before their limit."""
NAMELESS = frozenset({"furniture.extra"})
"""Of a thing that belongs nowhere no product can know the truth's name: code and moment decide."""
BLIND_WORDS = frozenset({"unknown", "sick", "lost"})


@dataclass(frozen=True, slots=True)
class Raised:
    """An incident on the truth's clock. subject: in the truth's ids (a party of the truth; "" where it is none)."""

    code: str
    subject: str
    camera: str
    t_first_s: float
    t_confirmed_s: float
    t_end_s: float | None
    measured: float
    observed_s: float
    blind_s: float
    persons: tuple[str, ...] = ()
    least_deg: float | None = None
    """The item is told as turned by at least so much, no finer."""


@dataclass(frozen=True, slots=True)
class Hit:
    """late_s: how far outside the right moments it was confirmed, negative when too early. first_s: of the cause."""

    expected: Expected
    raised: Raised
    late_s: float
    first_s: float | None


@dataclass(frozen=True, slots=True)
class Matches:
    """All expected and raised incidents of one clip. silent: (must_not or blind, kept, unknown said)."""

    hits: tuple[Hit, ...]
    missed: tuple[Expected, ...]
    false: tuple[Raised, ...]
    silent: tuple[tuple[Expected, bool, bool | None], ...]


def raised_of(played: Played, cast: Cast) -> tuple[Raised, ...]:
    """The clip's incidents in the truth's words. A warning ahead of the limit that ended as one is no incident: the
    story's limits are those of incidents. What a rule never tells graver (a covered lens) is its incident."""
    grave = [one for one in played.incidents if one.severity is not Severity.WARNING or not _warns_ahead(one.code)]
    return tuple(_raised(incident, played, cast) for incident in grave)


def _warns_ahead(code: str) -> bool:
    return code in RULES and any(parameter.name == AHEAD for parameter in RULES[code].parameters)


def _raised(incident: Incident, played: Played, cast: Cast) -> Raised:
    clock, camera = played.clock, incident.camera
    persons = tuple(incident.extra.get("persons", "").split())
    at_s = clock.s(incident.t_confirmed_us, camera)
    party = cast.party_of(persons, played.clip.truth) or _party_there(played.clip.truth, incident.zone, at_s)
    told = {one.subject for one in played.clip.truth.expected if one.code == incident.code}
    named = incident.subject in _named(played.site) or incident.subject in told
    return Raised(
        code=incident.code,
        subject=incident.subject if named else party,
        camera=camera,
        t_first_s=clock.s(incident.t_first_us, camera),
        t_confirmed_s=at_s,
        t_end_s=None if incident.t_end_us is None else clock.s(incident.t_end_us, camera),
        measured=incident.measured.value,
        observed_s=incident.observed_s,
        blind_s=incident.blind_s,
        persons=persons,
        least_deg=_figure(incident, f"{LEAST}_deg"),
    )


def _figure(incident: Incident, name: str) -> float | None:
    return float(incident.extra[name]) if name in incident.extra else None


def _named(site: Site) -> set[str]:
    """Ids that site and truth share. Whatever else an incident is about (a party, a group at a table) the product has
    named by itself; a wait in a zone is the zone's to one and the party's to the other."""
    things = (site.cameras, site.posts, site.energy.luminaires, site.energy.aircons, site.furniture.items)
    return {name for each in things for name in each}


def _party_there(truth: Truth, zone: str, t_s: float) -> str:
    """The party with most people in the zone then, for incidents of a group that name no persons; "" for nobody's."""
    floors = [one.floor_m for one in truth.zones if one.id == zone]
    members = {name: party.id for party in truth.parties for name in party.members}
    frames = TrueFrames(truth)
    there = {
        sight.id: members[sight.id]
        for camera in truth.cameras
        for sight in frames.at(camera, t_s) or ()
        if sight.id in members and any(contains(floor, (sight.x_m, sight.y_m)) for floor in floors)
    }
    told = Counter(there.values())
    return min(told, key=lambda party: (-told[party], party)) if told else ""


def matched(truth: Truth, raised: Sequence[Raised], rows: Sequence[tuple[Row, float, float]]) -> Matches:
    """rows: the ledger's with start and end on the truth's clock, for what was said to be unknown."""
    fires = [one for one in truth.expected if one.verdict == "fires"]
    pairs = sorted(
        (
            (abs(late), i, j)
            for i, e in enumerate(fires)
            for j, r in enumerate(raised)
            if _same(e, r) and abs(late := lateness_s(e, r)) <= LATE_S
        ),
    )
    taken_e, taken_r, hits = set[int](), set[int](), list[Hit]()
    for _, i, j in pairs:
        if i not in taken_e and j not in taken_r:
            taken_e.add(i)
            taken_r.add(j)
            hits.append(_hit(fires[i], raised[j]))
    false = [one for j, one in enumerate(raised) if j not in taken_r]
    silent = [one for one in truth.expected if one.verdict != "fires"]
    return Matches(
        hits=tuple(hits),
        missed=tuple(one for i, one in enumerate(fires) if i not in taken_e),
        false=tuple(false),
        silent=tuple((one, not any(_same(one, r) for r in false), _said_unknown(one, truth, rows)) for one in silent),
    )


def lateness_s(expected: Expected, raised: Raised) -> float:
    """Seconds outside the right moments of confirmation; of the cause where the story gives no such moments."""
    if expected.t_confirmed_s is not None:
        earliest, latest = expected.t_confirmed_s
        return min(0.0, raised.t_confirmed_s - earliest) + max(0.0, raised.t_confirmed_s - latest)
    return 0.0 if expected.t_first_s is None else raised.t_first_s - expected.t_first_s


def _hit(expected: Expected, raised: Raised) -> Hit:
    first = None if expected.t_first_s is None else raised.t_first_s - expected.t_first_s
    return Hit(expected, raised, lateness_s(expected, raised), first)


def _same(expected: Expected, raised: Raised) -> bool:
    known = None if expected.code in NAMELESS else expected.subject
    return expected.code == raised.code and known in {None, raised.subject}


def _said_unknown(expected: Expected, truth: Truth, rows: Iterable[tuple[Row, float, float]]) -> bool | None:
    """Whether the subject or its camera was told as unknown while the view was sick; None where it never was."""
    if expected.verdict != "blind":
        return None
    spells = [view for view in truth.views if expected.camera in {None, view.camera}]
    if not spells:
        return None
    told = [(row, a, b) for row, a, b in rows if row.value in BLIND_WORDS]
    return all(
        _covered(spell, expected.subject, told) >= SAID_SHARE * (spell.t_end_s - spell.t_start_s) for spell in spells
    )


def _covered(spell: ViewTruth, subject: str | None, told: Sequence[tuple[Row, float, float]]) -> float:
    """Seconds of the spell told as unknown, of its camera or of the subject, whichever is more."""
    seconds = {spell.camera: 0.0, subject or spell.camera: 0.0}
    for row, start_s, end_s in told:
        if row.subject in seconds:
            seconds[row.subject] += max(0.0, min(end_s, spell.t_end_s) - max(start_s, spell.t_start_s))
    return max(seconds.values())
