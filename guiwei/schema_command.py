"""`guiwei schema`: the JSON Schema of the site file and of what a replay writes."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from guiwei.schemas import SCHEMAS
from models.texts import both


class Document(StrEnum):
    SITE = "site"
    INCIDENTS = "incidents"
    INTERVALS = "intervals"
    PARTIES = "parties"
    TRUTH = "truth"


def schema(
    name: Annotated[Document, typer.Argument(help=both("site.help.schema.name"), show_default=False)],
) -> None:
    """Print one schema."""
    typer.echo(json.dumps(SCHEMAS[name](), ensure_ascii=False, indent=2, sort_keys=True))
