"""What every page has around it: head, language, navigation, sign-out, and the keyboard help."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nicegui import ui

from api.ui.cards import Reader
from api.ui.tags import tag
from api.ui.wording import Wording

ASSETS = Path(__file__).parent / "assets"
ASSETS_URL = "/_pages"
PAGES = ("incidents", "cameras", "furniture", "energy", "calendar")
"""In the navigation; the page of figures follows for those who may see it."""
_KEYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("j", "k", "↓", "↑"), "ui.keys.move"),
    (("Enter",), "ui.keys.open"),
    (("a",), "ui.act.acknowledged"),
    (("c",), "ui.act.confirmed"),
    (("d",), "ui.act.dismissed"),
    (("Esc",), "ui.keys.back"),
    (("?",), "ui.keys.help"),
)


def head(say: Wording, title: str) -> None:
    """Title and our own style sheet and script; their content is in the address, so browsers may keep them."""
    ui.page_title(say("ui.title", page=title))
    ui.add_head_html(f'<link rel="stylesheet" href="{asset("pages.css")}">')
    ui.add_head_html(f'<link rel="stylesheet" href="{asset("energy.css")}">')
    ui.add_head_html(f'<link rel="stylesheet" href="{asset("furniture.css")}">')
    ui.add_head_html(f'<script defer src="{asset("pages.js")}"></script>')


@contextmanager
def frame(say: Wording, reader: Reader, title: str, here: str) -> Iterator[Any]:
    """Everything around a page's own content. here: incidents | cameras | energy | calendar | figures."""
    head(say, title)
    with tag("div", css="gw"):
        tag("a", say("ui.skip"), "skip", href="#main")
        with tag("header", css="gw-top"), tag("div", css="gw-top-in"):
            _brand(say)
            _navigation(say, reader, here)
            tag("div", css="grow")
            tag("span", reader.name, "gw-who")
            help_button = tag("button", "?", "gw-quiet", type="button", data_hotkey="?", aria_label=say("ui.keys"))
            language_button(say)
            tag("button", say("ui.sign_out"), "gw-quiet", type="button", data_sign_out="")
        help_button.on("click", _help_window(say).open)
        with tag("div", css="gw-main", id="main", tabindex="-1") as main:
            yield main


def language_button(say: Wording) -> None:
    other = "en" if say.language == "zh" else "zh"
    label = say("ui.other_language.hint")
    tag("button", say("ui.other_language"), "gw-quiet", type="button", data_language=other, lang=other, title=label)


def empty(title: str, hint: str) -> Any:
    """A place where nothing is, and why."""
    with tag("div", css="gw-empty") as made:
        tag("b", title)
        tag("span", hint)
    return made


def _brand(say: Wording) -> None:
    with tag("a", css="gw-brand", href="/"):
        tag("b", say("ui.product"))
        tag("span", say("ui.tagline"))


def _navigation(say: Wording, reader: Reader, here: str) -> None:
    pages = [(name, "/" if name == "incidents" else f"/{name}") for name in PAGES]
    if reader.may_see_figures:
        pages.append(("figures", "/figures"))
    with tag("nav", css="gw-nav", aria_label=say("ui.nav")):
        for name, address in pages:
            current = "page" if name == here else None
            tag("a", say(f"ui.nav.{name}"), href=address, aria_current=current)


def _help_window(say: Wording) -> Any:
    with ui.dialog() as window, tag("section", css="gw-dialog", aria_label=say("ui.keys")):
        tag("h2", say("ui.keys"))
        with tag("dl", css="gw-keys"):
            for keys, words in _KEYS:
                with tag("dt"):
                    for key in keys:
                        tag("kbd", key)
                tag("dd", say(words))
        with tag("div", css="gw-dialog-foot"):
            tag("button", say("ui.close"), "gw-button", type="button").on("click", window.close)
    return window


def asset(name: str) -> str:
    """Address of a file of ours, with its content in it."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]
    return f"{ASSETS_URL}/{name}?v={digest}"
