"""The incidents a right monitor would raise of a clip, from its truth alone; shares nothing with the rules it judges.

Each code has a function that lists *causes*: what is wrong with which subject, from when, until when, and how long it
must last. `_judged` turns a cause into a verdict: it lasts long enough in clear view (fires), too short (must_not), or
the view was sick (blind). The limits are the clip's own (`truth.limits`), else the defaults of domain.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sample_videos.studio.truth import Expected, LampState, Pair, PartyTruth, PersonSight, Truth

SLACK_S = 3.0
"""Checks come every few seconds; a person's step is rendered every 0.2 s."""
SICK = ("black", "frozen", "blurred", "covered", "night", "lost")
SERVE_M, SERVE_S = 1.5, 5.0
"""domain.md 2.3: served is staff within 1.5 m for 5 s in all."""
WINDOW = (time(8, 20), time(17, 30))
AIRCON_WINDOW = (time(8, 30), time(17, 30))
REREGISTERED_PX, MOVED_PX = 8.0, 30.0
"""Issue 5: 2-8 px are re-registered, 40 px are a moved camera; between them a clip does not judge."""

DISPLACED_MM = {"chair": 100.0, "cabinet": 50.0}
"""domain.md 2.1; whatever is not named: 80 mm."""
DEFAULTS: dict[str, dict[str, float]] = {
    "furniture.displaced": {"reset_grace_s": 300},
    "furniture.rotated": {"tolerance_deg": 10, "reset_grace_s": 300},
    "furniture.missing": {"visible_s": 120},
    "furniture.extra": {"lasting_s": 300},
    "label.exposed": {"exposed_s": 60, "share": 0.1},
    "energy.light_on_empty": {"light_limit_s": 600},
    "energy.ac_on_empty": {"ac_limit_s": 1200},
    "energy.light_on_after_hours": {"grace_s": 600},
    "energy.ac_on_after_hours": {"grace_s": 600},
    "energy.light_off_in_window": {"grace_s": 600},
    "energy.ac_setpoint_out_of_range": {"limit_s": 600, "summer_min_c": 26, "winter_max_c": 20},
    "wait.reception": {"limit_s": 60},
    "wait.seated": {"limit_s": 180},
    "wait.abandoned": {"limit_s": 60},
    "greeter.visitor_unapproached": {"limit_s": 60},
    "wait.shuttle": {"limit_s": 900},
    "wait.showflat": {"limit_s": 60},
    "wait.unaccompanied": {"limit_s": 60},
    "greeter.post_unattended": {"limit_s": 180},
    "greeter.post_late": {"limit_s": 300},
    "greeter.after_hours_visitor": {"limit_s": 120},
    "camera.blocked": {"limit_s": 10},
    "camera.night_mode": {"limit_s": 10},
    "camera.offline": {"limit_s": 10},
    "camera.moved": {},
}


@dataclass(frozen=True)
class Cause:
    """Something wrong from t0 to t1 (seconds) that must last need_s; t1 infinite: beyond the clip."""

    subject: str
    t0_s: float
    t1_s: float
    need_s: float
    why: str
    measured: float | None = None
    seen_by_health: bool = False
    """The sick view is itself the cause."""
    harmless: bool = False
    """Looks like a cause and is none, however long it lasts."""


def expected_of(truth: Truth, codes: Sequence[str]) -> tuple[Expected, ...]:
    """Verdicts for the codes a clip is about; every code gets at least one."""
    found: list[Expected] = []
    for code in codes:
        limits = {**DEFAULTS[code], **truth.limits.get(code, {})}
        verdicts = [_judged(code, cause, truth) for cause in _CAUSES[code](truth, limits)]
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
    latest = cause.t0_s + cause.need_s + lost + (cause.need_s if interrupted else 0.0) + SLACK_S
    window = (round(cause.t0_s + cause.need_s, 2), round(min(latest, truth.duration_s + SLACK_S), 2))
    return told.model_copy(update={"verdict": "fires", "t_confirmed_s": window})


