"""The declared table of rules: codes, parameters with their sources, and the severities they may reach.

`pipelines/rules` implements them, `calibration` checks overrides against them, `docs/rules.md` is generated from them;
tests assert that all three agree. Codes of domain.md section 6 that no pipeline implements yet are in PLANNED.
"""

from __future__ import annotations

from models.domain.energy_rules import ENERGY_RULES, HEALTH_RULES
from models.domain.rule_spec import Parameter, RuleSpec

__all__ = ["PLANNED", "RULES", "Parameter", "RuleSpec"]


_GAP = Parameter("max_gap_s", 5.0, "s", 0.5, 60.0, "time.md 6: a longer gap ends a claim")
_SERVED = (
    Parameter("serve_distance_m", 1.5, "m", 0.5, 5.0, "domain.md 2.3: 5 ft hotel greet distance [V 8]"),
    Parameter("serve_dwell_s", 5.0, "s", 1.0, 60.0, "domain.md 2.3: both dwell 5 s cumulative"),
    Parameter("arrival_dwell_s", 3.0, "s", 0.0, 30.0, "domain.md 2.3: back-dated once dwell >= 3 s"),
    Parameter("lost_s", 30.0, "s", 1.0, 600.0, "domain.md 2.3: track lost <= 30 s keeps running"),
)
_STAYS = tuple(p for p in _SERVED if p.name in ("arrival_dwell_s", "lost_s"))
_RESUME = Parameter("resume_s", 60.0, "s", 0.0, 600.0, "domain.md 2.3: re-entry <= 60 s resumes")
_COMPANY = Parameter("company_s", 5.0, "s", 0.0, 60.0, "domain.md 2.3: both dwell 5 s; passing through is no company")

_RESET = (
    Parameter("reset_grace_s", 300.0, "s", 0.0, 7200.0, "domain.md 2.1 [P]: 300 s from the last person leaving 1.5 m"),
    Parameter("checks", 2.0, "times", 1.0, 20.0, "[P] one check alone may be a passing shadow"),
    Parameter("blind_s", 1800.0, "s", 60.0, 86400.0, "[P] unmeasured for half an hour: nothing is known any more"),
    Parameter("audit_open_min", 500.0, "min", 0.0, 1440.0, "domain.md 2.1: audit at 08:20 without grace"),
    Parameter("audit_close_min", 1050.0, "min", 0.0, 1440.0, "domain.md 2.1: audit at 17:30 without grace"),
    Parameter("audit_s", 600.0, "s", 0.0, 7200.0, "[P] an audit lasts ten minutes"),
)

