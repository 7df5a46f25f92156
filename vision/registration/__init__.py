"""Furniture registration: where an item stands against its label, in millimetres and degrees, with an honest sigma.

    stand = stand_of(camera_pose, item, all_items, size_px)          # once
    looks = [look_of(stand, still_day, "day"), look_of(stand, still_dusk, "dusk")]
    drift = landmarks.drift(still_now)                               # the camera's own motion
    verdict = register(looks, Seen(stand, still_now, hidden, drift))

docs/design/registration.md has the idea, the traps and what was measured.
"""

from vision.registration.align import Seen
from vision.registration.landmarks import STILL, Drift, Landmarks, holds
from vision.registration.motion import FloorMotion
from vision.registration.register import Standing, Verdict, register
from vision.registration.taught import Look, Stand, look_of, stand_of
from vision.registration.zone import register_all

__all__ = [
    "STILL",
    "Drift",
    "FloorMotion",
    "Landmarks",
    "Look",
    "Seen",
    "Stand",
    "Standing",
    "Verdict",
    "holds",
    "look_of",
    "register",
    "register_all",
    "stand_of",
]
