"""Where an item stands now: unchanged? is asked first, moved by how much? only where it is not.

    verdict = register(looks, seen)      # looks: one per reference light of the item; seen: the picture

The order matters: asking an untouched item where it went adds noise, asking a moved one whether it is unchanged finds
the floor. Absolute scores mean nothing (a true fit of a thin chair explains half of its points): hypotheses are
compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from models.domain.furniture import ItemClass
from models.domain.geometry import Floats
from vision.registration.align import Alignment, Fit, Seen
from vision.registration.motion import FloorMotion
from vision.registration.outline import EMPTY, FILLED, UNLIKELY, Facing, Outlines
from vision.registration.palette import presence
from vision.registration.taught import REACH_M, Look, Stand

KEEP = 0.60
"""Share of an item's points that agree with its reference: it has not been touched (measured on rendered clips:
untouched 0.55-0.9 in its own light; 30 mm at 4 m leaves 0.5, 80 mm 0.2)."""
SURE = 0.72
ASIDE_DEG = 10.0
FREED_LOSS = 0.08
"""Of its points an answer may lose that the still scene's votes had gained (measured: 0.05 of an armchair turned by 5
degrees; a wrong basin loses 0.2 and more)."""
SAME = 0.1
"""Of a basin's width: two starts that end so near to each other are one answer, and one doubt (counted as two they
made a true 5 degrees unverifiable)."""
ELSEWHERE = 3.0
"""Times a basin's own width: an answer so far from the item's own place contradicts it, a nearer one is a doubt."""
LEAST_SEEN = 0.40
"""Share of an item that must be visible for any statement."""
LEAST_GAIN = 0.20
"""Share of what vanished that a motion must explain; chance explains 0.05-0.2."""
OVER_CHANCE, CLEAR_MARGIN = 2.0, 0.05
"""A motion must explain twice what chance does, or clearly more than any other place."""
GONE = 0.60
"""Left of an item's colours: below, it is not there any more (measured: 0.44-0.51 taken away, 0.74-0.95 turned by 45
degrees)."""
LEAST_POINTS = 60
OUTLINE_DEG, RULED_OUT = 22.5, 0.25
"""A turn is the outline's if one of its steps beside it is; less likely than this share of the likeliest, none."""
PLAIN = 0.45
"""Least that a place must explain without an outline to confirm it (measured: small moves 0.38-0.75, turns of 90
degrees read as none 0.31-0.41)."""
FARTHEST_FACE_DEG = 75.0
"""Turned farther, an item shows too little of what was taught to be laid upon it."""
OUTLINE_REACH = 0.9
"""Of the reach: an outline that is best at its very edge would rather lie elsewhere, on another thing."""
OUTLINE_M = 0.06
"""One sigma of an outline's place: its cells are 3-10 cm and its shadow pulls (measured: 0-11 cm, median 5)."""
FARTHEST = 1.5
"""Of the reach: the corners of the searched square lie at 1.4; what a fit slid to beyond was never searched."""
CERTAIN, RATHER = 0.6, 0.1
"""What explains more of an item than the first stands on the floor; by how much of the largest sum something must
rather lie or be stacked (measured: what was moved or turned -0.20 to -0.01, what was stacked 0.13 to 0.47)."""
OTHER_LIGHT = 0.15
"""By how much more a reference of the second nearest light must agree to be preferred."""


UNMOVED = FloorMotion()


class Standing(StrEnum):
    MEASURED = "measured"
    GONE = "gone"
    """Its place is visible, it is not there and nothing like it within reach."""
    POSE_UNKNOWN = "pose_unknown"
    """Something of it is there but fits no pose on the floor: tipped, stacked, turned to a face never taught."""
    HIDDEN = "hidden"
    AMBIGUOUS = "ambiguous"
    """Several places explain the picture equally well."""
    TOO_FAINT = "too_faint"
    """Too few points with any structure: too dark, too far, too plain."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where an item stands. sigma_mm and sigma_deg: one sigma, of the place and of the turn.

    margin: by how much the best place explains more of the vanished pixels than the next best. least_turn_deg: what a
    turn is at least, as its outline says (0: nothing to say).
    """

    standing: Standing
    motion: FloorMotion = UNMOVED
    sigma_mm: float = math.inf
    sigma_deg: float = math.inf
    seen: float = 0.0
    explained: float = 0.0
    margin: float = 0.0
    light: str = ""
    least_turn_deg: float = 0.0