RULES: dict[str, RuleSpec] = {
    spec.code: spec
    for spec in (
        RuleSpec(
            "greeter.visitor_unapproached",
            "1",
            "greeting",
            (
                Parameter("limit_s", 60.0, "s", 1.0, 3600.0, "domain.md 2.4: kerb greet 60 s [V 8]"),
                Parameter("high_s", 180.0, "s", 1.0, 7200.0, "domain.md 2.3: reception high 180 s"),
                Parameter("kpi_s", 30.0, "s", 1.0, 3600.0, "domain.md 2.4: greeted within 30 s [V 8]"),
                *_SERVED,
                _GAP,
            ),
            ("greet_within_30s_rate",),
        ),
        RuleSpec(
            "wait.reception",
            "1",
            "waiting",
            (
                Parameter("limit_s", 60.0, "s", 1.0, 3600.0, "domain.md 2.3: reception incident 60 s"),
                Parameter("high_s", 180.0, "s", 1.0, 7200.0, "domain.md 2.3: reception high 180 s"),
                Parameter("kpi_s", 30.0, "s", 1.0, 3600.0, "domain.md 2.3: reception KPI 30 s"),
                *_SERVED,
                _GAP,
            ),
            ("wait_median", "wait_p90", "wait_max", "within_limit_rate"),
        ),
        RuleSpec(
            "greeter.post_unattended",
            "1",
            "greeting",
            (
                Parameter("warn_s", 60.0, "s", 1.0, 1800.0, "domain.md 2.4: warn 60 s"),
                Parameter(
                    "limit_s", 180.0, "s", 1.0, 1800.0, "domain.md 2.4: incident 180 s; vendor range 1-1800 s [V 2]"
                ),
                Parameter("high_s", 600.0, "s", 1.0, 7200.0, "domain.md 2.4: high 600 s"),
                Parameter("relief_s", 60.0, "s", 0.0, 600.0, "domain.md 2.4: relief gaps <= 60 s at shift change"),
                Parameter("cover_m", 5.0, "m", 0.0, 20.0, "domain.md 2.4: holder serving within 5 m covers the post"),
                _GAP,
            ),
            ("post_attendance_rate",),
        ),
        RuleSpec(
            "wait.abandoned",
            "1",
            "waiting",
            (
                Parameter("limit_s", 60.0, "s", 1.0, 3600.0, "domain.md 2.3: left without any contact after > 60 s"),
                *_SERVED,
                _GAP,
            ),
            ("abandon_rate",),
        ),
        RuleSpec(
            "wait.seated",
            "1",
            "waiting",
            (
                Parameter("limit_s", 180.0, "s", 1.0, 3600.0, "domain.md 2.3: seated unserved 180 s [P]"),
                Parameter("high_s", 360.0, "s", 1.0, 7200.0, "[P] twice the limit"),
                Parameter("seated_s", 10.0, "s", 1.0, 60.0, "domain.md 2.3: seated for 10 s"),
                *_SERVED,
                _RESUME,
                _GAP,
            ),
            ("wait_median", "wait_p90", "wait_max", "within_limit_rate"),
        ),
        RuleSpec(
            "wait.shuttle",
            "1",
            "waiting",
            (
                Parameter("warn_s", 720.0, "s", 1.0, 7200.0, "domain.md 2.3: warn 720 s"),
                Parameter("limit_s", 900.0, "s", 1.0, 7200.0, "P1-29: 客户等候时间不超过15分钟 [S]"),
                Parameter("high_s", 1800.0, "s", 1.0, 14400.0, "[P] twice the limit"),
                Parameter("cart_s", 10.0, "s", 1.0, 60.0, "[P] who goes within this time of a cart has boarded it"),
                *_STAYS,
                _RESUME,
                _GAP,
            ),
            ("wait_median", "wait_p90", "wait_max", "within_limit_rate"),
        ),
        RuleSpec(
            "wait.showflat",
            "1",
            "waiting",
            (
                Parameter("limit_s", 60.0, "s", 1.0, 3600.0, "domain.md 2.3: at the showflat door 60 s"),
                Parameter("high_s", 180.0, "s", 1.0, 7200.0, "[P] as at the reception"),
                *_SERVED,
                _RESUME,
                _GAP,
            ),
            ("wait_median", "wait_p90", "wait_max", "within_limit_rate"),
        ),
        RuleSpec(
            "wait.unaccompanied",
            "1",
            "waiting",
            (
                Parameter("limit_s", 60.0, "s", 1.0, 3600.0, "domain.md 2.3, P3-31: alone in the showflat > 60 s [S]"),
                Parameter("high_s", 300.0, "s", 1.0, 7200.0, "[P] five times the limit"),
                _COMPANY,
                _GAP,
            ),
            ("within_limit_rate",),
        ),
        RuleSpec(
            "greeter.post_late",
            "1",
            "greeting",
            (
                Parameter("limit_s", 300.0, "s", 1.0, 3600.0, "domain.md 2.4: duty start + 300 s"),
                Parameter("vip_lead_s", 600.0, "s", 0.0, 7200.0, "domain.md 2.4: VIP posts at T-10 min"),
                Parameter("vip_grace_s", 60.0, "s", 0.0, 600.0, "domain.md 2.4: gaps <= 60 s are ignored"),
                _GAP,
            ),
            ("post_attendance_rate",),
        ),
        RuleSpec(
            "greeter.after_hours_visitor",
            "1",
            "greeting",
            (
                Parameter("limit_s", 120.0, "s", 1.0, 3600.0, "domain.md 2.4: no staff for 120 s (P7-05)"),
                Parameter("high_s", 600.0, "s", 1.0, 7200.0, "[P] five times the limit"),
                _COMPANY,
                _GAP,
            ),
        ),
        RuleSpec(
            "camera.offline",
            "1",
            "health",
            (Parameter("limit_s", 10.0, "s", 0.0, 3600.0, "[P] one reconnect attempt with back-off fits in 10 s"),),
            ("observability",),
        ),
        *(
            RuleSpec(f"furniture.{aspect}", "1", "positioning", _RESET, ("reset_time", "in_place_rate"))
            for aspect in ("displaced", "rotated")
        ),
        RuleSpec(
            "furniture.missing",
            "1",
            "positioning",
            (
                Parameter("visible_s", 120.0, "s", 1.0, 3600.0, "domain.md 2.1: its place visible for 120 s"),
                *_RESET,
            ),
            ("reset_time",),
        ),
        RuleSpec(
            "furniture.extra",
            "1",
            "positioning",
            (Parameter("lasting_s", 300.0, "s", 1.0, 7200.0, "domain.md 2.1: 300 s in a zone without a label for it"),),
            (),
        ),
        RuleSpec(
            "label.exposed",
            "1",
            "positioning",
            (
                Parameter("least_percent", 10.0, "%", 1.0, 100.0, "domain.md 2.1: camera grade, >= 10 % of the disc"),
                Parameter("visible_s", 60.0, "s", 1.0, 3600.0, "domain.md 2.1: visible for 60 s"),
                Parameter("blind_s", 1800.0, "s", 60.0, 86400.0, "[P] as for the item itself"),
            ),
            ("in_place_rate",),
        ),
        RuleSpec(
            "camera.moved",
            "1",
            "health",
            (Parameter("limit_s", 60.0, "s", 0.0, 3600.0, "[P] two checks a minute apart: not somebody at the lens"),),
            ("observability",),
        ),
        *HEALTH_RULES,
        *ENERGY_RULES,
    )
}

PLANNED: tuple[str, ...] = (
    "furniture.crowded",
    "wait.carpark",
)
"""Codes of the domain that no pipeline implements yet, named so that reports can say so."""
