"""What a site's lamps and air-conditioners owe, and the calendar as managers change it while the box runs."""

from __future__ import annotations

from dataclasses import replace

from models.domain.calendar import Calendar, EveningOpening, Span, VipVisit, WindowId
from models.domain.energy import AirConditioner, LuminaireGroup
from models.domain.finding import Quantity
from models.domain.media import US
from models.domain.messages import Message, Observation
from models.domain.site import LightingPolicy, Site
from models.domain.truth import Truth

MODEL_LEAD_US, AC_LEAD_US = 5 * 60 * US, 45 * 60 * US
"""P3-34, P3-37: before a VIP arrives."""
DECOR, MODEL, SPOTLIGHT = "decor", "model", "spotlight"
CALENDAR, VISIT, EVENING = "calendar", "vip_visit", "evening_opening"
"""Kind and predicates of observations that carry calendar entries: values `starts` and `ends`, seconds UTC."""


def calendar_after(calendar: Calendar, message: Message) -> Calendar:
    """The calendar with an entry that a manager made (truth holds) or took back (fails)."""
    if not isinstance(message, Observation) or message.kind != CALENDAR:
        return calendar
    times = {name: round(quantity.value * US) for name, quantity in message.values}
    hours, ident = calendar.hours, message.subject
    visits = [visit for visit in hours.visits if visit.id != ident]
    evenings = [evening for evening in hours.evenings if evening.id != ident]
    if message.truth is Truth.HOLDS and message.predicate == VISIT:
        visits.append(VipVisit(ident, times["starts"], times["ends"]))
    if message.truth is Truth.HOLDS and message.predicate == EVENING:
        day = calendar.day_of(times["starts"])
        until_min = (times["ends"] - calendar.midnight_us(day)) // (60 * US)
        evenings.append(EveningOpening(ident, day, until_min))
    return replace(calendar, hours=replace(hours, visits=tuple(visits), evenings=tuple(evenings)))


def entry(kind: str, ident: str, span: Span, utc_us: int, *, cancelled: bool = False) -> Observation:
    """The observation that carries a calendar entry. kind: VISIT or EVENING."""
    values = (("starts", Quantity(span.start_us / US, "s")), ("ends", Quantity(span.end_us / US, "s")))
    return Observation(CALENDAR, ident, kind, Truth.of(not cancelled), utc_us, values=values)


def vacant_duty(site: Site, group: LuminaireGroup) -> bool:
    """Whether the group has to be off when its zone is empty (domain.md section 0.3)."""
    policy = site.zones[group.zone].lighting
    decor = policy is LightingPolicy.HYBRID and DECOR in group.tags
    return not group.overnight_exempt and (policy is LightingPolicy.VACANCY or decor)


def scheduled_duty(site: Site, group: LuminaireGroup) -> bool:
    """Whether the group has to be on within its window."""
    if group.window is None:
        return False
    if group.window in {WindowId.EXTERIOR, WindowId.GROUND}:
        return True
    policy = site.zones[group.zone].lighting
    return policy is LightingPolicy.SCHEDULED or (policy is LightingPolicy.HYBRID and DECOR not in group.tags)


def window_of(thing: LuminaireGroup | AirConditioner) -> WindowId | None:
    return WindowId.AC if isinstance(thing, AirConditioner) else thing.window


def visit_lead_us(thing: LuminaireGroup | AirConditioner) -> int | None:
    """How long before a visit the thing is owed; None where a visit asks nothing of it."""
    if isinstance(thing, AirConditioner):
        return AC_LEAD_US
    if MODEL in thing.tags:
        return MODEL_LEAD_US
    return None if SPOTLIGHT in thing.tags else 0


def visit_end_us(calendar: Calendar, utc_us: int) -> int:
    """The end of the last visit before the moment: until then things were owed. 0 where there was none."""
    return max((visit.leaves_us for visit in calendar.hours.visits if visit.leaves_us <= utc_us), default=0)