def register(looks: Sequence[Look], seen: Seen) -> Verdict:
    """The verdict on one item. looks: its references, at least one; those of the nearest light are used."""
    tone = seen.lab.reshape(-1, 3).mean(0)
    nearest = sorted(looks, key=lambda look: float(((look.tone - tone) ** 2).sum()))[:2]
    tried = []
    for look in nearest:
        if len(look.weight) < LEAST_POINTS:
            continue
        alignment = Alignment(look, seen)
        fit = alignment.refine(FloorMotion(), (1.0,), moves=False)
        if fit.seen < LEAST_SEEN:
            return Verdict(Standing.HIDDEN, seen=fit.seen, light=look.light)
        if fit.explained >= KEEP:
            return _kept(alignment, fit)
        tried.append((fit, alignment))
    if not tried:
        return Verdict(Standing.TOO_FAINT)
    facing = _facing([alignment.look for _, alignment in tried], seen)
    fit, alignment = max(tried, key=lambda pair: pair[0].explained - (0.0 if pair is tried[0] else OTHER_LIGHT))
    return _standing(_moved(alignment, fit, facing), [one.look for _, one in tried], seen, facing)


def _standing(verdict: Verdict, looks: Sequence[Look], seen: Seen, facing: Facing | None) -> Verdict:
    """A place that an item could only have been moved to, where it does stand on the floor; what rather lies there, or
    is stacked, has a pose that nobody knows."""
    if verdict.standing is not Standing.MEASURED:
        return verdict
    unknown = replace(verdict, standing=Standing.POSE_UNKNOWN)
    if verdict.motion.offset_mm > FARTHEST * 1000 * REACH_M:
        return unknown
    if facing is None or verdict.explained >= CERTAIN:
        return verdict
    known = _outlines(looks, seen)
    assert known is not None
    rather = known.unstanding(seen.lab, seen.hidden, REACH_M) - float(facing.sums.max())
    # What no pixel confirms (its outline alone tells it) needs an outline that says more than any lying one.
    least = RATHER if verdict.explained > 0 else 0.0
    return unknown if rather > least * facing.largest else verdict


def _stirred(alignment: Alignment, still: Fit) -> list[Fit]:
    """Where an item that seems untouched went a little, if it did, best first: what stands still in its outline pulls
    small ways and turns to zero. One that went at all, or a doubtful one, is fitted without the votes of what a still
    scene explains, from a few turns to either side; the fit that explains more of what vanished is the answer."""
    if still.explained >= SURE and still.motion.offset_mm < SMALL_MM:
        return []
    turns = (0.0,) if alignment.stand.item.symmetry == 0 else (0.0, -ASIDE_DEG, ASIDE_DEG)
    starts = [replace(still.motion, turn_deg=still.motion.turn_deg + turn) for turn in turns]
    freed = [alignment.refine(start, (2.0, 1.0), moves=True) for start in starts]
    freed = [fit for fit in freed if fit.gained > still.gained and fit.explained >= still.explained - FREED_LOSS]
    found: list[Fit] = []
    for fit in sorted(freed, key=lambda fit: -fit.gained):
        if all(alignment.apart(fit.motion, other.motion, SAME) for other in found):
            found.append(fit)
    return found


def _kept(alignment: Alignment, still: Fit) -> Verdict:
    """An item that agrees with its reference where it stands, or very near."""
    best, *rest = _stirred(alignment, still) or [still]
    verdict = _measured(alignment, best, 1.0)
    for fit in rest:
        verdict = _widened(verdict, fit, best.gained - fit.gained)
    return _small(verdict)


