"""Lamp groups: whether they are on, off or not to be told, by ratios of lamps and lit surfaces to their own surround.

Automatic exposure multiplies a whole picture, so ratios within one picture survive it; absolute brightness does not
(domain.md section 4.1). `region` measures, `judgement` decides, `sight` joins them to a camera, `teaching` learns the
references from a clip in which the lamps are switched.
"""

from vision.luminaires.sight import LuminaireSight

__all__ = ["LuminaireSight"]
