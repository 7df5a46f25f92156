"""A day's energy, zone by zone: figures measured and estimated apart, and a timeline of what was the case when."""

from __future__ import annotations

from datetime import date

from nicegui import ui

from api.ui.cards import named
from api.ui.energy_desk import EnergyDay, Flag, ZoneCard, day_bounds
from api.ui.frame import empty
from api.ui.handling import Handling
from api.ui.tags import select, tag
from api.ui.wording import Wording
from models.domain.day_sheet import Energy, Lane, ThingDay
from models.domain.media import US

DAY_S = 86_400.0
HOURS = range(0, 25, 3)


class EnergyPage:
    """Build inside a page."""

    def __init__(self, handling: Handling, shown: EnergyDay) -> None:
        self._say, self._shown = handling.say, shown
        with tag("div", css="gw-head"):
            tag("h1", self._say("ui.energy"))
            if shown.days:
                self._days()
        if not shown.zones:
            empty(self._say("ui.energy.empty"), self._say("ui.energy.empty.hint"))
            return
        _legend(self._say)
        for zone in shown.zones:
            _zone(self._say, zone, shown.day)

    def _days(self) -> None:
        days = list(self._shown.days)
        if self._shown.day not in days:
            days.append(self._shown.day)
        options = {day: _day(self._say, day) for day in sorted(days, reverse=True)}
        made = select(self._say("ui.energy.day"), options, self._shown.day, days[0])
        made.on("change", self._go, js_handler="(e) => emit(e.target.value)")

    def _go(self, event: object) -> None:
        day = str(getattr(event, "args", ""))
        if day in self._shown.days:
            ui.navigate.to(f"/energy?day={day}")


def _day(say: Wording, day: str) -> str:
    weekday = say(f"calendar.weekday.{date.fromisoformat(day).weekday()}")
    return f"{day} {weekday}"


def _legend(say: Wording) -> None:
    with tag("div", css="en-legend"):
        for kind in ("on", "off", "occupied", "empty", "unknown", "window", "incident"):
            with tag("span"):
                tag("i", css=f"en-key en-{kind}")
                tag("span", say(f"ui.energy.legend.{kind}"))


def _zone(say: Wording, zone: ZoneCard, day: str) -> None:
    sheet = zone.sheet
    name = named(sheet.zone_name, say.language)
    with tag("section", css="gw-card en-zone", aria_label=name):
        with tag("div", css="en-zone-head"):
            tag("h2", name)
            as_of = say.moment(zone.as_of_us, zone.site.time_zone)
            site = named(zone.site.name, say.language)
            tag("span", f"{site} · {say('ui.energy.as_of', time=as_of)}", "muted")
        _figures(say, zone)
        _timeline(say, zone, day)
        _things(say, zone)
        if sheet.tariff_is_placeholder:
            tag("p", say("ui.energy.placeholder"), "gw-note")


def _figures(say: Wording, zone: ZoneCard) -> None:
    sheet = zone.sheet
    adherence = sheet.schedule_adherence
    with tag("dl", css="en-figures"):
        _figure(say, "adherence", "–" if adherence is None else f"{100 * adherence:.1f}%")
        _figure(say, "lights_empty", say("ui.energy.hours", h=f"{sheet.lights_on_empty_h:.2f}"))
        _figure(say, "ac_empty", say("ui.energy.hours", h=f"{sheet.ac_on_empty_h:.2f}"))
        _figure(say, "measured", _amount(say, sheet.measured))
        _figure(say, "estimated", _amount(say, sheet.estimated))


def _figure(say: Wording, name: str, value: str) -> None:
    with tag("div", css=f"en-figure en-figure-{name}"):
        tag("dt", say(f"ui.energy.{name}"))
        tag("dd", value, "num")


