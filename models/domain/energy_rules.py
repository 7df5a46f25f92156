"""Parameters of the energy rules, with where each number comes from."""

from __future__ import annotations

from models.domain.rule_spec import Parameter, RuleSpec

_GAP = Parameter("max_gap_s", 30.0, "s", 2.0, 3600.0, "domain.md 2.2: who stays > 30 s cannot be missed in less")
_TRANSIENT = Parameter("transient_s", 30.0, "s", 0.0, 600.0, "domain.md 2.2: non-transient occupancy [V 5]")


def _on_empty(code: str, limit_s: float, high_s: float, source: str, kpi: str) -> RuleSpec:
    return RuleSpec(
        code,
        "1",
        "energy",
        (
            Parameter("limit_s", limit_s, "s", 5.0, 14400.0, source),
            Parameter("high_s", high_s, "s", 5.0, 28800.0, "domain.md 2.2: codes require off <= 20 min [V 6, V 7]"),
            _TRANSIENT,
            _GAP,
        ),
        (kpi, "energy_waste_kwh", "energy_waste_cny"),
    )


def _after_hours(code: str) -> RuleSpec:
    return RuleSpec(
        code,
        "1",
        "energy",
        (
            Parameter("limit_s", 600.0, "s", 0.0, 14400.0, "domain.md 1.1: switching grace 600 s"),
            Parameter("high_s", 3600.0, "s", 60.0, 28800.0, "[P] an hour of light for nobody"),
            _TRANSIENT,
            _GAP,
        ),
        ("schedule_adherence", "energy_waste_kwh", "energy_waste_cny"),
    )


ENERGY_RULES: tuple[RuleSpec, ...] = (
    _on_empty("energy.light_on_empty", 600.0, 1200.0, "domain.md 2.2: light_limit_s 600 s", "lights_on_empty_hours"),
    _on_empty(
        "energy.ac_on_empty", 1200.0, 2400.0, "domain.md 2.2: 1200 s (restart cost, comfort)", "ac_on_empty_hours"
    ),
    _after_hours("energy.light_on_after_hours"),
    _after_hours("energy.ac_on_after_hours"),
    RuleSpec(
        "energy.light_off_in_window",
        "1",
        "energy",
        (Parameter("limit_s", 600.0, "s", 0.0, 14400.0, "domain.md 2.2: 600 s grace"), _GAP),
        ("schedule_adherence",),
    ),
    RuleSpec(
        "energy.ac_setpoint_out_of_range",
        "1",
        "energy",
        (
            Parameter("limit_s", 600.0, "s", 0.0, 14400.0, "domain.md 2.2: > 10 min"),
            Parameter("summer_min_c", 26.0, "°C", 16.0, 32.0, "State Council Office notice: summer >= 26 °C [V 12]"),
            Parameter("winter_max_c", 20.0, "°C", 10.0, 30.0, "State Council Office notice: winter <= 20 °C [V 12]"),
            _GAP,
        ),
    ),
    RuleSpec(
        "energy.vip_prep_missed",
        "1",
        "energy",
        (Parameter("limit_s", 10.0, "s", 0.0, 600.0, "[P] a switch bounces, a manager does not wait"), _GAP),
    ),
    RuleSpec(
        "signal.disagreement",
        "1",
        "energy",
        (Parameter("limit_s", 60.0, "s", 5.0, 3600.0, "[P] told within 2 minutes"), _GAP),
    ),
)

HEALTH_RULES: tuple[RuleSpec, ...] = (
    RuleSpec(
        "camera.blocked",
        "1",
        "health",
        (Parameter("limit_s", 30.0, "s", 0.0, 3600.0, "[P] somebody who cleans the lens is done in 30 s"),),
        ("observability",),
    ),
    RuleSpec(
        "camera.night_mode",
        "1",
        "health",
        (Parameter("limit_s", 60.0, "s", 0.0, 3600.0, "[P] a mode that flickers is no episode"),),
        ("observability",),
    ),
)
