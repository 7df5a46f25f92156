"""`guiwei registrations import`: the front desk's CSV into the server's record, as POST /api/v1/registrations does."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from api.refusal import RefusalError
from api.registrations import record
from calibration.registrations import read_lines
from guiwei.serve import settings_in_force, store_in_force
from models.domain.clock import SystemClock
from models.domain.errors import UsageError
from models.store.tables import SiteRow
from models.texts import both

app = typer.Typer(help=both("registrations.help"), no_args_is_help=True)


@app.callback()
def _registrations() -> None:
    """A group of its own: further ways to bring registrations in go beside the CSV."""


@app.command("import", help=both("registrations.help.import"))
def import_csv(
    file: Annotated[Path, typer.Argument(metavar="CSV", help=both("registrations.help.file"), show_default=False)],
    site: Annotated[str, typer.Option(help=both("registrations.help.site"))],
) -> None:
    """All of it or nothing."""
    lines = read_lines(file)
    with store_in_force(settings_in_force()) as store, store.writing() as session:
        known = session.get(SiteRow, site)
        if known is None:
            next_step = both("registrations.no_site.next")
            raise UsageError(both("registrations.no_site"), where="--site", got=site, next_step=next_step)
        try:
            count = record(session, known, lines, by=f"import ({_me()})", now_us=SystemClock().utc_us())
        except RefusalError as refusal:
            raise UsageError(
                both("registrations.lines"),
                where=str(file),
                got=refusal.got,
                expected=refusal.expected,
                next_step=both("registrations.lines.next"),
            ) from None
    typer.echo(both("registrations.imported", count=count, site=site))


def _me() -> str:
    """Who imports, for the record; the machine's own name for the user."""
    try:
        return getpass.getuser()[:60]
    except (KeyError, OSError):
        return "?"
