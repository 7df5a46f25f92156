"""A browser at the pages: everything it asks for and complains about is written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, Route, expect

from tests.browser.site import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
DESKTOP, PHONE = (1280, 860), (375, 740)
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def open_browser(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(_QUIET))


@dataclass
class Visit:
    """One person's browser. elsewhere: requests to other hosts; complaints: console errors and broken scripts."""

    address: str
    page: Page
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        if not self.page.url.startswith(f"{self.address}/sign-in"):
            self.open("/sign-in")
        self.page.locator("input[name=name]").fill(name)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form[data-sign-in] button").click()

    def enter(self, name: str) -> None:
        """Sign in, and wait for the list to be up and connected."""
        self.sign_in(name)
        expect(self.page.locator(".gw-live")).to_be_visible()
        self.connected()

    def connected(self) -> None:
        """Wait until the page's channel is open: before, keys and clicks would go nowhere."""
        self.page.wait_for_function("() => window.did_handshake === true")

    def width_left_over(self) -> int:
        """Pixels by which the page is wider than the screen."""
        script = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(script))


@contextmanager
def visiting(browser: Browser, address: str, size: tuple[int, int] = DESKTOP, scale: float = 1) -> Iterator[Visit]:
    """A fresh browser profile that can reach no other host than the server's."""
    width, height = size
    with browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        has_touch=width < 500,
        locale="zh-CN",
        timezone_id="Europe/Lisbon",  # not the site's: times must be told in the site's zone all the same
    ) as context:
        context.set_default_timeout(15_000)
        visit = Visit(address, context.new_page())
        host = urlsplit(address).netloc

        def bound(route: Route) -> None:
            if urlsplit(route.request.url).netloc == host:
                route.continue_()
            else:
                visit.elsewhere.append(route.request.url)
                route.abort()

        context.route("**/*", bound)
        page = visit.page
        page.on("request", lambda r: None if _stays(r.url, host) else visit.elsewhere.append(r.url))
        page.on("websocket", lambda w: None if urlsplit(w.url).netloc == host else visit.elsewhere.append(w.url))
        page.on("console", lambda m: visit.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        yield visit


def _stays(url: str, host: str) -> bool:
    parts = urlsplit(url)
    return parts.netloc == host or parts.scheme in {"data", "blob", "about"}
