"""`guiwei site calendar`: which windows hold on a day or in a month, who says so, and what is odd about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text as RichText

from calibration import load_site
from calibration.calendar_table import day_table, month_days, month_table, remarks
from guiwei.calendar_picture import calendar_picture
from guiwei.language_option import Folder, Speech, Spoken
from models.domain.clock import SystemClock
from models.domain.errors import UsageError
from models.texts import Language, both

Day = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help=both("calendar.help.date"))]
Month = Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help=both("calendar.help.month"))]
Picture = Annotated[Path | None, typer.Option(metavar="FILE", help=both("calendar.help.picture"))]


def calendar(
    folder: Folder, day: Day = None, month: Month = None, picture: Picture = None, language: Spoken = Speech.ZH
) -> None:
    """Print the windows of a day (default: today at the site) or of a month; --picture draws them."""
    site = load_site(folder)
    speech: Language = language.value
    if day is not None and month is not None:
        raise UsageError(both("calendar.one_of"), got="--date --month")
    first = _parsed(day or (f"{month}-01" if month else None)) or site.calendar.day_of(SystemClock().utc_us())
    days = month_days(first) if month else [first]
    table = (month_table if month else day_table)(site, first, speech)
    console = Console()
    grid = RichTable(
        title=table.title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for heading in table.headings:
        grid.add_column(heading, overflow="fold")
    for row in table.rows:
        grid.add_row(*map(RichText, row))
    console.print(grid)
    for line in remarks(site, days, speech):
        console.print(f"- {line}", markup=False, highlight=False)
    if picture is not None:
        try:
            picture.write_bytes(calendar_picture(site, days, speech))
        except OSError as error:
            raise UsageError(both("calendar.unwritable"), where=picture.name, got=error.strerror or "") from None


def _parsed(value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise UsageError(both("calendar.bad_day"), got=value or "", expected="2026-06-01, 2026-06") from None
