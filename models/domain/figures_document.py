"""Key figures as JSON: what a run leaves on the box (figures/*.json), and what travels to the API, by UTC days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.domain.instants import datetime_of, iso, us_of
from models.domain.site import Name, Site
from models.domain.wait_figures import PostRow, WaitRow

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FiguresDocument:
    """Rows of one site. posts_named: post id -> what people call it."""

    site: str
    time_zone: str
    waits: tuple[WaitRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    posts_named: Mapping[str, Name] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Site, waits: Iterable[WaitRow], posts: Iterable[PostRow]) -> FiguresDocument:
        named = {post.id: post.name for post in site.posts.values()}
        return cls(site.id, site.time_zone, tuple(waits), tuple(posts), named)

    def days(self) -> dict[str, FiguresDocument]:
        """UTC day (2026-06-01) -> its rows, by the moment at which each began."""
        names = sorted({_day(row.in_us) for row in self.waits} | {_day(row.start_us) for row in self.posts})
        return {
            day: FiguresDocument(
                self.site,
                self.time_zone,
                tuple(row for row in self.waits if _day(row.in_us) == day),
                tuple(row for row in self.posts if _day(row.start_us) == day),
                self.posts_named,
            )
            for day in names
        }


def fields_of(document: FiguresDocument) -> Fields:
    """The document as JSON. Names are left out where there are no posts."""
    names = {post: {"zh": name.zh, "en": name.en} for post, name in sorted(document.posts_named.items())}
    told: Fields = {
        "site": document.site,
        "time_zone": document.time_zone,
        "waits": [_wait(row) for row in document.waits],
        "posts": [_post(row) for row in document.posts],
    }
    return told | ({"posts_named": names} if names else {})


def document_of(told: Fields) -> FiguresDocument:
    """Raises KeyError, TypeError or ValueError when it is not one of ours."""
    waits = (
        WaitRow(
            w["kind"], w["zone"], w["party"], int(w["size"]), us_of(w["t_in"]), float(w["wait_min_s"]),
            float(w["wait_max_s"]), w["end"], float(w["limit_s"])
        )
        for w in told["waits"]
    )  # fmt: skip
    posts = (PostRow(p["post"], p["status"], us_of(p["t_start"]), us_of(p["t_end"])) for p in told["posts"])
    named = {post: Name(name["zh"], name["en"]) for post, name in told.get("posts_named", {}).items()}
    return FiguresDocument(str(told["site"]), str(told["time_zone"]), tuple(waits), tuple(posts), named)


def _day(utc_us: int) -> str:
    return f"{datetime_of(utc_us):%Y-%m-%d}"


def _wait(row: WaitRow) -> Fields:
    return {
        "kind": row.kind,
        "zone": row.zone,
        "party": row.party,
        "size": row.size,
        "t_in": iso(row.in_us),
        "wait_min_s": round(row.wait_min_s, 3),
        "wait_max_s": round(row.wait_max_s, 3),
        "end": row.end,
        "limit_s": row.limit_s,
    }


def _post(row: PostRow) -> Fields:
    return {"post": row.post, "status": row.status, "t_start": iso(row.start_us), "t_end": iso(row.end_us)}
