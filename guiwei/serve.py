"""Starts the server: settings from the environment, one uvicorn process, an address that is told."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from api.app import create_app
from api.settings import Settings
from models.domain.clock import Clock, SystemClock
from models.domain.errors import UsageError
from models.store.opening import Store, open_store
from models.texts import both


def settings_in_force(**given: object) -> Settings:
    """Settings from the environment (GUIWEI_...) with `given` on top; None in `given` means not given.

    Raises UsageError naming the setting. A secret's value is never shown.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        problem = error.errors(include_input=False)[0]
        name = ".".join(str(part) for part in problem["loc"]) or "settings"
        raise UsageError(
            "A setting cannot be used.",
            where=f"GUIWEI_{name.upper()}" if problem["loc"] else "GUIWEI_...",
            expected=problem["msg"].removeprefix("Value error, "),
            next_step="Correct it in the environment or on the command line.",
        ) from error


@contextmanager
def store_in_force(settings: Settings) -> Iterator[Store]:
    """The settings' database for a command, made if it is the default one. Raises StoreError."""
    if not settings.database_url:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = open_store(settings.store_url)
    try:
        yield store
    finally:
        store.close()


def run_server(
    settings: Settings,
    *,
    clock: Clock | None = None,
    finish: Callable[[FastAPI], None] | None = None,
    ready: Callable[[str], None] = lambda _address: None,
) -> None:
    """Serve until Ctrl-C or SIGTERM. finish(app): put the pages on; ready(address): told once the port is taken.

    Raises StoreError, and UsageError when the port is not free.
    """
    app = create_app(settings, clock=clock or SystemClock())
    if finish is not None:
        finish(app)
    with door(settings) as entrance:
        ready(shown_address(settings.host, entrance.getsockname()[1]))
        server_of(app).run(sockets=[entrance])


def server_of(app: FastAPI) -> uvicorn.Server:
    """One uvicorn process for the app; `run(sockets=[...])` serves."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=64 * 1024,
    )
    return uvicorn.Server(config)


def door(settings: Settings) -> socket.socket:
    """The listening socket; port 0 takes a free one. Raises UsageError when it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=256)
    except OSError as error:
        raise UsageError(
            both("cli.port.taken"),
            where=f"{settings.host}:{settings.port}",
            got=error.strerror or str(error),
            next_step=both("cli.port.taken.next"),
        ) from error


def shown_address(host: str, port: int) -> str:
    """Where a person on this machine finds the server."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"
