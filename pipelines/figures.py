"""What a run leaves for the reports: every wait of every kind, and every post's duty, with UTC times."""

from __future__ import annotations

from collections.abc import Iterator

from models.domain.figures_document import FiguresDocument
from models.domain.site import Post
from models.domain.wait_figures import PostRow, WaitRow
from pipelines.engine import Engine
from pipelines.ledger import Row
from pipelines.rules.duty import duty_at
from pipelines.rules.rule import settings

MINUTE_US = 60_000_000


def figures_of(engine: Engine) -> FiguresDocument:
    """The rows so far; none where no frame came."""
    return FiguresDocument.of(engine.site, waits_of(engine), posts_of(engine))


def waits_of(engine: Engine) -> tuple[WaitRow, ...]:
    """Every wait, of every rule that runs, by its beginning."""
    rows = []
    for code, party in engine.waits():
        known = settings(engine.site, code)
        least = party.wait_min_us if party.over else party.visit.at_least_us(party.until_us)
        most = party.wait_max_us if party.over else party.visit.at_most_us(party.seen_until_us)
        end = "served" if party.served_us is not None else None if party.end is None else party.end.value
        times = (party.entered_us, least / 1e6, most / 1e6)
        rows.append(WaitRow(code, party.zone, party.id, len(party.members), *times, end, known["limit_s"]))
    return tuple(sorted(rows, key=lambda row: (row.in_us, row.kind, row.party)))


def posts_of(engine: Engine) -> tuple[PostRow, ...]:
    """Every post's attendance, cut to its duty."""
    site = engine.site
    return tuple(
        piece
        for row in engine.intervals()
        if row.predicate == "attendance"
        for piece in _on_duty(row, site.posts[row.subject], site.time_zone)
    )


def _on_duty(row: Row, post: Post, time_zone: str) -> Iterator[PostRow]:
    """Duty begins and ends at whole minutes: walk from one change to the next."""
    at_us = row.t_start_us
    while at_us < row.t_end_us:
        duty = duty_at(post, time_zone, at_us)
        if duty is None:
            at_us = (at_us // MINUTE_US + 1) * MINUTE_US
            continue
        until_us = min(duty.end_us, row.t_end_us)
        yield PostRow(post.id, str(row.value), at_us, until_us)
        at_us = until_us
