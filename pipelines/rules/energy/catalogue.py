"""All energy rules, in the order of models.domain.energy_rules."""

from __future__ import annotations

from pipelines.rules.energy.disagreement import signal_disagreement
from pipelines.rules.energy.hours import ac_on_after_hours, light_off_in_window, light_on_after_hours
from pipelines.rules.energy.judged import EnergyRule
from pipelines.rules.energy.on_empty import ac_on_empty, light_on_empty
from pipelines.rules.energy.setpoint import ac_setpoint_out_of_range
from pipelines.rules.energy.vip import vip_prep_missed

ENERGY: tuple[EnergyRule, ...] = (
    light_on_empty(),
    ac_on_empty(),
    light_on_after_hours(),
    ac_on_after_hours(),
    light_off_in_window(),
    ac_setpoint_out_of_range(),
    vip_prep_missed(),
    signal_disagreement(),
)
