"""`guiwei users` and `guiwei devices`: who may sign in, and which boxes may write."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api import passwords
from api.accounts import Account, add_user, disable_user, list_users, set_password
from api.devices import add_device, list_devices, revoke_device
from api.records import SiteRecord
from api.roles import UserRole
from api.wire import iso_or_none
from guiwei.serve import settings_in_force, store_in_force
from models.domain.clock import SystemClock
from models.domain.errors import UsageError
from models.domain.site import Name
from models.texts import Language, text

users_app = typer.Typer(help=f"{text('people.users', 'zh')} {text('people.users', 'en')}", no_args_is_help=True)
devices_app = typer.Typer(help=f"{text('people.devices', 'zh')} {text('people.devices', 'en')}", no_args_is_help=True)


def _help(key: str) -> str:
    return f"{text(f'people.help.{key}', 'zh')} {text(f'people.help.{key}', 'en')}"


Who = Annotated[str, typer.Argument(metavar="NAME", help=_help("name"), show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help=_help("json"))]
Generate = Annotated[bool, typer.Option("--generate", help=_help("generate"))]


@users_app.command("add")
def users_add(
    name: Who,
    role: Annotated[UserRole, typer.Option(help=_help("role"))],
    site: Annotated[list[str] | None, typer.Option(help=_help("site_seen"))] = None,
    language: Annotated[str, typer.Option(help=_help("language"))] = "zh",
    generate: Generate = False,
) -> None:
    """加用户；不指定 --site 则可看所有案场。 Add a user; without --site all sites are seen."""
    with store_in_force(settings_in_force()) as store:
        sites = frozenset(site) if site else None
        password = _password(generate)
        add_user(store, Account(name, role, _language(language), sites), password, now_us=SystemClock().utc_us())
    _show_once(password if generate else None, "people.user_added", name=name)


@users_app.command("list")
def users_list(as_json: AsJson = False) -> None:
    """列出用户。 List users."""
    with store_in_force(settings_in_force()) as store:
        found = list_users(store)
    rows: list[dict[str, object]] = [
        {
            "name": account.name,
            "role": account.role.value,
            "language": account.language,
            "sites": "*" if account.sites is None else ", ".join(sorted(account.sites)),
            "disabled": account.disabled,
        }
        for account in found
    ]
    _show(rows, ("name", "role", "language", "sites", "disabled"), as_json)


@users_app.command("password")
def users_password(name: Who, generate: Generate = False) -> None:
    """设新密码，并结束该用户的所有登录。 Set a new password and end all sessions of that user."""
    with store_in_force(settings_in_force()) as store:
        password = _password(generate)
        set_password(store, name, password)
    _show_once(password if generate else None, "people.password_set", name=name)


@users_app.command("disable")
def users_disable(name: Who) -> None:
    """停用；记录中的姓名保留。 Disable an account; history keeps the name."""
    with store_in_force(settings_in_force()) as store:
        disable_user(store, name, now_us=SystemClock().utc_us())
    _show_once(None, "people.user_disabled", name=name)


@devices_app.command("add")
def devices_add(
    name: Who,
    site: Annotated[str, typer.Option(help=_help("site"))],
    name_zh: Annotated[str, typer.Option(help=_help("site_zh"))] = "",
    name_en: Annotated[str, typer.Option(help=_help("site_en"))] = "",
    time_zone: Annotated[str, typer.Option(help=_help("time_zone"))] = "Asia/Shanghai",
) -> None:
    """登记边缘盒；令牌只显示一次。 Register a box; its token is shown once."""
    record = SiteRecord(site, Name(name_zh or site, name_en or site), time_zone)
    with store_in_force(settings_in_force()) as store:
        token = add_device(store, record, name, now_us=SystemClock().utc_us())
    _show_once(token, "people.device_added", name=name, site=site)


@devices_app.command("list")
def devices_list(as_json: AsJson = False) -> None:
    """列出边缘盒。 List boxes."""
    with store_in_force(settings_in_force()) as store:
        found = list_devices(store)
    rows: list[dict[str, object]] = [
        {
            "site": device.site,
            "name": device.name,
            "revoked": device.revoked,
            "last_seen": iso_or_none(device.last_seen_us),
        }
        for device in found
    ]
    _show(rows, ("site", "name", "revoked", "last_seen"), as_json)


@devices_app.command("revoke")
def devices_revoke(name: Who, site: Annotated[str, typer.Option(help=_help("site"))]) -> None:
    """吊销令牌。 Revoke the token of a box."""
    with store_in_force(settings_in_force()) as store:
        revoke_device(store, site, name, now_us=SystemClock().utc_us())
    _show_once(None, "people.device_revoked", name=name, site=site)


def _password(generate: bool) -> str:
    """Generated, asked for twice at a terminal, or the first line of standard input; never an argument."""
    if generate:
        return passwords.generated()
    if sys.stdin.isatty():
        entered: str = typer.prompt(text("people.ask_password", "zh"), hide_input=True, confirmation_prompt=True)
        return entered
    return sys.stdin.readline().rstrip("\r\n")


def _language(given: str) -> Language:
    if given not in {"zh", "en"}:
        raise UsageError("The language is unknown.", where="--language", got=given, expected="zh or en")
    return "en" if given == "en" else "zh"


def _show_once(secret: str | None, key: str, **places: str) -> None:
    """What happened goes to standard error; a new secret alone to standard output, so that it can be piped."""
    told = Console(stderr=True, highlight=False)
    told.print(f"{text(key, 'zh', **places)} {text(key, 'en', **places)}", markup=False)
    if secret is not None:
        told.print(f"{text('people.shown_once', 'zh')} {text('people.shown_once', 'en')}", markup=False)
        typer.echo(secret)


def _show(rows: list[dict[str, object]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*("" if row[column] is None else str(row[column]) for column in columns))
    Console(highlight=False).print(table)
