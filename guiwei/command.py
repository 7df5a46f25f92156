"""The `guiwei` command: the composition root. Each subcommand has a module of its own; here they are put together.

Exit codes: 0 done; 1 unexpected (a report file is named); 2 usage; 3 site file; 4 camera or recording; 5 weights;
6 database; 7 evidence; 8 delivery; 9 floors; 130 interrupted. Colours go off by themselves when the output is piped.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console

from guiwei.later import Entry, group_of
from models.domain.errors import GuiweiError
from models.texts import both

REPORT = Path("guiwei-report.txt")

COMMANDS: dict[str, Entry] = {
    "demo": Entry("guiwei.demo_command", "demo", "cli.help.demo"),
    "replay": Entry("guiwei.replay_command", "replay", "cli.help.replay"),
    "live": Entry("guiwei.live_command", "live", "cli.help.live"),
    "serve": Entry("guiwei.serve_command", "serve", "cli.help.serve"),
    "explain": Entry("guiwei.explain_command", "explain", "cli.help.explain"),
    "site": Entry("guiwei.site_command", "app", "site.help"),
    "calibrate": Entry("guiwei.calibrate_command", "app", "calibrate.help"),
    "patrol": Entry("guiwei.patrol_command", "patrol", "cli.help.patrol"),
    "report": Entry("guiwei.report_command", "app", "report.help"),
    "registrations": Entry("guiwei.registrations_command", "app", "registrations.help"),
    "users": Entry("guiwei.people_command", "users_app", "cli.help.users"),
    "devices": Entry("guiwei.people_command", "devices_app", "cli.help.devices"),
    "weights": Entry("guiwei.weights_command", "app", "weights.help.app"),
    "schema": Entry("guiwei.schema_command", "schema", "cli.help.schema"),
    "eval": Entry("guiwei.eval_command", "evaluation", "cli.help.eval"),
    "studio": Entry("guiwei.studio_command", "app", "studio.help.app"),
}
"""In the order in which they are listed: what a newcomer needs first stands first."""

app = typer.Typer(
    name="guiwei",
    help=both("cli.help"),
    cls=group_of(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback(help=both("cli.help"))
def guiwei() -> None:
    """Nothing is done before the command itself."""


def main() -> NoReturn:
    """Run the command; every error leaves as a message and an exit code, never as a traceback."""
    try:
        app()
    except GuiweiError as error:
        tell(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:  # noqa: BLE001 - the last line of defence: the traceback goes to a file, the person gets a sentence
        report = _reported(traceback.format_exc())
        Console(stderr=True, soft_wrap=True).print(both("cli.unexpected", file=report), markup=False, highlight=False)
        sys.exit(1)
    sys.exit(0)


def _reported(details: str) -> Path:
    """Where the details were written: here, or where temporary files go if nothing can be written here."""
    for folder in (Path.cwd(), Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            (folder / REPORT).write_text(details, encoding="utf-8")
            return folder / REPORT
    return Path(os.devnull)


def tell(error: GuiweiError) -> None:
    """What, where, got, expected, next step on standard error."""
    console = Console(stderr=True, soft_wrap=True)
    first, *rest = str(error).splitlines()
    console.print(first, style="bold red", markup=False, highlight=False)
    for line in rest:
        console.print(line, markup=False, highlight=False)
