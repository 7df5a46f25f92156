"""A day's rows of a box as they come in over HTTP, and the figures as they go out."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from api.bodies import Body, Code, Line, Moment, NameBody, Seconds, Word
from api.examples import FIGURES
from api.figures import SiteFigures
from models.domain.figures_document import FiguresDocument
from models.domain.instants import us_of_datetime
from models.domain.site import Name
from models.domain.wait_figures import PostRow, WaitRow

MOST = 50_000
RunName = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}T[0-9]{6}Z$")]
DayName = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class WaitBody(Body):
    kind: Code
    zone: Line
    party: Word
    size: Annotated[int, Field(ge=0, le=1000)]
    t_in: Moment
    wait_min_s: Seconds
    wait_max_s: Seconds
    end: Literal["served", "abandoned", "censored", "end_of_recording"] | None
    limit_s: Seconds

    @model_validator(mode="after")
    def _an_interval(self) -> Self:
        if self.wait_max_s < self.wait_min_s:
            raise ValueError("wait_max_s is not less than wait_min_s")
        return self

    def row(self) -> WaitRow:
        return WaitRow(
            self.kind,
            self.zone,
            self.party,
            self.size,
            us_of_datetime(self.t_in),
            self.wait_min_s,
            self.wait_max_s,
            self.end,
            self.limit_s,
        )


class PostBody(Body):
    post: Word
    status: Literal["attended", "unattended", "unknown"]
    t_start: Moment
    t_end: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.t_end < self.t_start:
            raise ValueError("t_end is not before t_start")
        return self

    def row(self) -> PostRow:
        return PostRow(self.post, self.status, us_of_datetime(self.t_start), us_of_datetime(self.t_end))


class FiguresBody(Body):
    """One UTC day of one run, whole: what was told of it before is replaced."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [FIGURES]})

    site: Word
    time_zone: Word
    waits: Annotated[tuple[WaitBody, ...], Field(max_length=MOST)]
    posts: Annotated[tuple[PostBody, ...], Field(max_length=MOST)]
    posts_named: Annotated[dict[Word, NameBody], Field(default_factory=dict, max_length=200)]

    def document(self) -> FiguresDocument:
        named = {post: Name(name.zh, name.en) for post, name in self.posts_named.items()}
        waits, posts = (tuple(one.row() for one in self.waits), tuple(one.row() for one in self.posts))
        return FiguresDocument(self.site, self.time_zone, waits, posts, named)


def figures_json(found: SiteFigures) -> dict[str, Any]:
    """Seconds and shares (0..1); null where nobody can say."""
    summary = found.summary
    waits = [
        {
            "kind": kind.figures.kind,
            "limit_s": kind.limit_s,
            "parties": kind.figures.parties,
            "ends_seen": kind.figures.known,
            "median_s": kind.figures.median_s,
            "p90_s": kind.figures.p90_s,
            "max_s": kind.figures.max_s,
            "within_limit": kind.figures.within_share,
            "abandoned": kind.figures.abandoned_share,
            "greeted_within_30_s": kind.figures.greeted_share,
            "still_waiting": [list(point) for point in kind.figures.curve],
        }
        for kind in summary.kinds
    ]
    posts = [
        {
            "post": post.post,
            "duty_s": post.duty_s,
            "judged_s": post.judged_s,
            "attended_s": post.attended_s,
            "attendance": post.attendance,
            "observability": post.observability,
        }
        for post in summary.posts
    ]
    hours = sorted({*summary.arrivals, *summary.registered})
    return {
        "site_id": found.site.id,
        "from": found.period.first.isoformat(),
        "to": found.period.last.isoformat(),
        "waits": waits,
        "posts": posts,
        "hours": [
            {"hour": h, "parties": summary.arrivals.get(h, 0), "registrations": summary.registered.get(h, 0)}
            for h in hours
        ],
        "registration_rate": summary.registration_rate,
    }
