"""Key figures of waits and posts over a period: what `guiwei report` prints, for who supervises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from nicegui import ui

from api.figures import SiteFigures
from api.ui.cards import SiteCard, named
from api.ui.charts import STATUSES, duty_chart, hours_chart, survival_chart
from api.ui.frame import asset, empty
from api.ui.tags import tag
from api.ui.wording import Wording, capital
from models.domain.figures_summary import RECEPTION, Kind
from models.domain.instants import datetime_of
from models.domain.site import Name
from models.domain.wait_figures import PostFigures, PostRow

SPANS_DAYS = (1, 7, 30)


@dataclass(frozen=True, slots=True)
class FiguresWish:
    """What the page is asked for; None: the first site, today."""

    site: str | None = None
    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> FiguresWish:
        """Of an address; what cannot be read counts as not said."""
        return cls(query.get("site") or None, _day(query.get("from")), _day(query.get("to")))


class FiguresPage:
    """Build inside a page. sites: those the reader may choose from."""

    def __init__(self, say: Wording, found: SiteFigures, sites: tuple[SiteCard, ...], now_us: int) -> None:
        self._say, self._found = say, found
        ui.add_head_html(f'<link rel="stylesheet" href="{asset("figures.css")}">')
        with tag("div", css="gw-head"):
            tag("h1", say("ui.figures"))
            tag("span", self._period(), "muted num")
        self._choice(sites, now_us)
        summary = found.summary
        if not (summary.kinds or summary.posts or summary.registrations):
            empty(say("ui.figures.empty"), say("ui.figures.empty.hint"))
            return
        with tag("div", css="gw-figures"):
            for kind in sorted(summary.kinds, key=lambda k: k.figures.kind != RECEPTION):
                self._wait(kind)
            self._arrivals()
            self._posts()
        tag("p", say("ui.figures.note"), "gw-note")

    def _period(self) -> str:
        first, last = self._found.period.first, self._found.period.last
        place = named(self._found.site.name, self._say.language)
        days = f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"
        return f"{place} · {days}"

    def _choice(self, sites: tuple[SiteCard, ...], now_us: int) -> None:
        """Quick spans, a site where there are several, and any two days; addresses, so that a figure can be sent on."""
        say, period, here = self._say, self._found.period, self._found.site
        today = datetime_of(now_us).astimezone(ZoneInfo(here.time_zone)).date()
        with tag("div", css="gw-spans", role="navigation", aria_label=say("ui.figures.period")):
            for days in SPANS_DAYS:
                first = today - timedelta(days=days - 1)
                chosen = (period.first, period.last) == (first, today)
                address = f"/figures?site={here.id}&from={first}&to={today}"
                tag("a", say(f"ui.figures.days.{days}"), href=address, aria_current="true" if chosen else None)
        with tag("form", css="gw-days", method="get", action="/figures"):
            if len(sites) > 1:
                with tag("select", name="site", aria_label=say("ui.figures.site")):
                    for site in sites:
                        chosen_here = True if site.id == here.id else None
                        tag("option", named(site.name, say.language), value=site.id, selected=chosen_here)
            else:
                tag("input", type="hidden", name="site", value=here.id)
            for name, day in (("from", period.first), ("to", period.last)):
                tag("input", type="date", name=name, value=f"{day}", aria_label=say(f"ui.figures.{name}"))
            tag("button", say("ui.figures.show"), "gw-button", type="submit")

    def _wait(self, kind: Kind) -> None:
        say, f = self._say, kind.figures
        name = say.rule(f.kind)
        with tag("section", css="gw-card gw-wait", aria_label=name):
            with tag("h2"):
                tag("span", name)
                tag("small", say("ui.figures.limit", limit=say.duration(kind.limit_s)), "muted num")
            with tag("dl", css="gw-numbers num"):
                self._number("parties", f"{f.parties}", say("ui.figures.ends", n=f.known))
                self._number("median", self._seconds(f.median_s))
                self._number("p90", self._seconds(f.p90_s))
                self._number("max", self._seconds(f.max_s))
                self._number("within", _share(f.within_share))
                if f.kind == RECEPTION:
                    self._number("greeted", _share(f.greeted_share))
                self._number("abandoned", _share(f.abandoned_share))
            last_s = max(f.max_s, kind.limit_s) * 1.05
            sentence = say("ui.figures.curve", name=name, median=self._seconds(f.median_s), p90=self._seconds(f.p90_s))
            tag("h3", say("ui.figures.still"))
            survival_chart(
                f.curve, kind.limit_s, last_s, (sentence, "0", say.duration(kind.limit_s), say.duration(last_s))
            )

    def _number(self, key: str, value: str, beside: str = "") -> None:
        with tag("div"):
            tag("dt", self._say(f"ui.figures.{key}"))
            with tag("dd"):
                tag("b", value)
                if beside:
                    tag("small", beside, "muted")

    def _arrivals(self) -> None:
        say, summary = self._say, self._found.summary
        told = say("ui.figures.came", n=summary.parties)
        rate = summary.registration_rate
        if rate is not None:
            told = say("ui.figures.registered", n=summary.parties, registered=summary.registrations, share=_share(rate))
        with tag("section", css="gw-card", aria_label=say("ui.figures.arrivals")):
            with tag("h2"):
                tag("span", say("ui.figures.arrivals"))
                tag("small", told, "muted num")
            hours_chart(summary.arrivals, summary.registered, told)
            if summary.registered:
                self._key(("came", say("ui.figures.parties")), ("registered", say("ui.figures.registrations")))

    def _posts(self) -> None:
        """Every post over the last day that has rows; figures over the whole period."""
        say, summary, zone = self._say, self._found.summary, ZoneInfo(self._found.site.time_zone)
        if not summary.posts:
            return

        def day_of(utc_us: int) -> date:
            return datetime_of(utc_us).astimezone(zone).date()

        day = day_of(summary.spans[-1].start_us)
        shown = [row for row in summary.spans if day_of(row.start_us) == day]
        first, last = min(row.start_us for row in shown), max(row.end_us for row in shown)
        with tag("section", css="gw-card gw-posts", aria_label=say("ui.figures.posts")):
            with tag("h2"):
                tag("span", say("ui.figures.posts"))
                tag("small", say("ui.figures.timeline", day=f"{day:%Y-%m-%d}"), "muted num")
            for post in summary.posts:
                self._post(post, [row for row in shown if row.post == post.post], (first, last))
            with tag("div", css="gw-duty-x num", aria_hidden="true"):
                for at_us in (first, (first + last) // 2, last):
                    tag("span", say.moment(at_us, self._found.site.time_zone, "short").split()[-1])
            self._key(*((status, say(f"ui.figures.{status}")) for status in STATUSES))

    def _post(self, post: PostFigures, rows: list[PostRow], span_us: tuple[int, int]) -> None:
        say = self._say
        name = named(self._found.summary.posts_named.get(post.post, Name(post.post, post.post)), say.language)
        figures = say(
            "ui.figures.post",
            attendance=_share(post.attendance),
            observability=_share(post.observability),
            duty=say.duration(post.duty_s),
        )
        with tag("div", css="gw-post"):
            with tag("div", css="gw-post-name"):
                tag("b", capital(name))
                tag("span", figures, "muted num")
            duty_chart(rows, *span_us, f"{name}: {figures}")

    def _key(self, *kinds: tuple[str, str]) -> None:
        with tag("div", css="gw-key"):
            for css, words in kinds:
                with tag("span"):
                    tag("i", css=css)
                    tag("span", words)

    def _seconds(self, value: float | None) -> str:
        return "–" if value is None else self._say.duration(value)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _day(told: str | None) -> date | None:
    try:
        return datetime.strptime(told or "", "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return None
