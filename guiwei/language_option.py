"""Options that many commands share and that need nothing of the box to be said."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from models.texts import both


class Speech(StrEnum):
    """The languages a command can be asked to speak."""

    ZH = "zh"
    EN = "en"


Folder = Annotated[Path, typer.Argument(metavar="SITE_DIR", help=both("cli.folder"), show_default=False)]
Spoken = Annotated[Speech, typer.Option("--language", help=both("cli.explain.language"))]
