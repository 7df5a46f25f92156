"""`guiwei report waits` and `guiwei report posts`: key figures of what a box has stored, as table, page and sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from calibration.registrations import read_registrations
from guiwei.language_option import Speech, Spoken
from guiwei.report_files import Sheet, html_page, xlsx_book
from models.domain.errors import UsageError
from models.domain.figures_summary import by_hour, days_us
from models.domain.instants import datetime_of
from models.domain.wait_figures import PostRow, WaitRow, post_figures, wait_figures
from models.texts import Language, both, text
from pipelines.figures_file import read_figures
from pipelines.figures_plot import hours_plot, posts_plot, survival_plot

app = typer.Typer(help=both("report.help"), no_args_is_help=True)

Run = Annotated[Path, typer.Option("--in", metavar="DIR", help=both("report.help.in"))]
From = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help=both("report.help.from"))]
Until = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help=both("report.help.to"))]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help=both("report.help.html"))]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help=both("report.help.xlsx"))]
Csv = Annotated[Path | None, typer.Option("--registrations", metavar="CSV", help=both("report.help.registrations"))]


@dataclass(frozen=True, slots=True)
class Days:
    """Local days, both included; None: from the first, to the last."""

    first: date | None
    last: date | None

    @classmethod
    def of(cls, first: str | None, last: str | None) -> Days:
        days = cls(_day("--from", first), _day("--to", last))
        if days.first is not None and days.last is not None and days.last < days.first:
            raise UsageError(both("report.order"), where="--to", got=str(last), expected=f">= {first}")
        return days

    def span_us(self, time_zone: str) -> tuple[int, int]:
        """UTC µs, half-open."""
        return days_us(self.first or date(1970, 1, 2), self.last or date(2999, 1, 1), time_zone)


@app.command(help=both("report.help.waits"))
def waits(  # noqa: PLR0913, PLR0917 - the options of a command
    run: Run = Path("out"),
    first: From = None,
    last: Until = None,
    html: Html = None,
    xlsx: Xlsx = None,
    registrations: Csv = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Median, p90, longest, share within the limit, given up, greeted within 30 s: by kind of wait."""
    zone, all_waits, _ = read_figures(run)
    since_us, until_us = Days.of(first, last).span_us(zone)
    rows = [row for row in all_waits if since_us <= row.in_us < until_us]
    booked = [] if registrations is None else read_registrations(registrations, zone)
    hours = by_hour((one.at_us for one in booked if since_us <= one.at_us < until_us), zone)
    speech: Language = language.value
    sheets = [_figures_sheet(rows, speech), _waits_sheet(rows, zone, speech)]
    plots = [
        (text(f"rule.{kind}.name", speech), survival_plot(wait_figures(kind, mine), mine[0].limit_s, speech))
        for kind in sorted({row.kind for row in rows})
        if (mine := [row for row in rows if row.kind == kind])
    ]
    arrivals = [row for row in rows if row.kind == "wait.reception"]
    plots.append((text("report.by_hour", speech), hours_plot(arrivals, hours, zone, speech)))
    _give(sheets, plots, (html, xlsx), text("report.title.waits", speech), speech)
    if booked:
        share = sum(hours.values()) / max(1, len(arrivals))
        typer.echo(
            text("report.rate", speech, registered=sum(hours.values()), parties=len(arrivals), share=f"{share:.0%}")
        )


@app.command(help=both("report.help.posts"))
def posts(
    run: Run = Path("out"),
    first: From = None,
    last: Until = None,
    html: Html = None,
    xlsx: Xlsx = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Attendance over judged duty time, and how much of the duty could be judged: by post."""
    zone, _, all_posts = read_figures(run)
    since_us, until_us = Days.of(first, last).span_us(zone)
    rows = [row for row in all_posts if since_us <= row.start_us < until_us]
    speech: Language = language.value
    sheets = [_posts_sheet(rows, speech)]
    plots = [(text("report.timeline", speech), posts_plot(rows, zone, speech))] if rows else []
    _give(sheets, plots, (html, xlsx), text("report.title.posts", speech), speech)


def _give(
    sheets: list[Sheet],
    plots: list[tuple[str, bytes]],
    files: tuple[Path | None, Path | None],
    title: str,
    speech: Language,
) -> None:
    console = Console()
    grid = Table(title=sheets[0].title, title_justify="left", title_style="bold")
    for heading in sheets[0].headings:
        grid.add_column(heading, overflow="fold")
    for row in sheets[0].rows:
        grid.add_row(*map(str, row))
    console.print(grid)
    console.print(text("report.note", speech), style="dim", highlight=False)
    html, xlsx = files
    for path, data in ((html, html_page(title, sheets, plots, text("report.note", speech), speech)), (xlsx, None)):
        if path is not None:
            _write(path, data if data is not None else xlsx_book(sheets))
            typer.echo(str(path))


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(both("report.unwritable"), where=str(path), got=error.strerror or "") from None


def _figures_sheet(rows: list[WaitRow], speech: Language) -> Sheet:
    table = []
    for kind in sorted({row.kind for row in rows}):
        f = wait_figures(kind, rows)
        table.append(
            (
                text(f"rule.{kind}.name", speech),
                f.parties,
                f.known,
                _seconds(f.median_s),
                _seconds(f.p90_s),
                _seconds(f.max_s),
                _share(f.within_share),
                _share(f.abandoned_share),
                _share(f.greeted_share) if kind == "wait.reception" else "–",
            )
        )
    return Sheet(
        text("report.sheet.waits", speech), tuple(text("report.headings.waits", speech).split("|")), tuple(table)
    )


def _waits_sheet(rows: list[WaitRow], zone: str, speech: Language) -> Sheet:
    table = tuple(
        (
            text(f"rule.{row.kind}.name", speech),
            row.zone,
            row.party,
            row.size,
            f"{datetime_of(row.in_us).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}",
            round(row.wait_min_s, 1),
            round(row.wait_max_s, 1),
            text(f"report.end.{row.end or 'running'}", speech),
        )
        for row in rows
    )
    return Sheet(text("report.sheet.each", speech), tuple(text("report.headings.each", speech).split("|")), table)


def _posts_sheet(rows: list[PostRow], speech: Language) -> Sheet:
    table = []
    for post in sorted({row.post for row in rows}):
        f = post_figures(post, rows)
        table.append((post, round(f.duty_s), round(f.attended_s), _share(f.attendance), _share(f.observability)))
    return Sheet(
        text("report.sheet.posts", speech), tuple(text("report.headings.posts", speech).split("|")), tuple(table)
    )


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} s"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _day(where: str, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise UsageError(both("report.day"), where=where, got=str(value), expected="2026-06-01") from None
