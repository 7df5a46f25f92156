"""`guiwei live`: a site's cameras, until it is told to stop.

Ctrl-C and SIGTERM are how it is meant to end: results are written and the exit code is 0. Other codes: guiwei.command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guiwei.language_option import Folder, Speech, Spoken
from guiwei.live import live as watch_site
from guiwei.replay_command import Network, eyes_of
from guiwei.speech import Api, Token, heard, show_result, uplink
from models.texts import both
from models.weights import DEFAULT


def live(
    folder: Folder,
    out: Annotated[Path, typer.Option(metavar="DIR", help=both("cli.out"))] = Path("out"),
    api: Api = None,
    token: Token = None,
    weights: Network = DEFAULT,
    language: Spoken = Speech.ZH,
) -> None:
    """Watch until the process is told to stop."""
    link = uplink(api, token)
    eyes = eyes_of(weights, language.value)
    with heard(language.value) as ears:
        result = watch_site(folder, out=out, uplink=link, eyes=eyes, ears=ears)
    show_result(result, language.value)
