"""What an observer saw of each part of an air-conditioner, against what the part showed: figures by cue.

An observation names a part's position between off (0) and on (1); one that names none could not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guiwei.yardstick.playing import Played
from guiwei.yardstick.sample import Spot, Tally
from guiwei.yardstick.tellable import pieces, sick_spans, told_by_camera, within
from models.domain.messages import Observation
from sample_videos.studio.truth import AirconState, AirconTruth

SETTLE_S = 7.0
"""A ribbon is judged over six seconds; what was shown just before is left out."""
SHOWN_S = 2.0
"""A changed number is to be told within this, as a switch is."""
OFF, ON = 0.3, 0.7
SHOWN: dict[str, Callable[[AirconState], bool]] = {
    "display": lambda state: state.display_c is not None,
    "led": lambda state: state.led,
    "louver": lambda state: state.louver_deg > 0,
    "ribbon": lambda state: state.ribbon,
}


def unit_cues(played: Played) -> Iterator[Tally]:
    """`aircon_<part>` right, wrong or unknown, one an observation of a camera; `aircon_setpoint` in seconds."""
    units = {unit.id: unit for unit in played.clip.truth.aircons}
    seen: dict[str, set[str]] = {}
    for told in played.messages:
        if not (isinstance(told, Observation) and (told.kind, told.predicate) == ("aircon", "on") and told.camera):
            continue
        unit = units.get(told.subject)
        if unit is None:
            continue
        values = {name: quantity.value for name, quantity in told.values}
        parts = seen.setdefault(unit.id, set())
        parts |= values.keys() & SHOWN.keys()
        t_s = played.clock.s(told.utc_us, told.camera)
        state = next((state for state in reversed(unit.states) if state.t_s <= t_s), None)
        if state is None or (state.t_s > 0 and t_s - state.t_s < SETTLE_S):
            continue
        if within(sick_spans(played.clip.truth.views, told.camera), t_s):  # asked for by `aircon_state_untellable`
            continue
        spot = Spot(played.clip.name, told.camera, t_s, unit.id)
        for part in sorted(parts):
            yield Tally(f"aircon_{part}", _outcome(values.get(part), shown=SHOWN[part](state)), 1.0, spot)
    for unit in units.values():
        if "display" in seen.get(unit.id, set()):
            yield from _setpoints(played, unit)


def _setpoints(played: Played, unit: AirconTruth) -> Iterator[Tally]:
    """Seconds in which a lit display's number was told; those right after it changed are left out, as of switches."""
    just = [(state.t_s, state.t_s + SHOWN_S) for state in unit.states[1:]]
    for camera, told in told_by_camera(played, "aircon", unit.id).items():
        numbers = [(t_s, _setpoint(one)) for t_s, one in told]
        sick = sick_spans(played.clip.truth.views, camera)
        cuts = [edge for span in (*just, *sick) for edge in span]
        for begin, end, number in pieces(numbers, cuts, played.clip.truth.duration_s):
            shown = next(state.display_c for state in reversed(unit.states) if state.t_s <= begin)
            if shown is None or within((*just, *sick), begin):
                continue
            outcome = "unknown" if number is None else "right" if round(number) == shown else "wrong"
            yield Tally("aircon_setpoint", outcome, end - begin, Spot(played.clip.name, camera, begin, unit.id))


def _setpoint(told: Observation) -> float | None:
    return next((quantity.value for name, quantity in told.values if name == "setpoint"), None)


def _outcome(position: float | None, *, shown: bool) -> str:
    if position is None or OFF < position < ON:
        return "unknown"
    return "right" if (position >= ON) is shown else "wrong"
