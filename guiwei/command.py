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

from guiwei.calibrate_command import app as calibrate_app
from guiwei.demo_command import demo
from guiwei.eval_command import evaluation
from guiwei.explain_command import explain
from guiwei.live_command import live
from guiwei.patrol_command import patrol
from guiwei.people_command import devices_app, users_app
from guiwei.registrations_command import app as registrations_app
from guiwei.replay_command import replay
from guiwei.report_command import app as report_app
from guiwei.schema_command import schema
from guiwei.serve_command import serve
from guiwei.site_command import app as site_app
from guiwei.studio_command import app as studio_app
from guiwei.weights_command import app as weights_app
from models.domain.errors import GuiweiError
from models.texts import both

REPORT = Path("guiwei-report.txt")

app = typer.Typer(
    name="guiwei",
    help="归位：看案场监控，告诉主管谁在等、谁不在岗、什么没看见。 Watches a showroom through its CCTV and tells "
    "who waits, who is missing and what could not be seen.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (demo, replay, live, serve, explain, schema, patrol):
    app.command()(command)
app.command(name="eval")(evaluation)
app.add_typer(site_app, name="site")
app.add_typer(report_app, name="report")
app.add_typer(registrations_app, name="registrations")
app.add_typer(studio_app, name="studio")
app.add_typer(calibrate_app, name="calibrate")
app.add_typer(weights_app, name="weights")
app.add_typer(users_app, name="users")
app.add_typer(devices_app, name="devices")


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
