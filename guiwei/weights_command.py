"""`guiwei weights list | pull | add | verify`: the networks on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from guiwei.language_option import Speech, Spoken
from models.texts import Language, both, text
from models.weights import DEFAULT, Condition, add, listing, pull, verify, weights_home
from models.weights.manifest import entry
from vision.detectors import load_detector

app = typer.Typer(help=both("weights.help.app"), no_args_is_help=True)

Name = Annotated[str, typer.Argument(help=both("weights.help.name"))]


@app.command("list", help=both("weights.help.list"))
def show(language: Spoken = Speech.ZH) -> None:
    """List the networks that are known or lie here."""
    speech: Language = language.value
    table = Table()
    for column in ("name", "condition", "size", "licence", "source"):
        table.add_column(text(f"weights.column.{column}", speech), overflow="fold", no_wrap=column == "name")
    for one in listing():
        condition = text(f"weights.condition.{one.condition}", speech)
        table.add_row(one.name, condition, f"{one.n_bytes / 1e6:.1f} MB", one.licence, one.source)
    Console().print(table)
    _tell(text("weights.home", speech, home=weights_home()))


@app.command("pull", help=both("weights.help.pull"))
def fetch(name: Name = DEFAULT, language: Spoken = Speech.ZH) -> None:
    """Download a network unless it lies here whole."""
    speech: Language = language.value
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text("weights.pulling", speech, name=name), total=None)
        folder = pull(entry(name), progress=lambda done, total: bar.update(task, completed=done, total=total))
    _tell(text("weights.pulled", speech, name=name, folder=folder))


@app.command("add", help=both("weights.help.add"))
def bring(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=both("weights.help.file"))],
    name: Annotated[str | None, typer.Option(help=both("weights.help.as"))] = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Take a network from files at hand; one that cannot be read as a detector is refused first."""
    if file.suffix in (".onnx", ".xml", ".pdmodel"):
        load_detector(file)
    folder = add(file, name)
    _tell(text("weights.added", language.value, name=folder.name, folder=folder))


@app.command("verify", help=both("weights.help.verify"))
def examine(
    name: Annotated[str | None, typer.Argument(help=both("weights.help.name"))] = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Compare the files of one network, or of all that lie here, with their checksums."""
    speech: Language = language.value
    names = [name] if name else [one.name for one in listing() if one.condition is not Condition.MISSING]
    for one in names:
        verify(one)
        _tell(text("weights.sound", speech, name=one))
    if not names:
        _tell(text("weights.nothing", speech))


def _tell(line: str) -> None:
    Console(soft_wrap=True).print(line, markup=False, highlight=False)
