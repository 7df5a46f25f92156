"""How long against which limit, what the camera could not see, the plain facts, and the history of an incident."""

from __future__ import annotations

from api.ui.cards import Case, Step, named
from api.ui.tags import limit_bar, tag
from api.ui.wording import Wording


def measured_card(say: Wording, case: Case) -> None:
    """The one figure the incident stands on, beside its limit and where that limit comes from."""
    card = case.card
    with tag("section", css=f"gw-card gw-measured sev-{card.severity}", aria_label=say("ui.incident.measured")):
        with tag("div", css="pair"):
            with tag("div"):
                tag("div", say("ui.incident.measured"), "muted")
                tag("div", say.quantity(card.measured), "big num")
            with tag("div", css="limit num"):
                tag("span", say("ui.incident.limit"))
                tag("b", say.quantity(card.threshold))
        limit_bar(card.ratio)
        tag("small", _against(say, case))
        tag("small", say("ui.incident.source", source=say.source(card.threshold)))
        _seen(say, case.observed_s, case.blind_s)


def facts_card(say: Wording, case: Case) -> None:
    card, zone = case.card, case.card.site.time_zone
    ended = say("ui.incident.ongoing")
    if case.ended_us is not None:
        reason = say.known(f"ui.end.{case.end_reason}", case.end_reason or "")
        ended = " · ".join(part for part in (say.moment(case.ended_us, zone), reason) if part)
    facts = {
        "notify": say("ui.incident.notify_position", position=case.rota_position) if case.rota_position else "",
        "first_seen": say.moment(card.first_us, zone),
        "confirmed_at": say.moment(card.confirmed_us, zone),
        "ended_at": ended,
        "site": named(card.site.name, say.language),
        "zone": named(card.zone_name, say.language),
        "camera": named(card.camera_name, say.language),
        "grade": say(f"grade.{case.grade}"),
        "confidence": f"{100 * case.confidence:.0f}%",
        "rule_version": f"{card.code} · {case.rule_version}",
    }
    if case.cues:
        facts["cues"] = " · ".join(say.cue(cue) for cue in case.cues)
    with tag("section", css="gw-card order-late"):
        tag("h2", say("ui.incident.more"))
        with tag("dl", css="gw-facts"):
            for name, words in ((name, words) for name, words in facts.items() if words):
                tag("dt", say(f"ui.incident.{name}"))
                tag("dd", words, "num")


def history_card(say: Wording, case: Case) -> None:
    """Every move, oldest first: nothing is ever taken out of it."""
    with tag("section", css="gw-card order-late"):
        tag("h2", say("ui.history"))
        with tag("ol", css="gw-history"):
            for step in case.history:
                _step(say, step, case.card.site.time_zone)


def _step(say: Wording, step: Step, zone: str) -> None:
    with tag("li"):
        tag("div", say.state(step.to_state))
        actor = say("ui.history.box") if step.by_device else step.actor
        tag("div", f"{say.moment(step.at_us, zone)} · {actor}", "by num")
        if step.reason:
            ended = say.known(f"ui.end.{step.reason}", step.reason)
            tag("div", say("ui.history.reason", reason=say.known(f"dismiss.{step.reason}", ended)))
        if step.comment:
            tag("div", step.comment)


def _against(say: Wording, case: Case) -> str:
    measured, threshold = case.card.measured, case.card.threshold
    over = measured.value - threshold.value
    if over <= 0:
        return say("ui.incident.within")
    by = say.duration(over) if measured.unit == "s" else say("ui.quantity", value=f"{over:g}", unit=measured.unit)
    words = say("ui.incident.over", by=by)
    if measured.sigma:
        sigma = say.duration(measured.sigma) if measured.unit == "s" else f"{measured.sigma:g} {measured.unit}"
        words += f" ({say('ui.incident.sigma', sigma=sigma)})"
    return words


def _seen(say: Wording, observed_s: float, blind_s: float) -> None:
    total = observed_s + blind_s
    if total <= 0:
        return
    share = observed_s / total
    with tag("div", css="gw-seen"):
        tag("small", say("ui.seen.all") if blind_s <= 0 else say("ui.seen.share", percent=f"{100 * share:.0f}"))
        seen_bar(share)
        with tag("div", css="gw-seen-key num"):
            tag("span", say("ui.seen.observed", duration=say.duration(observed_s)))
            tag("span", say("ui.seen.blind", duration=say.duration(blind_s)))


def seen_bar(share: float) -> None:
    """Solid: what the camera saw. Hatched: what it could not. share: 0..1."""
    with tag("div", css="gw-seen-bar", aria_hidden="true"):
        tag("i", style=f"width:{100 * share:.1f}%")
