"""How well close-ups are measured: a series of rendered photographs with known truth. `python -m bench.patrol [COUNT]`.

A line a photograph, then medians. Refused is what the measurement declined to give a figure for, by name.
"""

from __future__ import annotations

import math
import sys
import time
from collections import Counter

import numpy as np

from calibration.patrol import PhotoError, measure, photograph
from models.domain.furniture import Label
from tests.calibration.patrol_photo import taken


def main(count: int = 60) -> None:
    errors: dict[str, list[tuple[float, float]]] = {"contrast": [], "transparent": [], "none": []}
    refused: Counter[tuple[str, str]] = Counter()
    spent = []
    for number in range(count):
        shot = taken(number)
        kind = shot.label if shot.label in errors else "contrast"
        label = Label((0.0, 0.0), shot.label_mm, shot.leg_mm)
        data, true = shot.jpeg(), math.hypot(*shot.offset_mm)
        begun = time.thread_time()
        try:
            found = measure(photograph(data), label)
        except PhotoError as error:
            refused[kind, error.code] += 1
            said = f"refused: {error.code} {error.got}"
        else:
            errors[kind].append((found.offset_mm - true, found.sigma_mm))
            said = f"{found.offset_mm:5.1f} +- {found.sigma_mm:4.2f}, off by {found.offset_mm - true:+5.1f} mm"
        spent.append(time.thread_time() - begun)
        what = f"{number:3d} {shot.label:11s} {shot.leg:6s} {shot.floor:5s} leg {shot.leg_mm:2.0f}"
        print(f"{what} true {true:5.1f}: {said}", flush=True)
    for kind, found in errors.items():
        told = np.array(found).reshape(-1, 2)
        size = np.abs(told[:, 0])
        if len(told):
            within = float((size <= 2 * told[:, 1]).mean())
            p95 = float(np.percentile(size, 95))
            print(
                f"{kind}: {len(told)} measured, median {np.median(size):.2f} p95 {p95:.2f} mm, {within:.0%} in 2 sigma"
            )
        print(f"{kind}: refused { {code: n for (k, code), n in refused.items() if k == kind} }")
    print(f"{np.mean(spent):.1f} s each, one thread")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
