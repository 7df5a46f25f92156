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
from vision.registration.palette import presence
from vision.registration.taught import Look

KEEP = 0.60
"""Share of an item's points that agree with its reference: it has not been touched (measured on rendered clips:
untouched 0.55-0.9 in its own light; 30 mm at 4 m leaves 0.5, 80 mm 0.2)."""
SURE, STIRRED_DEG = 0.72, 0.8
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

    margin: by how much the best place explains more of the vanished pixels than the next best.
    """

    standing: Standing
    motion: FloorMotion = UNMOVED
    sigma_mm: float = math.inf
    sigma_deg: float = math.inf
    seen: float = 0.0
    explained: float = 0.0
    margin: float = 0.0
    light: str = ""


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
        if fit.explained >= KEEP and not _stirred(alignment, fit):
            return _small(_measured(alignment, fit, 1.0))
        tried.append((fit, alignment))
    if not tried:
        return Verdict(Standing.TOO_FAINT)
    fit, alignment = max(tried, key=lambda pair: pair[0].explained - (0.0 if pair is tried[0] else OTHER_LIGHT))
    return _moved(alignment, fit)


def _stirred(alignment: Alignment, still: Fit) -> bool:
    """Whether an item that seems untouched went a little: what stands still in its outline pulls small ways and turns
    to zero, so one that went at all, or a doubtful one, is fitted without the votes of what a still scene explains."""
    if still.motion.offset_mm >= SMALL_MM:
        return True
    if still.explained >= SURE or alignment.stand.item.symmetry == 0:
        return False
    free = alignment.refine(still.motion, (2.0, 1.0), moves=True)
    further = abs(free.motion.turn_deg) - abs(still.motion.turn_deg)
    return further > STIRRED_DEG and free.explained >= still.explained - 0.02


def _moved(alignment: Alignment, still: Fit) -> Verdict:
    fits, chance = alignment.search()
    best = fits[0]
    rival = next((f for f in fits[1:] if alignment.apart(f.motion, best.motion)), None)
    margin = best.gained - (rival.gained if rival else chance)
    if still.explained >= best.explained + 0.02 and alignment.apart(still.motion, best.motion):
        # The light changed, not the item: its own place explains more than any other.
        if still.explained >= max(0.3, 1.3 * best.explained):
            return _measured(alignment, still, margin)
        return _unknown(Standing.AMBIGUOUS, alignment, still, margin)
    if best.gained < LEAST_GAIN or (best.gained < OVER_CHANCE * chance and margin < CLEAR_MARGIN):
        left = presence(alignment.look, alignment.seen)
        return _unknown(Standing.GONE if left < GONE else Standing.POSE_UNKNOWN, alignment, best, margin)
    verdict = _measured(alignment, best, margin)
    if rival is not None:
        # What the next best place says counts by how nearly it explains as much.
        share = math.exp(-margin / 0.02) / (1 + math.exp(-margin / 0.02))
        apart_mm = 1000 * math.hypot(rival.motion.dx_m - best.motion.dx_m, rival.motion.dy_m - best.motion.dy_m)
        apart_deg = abs(rival.motion.turn_deg - best.motion.turn_deg)
        verdict = replace(
            verdict,
            sigma_mm=math.hypot(verdict.sigma_mm, math.sqrt(share) * apart_mm),
            sigma_deg=math.hypot(verdict.sigma_deg, math.sqrt(share) * apart_deg),
        )
    return _small(verdict)


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
PLACE_PX = 0.06
"""What the landmarks and the compression leave of the picture's own drift."""
SHAPE_SHARE, SHAPE_MM = 0.10, 5.0
"""Of the way gone, up to a limit: the boxes' depth is only roughly that of the item."""
FOLIAGE_MM = 8.0
"""The same limit for a plant, whose leaves lie anywhere within their cylinder and shade each other anew."""
TURN_SHARE, TURN_MM, TURN_SIZE_M = 0.20, 0.35, 0.6
"""Of a turn, and millimetres for each degree: faces seen flatter than they were taught. The millimetres are those of a
chair's size; an error of depth far from the centre moves the centre by so much more."""
LEAST_TURN_DEG = 0.2


def _measured(alignment: Alignment, fit: Fit, margin: float) -> Verdict:
    scale = alignment.stand.px_per_m
    cov = INFLATE**2 * fit.covariance
    lift = PLACE_PX**2 * _per_pixel(alignment)
    moved_mm, turned = fit.motion.offset_mm, abs(fit.motion.turn_deg)
    item = alignment.stand.item
    shape_mm = FOLIAGE_MM if item.cls is ItemClass.PLANT else SHAPE_MM
    turn_mm = TURN_MM * max(1.0, max(item.size_m[:2]) / TURN_SIZE_M)
    sigma_mm = math.sqrt(
        1e6 * float(cov[0, 0] + cov[1, 1] + lift) + min(SHAPE_SHARE * moved_mm, shape_mm) ** 2 + (turn_mm * turned) ** 2
    )
    radius_m = max(0.15, math.hypot(*item.size_m[:2]) / 2)
    pixel_deg = math.degrees(PLACE_PX / scale / radius_m)
    sigma_deg = math.sqrt(
        float(cov[2, 2]) + pixel_deg**2 + (TURN_SHARE * turned) ** 2 + (0.01 * moved_mm) ** 2 + 0.2**2
    )
    return Verdict(
        Standing.MEASURED, fit.motion, sigma_mm, sigma_deg, fit.seen, fit.explained, margin, alignment.look.light
    )


def _per_pixel(alignment: Alignment) -> float:
    """Square metres of floor that one pixel is worth, both directions together."""
    camera, pose = alignment.stand.camera, alignment.stand.item.pose
    height = alignment.stand.item.size_m[2] / 2
    at: Floats = np.array([(pose.x_m, pose.y_m, height)])
    steps = [camera.project(at + step) - camera.project(at) for step in ((0.05, 0, 0), (0, 0.05, 0))]
    slope = np.stack([step[0] / 0.05 for step in steps], -1)
    return float(np.trace(np.linalg.inv(slope.T @ slope)))


def _unknown(standing: Standing, alignment: Alignment, fit: Fit, margin: float) -> Verdict:
    return Verdict(
        standing, fit.motion, seen=fit.seen, explained=fit.explained, margin=margin, light=alignment.look.light
    )
