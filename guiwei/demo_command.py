"""`guiwei demo`: the samples through the whole chain, into an API it starts, and the supervisor's pages on top."""

from __future__ import annotations

import contextlib
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import sample_videos
from api import passwords
from api.accounts import Account, add_user
from api.app import create_app
from api.devices import add_device
from api.records import SiteRecord
from api.roles import UserRole
from api.settings import Settings
from api.ui import mount
from calibration import load_site
from guiwei.language_option import Speech, Spoken
from guiwei.replay import replay
from guiwei.replay_command import eyes_of
from guiwei.serve import door, server_of, settings_in_force, shown_address
from guiwei.speech import heard, show_result
from guiwei.uplink import Uplink
from models.domain.clock import SystemClock
from models.domain.errors import DeliveryError
from models.domain.site import Site
from models.store.opening import Store
from models.texts import Language, both, text
from models.weights import DEFAULT

SITE = Path(sample_videos.__file__).parent / "demo"
USER = "demo"


def demo(
    once: Annotated[bool, typer.Option("--once", help=both("cli.demo.once"))] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help=both("cli.demo.out"))] = Path("guiwei-demo"),
    port: Annotated[int, typer.Option(min=0, max=65535, help=both("cli.demo.port"))] = 8080,
    language: Spoken = Speech.ZH,
) -> None:
    """Replay the samples, into a server that goes on running unless `once`."""
    site = load_site(SITE)
    shutil.rmtree(out / "server", ignore_errors=True)
    settings = settings_in_force(data_dir=out / "server", port=0 if once else port, demo=True)
    eyes = eyes_of(DEFAULT, language.value)
    with _serving(settings) as (address, store):
        password, token = _accounts(store, site, language.value)
        if not once:
            _invite(address, password)
        Console(stderr=True, soft_wrap=True).print(text("cli.demo.replaying", language.value), highlight=False)
        with heard(language.value) as ears:
            result = replay(SITE, out=out, uplink=Uplink(address, token), eyes=eyes, ears=ears)
        show_result(result, language.value)
        if not once and not result.interrupted:
            Console().print(text("cli.demo.stop", language.value), highlight=False)
            _until_interrupted()
    if result.undelivered:
        raise DeliveryError(both("cli.demo.undelivered"), got=str(result.undelivered))


def _accounts(store: Store, site: Site, language: Language) -> tuple[str, str]:
    """A supervisor's password and the box's token."""
    now_us = SystemClock().utc_us()
    token = add_device(store, SiteRecord(site.id, site.name, site.time_zone), "demo-box", now_us=now_us)
    password = passwords.generated()
    add_user(store, Account(USER, UserRole.SITE_MANAGER, language), password, now_us=now_us)
    return password, token


@contextlib.contextmanager
def _serving(settings: Settings) -> Iterator[tuple[str, Store]]:
    """API and pages in a thread of their own: (address, the server's database)."""
    app = create_app(settings, clock=SystemClock())
    mount(app)
    with door(settings) as entrance:
        server = server_of(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [entrance]}, name="server", daemon=True)
        thread.start()
        try:
            yield shown_address(settings.host, entrance.getsockname()[1]), app.state.services.store
        finally:
            server.should_exit = True
            thread.join(15)


def _invite(address: str, password: str) -> None:
    console = Console()
    for key, value in (("ready", address), ("user", USER), ("password", password)):
        console.print(f"  {both(f'cli.demo.{key}')}: [bold]{value}[/bold]", highlight=False)


def _until_interrupted() -> None:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
