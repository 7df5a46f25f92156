"""The report: figures by code and by quantity, summed over all clips. The JSON that `guiwei eval --json` writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from guiwei.yardstick.sample import Sample, Slip, SlipKind, Tally
from guiwei.yardstick.scoring import ClipScore
from guiwei.yardstick.stages import STAGES
from guiwei.yardstick.tracks import TrackFigures, mean
from models.domain.rules import PLANNED, RULES

FORMAT = 1
Report = dict[str, Any]
SLIPS_AT = {
    "visit": "visit_start_s",
    "luminaire_switch": "luminaire_switch_s",
    "aircon_switch": "aircon_switch_s",
}
"""What was missed or made up beside the incidents -> the quantity that counts it."""


def report_of(scores: Sequence[ClipScore], sequences: Sequence[TrackFigures], wall_s: float) -> Report:
    """Shape: docs/eval.md. Numbers that cannot be had (no case to measure) are null."""
    return {
        "format": FORMAT,
        "codes": {code: code_figures(code, scores) for code in sorted((*RULES, *PLANNED))},
        "quantities": quantities(scores),
        "tracking": {
            "clips": _rounded(mean(one for score in scores for one in score.tracks)),
            "sequences": {one.name: _track(one) for one in sequences},
        },
        "clips": [_clip(score) for score in scores],
        "stages": stages(scores, wall_s),
    }


def code_figures(code: str, scores: Sequence[ClipScore]) -> Report:
    """Of one incident code. A code without a rule says so, and what the truths would have had it find."""
    hits = [hit for score in scores for hit in score.matches.hits if hit.expected.code == code]
    missed = [one for score in scores for one in score.matches.missed if one.code == code]
    if code in PLANNED:
        return {"implemented": False, "n_truth": len(hits) + len(missed)}
    false = [one for score in scores for one in score.matches.false if one.code == code]
    silent = [one for score in scores for one in score.matches.silent if one[0].code == code]
    blind = [one for one in silent if one[0].verdict == "blind"]
    raised = [*(hit.raised for hit in hits), *false]
    seen_s, blind_s = sum(one.observed_s for one in raised), sum(one.blind_s for one in raised)
    return {
        "implemented": True,
        "precision": _share(len(hits), len(hits) + len(false)),
        "recall": _share(len(hits), len(hits) + len(missed)),
        "n_truth": len(hits) + len(missed),
        "n_found": len(hits) + len(false),
        "n_missed": len(missed),
        "n_false": len(false),
        "time_error_s": _spread([hit.late_s for hit in hits]),
        "first_error_s": _spread([hit.first_s for hit in hits if hit.first_s is not None]),
        "blind_share": _share(blind_s, seen_s + blind_s),
        "n_must_not": len(silent) - len(blind),
        "n_must_not_kept": sum(kept for one, kept, _ in silent if one.verdict == "must_not"),
        "n_blind": len(blind),
        "n_blind_kept": sum(kept for _, kept, _ in blind),
        "n_blind_told": sum(bool(told) for *_, told in blind),
    }


def quantities(scores: Sequence[ClipScore]) -> Report:
    """Errors by quantity, shares of what is right by tally, and switches with their misses and false flips."""
    samples, tallies, slips = _sorted_out(scores)
    found = {name: _errors(each) for name, each in samples.items()}
    found |= {name: _outcomes(each) for name, each in tallies.items()}
    for name, quantity in SLIPS_AT.items():
        each = slips.get(name, [])
        if not each and quantity not in found:
            continue
        # All may have been missed: then there is no error to speak of, but the misses are.
        found[quantity] = found.get(quantity, _errors([])) | {
            "n_missed": sum(one.kind is SlipKind.MISS for one in each),
            "n_false": sum(one.kind is SlipKind.FALSE_ALARM for one in each),
        }
    return dict(sorted(found.items()))


def _sorted_out(
    scores: Sequence[ClipScore],
) -> tuple[dict[str, list[Sample]], dict[str, list[Tally]], dict[str, list[Slip]]]:
    samples: defaultdict[str, list[Sample]] = defaultdict(list)
    tallies: defaultdict[str, list[Tally]] = defaultdict(list)
    slips: defaultdict[str, list[Slip]] = defaultdict(list)
    for score in scores:
        for sample in score.samples:
            samples[sample.quantity].append(sample)
        for tally in score.tallies:
            tallies[tally.quantity].append(tally)
        for slip in score.slips:
            if slip.what not in RULES and slip.what not in PLANNED:
                slips[slip.what].append(slip)
    return dict(samples), dict(tallies), dict(slips)


def _errors(samples: Sequence[Sample]) -> Report:
    z = np.abs([value for sample in samples for value in sample.z])
    told = _spread([sample.error for sample in samples])
    bias = float(np.median([sample.error for sample in samples])) if samples else None
    within = float(np.mean(z <= 2.0)) if len(z) else None
    return {
        "n": len(samples),
        **told,
        "max": _round(max((abs(sample.error) for sample in samples), default=None)),
        "bias": _round(bias),
        "within_2_sigma": _round(within),
    }


def _outcomes(tallies: Sequence[Tally]) -> Report:
    weights = {word: sum(t.weight for t in tallies if t.outcome == word) for word in ("right", "wrong", "unknown")}
    total = sum(weights.values())
    return {"n": len(tallies)} | {word: _share(weight, total) for word, weight in weights.items()}


def stages(scores: Sequence[ClipScore], wall_s: float) -> Report:
    """Seconds by stage over all clips and for a second of film; wall_s: of the whole evaluation."""
    film_s = sum(score.duration_s for score in scores)
    spent = {stage: sum(score.seconds.get(stage, 0.0) for score in scores) for stage in STAGES}
    return {
        "film_s": _round(film_s),
        "wall_s": _round(wall_s),
        "seconds": {stage: _round(seconds) for stage, seconds in spent.items()},
        "for_a_second_of_film": {stage: _share(seconds, film_s) for stage, seconds in spent.items()},
    }


def _clip(score: ClipScore) -> Report:
    matches = score.matches
    return {
        "clip": score.name,
        "duration_s": score.duration_s,
        "n_hit": len(matches.hits),
        "n_missed": sum(one.code not in PLANNED for one in matches.missed),
        "n_not_implemented": sum(one.code in PLANNED for one in matches.missed),
        "n_false": len(matches.false),
        "n_silent": len(matches.silent),
        "n_silent_kept": sum(kept for _, kept, _ in matches.silent),
        "tracking": {one.name: _track(one) for one in score.tracks},
        "slips": [
            {
                "kind": str(slip.kind),
                "what": slip.what,
                "camera": slip.spot.camera,
                "t_s": _round(slip.spot.t_s),
                "subject": slip.spot.subject,
                "why": slip.why,
            }
            for slip in score.slips
        ],
        "seconds": _rounded(dict(score.seconds)),
    }


def _track(one: TrackFigures) -> Report:
    names = ("hota", "deta", "assa", "idf1", "mota", "id_switches", "n_frames", "n_boxes")
    return {name: getattr(one, name) for name in names}


def _spread(errors: Iterable[float]) -> Report:
    """Of the absolute errors."""
    each = np.abs(list(errors))
    if not len(each):
        return {"median": None, "p95": None}
    return {"median": _round(float(np.median(each))), "p95": _round(float(np.quantile(each, 0.95)))}


def _share(part: float, whole: float) -> float | None:
    return _round(part / whole) if whole else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _rounded(values: dict[str, float]) -> Report:
    return {name: _round(value) for name, value in values.items()}
