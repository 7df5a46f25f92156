"""What an observer saw of each part of an air-conditioner, against what the part showed: figures by cue.

An observation names a part's position between off (0) and on (1); one that names none could not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guiwei.yardstick.playing import Played
from guiwei.yardstick.sample import Spot, Tally
from models.domain.messages import Observation
from sample_videos.studio.truth import AirconState

SETTLE_S = 7.0
"""A ribbon is judged over six seconds; what was shown just before is left out."""
OFF, ON = 0.3, 0.7
SHOWN: dict[str, Callable[[AirconState], bool]] = {
    "display": lambda state: state.display_c is not None,
    "led": lambda state: state.led,
    "louver": lambda state: state.louver_deg > 0,
    "ribbon": lambda state: state.ribbon,
}


def unit_cues(played: Played) -> Iterator[Tally]:
    """`aircon_<part>` right, wrong or unknown and `aircon_setpoint`, one an observation of a camera."""
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
        if state is None or (state.t_s > 0 and t_s - state.t_s < SETTLE_S) or _sick(played, told.camera, t_s):
            continue
        spot = Spot(played.clip.name, told.camera, t_s, unit.id)
        for part in sorted(parts):
            yield Tally(f"aircon_{part}", _outcome(values.get(part), shown=SHOWN[part](state)), 1.0, spot)
        if state.display_c is not None and "display" in parts:
            number = values.get("setpoint")
            right = "unknown" if number is None else "right" if round(number) == state.display_c else "wrong"
            yield Tally("aircon_setpoint", right, 1.0, spot)


def _sick(played: Played, camera: str, t_s: float) -> bool:
    """Whether the view is black, covered and the like then: what is told of it is asked for by `aircon_state`."""
    views = [view for view in played.clip.truth.views if view.camera == camera]
    return any(view.t_start_s <= t_s < view.t_end_s for view in views)


def _outcome(position: float | None, *, shown: bool) -> str:
    if position is None or OFF < position < ON:
        return "unknown"
    return "right" if (position >= ON) is shown else "wrong"