def _moved(alignment: Alignment, still: Fit, facing: Facing | None) -> Verdict:
    """An item that does not look untouched. facing: what its outline says, in the nearest light."""
    fits, chance = alignment.search()
    symmetry = alignment.stand.item.symmetry
    if facing is None or facing.filled < FILLED or symmetry == 0:
        verdict = _placed(alignment, still, fits, chance)
        if verdict.standing is Standing.MEASURED:
            if verdict.explained >= PLAIN or symmetry == 0 or alignment.stand.item.outline:
                return verdict
            verdict = replace(verdict, standing=Standing.AMBIGUOUS)
        return _emptied(alignment, verdict, facing)
    # What the outline rules out is no answer, however well it explains what vanished: a square chair turned by a
    # quarter looks unturned by its seat and legs. Where its likeliest turn leads, the search may not have been.
    likeliest, *_, least_turn_deg = facing.motion(symmetry)
    if abs(likeliest.turn_deg) <= FARTHEST_FACE_DEG:
        fits.append(alignment.refine(likeliest, (4.0, 2.0, 1.0), moves=True))
    least = RULED_OUT * facing.within(likeliest.turn_deg, OUTLINE_DEG, symmetry)
    kept = [fit for fit in fits if facing.within(fit.motion.turn_deg, OUTLINE_DEG, symmetry) >= least]
    if facing.within(still.motion.turn_deg, OUTLINE_DEG, symmetry) < least:
        still = replace(still, explained=0.0)
    kept.sort(key=lambda fit: -fit.gained)
    told = _placed(alignment, still, kept, chance) if kept else None
    if told is None or told.standing is not Standing.MEASURED:
        return _turned(alignment, facing)
    return replace(told, least_turn_deg=least_turn_deg)


def _placed(alignment: Alignment, still: Fit, fits: list[Fit], chance: float) -> Verdict:
    """Which of the places it is, best first, or that it is none of them."""
    best = fits[0]
    rival = next((f for f in fits[1:] if alignment.apart(f.motion, best.motion)), None)
    margin = best.gained - (rival.gained if rival else chance)
    if still.explained >= best.explained + 0.02 and alignment.apart(still.motion, best.motion, ELSEWHERE):
        # The light changed, not the item: its own place explains more than any other.
        if still.explained >= max(0.3, 1.3 * best.explained):
            return _measured(alignment, still, margin)
        return _unknown(Standing.AMBIGUOUS, alignment, still, margin)
    if best.gained < LEAST_GAIN or (best.gained < OVER_CHANCE * chance and margin < CLEAR_MARGIN):
        return _unknown(Standing.POSE_UNKNOWN, alignment, best, margin)
    verdict = _measured(alignment, best, margin)
    return _small(verdict if rival is None else _widened(verdict, rival, margin))


def _emptied(alignment: Alignment, verdict: Verdict, facing: Facing | None) -> Verdict:
    """Gone, where the floor is seen in its place: nothing speaks for its outline anywhere within reach, and its colours
    are gone. What is too faint or too covered to be recognised even when taught is never told as gone."""
    picture_plane = bool(alignment.stand.item.outline)
    if not picture_plane and (facing is None or facing.filled > EMPTY):
        return verdict
    empty = presence(alignment.look, alignment.seen) < GONE
    return replace(verdict, standing=Standing.GONE) if empty else verdict


def _outlines(looks: Sequence[Look], seen: Seen) -> Outlines | None:
    """Those of the light whose surroundings are likest, of the ones that recognise what they were taught with."""
    known = [look.outlines for look in looks if look.outlines.trusted(REACH_M)]
    return min(known, key=lambda one: one.strange(seen.lab), default=None)


def _facing(looks: Sequence[Look], seen: Seen) -> Facing | None:
    """What the outline says, in the light whose surroundings are likest; None where it does not even recognise what it
    was taught with."""
    if seen.stand.item.outline:
        return None
    known = _outlines(looks, seen)
    if known is None:
        return None
    facing = known.facing(seen.lab, seen.hidden, REACH_M)
    return None if facing is None or facing.seen < LEAST_SEEN else facing


def _turned(alignment: Alignment, facing: Facing) -> Verdict:
    """An item that only its outline recognises: turned, if no small turn is likely, and by how much about."""
    motion, sigma_deg, spread_m, least = facing.motion(alignment.stand.item.symmetry)
    fit = Fit(motion, 0.0, 0.0, facing.seen)
    at_edge = motion.offset_mm > OUTLINE_REACH * 1000 * REACH_M
    if facing.within(0.0, OUTLINE_DEG, alignment.stand.item.symmetry) > UNLIKELY or least <= 0 or at_edge:
        return _unknown(Standing.POSE_UNKNOWN, alignment, fit, 0.0)
    verdict = _unknown(Standing.MEASURED, alignment, fit, 0.0)
    sigma_mm = 1000 * math.hypot(OUTLINE_M, spread_m)
    return replace(verdict, sigma_mm=sigma_mm, sigma_deg=sigma_deg, least_turn_deg=least)


