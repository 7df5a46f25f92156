"""`guiwei serve`: the API and the supervisor's pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.ui import mount
from guiwei.serve import run_server, settings_in_force
from models.texts import both


def serve(
    data_dir: Annotated[Path | None, typer.Option(metavar="DIR", help=both("cli.serve.data_dir"))] = None,
    host: Annotated[str | None, typer.Option(help=both("cli.serve.host"))] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=both("cli.serve.port"))] = None,
) -> None:
    """Serve until the process is told to stop."""
    settings = settings_in_force(data_dir=data_dir, host=host, port=port)
    run_server(settings, finish=mount, ready=_tell)


def _tell(address: str) -> None:
    Console().print(both("cli.serve.ready", address=address), highlight=False)