def _amount(say: Wording, energy: Energy | None) -> str:
    if energy is None:
        return say("ui.energy.none")
    words = say("ui.energy.amount", kwh=f"{energy.kwh:.2f}", cost=f"{energy.cost_cny:.2f}")
    return " · ".join(part.replace(" ", "\u00a0") for part in words.split(" · "))  # no number is parted from its unit


def _timeline(say: Wording, zone: ZoneCard, day: str) -> None:
    begin_us, end_us = day_bounds(day, zone.site.time_zone)
    length_s = (end_us - begin_us) / US
    with tag("div", css="en-lanes", role="img", aria_label=say("ui.energy.timeline")):
        for lane in zone.sheet.lanes:
            flags = [f for f in zone.flags if f.subject == lane.subject]
            _lane(say, lane, length_s)
            for flag in flags:
                _flag(say, flag, (begin_us, min(end_us, zone.as_of_us)), length_s)
        with tag("div", css="en-lane en-axis", aria_hidden="true"):
            tag("span", css="en-lane-name")
            with tag("div", css="en-track"):
                for hour in HOURS:
                    tag("span", f"{hour}", "num", style=f"left:{100 * hour * 3600 / length_s:.3f}%")


def _lane(say: Wording, lane: Lane, length_s: float) -> None:
    with tag("div", css=f"en-lane en-{lane.kind}"):
        tag("span", named(lane.name, say.language) if lane.kind != "zone" else say("ui.energy.people"), "en-lane-name")
        with tag("div", css="en-track"):
            for begin, end in lane.windows:
                tag("u", style=_place(begin, end, length_s))
            for begin, end, value in lane.spans:
                title = f"{_clock(begin)}-{_clock(end)} {say(f'ui.energy.legend.{value}')}"
                tag("i", css=f"en-{value}", style=_place(begin, end, length_s), title=title)


def _flag(say: Wording, flag: Flag, told_us: tuple[int, int], length_s: float) -> None:
    """told_us: the day's beginning, and until when it is told: what has not ended is drawn up to there."""
    begin_us, as_of_us = told_us
    begin = max(0.0, (flag.first_us - begin_us) / US)
    end = min(length_s, (max(flag.first_us, as_of_us) if flag.ended_us is None else flag.ended_us) / US - begin_us / US)
    with tag("div", css="en-lane en-flag"):
        tag("span", css="en-lane-name")
        with tag("div", css="en-track"):
            name = say.rule(flag.code)
            left = f"left:{100 * begin / length_s:.3f}%" if begin < 0.7 * length_s else ""
            right = "" if left else f"right:{100 * max(0.0, length_s - end) / length_s:.3f}%"
            tag("i", css="en-incident", style=_place(begin, end, length_s))
            tag("a", f"{_clock(begin)} {name}", href=f"/incidents/{flag.key}", style=left or right)


def _place(begin: float, end: float, length_s: float) -> str:
    return f"left:{100 * begin / length_s:.3f}%;width:{100 * max(0.0, end - begin) / length_s:.3f}%"


def _clock(second: float) -> str:
    minutes = int(second // 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _things(say: Wording, zone: ZoneCard) -> None:
    with tag("div", css="en-table"), tag("table"):
        with tag("thead"), tag("tr"):
            for key in ("thing", "on_h", "off_h", "unknown_h", "measured", "estimated"):
                tag("th", say(f"ui.energy.{key}"), scope="col")
        with tag("tbody"):
            for thing in zone.sheet.things:
                _thing(say, thing)


def _thing(say: Wording, thing: ThingDay) -> None:
    with tag("tr"):
        tag("th", named(thing.name, say.language), scope="row")
        for key, hours in (("on_h", thing.on_h), ("off_h", thing.off_h), ("unknown_h", thing.unknown_h)):
            tag("td", f"{hours:.2f}", "num", data_name=say(f"ui.energy.{key}"))
        tag("td", _amount(say, thing.measured), "num", data_name=say("ui.energy.measured"))
        tag("td", _amount(say, thing.estimated), "num", data_name=say("ui.energy.estimated"))