def _widened(verdict: Verdict, rival: Fit, margin: float) -> Verdict:
    """What the next best place says counts by how nearly it explains as much."""
    share = math.exp(-margin / 0.02) / (1 + math.exp(-margin / 0.02))
    here, there = verdict.motion, rival.motion
    apart_mm = 1000 * math.hypot(there.dx_m - here.dx_m, there.dy_m - here.dy_m)
    return replace(
        verdict,
        sigma_mm=math.hypot(verdict.sigma_mm, math.sqrt(share) * apart_mm),
        sigma_deg=math.hypot(verdict.sigma_deg, math.sqrt(share) * abs(there.turn_deg - here.turn_deg)),
    )


def _small(verdict: Verdict) -> Verdict:
    small = verdict.motion.offset_mm < SMALL_MM and abs(verdict.motion.turn_deg) < SMALL_DEG
    return _settled(verdict) if small else verdict


def _settled(verdict: Verdict) -> Verdict:
    """An item that was asked whether it is unchanged, and is: what it seems to have gone within its own noise is mostly
    noise, since most items are not touched between two checks. Shrunk as a mean with its variance is (James and Stein
    1961): half at two sigma, a fifth at one; what lies well beyond two sigma stays as it is."""
    motion = verdict.motion
    far = (motion.offset_mm / verdict.sigma_mm) ** 2
    turned = (motion.turn_deg / verdict.sigma_deg) ** 2
    keep, keep_turn = far / (far + SHRINK**2), turned / (turned + SHRINK**2)
    return replace(verdict, motion=FloorMotion(keep * motion.dx_m, keep * motion.dy_m, keep_turn * motion.turn_deg))


SHRINK = 2.0
SMALL_MM, SMALL_DEG = 12.0, 2.0
"""Nothing is judged at less: shadows and lights that changed look like a move of some millimetres."""
INFLATE = 3.5
"""Points lie closer than the Gaussian is wide and share their errors: about a twelfth of them is independent.
Measured: |error| <= 2 sigma in 95 % of the rendered checks."""
FINEST_INFLATE = 2.8
"""The same on the finest gradients, whose points share less: of 102 moved (samples by both lights and by the other
alone, beyond 6 m, a drawn room) all places and turns are within 2 sigma, the root mean square of |error| / sigma is
0.5-0.9."""
LOOSE_PX = 0.52
"""A fit unsure by more is not settled: where few points hold it, to choose among them by what it says feeds on itself
(measured: pushes within 6 m 0.1-0.5 px; untouched chairs at 7-9 m whose table had moved, 0.6-1.5 px, went from 53 to
74 mm and were raised)."""
LOST_VOTES = 1.7
"""By how much more an item that moved is unsure than one that did not: what stands still explains some of its points as
well (measured, 16 items moved twice each: 1.3 to 2.1)."""
PLACE_PX = 0.06
"""What the landmarks and the compression leave of the picture's own drift."""
PULL_PX = 0.12
"""The encoder drags small moves back (one shot coded at 450 kbit/s and nearly without loss: turn p95 2.4 and 1.3
degrees at 5 m), and what stands still in a point's Gaussian pulls too: pushes of the samples are read 2 % short."""
SHAPE_SHARE, SHAPE_MM = 0.10, 5.0
"""Of the way gone, up to a limit: the boxes' depth is only roughly that of the item."""
FOLIAGE_SHARE, FOLIAGE_MM = 0.20, 8.0
"""The same of a plant, whose leaves lie anywhere within their cylinder and shade each other anew (measured: 10 mm short
of 50)."""
TURN_SHARE, TURN_MM, TURN_SIZE_M = 0.20, 0.35, 0.6
"""Of a turn, and millimetres for each degree: faces seen flatter than they were taught. The millimetres are those of a
chair's size; an error of depth far from the centre moves the centre by so much more."""
WELL_TURNED_DEG, FARTHER = 20.0, 1.0
"""Beyond it faces show that were never taught: a turn is told as "more than", and each degree costs the place twice as
much (measured: turned by 30, 45, 60 degrees the place is 11, 22, 50 mm off)."""


