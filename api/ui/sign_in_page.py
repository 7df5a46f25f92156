"""The one page that is open to anybody: name and password, posted to the API's own session route."""

from __future__ import annotations

from api.ui.frame import head, language_button
from api.ui.tags import tag
from api.ui.wording import Wording


def sign_in_page(say: Wording, onward: str) -> None:
    """onward: the page to open afterwards, a path of this site (see `own_path`)."""
    head(say, say("ui.sign_in"))
    with tag("div", css="gw"), tag("div", css="gw-door"):
        with tag("div", css="gw-door-card", id="main"):
            with tag("div", css="gw-brand"):
                tag("b", say("ui.product"))
                tag("span", say("ui.tagline"))
            tag("h1", say("ui.sign_in"))
            tag("p", say("ui.sign_in.lead"))
            _form(say, onward)
            tag("p", say("ui.sign_in.privacy"), "gw-privacy")
        language_button(say)


def own_path(wanted: str) -> str:
    r"""The wanted path if it stays on this site, else "/". `//host` and `/\host` would leave it."""
    stays = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if stays and wanted.isprintable() else "/"


def _form(say: Wording, onward: str) -> None:
    with tag(
        "form",
        data_sign_in="",
        data_next=onward,
        data_refused=say("ui.sign_in.refused"),
        data_too_often=say("ui.sign_in.too_often"),
        data_unreachable=say("ui.sign_in.unreachable"),
    ):
        tag("div", role="alert")
        _field(say("ui.sign_in.name"), "name", "text", "username")
        _field(say("ui.sign_in.password"), "password", "password", "current-password")
        tag("button", say("ui.sign_in"), "gw-button primary", type="submit")


def _field(label: str, name: str, kind: str, autocomplete: str) -> None:
    with tag("label", css="gw-field"):
        tag("span", label)
        tag("input", name=name, type=kind, autocomplete=autocomplete, required=True, autocapitalize="off")
