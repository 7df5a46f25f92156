"""Close-up photographs of a leg and its label: how far the leg stands off, by the 3/4 rule (domain.md 0.2).

    photo = photograph(data)                      # refused by name: corrupt, over 60 MP
    measured = measure(photo, label)              # raises PhotoError: no_leg, no_label, unclear
    picture = card(photo, item, label, measured)  # the foot cut out, with the 3/4 ring

docs/design/patrol.md has the idea and what was measured.
"""

from calibration.patrol.drawing import card
from calibration.patrol.measurement import Measured, measure
from calibration.patrol.photograph import PhotoError, Photograph, photograph

__all__ = ["Measured", "PhotoError", "Photograph", "card", "measure", "photograph"]
