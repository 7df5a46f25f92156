"""`guiwei site init` and `guiwei site check`."""

from __future__ import annotations

import json
import os
import re
import warnings
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit, urlunsplit

import typer
from pydantic_core import PydanticCustomError
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text as RichText

from calibration import Secrets, load_secrets, load_site, new_site_text
from calibration.camera_secrets import SECRETS_FILE, SecretsReadableWarning
from calibration.field_checks import rtsp_address
from calibration.floors_agree import FARTHEST_APART_M, contradictions
from calibration.in_force import Table, remarks, tables
from calibration.new_site import CAMERA, NewSource
from calibration.overlay import draw_site, write_picture
from calibration.site_file import SITE_FILE
from guiwei.calendar_command import calendar
from guiwei.furniture_remarks import furniture_remarks
from guiwei.language_option import Speech, Spoken
from models.domain.errors import SiteError, UsageError
from models.domain.site import Site, Source, SourceKind
from models.texts import Language, both, text
from vision.ingest import probe

SECRET_NAME = f"{CAMERA}_password"

app = typer.Typer(help=both("site.help"), no_args_is_help=True)
app.command(help=both("calendar.help"))(calendar)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help=both("site.help.folder"), show_default=False)]


@app.command(help=both("site.help.init"))
def init(
    folder: Folder,
    source: Annotated[str | None, typer.Option("--from", metavar="VIDEO_OR_URL", help=both("site.help.from"))] = None,
    user: Annotated[str | None, typer.Option(help=both("site.help.user"))] = None,
    secret: Annotated[str | None, typer.Option(metavar="NAME", help=both("site.help.secret"))] = None,
) -> None:
    """Write a site.yaml that replays at once, or a template; never over one that is there."""
    file = folder / SITE_FILE
    if file.exists():
        raise _exists(file)
    named, password = _named_source(source, folder, user, secret) if source else (None, None)
    if password is not None and (folder / SECRETS_FILE).exists():
        raise _exists(folder / SECRETS_FILE)
    size = _look_at(named, folder, password) if named else None
    console = Console(soft_wrap=True)
    if named is not None and password is not None:
        _write_new(folder / SECRETS_FILE, f"{named.secret}: {json.dumps(password, ensure_ascii=False)}\n", 0o600)
        console.print(both("site.init.secret", file=folder / SECRETS_FILE), markup=False)
    _write_new(file, new_site_text(folder.absolute().name, size, named), 0o644)
    live = named is not None and named.rtsp is not None
    console.print(both("site.init.done", file=file), markup=False)
    console.print(both("site.init.next.check", folder=folder), markup=False)
    console.print(both("site.init.next.live" if live else "site.init.next.replay", folder=folder), markup=False)


@app.command(help=both("site.help.check"))
def check(
    folder: Folder,
    picture: Annotated[Path | None, typer.Option(metavar="FILE", help=both("site.help.picture"))] = None,
    language: Spoken = Speech.ZH,
) -> None:
    """Say what is in force and what cannot be judged; leaves with exit code 3 when the file is wrong."""
    console = Console()
    site = load_site(folder)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", SecretsReadableWarning)
        secrets = load_secrets(folder)
    speech: Language = language.value
    _agree(site)
    for table in tables(site, speech):
        _show(table, console)
    console.print(text("site.check.title", speech), style="bold")
    furniture = [text(key, speech, **places) for key, places in furniture_remarks(site)]
    for line in [*(str(w.message) for w in told), *(r.told(speech) for r in remarks(site, secrets)), *furniture]:
        console.print(f"- {line}", markup=False, highlight=False)
    console.print(text("site.check.good", speech, version=site.version), style="green", highlight=False)
    if picture is not None:
        write_picture(draw_site(site), picture)
        console.print(text("site.check.drawn", speech, file=picture), markup=False, highlight=False)


def _agree(site: Site) -> None:
    """Raises SiteError where cameras contradict each other about the floor."""
    found = contradictions(site)
    if found:
        raise SiteError(
            both("site.floors.contradict"),
            where=str(site.folder / SITE_FILE),
            got="; ".join(f"{one.post}: {' / '.join(one.cameras)}, {one.apart_m:.2f} m" for one in found),
            expected=f"<= {FARTHEST_APART_M:g} m",
            next_step=both("site.floors.contradict.next"),
        )


def _named_source(source: str, folder: Path, user: str | None, secret: str | None) -> tuple[NewSource, str | None]:
    """How the site file will name what the person named, and the password that stood in the URL, if any."""
    if "://" not in source:
        return NewSource(file=_relative(source, folder)), None
    scheme, _, rest = source.partition("://")
    login, at, place = rest.rpartition("@")  # passwords may hold / # and @
    parts = urlsplit(f"{scheme}://{place}")
    try:
        address = rtsp_address(urlunsplit(parts))
    except PydanticCustomError as error:
        raise UsageError(error.message(), expected="rtsp://host/path") from None
    inside, _, password = login.partition(":")
    user = user or unquote(inside) or None
    if secret is not None and not re.fullmatch(r"[a-z0-9_]{1,64}", secret):
        raise UsageError(both("site.secrets.name"), got=secret, expected="a-z 0-9 _")
    named = NewSource(rtsp=address, user=user, secret=(secret or SECRET_NAME) if user else None)
    return named, unquote(password) if at and password else None


def _relative(source: str, folder: Path) -> str:
    try:
        source.encode()
    except UnicodeEncodeError:
        raise UsageError(both("site.init.name"), got=repr(source), next_step=both("site.init.name.next")) from None
    path = Path(source).absolute()
    try:
        return Path(os.path.relpath(path, folder.absolute())).as_posix()
    except ValueError:  # another drive
        return str(path)


def _look_at(named: NewSource, folder: Path, password: str | None) -> tuple[int, int]:
    """Width and height of the picture. Raises SourceError when there is none."""
    if named.rtsp is not None:
        known = dict(load_secrets(folder))
        if named.secret is not None and password is not None:
            known[named.secret] = password
        return probe(Source(SourceKind.RTSP, named.rtsp, named.user, named.secret), Secrets(known)).size_px
    address = os.path.abspath(folder / str(named.file))  # noqa: PTH100 - links stay as named
    return probe(Source(SourceKind.FILE, address), Secrets()).size_px


def _write_new(file: Path, content: str, mode: int) -> None:
    """Create the file; somebody else's file of that name is left alone."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as stream:
            stream.write(content)
    except FileExistsError:
        raise _exists(file) from None
    except OSError as error:
        raise SiteError(
            both("site.init.unwritable"),
            where=str(file),
            got=error.strerror or type(error).__name__,
            next_step=both("site.init.unwritable.next"),
        ) from None


def _exists(file: Path) -> UsageError:
    return UsageError(both("site.init.exists"), where=str(file), next_step=both("site.init.exists.next"))


def _show(table: Table, console: Console) -> None:
    if not table.rows:
        return
    grid = RichTable(title=table.title, title_justify="left", title_style="bold")
    for heading in table.headings:
        grid.add_column(heading, overflow="fold")
    for row in table.rows:
        grid.add_row(*map(RichText, row))
    console.print(grid)
