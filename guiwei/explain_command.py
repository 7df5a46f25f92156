"""`guiwei explain`: why an incident is there, from the tape of the run that raised it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from guiwei.box import DATABASE, TAPE
from guiwei.language_option import Speech, Spoken
from models.domain.errors import UsageError
from models.domain.incident import Incident
from models.domain.incident_body import incident_of
from models.domain.site import Name
from models.store import BoxStore
from models.texts import both
from pipelines.explain import explain as explained
from pipelines.incident_words import place_of
from pipelines.tape import read_tape


def explain(
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help=both("cli.explain.incident"))],
    run: Annotated[Path, typer.Option("--in", metavar="DIR", help=both("cli.explain.tape"))] = Path("out"),
    picture: Annotated[Path | None, typer.Option(metavar="FILE.png", help=both("cli.explain.picture"))] = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Print the words and write the picture."""
    tape = read_tape(run / TAPE)
    told = explained(tape, _chosen(incident, run), language.value)
    Console(soft_wrap=True).print(told.told(language.value), markup=False, highlight=False)
    if picture is not None:
        _write(picture, told.picture_png)
        typer.echo(str(picture))


def _write(picture: Path, png: bytes) -> None:
    try:
        picture.write_bytes(png)
    except OSError as error:
        raise UsageError(
            both("cli.explain.unwritable"), where=str(picture), got=error.strerror or type(error).__name__
        ) from None


def _chosen(named: str, run: Path) -> Incident:
    """By number in incidents.json, else by the beginning of its key: some keys begin with a number that is another's.

    Raises UsageError with the choice there is.
    """
    store = BoxStore(f"sqlite:///{run / DATABASE}")
    try:
        found = sorted(map(incident_of, store.incidents()), key=lambda one: (one.t_first_us, one.code, one.subject))
    finally:
        store.close()
    by_number = [one for number, one in enumerate(found, 1) if named == str(number)]
    chosen = by_number or [one for one in found if one.dedupe_key.startswith(named)]
    if len(chosen) != 1:
        listed = "; ".join(f"{n} = {_named(one)}" for n, one in enumerate(found, 1))
        raise UsageError(
            both("cli.explain.none"),
            where=str(run),
            got=named,
            expected=listed,
            next_step=both("cli.explain.none.next"),
        )
    return chosen[0]


def _named(one: Incident) -> str:
    place = place_of(one, "zh", Name(one.camera, one.camera))
    return f"{both(f'rule.{one.code}.name')} · {place} ({one.dedupe_key[:8]})"