def _clear(truth: Truth, t0: float, t1: float, cause: Cause) -> tuple[float, bool]:
    """Seconds of [t0, t1] in a healthy view, and whether a sick spell lies in them."""
    if cause.seen_by_health:
        return t1 - t0, False
    sick = sum(max(0.0, min(v.t_end_s, t1) - max(v.t_start_s, t0)) for v in truth.views if v.state in SICK)
    return t1 - t0 - sick, sick > 0


def _pose_spells(truth: Truth) -> Iterator[tuple[str, str, float, float, float, float, bool]]:
    """item, kind, from, until, offset mm, |turn| deg (reduced by symmetry), present."""
    for item in truth.items:
        if item.reference is not None:
            for pose, after in zip(item.poses, [*item.poses[1:], None], strict=True):
                until = after.t_s if after else float("inf")
                turn = abs(pose.turn_deg)
                if item.symmetry_order > 1:
                    turn %= 360 / item.symmetry_order
                    turn = min(turn, 360 / item.symmetry_order - turn)
                turn = 0.0 if item.symmetry_order == 0 else turn
                yield item.id, item.kind, pose.t_s, until, pose.offset_mm, turn, pose.present


def _displaced(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for name, kind, t0, t1, offset, _, present in _pose_spells(truth):
        tolerance = limits.get("tolerance_mm", DISPLACED_MM.get(kind, 80.0))
        if present and offset > 0 and not _equal_stands_there(truth, name, t0):
            why = f"{name} stands {offset:.0f} mm off, tolerance {tolerance:.0f} mm"
            yield Cause(name, t0, t1, limits["reset_grace_s"], why, offset, harmless=offset <= tolerance)
        elif present and offset > 0:
            yield Cause(name, t0, t1, 0.0, f"{name} was exchanged with its equal", offset, harmless=True)


def _equal_stands_there(truth: Truth, name: str, t: float) -> bool:
    """Whether another item of the same model stands on this one's place: a swap of equals is no violation."""
    mine = next(i for i in truth.items if i.id == name)
    assert mine.reference is not None
    for other in truth.items:
        if other.id != name and (other.kind, other.style) == (mine.kind, mine.style):
            pose = [p for p in other.poses if p.t_s <= t][-1]
            if pose.present and abs(pose.x_m - mine.reference[0]) + abs(pose.y_m - mine.reference[1]) < 0.02:
                return True
    return False


def _rotated(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for name, _, t0, t1, _, turn, present in _pose_spells(truth):
        if present and turn > 0:
            why = f"{name} is turned by {turn:.0f} deg, tolerance {limits['tolerance_deg']:.0f} deg"
            harmless = turn <= limits["tolerance_deg"] or _equal_stands_there(truth, name, t0)
            yield Cause(name, t0, t1, limits["reset_grace_s"], why, turn, harmless=harmless)


def _missing(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for name, _, t0, t1, offset, _, present in _pose_spells(truth):
        if not present:
            yield Cause(name, t0, t1, limits["visible_s"], f"{name} is gone")
        elif offset > 0:
            yield Cause(name, t0, t1, 0.0, f"{name} is {offset:.0f} mm off but there", harmless=True)


def _extra(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for item in truth.items:
        if item.reference is None:
            for pose, after in zip(item.poses, [*item.poses[1:], None], strict=True):
                if pose.present:
                    until = after.t_s if after else float("inf")
                    yield Cause(
                        item.id, pose.t_s, until, limits["lasting_s"], f"a {item.kind} stands where none belongs"
                    )


def _exposed(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    there = {name for name, _, _, _, offset, _, present in _pose_spells(truth) if present and offset == 0}
    for label in truth.labels:
        for sight, after in zip(label.seen, [*label.seen[1:], None], strict=True):
            if sight.visible_share >= limits["share"] and label.item in there:
                until = after.t_s if after else float("inf")
                why = f"{sight.visible_share:.0%} of label {label.id} is seen"
                yield Cause(label.item, sight.t_s, until, limits["exposed_s"], why, sight.visible_share)


def _spells(states: Sequence[LampState], *, on: bool) -> Iterator[tuple[float, float]]:
    for state, after in zip(states, [*states[1:], None], strict=True):
        if state.on is on:
            yield state.t_s, after.t_s if after else float("inf")


def _empty_spells(truth: Truth) -> list[tuple[float, float]]:
    """When nobody is in the room, seen or not."""
    first = next(iter(truth.cameras))
    frames = [f for f in truth.frames if f.camera == first]
    found: list[tuple[float, float]] = []
    for frame in frames:
        if not any(p.inside for p in frame.persons):
            end = frame.t_s + frame.dt_s
            if found and abs(found[-1][1] - frame.t_s) < 1e-3:
                found[-1] = (found[-1][0], end)
            else:
                found.append((frame.t_s, end))
    return [(a, float("inf") if b >= truth.duration_s - 0.3 else b) for a, b in found]


def _meets(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float] | None:
    low, high = max(a[0], b[0]), min(a[1], b[1])
    return (low, high) if high > low else None


def _in_window(truth: Truth, window: tuple[time, time]) -> bool:
    return window[0] <= datetime.fromisoformat(truth.start).time() < window[1]


def _light_on_empty(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for lamp in truth.lamps:
        for on in _spells(lamp.states, on=True):
            for empty in _empty_spells(truth):
                both = _meets(on, empty)
                if both and not lamp.overnight:
                    why = f"{lamp.id} is on and nobody is there"
                    yield Cause(lamp.id, *both, limits["light_limit_s"], why, harmless=truth.lighting == "scheduled")


def _light_after_hours(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    if not _in_window(truth, WINDOW):
        for lamp in truth.lamps:
            for t0, t1 in _spells(lamp.states, on=True):
                why = f"{lamp.id} is on after hours" + (", as it should be" if lamp.overnight else "")
                yield Cause(lamp.id, t0, t1, limits["grace_s"], why, harmless=lamp.overnight)


def _light_off_in_window(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    if _in_window(truth, WINDOW):
        for lamp in truth.lamps:
            for t0, t1 in _spells(lamp.states, on=False):
                harmless = lamp.overnight or truth.lighting == "vacancy"
                yield Cause(lamp.id, t0, t1, limits["grace_s"], f"{lamp.id} is off in its window", harmless=harmless)


def _aircon_spells(truth: Truth) -> Iterator[tuple[str, float, float, int | None]]:
    for unit in truth.aircons:
        began: tuple[float, int | None] | None = None
        for state in unit.states:
            if state.on and began is None:
                began = state.t_s, state.display_c
            elif not state.on and began is not None:
                yield unit.id, began[0], state.t_s, began[1]
                began = None
        if began is not None:
            yield unit.id, began[0], float("inf"), began[1]


def _aircon_on_empty(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for unit, t0, t1, _ in _aircon_spells(truth):
        for empty in _empty_spells(truth):
            both = _meets((t0, t1), empty)
            if both:
                yield Cause(unit, *both, limits["ac_limit_s"], f"{unit} runs and nobody is there")


def _aircon_after_hours(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    if not _in_window(truth, AIRCON_WINDOW):
        for unit, t0, t1, _ in _aircon_spells(truth):
            yield Cause(unit, t0, t1, limits["grace_s"], f"{unit} runs after hours")


def _setpoint(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    summer = "06-01" <= truth.start[5:10] < "10-15"
    winter = truth.start[5:10] >= "10-15" or truth.start[5:10] < "03-01"
    for unit, t0, t1, shown in _aircon_spells(truth):
        if shown is not None:
            off = (summer and shown < limits["summer_min_c"]) or (winter and shown > limits["winter_max_c"])
            yield Cause(unit, t0, t1, limits["limit_s"], f"{unit} shows {shown} C", float(shown), harmless=not off)


def _waits(kind: str, *, abandoned: bool = False) -> Callable[[Truth, dict[str, float]], Iterator[Cause]]:
    def causes(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
        for party in truth.parties:
            for wait in party.waits:
                if wait.kind == kind:
                    until = wait.t_end_s if wait.t_end_s is not None else float("inf")
                    why = f"{party.id} waited {wait.wait_s:.0f} s, limit {limits['limit_s']:.0f} s ({wait.end})"
                    harmless = abandoned and wait.end != "abandoned"
                    yield Cause(party.id, wait.t_start_s, until, limits["limit_s"], why, wait.wait_s, harmless=harmless)

    return causes


def _in_zone(*kinds: str, served: bool) -> Callable[[Truth, dict[str, float]], Iterator[Cause]]:
    """Parties in a zone. served: staff with them for 5 s ends it; else only leaving does (a shuttle stop)."""

    def causes(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
        for zone in truth.zones:
            if zone.kind in kinds:
                for party in truth.parties:
                    yield from _stays(truth, limits, party, zone.floor_m, served=served)

    return causes


def _stays(
    truth: Truth, limits: dict[str, float], party: PartyTruth, floor_m: Sequence[Pair], *, served: bool
) -> Iterator[Cause]:
    began: float | None = None
    together = 0.0
    for frame in (*truth.frames, None):
        guests = [p for p in frame.persons if p.id in party.members and _holds(floor_m, p)] if frame else []
        staff = [p for p in frame.persons if p.inside and _role(truth, p.id) == "staff"] if frame else []
        near = any(math.hypot(s.x_m - g.x_m, s.y_m - g.y_m) <= SERVE_M for s in staff for g in guests)
        together += frame.dt_s if frame and near and served else 0.0
        if guests and began is None and together < SERVE_S:
            began = frame.t_s if frame else None
        elif began is not None and (not guests or together >= SERVE_S):
            end = frame.t_s if frame else float("inf")
            lasted = min(end, truth.duration_s) - began
            yield Cause(party.id, began, end, limits["limit_s"], f"{party.id} was there for {lasted:.0f} s", lasted)
            began = None


def _holds(floor_m: Sequence[Pair], person: PersonSight) -> bool:
    """Even-odd rule."""
    inside = False
    for (x0, y0), (x1, y1) in zip(floor_m, [*floor_m[1:], floor_m[0]], strict=True):
        if (y0 > person.y_m) != (y1 > person.y_m) and person.x_m < x0 + (person.y_m - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside


def _role(truth: Truth, name: str) -> str:
    return next(p.role for p in truth.persons if p.id == name)


def _after_hours(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    """A visitor in the hall, the last duty is over, and no staff in the hall."""
    now = datetime.fromisoformat(truth.start).strftime("%H:%M")
    on_duty = any(a <= now < b for post in truth.posts for a, b in (w.split("-") for w in post.duty))
    began: float | None = None
    for frame in (*truth.frames, None):
        here = {_role(truth, p.id) for p in frame.persons if p.inside} if frame else set()
        alone = "visitor" in here and "staff" not in here
        if alone and began is None and frame:
            began = frame.t_s
        elif not alone and began is not None:
            end = frame.t_s if frame else float("inf")
            yield Cause("hall", began, end, limits["limit_s"], "a visitor after hours, no staff", harmless=on_duty)
            began = None


def _post_late(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    start = datetime.fromisoformat(truth.start)
    for post in truth.posts:
        for window in post.duty:
            begins = datetime.combine(start.date(), time.fromisoformat(window.split("-")[0]))
            due = (begins - start).total_seconds()
            if 0 <= due < truth.duration_s:
                manned = [s.t_s for s in post.states if s.staff >= post.required and s.t_s <= due][-1:]
                still = manned and not [s for s in post.states if manned[0] < s.t_s <= due and s.staff < post.required]
                comes = next((s.t_s for s in post.states if s.t_s > due and s.staff >= post.required), float("inf"))
                why = f"{post.id} was due at {window.split('-')[0]}"
                yield Cause(post.id, due, comes, limits["limit_s"], why, harmless=bool(still))


def _post(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
    for post in truth.posts:
        began: float | None = None
        for state in (*post.states, None):
            empty = state is not None and state.staff < post.required and not state.served_nearby
            if empty and began is None:
                began = state.t_s if state else None
            elif not empty and began is not None:
                end = state.t_s if state else float("inf")
                lasted = min(end, truth.duration_s) - began
                yield Cause(
                    post.id, began, end, limits["limit_s"], f"{post.id} was empty for {lasted:.0f} s", round(lasted, 1)
                )
                began = None
        if any(s.served_nearby and s.staff < post.required for s in post.states):
            yield Cause(post.id, 0.0, 0.0, 0.0, f"{post.id} is covered by service nearby", harmless=True)


def _health(*states: str) -> Callable[[Truth, dict[str, float]], Iterator[Cause]]:
    def causes(truth: Truth, limits: dict[str, float]) -> Iterator[Cause]:
        for view in truth.views:
            if view.state in states:
                lasts = view.t_end_s if view.t_end_s < truth.duration_s - 1e-6 else float("inf")
                why = f"{view.camera} is {view.state}"
                yield Cause(view.camera, view.t_start_s, lasts, limits["limit_s"], why, seen_by_health=True)

    return causes


def _moved(truth: Truth, _limits: dict[str, float]) -> Iterator[Cause]:
    for name, camera in truth.cameras.items():
        for move in camera.moves:
            far = (move.dx_px**2 + move.dy_px**2) ** 0.5
            if far >= MOVED_PX or 0 < far <= REREGISTERED_PX:
                why = f"{name} was pushed by {far:.0f} px"
                yield Cause(name, move.t_s, float("inf"), 0.0, why, far, harmless=far <= REREGISTERED_PX)


_OWN = {
    "camera.blocked": ("covered", "black", "blurred", "frozen"),
    "camera.night_mode": ("night",),
    "camera.offline": ("lost",),
}
"""A sick view that is the very thing the code reports does not blind it."""

_CAUSES: dict[str, Callable[[Truth, dict[str, float]], Iterator[Cause]]] = {
    "furniture.displaced": _displaced,
    "furniture.rotated": _rotated,
    "furniture.missing": _missing,
    "furniture.extra": _extra,
    "label.exposed": _exposed,
    "energy.light_on_empty": _light_on_empty,
    "energy.ac_on_empty": _aircon_on_empty,
    "energy.light_on_after_hours": _light_after_hours,
    "energy.ac_on_after_hours": _aircon_after_hours,
    "energy.light_off_in_window": _light_off_in_window,
    "energy.ac_setpoint_out_of_range": _setpoint,
    "wait.reception": _waits("reception"),
    "wait.seated": _waits("seated"),
    "wait.abandoned": _waits("reception", abandoned=True),
    "greeter.visitor_unapproached": _waits("reception"),
    "wait.shuttle": _in_zone("shuttle_stop", served=False),
    "wait.showflat": _in_zone("showflat_door", served=True),
    "wait.unaccompanied": _in_zone("showflat", served=True),
    "greeter.post_unattended": _post,
    "greeter.post_late": _post_late,
    "greeter.after_hours_visitor": _after_hours,
    "camera.blocked": _health(*_OWN["camera.blocked"]),
    "camera.night_mode": _health(*_OWN["camera.night_mode"]),
    "camera.offline": _health(*_OWN["camera.offline"]),
    "camera.moved": _moved,
}
JUDGED_CODES = tuple(_CAUSES)
