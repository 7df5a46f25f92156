"""What commands say to a person: in one language, on standard error for events and standard output for results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from guiwei.box import Ears, RunResult, said
from guiwei.replay_progress import headway_shown
from guiwei.uplink import Uplink
from models.domain.clock import SystemClock
from models.domain.errors import UsageError
from models.domain.incident import Incident
from models.domain.media import US
from models.domain.site import Name, Site
from models.texts import Language, both, text
from pipelines.incident_words import capital, place_of, rule_name, unit

Api = Annotated[str | None, typer.Option("--api", metavar="URL", help=both("cli.api"))]
Token = Annotated[str | None, typer.Option("--token", envvar="GUIWEI_TOKEN", help=both("cli.token"))]


@contextmanager
def heard(language: Language) -> Iterator[Ears]:
    """Ears that print to standard error, with a line of headway while it is a terminal."""
    console = Console(stderr=True)

    def tell(key: str, places: dict[str, str]) -> None:
        console.print(said(key, places, language), markup=False, highlight=False)

    with headway_shown(console, SystemClock(), language) as headway:
        yield Ears(tell, headway, language)


def uplink(api: str | None, token: str | None) -> Uplink | None:
    """Where to deliver, None where nothing was asked for. Raises UsageError for an address without a token."""
    if api is None:
        return None
    if not token:
        raise UsageError(both("cli.token.missing"), where="--token", next_step=both("cli.token.missing.next"))
    return Uplink(api, token)


def show_result(result: RunResult, language: Language) -> None:
    """The incidents of a run as a table, and where the rest is."""
    console = Console()
    if result.incidents:
        console.print(incidents_table(result.incidents, result.site, result.start_us or 0, language))
    else:
        console.print(text("cli.done.none", language))
    console.print(text("cli.done.folder", language, folder=result.out), markup=False, highlight=False, soft_wrap=True)


def incidents_table(incidents: tuple[Incident, ...], site: Site, start_us: int, language: Language) -> Table:
    """One row an incident, 80 columns wide at most for names of usual length; seconds from the recording's start."""
    table = Table(title=text("cli.table.title", language), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("number", "what", "where", "severity"):
        table.add_column(text(f"cli.table.{heading}", language), overflow="fold")
    for heading in ("span", "measured", "blind"):
        table.add_column(text(f"cli.table.{heading}", language), justify="right", no_wrap=True)
    for number, one in enumerate(incidents, 1):
        camera = site.cameras[one.camera].name if one.camera in site.cameras else Name(one.camera, one.camera)
        end = "" if one.t_end_us is None else _s(one.t_end_us - start_us)
        table.add_row(
            str(number),
            capital(rule_name(one, language)),
            Text(place_of(one, language, camera)),
            text(f"severity.{one.severity}", language),
            f"{_s(one.t_first_us - start_us)}–{end}",
            f"{one.measured.value:.1f} / {one.threshold.value:g} {unit(one.threshold.unit, language)}",
            f"{one.blind_s:.1f}",
        )
    return table


def _s(us: int) -> str:
    return f"{us / US:.1f}"
