"""The pictures of an incident: before and now side by side, the marked one, the clip, the timeline."""

from __future__ import annotations

from api.ui.cards import Case, Reader, Shown
from api.ui.frame import empty
from api.ui.tags import tag
from api.ui.wording import Wording

_PAIR = ("before", "now")
_BELOW = ("strip", "overlay", "clip", "timeline")


def evidence_wall(say: Wording, reader: Reader, case: Case) -> None:
    """What has arrived, in the order in which it tells the story; says why when there is nothing."""
    with tag("div", css="gw-evidence-head"):
        tag("h2", say("ui.evidence"))
        if case.evidence:
            tag("span", say("ui.evidence.masked"), "muted")
    if case.evidence_note:
        tag("div", say.cue(case.evidence_note), "gw-note", role="note")
    if not reader.may_see_evidence:
        tag("div", say("ui.evidence.forbidden"), "gw-note", role="note")
        return
    if not case.evidence:
        empty(say("ui.evidence.none"), say("ui.evidence.none.hint"))
        return
    by_kind = {shown.kind: shown for shown in reversed(case.evidence)}
    pair = [by_kind[kind] for kind in _PAIR if kind in by_kind]
    if len(pair) == len(_PAIR):
        with tag("div", css="gw-pair"):
            for shown in pair:
                _figure(say, case, shown)
    else:
        for shown in pair:
            _figure(say, case, shown)
    for kind in _BELOW:
        if kind in by_kind:
            _figure(say, case, by_kind[kind])


def _figure(say: Wording, case: Case, shown: Shown) -> None:
    zone = case.card.site.time_zone
    kind, time = say.known(f"ui.evidence.{shown.kind}", shown.kind), say.moment(shown.start_us, zone, "clock")
    place = case.card.place(say.language)
    words = say("ui.evidence.picture", kind=kind, zone=place, time=time)
    with tag("figure", css="gw-figure plain" if shown.kind == "timeline" else "gw-figure"):
        if shown.content_type.startswith("video/"):
            tag(
                "video",
                src=shown.address,
                controls=True,
                preload="metadata",
                muted=True,
                playsinline=True,
                aria_label=words,
            )
        else:
            with tag("a", href=shown.address, target="_blank", rel="noopener", aria_label=words):
                tag("img", src=shown.address, alt=words)
        with tag("figcaption"):
            tag("b", kind)
            tag("span", time, "num")
