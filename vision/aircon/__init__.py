"""Air-conditioners in a picture: whether one runs, does not, or cannot be told, from what can be seen of it.

Display digits, status light, louver and a ribbon at the outlet (domain.md section 4.2, E2 to E4). `features` measures
one part in one frame, `references` places it between what was taught off and on, `digits` reads the set-point, `motion`
tells flutter from stillness, `judgement` fuses the cues, `sight` joins all of it to a camera, `teaching` learns the
parts that `finding` found in a clip in which the unit is switched.
"""

from vision.aircon.sight import AirconSight

__all__ = ["AirconSight"]
