"""Everything measured on one clip, ready to travel from the process that played it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from guiwei.yardstick.cast import Cast
from guiwei.yardstick.matching import Matches, Raised, matched, raised_of
from guiwei.yardstick.persons import person_tallies, place_samples, role_tallies
from guiwei.yardstick.playing import Played
from guiwei.yardstick.sample import Sample, Slip, SlipKind, Spot, Tally, bound
from guiwei.yardstick.things import furniture, switches
from guiwei.yardstick.tracks import TrackFigures, clip_figures
from guiwei.yardstick.unit_cues import unit_cues
from guiwei.yardstick.visits import post_tallies, visit_samples
from models.domain.rules import PLANNED
from sample_videos.studio.truth import Expected, Truth

LIKE_MEASURED = ("furniture.", "wait.", "greeter.", "energy.ac_setpoint")
"""Codes whose incidents measure what the truth does; a moved camera is told in seconds, its truth in pixels."""


@dataclass(frozen=True, slots=True)
class ClipScore:
    """One clip. seconds: stage -> seconds (stages.STAGES)."""

    name: str
    duration_s: float
    matches: Matches
    samples: tuple[Sample, ...]
    tallies: tuple[Tally, ...]
    slips: tuple[Slip, ...]
    tracks: tuple[TrackFigures, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)


def scored(played: Played) -> ClipScore:
    """Set the product's word against the truth."""
    cast = Cast.of(played.clip.truth, played.messages, played.clock)
    rows = [(row, played.clock.s(row.t_start_us), played.clock.s(row.t_end_us)) for row in played.rows]
    matches = matched(played.clip.truth, raised_of(played, cast), rows)
    samples: list[Sample] = []
    tallies: list[Tally] = []
    slips: list[Slip] = [*_incident_slips(played.clip.name, played.clip.truth, matches)]
    for one in (*incident_measures(played.clip.name, matches), *_everything(played, cast)):
        if isinstance(one, Sample):
            samples.append(one)
        elif isinstance(one, Tally):
            tallies.append(one)
        else:
            slips.append(one)
    return ClipScore(
        played.clip.name,
        played.clip.truth.duration_s,
        matches,
        tuple(samples),
        tuple(tallies),
        tuple(slips),
        tuple(clip_figures(played.clip.name, cast)),
        played.seconds,
    )


def _everything(played: Played, cast: Cast) -> Iterator[Sample | Tally | Slip]:
    each: tuple[Iterable[Sample | Tally | Slip], ...] = (
        person_tallies(played, cast),
        place_samples(played, cast),
        role_tallies(played, cast),
        visit_samples(played, cast),
        post_tallies(played),
        furniture(played),
        switches(played),
        unit_cues(played),
    )
    for measured in each:
        yield from measured


def incident_measures(clip: str, matches: Matches) -> Iterator[Sample | Tally]:
    """Measured values of the incidents found, where the truth knows them; a bound is right or wrong."""
    for hit in matches.hits:
        raised, true, code = hit.raised, hit.expected.measured, hit.expected.code
        if true is None or not code.startswith(LIKE_MEASURED):
            continue
        spot = Spot(clip, raised.camera, raised.t_confirmed_s, raised.subject)
        if code == "furniture.rotated" and raised.least_deg is not None:
            yield Tally(f"measured_at_least.{code}", bound(raised.least_deg, true), 1.0, spot)
        elif code == "furniture.displaced" and raised.least_deg is not None:
            yield Sample(f"measured_turned.{code}", raised.measured - true, spot)
        else:
            yield Sample(f"measured.{code}", raised.measured - true, spot)


def _incident_slips(clip: str, truth: Truth, matches: Matches) -> Iterator[Slip]:
    for expected in matches.missed:
        if expected.code in PLANNED:
            continue  # no rule yet: the report lists the code as such
        spot = Spot(clip, _camera(expected, truth), _moment(expected), expected.subject or "")
        yield Slip(SlipKind.MISS, expected.code, spot, expected.why)
    silent = [one for one, _, _ in matches.silent]
    for raised in matches.false:
        spot = Spot(clip, raised.camera or min(truth.cameras), raised.t_confirmed_s, raised.subject)
        yield Slip(SlipKind.FALSE_ALARM, raised.code, spot, _temptation(raised, silent), raised.persons)


def _temptation(raised: Raised, silent: list[Expected]) -> str:
    told = next((one.why for one in silent if one.code == raised.code and one.subject in {None, raised.subject}), "")
    end = "" if raised.t_end_s is None else f"{raised.t_end_s:.1f}"
    claim = f"{raised.subject or '?'}: {raised.t_first_s:.1f}–{end} s, {raised.measured:.1f}"
    return f"{told} ({claim})" if told else claim


def _camera(expected: Expected, truth: Truth) -> str:
    return expected.camera if expected.camera in truth.cameras else min(truth.cameras)


def _moment(expected: Expected) -> float:
    """When a miss shows best: at the latest right moment."""
    if expected.t_confirmed_s is not None:
        return expected.t_confirmed_s[1]
    return expected.t_first_s or 0.0