def _measured(alignment: Alignment, fit: Fit, margin: float) -> Verdict:
    own_mm, own_deg = _own_sigma(fit, INFLATE)
    went = fit.motion.offset_mm >= SMALL_MM or abs(fit.motion.turn_deg) >= SMALL_DEG
    # Leaves lie anywhere within their cylinder and move each for itself: to choose among them by what fits goes astray
    # (measured in a playing clip: a plant moved by 100 mm read 73 mm, and 99 mm unsettled).
    leaves = alignment.stand.item.cls is ItemClass.PLANT
    if went and not leaves and own_mm * alignment.stand.px_per_m <= 1000 * LOOSE_PX:
        settled = alignment.settled(fit)
        if settled is not None:
            fit = settled
            own_mm, own_deg = _own_sigma(fit, FINEST_INFLATE)
    sigma_mm, sigma_deg = model_sigma(alignment.stand, fit.motion.offset_mm, abs(fit.motion.turn_deg))
    return Verdict(
        Standing.MEASURED,
        fit.motion,
        math.hypot(own_mm, sigma_mm),
        math.hypot(own_deg, sigma_deg),
        fit.seen,
        fit.explained,
        margin,
        alignment.look.light,
    )


def moved_sigma(look: Look, seen: Seen) -> tuple[float, float]:
    """What the fit itself of an item that will have moved is unsure by, mm and degrees, told by one that has not."""
    own_mm, own_deg = _own_sigma(Alignment(look, seen).unmoved(), FINEST_INFLATE)
    return LOST_VOTES * own_mm, LOST_VOTES * own_deg


def _own_sigma(fit: Fit, inflate: float) -> tuple[float, float]:
    cov = inflate**2 * fit.covariance
    return 1000 * math.sqrt(float(cov[0, 0] + cov[1, 1])), math.sqrt(float(cov[2, 2]))


def model_sigma(stand: Stand, moved_mm: float, turned: float) -> tuple[float, float]:
    """What an answer is unsure by besides its own fit, mm and degrees: the picture's drift, the encoder's pull on what
    has moved, and the shape that is only roughly known, for an item moved so far and turned by so many degrees."""
    pixels = math.hypot(PLACE_PX, PULL_PX) if moved_mm >= SMALL_MM or turned >= SMALL_DEG else PLACE_PX
    lift = pixels**2 * _per_pixel(stand)
    item = stand.item
    share, most_mm = (FOLIAGE_SHARE, FOLIAGE_MM) if item.cls is ItemClass.PLANT else (SHAPE_SHARE, SHAPE_MM)
    turn_mm = TURN_MM * max(1.0, max(item.size_m[:2]) / TURN_SIZE_M)
    aside_mm = turn_mm * (turned + FARTHER * max(0.0, turned - WELL_TURNED_DEG))
    radius_m = max(0.15, math.hypot(*item.size_m[:2]) / 2)
    pixel_deg = math.degrees(pixels / stand.px_per_m / radius_m)
    return (
        math.sqrt(1e6 * lift + min(share * moved_mm, most_mm) ** 2 + aside_mm**2),
        math.sqrt(pixel_deg**2 + (TURN_SHARE * turned) ** 2 + (0.01 * moved_mm) ** 2 + 0.2**2),
    )


def _per_pixel(stand: Stand) -> float:
    """Square metres of floor that one pixel is worth, both directions together."""
    camera, pose = stand.camera, stand.item.pose
    height = stand.item.size_m[2] / 2
    at: Floats = np.array([(pose.x_m, pose.y_m, height)])
    steps = [camera.project(at + step) - camera.project(at) for step in ((0.05, 0, 0), (0, 0.05, 0))]
    slope = np.stack([step[0] / 0.05 for step in steps], -1)
    return float(np.trace(np.linalg.inv(slope.T @ slope)))


def _unknown(standing: Standing, alignment: Alignment, fit: Fit, margin: float) -> Verdict:
    return Verdict(
        standing, fit.motion, seen=fit.seen, explained=fit.explained, margin=margin, light=alignment.look.light
    )
