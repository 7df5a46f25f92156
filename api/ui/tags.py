"""Plain HTML elements for the pages. Text always travels as text, so nothing of an incident is read as markup."""

from __future__ import annotations

from typing import Any

from nicegui.elements.mixins.text_element import TextElement

from api.ui.wording import Wording
from models.domain.finding import Severity
from models.domain.incident import State


def tag(name: str, text: str = "", /, css: str = "", **attributes: object) -> Any:
    """An element `<name class=css ...>text</name>`; use as a context manager to fill it.

    Attribute names are written with `_` for `-`; a trailing `_` is dropped (`for_`). None leaves an attribute out.
    """
    made = TextElement(tag=name, text=text)
    if css:
        made.classes(css)
    for attribute, value in attributes.items():
        if value is not None:
            made.props[attribute.rstrip("_").replace("_", "-")] = value
    return made


def severity_mark(say: Wording, severity: Severity) -> Any:
    """Severity as words on a tone: colour is never the only sign."""
    return tag("span", say(f"severity.{severity}"), f"gw-severity sev-{severity}")


def state_mark(say: Wording, state: State) -> Any:
    return tag("span", say.state(state), f"gw-state st-{state}")


def select(label: str, options: dict[str, str], chosen: str, any_value: str) -> Any:
    """A native drop-down (works with every keyboard and phone). Marked `on` while it differs from `any_value`."""
    with tag("label", css=f"gw-select{' on' if chosen != any_value else ''}"):
        tag("span", label, "sr")
        with tag("select", value=chosen, aria_label=label) as made:
            for value, words in options.items():
                tag("option", words, value=value, selected=True if value == chosen else None)
    return made


def limit_bar(ratio: float) -> None:
    """A bar of measured / limit: the tick is the limit, and the bar ends at three times of it."""
    full = max(1.25, min(ratio, 3.0))
    with tag("div", css="gw-bar", aria_hidden="true"):
        tag("i", style=f"width:{100 * min(ratio, full) / full:.1f}%")
        tag("u", style=f"left:{100 / full:.1f}%")
