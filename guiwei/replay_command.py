"""`guiwei replay`: a site's recordings through the whole box, as fast as the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guiwei.box import Eyes, network_eyes
from guiwei.language_option import Folder, Speech, Spoken
from guiwei.pull_progress import pull_shown
from guiwei.replay import Recordings
from guiwei.replay import replay as replay_site
from guiwei.speech import Api, Token, heard, show_result, uplink
from models.domain.errors import UsageError
from models.texts import Language, both
from models.weights import DEFAULT
from vision.detectors import load_detector
from vision.detectors.tape import TapeFinder

Network = Annotated[str, typer.Option("--weights", metavar="NAME_OR_FILE", help=both("cli.weights"))]


def replay(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    folder: Folder,
    camera: Annotated[list[str] | None, typer.Option(metavar="ID=FILE", help=both("cli.camera"))] = None,
    readings: Annotated[Path | None, typer.Option(metavar="FILE", help=both("readings.help"))] = None,
    start: Annotated[str | None, typer.Option(metavar="ISO", help=both("cli.start"))] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help=both("cli.out"))] = Path("out"),
    api: Api = None,
    token: Token = None,
    weights: Network = DEFAULT,
    boxes: Annotated[Path | None, typer.Option(metavar="FILE", help=both("cli.tape_of_boxes"))] = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Replay, write, print a table. Raises GuiweiError."""
    recordings = Recordings(_files(camera or []), start, readings)
    link = uplink(api, token)
    eyes = eyes_of(weights, language.value, boxes)
    with heard(language.value) as ears:
        result = replay_site(folder, recordings, out=out, uplink=link, eyes=eyes, ears=ears)
    show_result(result, language.value)
    if result.interrupted:
        raise typer.Exit(130)


def eyes_of(weights: str, language: Language, boxes: Path | None = None) -> Eyes:
    """A network by name or file, pulled with progress when missing; or stored boxes. Raises GuiweiError."""
    if boxes is not None:
        return Eyes(lambda _camera: TapeFinder(boxes))
    with pull_shown(language) as progress:
        detector = load_detector(weights, progress=progress)
    return network_eyes(detector)


def _files(named: list[str]) -> dict[str, Path]:
    found = {}
    for one in named:
        name, equals, file = one.partition("=")
        if not (name and equals and file):
            raise UsageError(both("cli.camera.bad"), where="--camera", got=one, expected="ID=FILE")
        found[name] = Path(file)
    return found
