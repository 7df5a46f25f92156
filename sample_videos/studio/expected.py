"""The incidents a right monitor would raise of a clip, from its truth alone; shares nothing with the rules it judges.

Each code has a function that lists *causes*: what is wrong with which subject, from when, until when, and how long it
must last. `_judged` turns a cause into a verdict: it lasts long enough in clear view (fires), too short (must_not), or
the view was sick (blind). The limits are the clip's own (`truth.limits`), else the defaults of domain.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from sample_videos.studio.causes import camera, energy, furniture, people
from sample_videos.studio.causes.cause import Cause, Causes
from sample_videos.studio.truth import Expected, Truth

EARLY_S, SLACK_S = 0.5, 3.0
"""How much too early and too late is right: a foot is seen to half a metre; checks come every few seconds."""
SICK = ("black", "frozen", "blurred", "covered", "night", "lost")

DEFAULTS: dict[str, dict[str, float]] = {
    "furniture.displaced": {"reset_grace_s": 300},
    "furniture.rotated": {"tolerance_deg": 10, "reset_grace_s": 300},
    "furniture.missing": {"visible_s": 120},
    "furniture.extra": {"lasting_s": 300},
    "label.exposed": {"visible_s": 60, "share": 0.1},
    "energy.light_on_empty": {"limit_s": 600},
    "energy.ac_on_empty": {"limit_s": 1200},
    "energy.light_on_after_hours": {"limit_s": 600},
    "energy.ac_on_after_hours": {"limit_s": 600},
    "energy.light_off_in_window": {"limit_s": 600},
    "energy.ac_setpoint_out_of_range": {"limit_s": 600, "summer_min_c": 26, "winter_max_c": 20},
    "energy.vip_prep_missed": {"limit_s": 10},
    "signal.disagreement": {"limit_s": 60},
    "wait.reception": {"limit_s": 60},
    "wait.seated": {"limit_s": 180, "seated_s": 10},
    "wait.abandoned": {"limit_s": 60},
    "greeter.visitor_unapproached": {"limit_s": 60},
    "wait.shuttle": {"limit_s": 900},
    "wait.showflat": {"limit_s": 60},
    "wait.unaccompanied": {"limit_s": 60},
    "greeter.post_unattended": {"limit_s": 180},
    "greeter.post_late": {"limit_s": 300},
    "greeter.after_hours_visitor": {"limit_s": 120},
    "camera.blocked": {"limit_s": 30},
    "camera.night_mode": {"limit_s": 60},
    "camera.offline": {"limit_s": 10},
    "camera.moved": {"limit_s": 60},
}


def expected_of(truth: Truth, codes: Sequence[str]) -> tuple[Expected, ...]:
    """Verdicts for the codes a clip is about; every code gets at least one."""
    found: list[Expected] = []
    for code in codes:
        limits = {**DEFAULTS[code], **truth.limits.get(code, {})}
        verdicts = [
            _judged(code, cause, truth) for cause in _CAUSES[code](truth, limits) if cause.t0_s < truth.duration_s
        ]
        if not any(v.verdict == "fires" for v in verdicts):
            sick = [v for v in truth.views if v.state in SICK and v.state not in _OWN.get(code, ())]
            if sick and not any(v.verdict == "blind" for v in verdicts):
                why = f"the view is {sick[0].state}"
                verdicts.append(Expected(code=code, verdict="blind", camera=sick[0].camera, why=why))
            elif not verdicts:
                verdicts.append(Expected(code=code, verdict="must_not", why="nothing of the kind happens"))
        found += verdicts
    return tuple(found)


def _judged(code: str, cause: Cause, truth: Truth) -> Expected:
    camera = next(iter(truth.cameras)) if len(truth.cameras) == 1 else None
    told = Expected(
        code=code,
        verdict="must_not",
        subject=cause.subject,
        camera=camera,
        t_first_s=round(cause.t0_s, 2),
        why=cause.why,
    ).model_copy(update={"measured": cause.measured})
    end = min(cause.t1_s, truth.duration_s)
    if cause.harmless or end - cause.t0_s < cause.need_s - 1e-6:
        return told
    clear, interrupted = _clear(truth, cause.t0_s, end, cause)
    if clear < cause.need_s:
        return told.model_copy(update={"verdict": "blind", "why": f"{cause.why}; the view is sick"})
    lost = end - cause.t0_s - clear
    latest = cause.t0_s + cause.settles_s + cause.need_s + lost + (cause.need_s if interrupted else 0.0) + SLACK_S
    window = (round(cause.t0_s + cause.need_s - EARLY_S, 2), round(min(latest, truth.duration_s + SLACK_S), 2))
    return told.model_copy(update={"verdict": "fires", "t_confirmed_s": window})


def _clear(truth: Truth, t0: float, t1: float, cause: Cause) -> tuple[float, bool]:
    """Seconds of [t0, t1] in a healthy view, and whether a sick spell lies in them."""
    if cause.seen_by_health:
        return t1 - t0, False
    sick = sum(max(0.0, min(v.t_end_s, t1) - max(v.t_start_s, t0)) for v in truth.views if v.state in SICK)
    return t1 - t0 - sick, sick > 0


_OWN = {
    "camera.blocked": ("covered", "black", "blurred", "frozen"),
    "camera.night_mode": ("night",),
    "camera.offline": ("lost",),
}
"""A sick view that is the very thing the code reports does not blind it."""

_CAUSES: dict[str, Causes] = {
    "furniture.displaced": furniture.displaced,
    "furniture.rotated": furniture.rotated,
    "furniture.missing": furniture.missing,
    "furniture.extra": furniture.extra,
    "label.exposed": furniture.exposed,
    "energy.light_on_empty": energy.light_on_empty,
    "energy.ac_on_empty": energy.aircon_on_empty,
    "energy.light_on_after_hours": energy.light_after_hours,
    "energy.ac_on_after_hours": energy.aircon_after_hours,
    "energy.light_off_in_window": energy.light_off_in_window,
    "energy.ac_setpoint_out_of_range": energy.setpoint,
    "energy.vip_prep_missed": energy.vip_missed,
    "signal.disagreement": energy.disagreement,
    "wait.reception": people.waits("reception"),
    "wait.seated": people.waits("seated"),
    "wait.abandoned": people.waits("reception", abandoned=True),
    "greeter.visitor_unapproached": people.waits("reception"),
    "wait.shuttle": people.in_zone("shuttle_stop", served=False),
    "wait.showflat": people.in_zone("showflat_door", served=True),
    "wait.unaccompanied": people.in_zone("showflat", served=True),
    "greeter.post_unattended": people.post,
    "greeter.post_late": people.post_late,
    "greeter.after_hours_visitor": people.after_hours,
    "camera.blocked": camera.health(*_OWN["camera.blocked"]),
    "camera.night_mode": camera.health(*_OWN["camera.night_mode"]),
    "camera.offline": camera.health(*_OWN["camera.offline"]),
    "camera.moved": camera.moved,
}
JUDGED_CODES = tuple(_CAUSES)
