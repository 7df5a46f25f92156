"""One server and one browser for the stories of a worker; each story has a showroom and a profile of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from models.store.opening import Store, open_store
from tests.browser.server import running, settings
from tests.browser.site import Showroom
from tests.browser.visit import CHROMIUM, DESKTOP, Visit, visiting


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if item.path.parent.name == "browser"]
    for item in here:
        if "browser" not in getattr(item, "fixturenames", ()):
            continue
        item.add_marker(pytest.mark.browser)
        if not CHROMIUM.exists():
            item.add_marker(pytest.mark.skip(reason=f"no browser: {CHROMIUM} (Debian package chromium) is missing"))


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    data_dir = tmp_path_factory.mktemp("pages")
    store = open_store(settings(data_dir).store_url)
    with running(data_dir) as address:
        yield address, store
    store.close()


@pytest.fixture
def site(opened: tuple[str, Store]) -> Showroom:
    address, store = opened
    return Showroom(address, store, f"site-{uuid4().hex[:12]}")


@pytest.fixture
def visit(browser: Browser, opened: tuple[str, Store]) -> Iterator[Callable[..., Visit]]:
    """Opens browsers; at the end none of them may have called elsewhere or complained."""
    visits: list[Visit] = []
    with ExitStack() as stack:

        def opens(size: tuple[int, int] = DESKTOP) -> Visit:
            visits.append(stack.enter_context(visiting(browser, opened[0], size)))
            return visits[-1]

        yield opens
    assert [v.elsewhere for v in visits] == [[] for _ in visits]
    assert [v.complaints for v in visits] == [[] for _ in visits]
