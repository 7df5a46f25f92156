"""Where the real servers must be there (continuous integration), a test that skips for want of one has failed."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One a worker: a second one of the same process would run in the first one's loop, which it refuses."""
    # Imported here: the environment of the [ultralytics] extra reads this file and has no Playwright.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from tests.browser.visit import open_browser  # noqa: PLC0415

    with sync_playwright() as playwright, open_browser(playwright) as opened:
        yield opened


REAL = ("browser", "mqtt", "rtsp", "postgresql")
REQUIRED = os.environ.get("GUIWEI_REQUIRE_REAL") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if REQUIRED and report.skipped and any(item.get_closest_marker(name) for name in REAL):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but GUIWEI_REQUIRE_REAL=1 asks for the real server"
    return report
