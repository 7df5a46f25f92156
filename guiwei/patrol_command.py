"""`guiwei patrol`: a leg's offset from its label by the 3/4 rule, from a close-up photograph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from calibration import load_site
from calibration.overlay import write_picture
from calibration.patrol import card, measure, photograph
from guiwei.language_option import Speech, Spoken
from models.domain.errors import UsageError
from models.domain.furniture import FurnitureItem, Label
from models.domain.site import Site
from models.texts import both, text

Photo = Annotated[Path, typer.Argument(metavar="PHOTO", help=both("patrol.help.photo"), show_default=False)]


def patrol(  # noqa: PLR0913, PLR0917 - a command line has as many options as it needs
    photo: Photo,
    item: Annotated[str, typer.Option("--item", metavar="ID", help=both("patrol.help.item"))],
    label: Annotated[int, typer.Option("--label", min=1, help=both("patrol.help.label"))] = 1,
    site: Annotated[Path, typer.Option("--site", metavar="SITE_DIR", help=both("patrol.help.site"))] = Path(),
    picture: Annotated[Path | None, typer.Option("--picture", metavar="FILE", help=both("patrol.help.picture"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=both("patrol.help.json"))] = False,
    language: Spoken = Speech.ZH,
) -> None:
    """Measure, say, draw. A photograph without a leg or a label in it is refused and nothing is written."""
    which, mark = labelled(load_site(site), item, label)
    shot = photograph(_read(photo), str(photo))
    found = measure(shot, mark)
    out = picture or photo.with_name(f"{photo.stem}-{item}.png")
    write_picture(card(shot, which, mark, found), out)
    figures = {
        "offset": f"{found.offset_mm:.1f}",
        "sigma": f"{found.sigma_mm:.1f}",
        "play": f"{mark.play_mm:.1f}",
        "leg": f"{mark.leg_mm:g}",
        "label": f"{mark.label_mm:g}",
    }
    verdict = found.truth(mark)
    if as_json:
        told = {"item": item, "label": label, "truth": str(verdict), "grade": "strict", "picture": str(out)}
        numbers = {f"{name}_mm": float(value) for name, value in figures.items()}
        typer.echo(json.dumps(told | numbers, ensure_ascii=False))
        return
    said = text(
        "patrol.done",
        language.value,
        item=which.name.zh if language is Speech.ZH else which.name.en,
        verdict=text(f"patrol.verdict.{verdict}", language.value),
        figures=text("patrol.figures", language.value, **figures),
        picture=out,
    )
    Console(soft_wrap=True).print(said, markup=False, highlight=False)


def labelled(site: Site, item: str, number: int) -> tuple[FurnitureItem, Label]:
    """An item and one of its labels (from 1). Raises UsageError: unknown, or without diameters."""
    found = site.furniture.items.get(item)
    if found is None:
        expected = ", ".join(sorted(site.furniture.items)) or "-"
        raise UsageError(both("patrol.problem.item"), where="--item", got=item, expected=expected)
    if not 1 <= number <= len(found.labels):
        expected = f"1..{len(found.labels)}"
        raise UsageError(both("patrol.problem.which"), where="--label", got=str(number), expected=expected)
    label = found.labels[number - 1]
    if not (label.label_mm > 0 and label.leg_mm > 0):
        raise UsageError(both("patrol.problem.diameters"), where=item, next_step=both("patrol.problem.diameters.next"))
    return found, label


def _read(photo: Path) -> bytes:
    try:
        return photo.read_bytes()
    except OSError as error:
        raise UsageError(both("calibrate.photo"), where=str(photo), got=error.strerror or "") from None
