"""Where the real servers must be there (continuous integration), a test that skips for want of one has failed."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

REAL = ("browser", "mqtt", "rtsp", "postgresql")
REQUIRED = os.environ.get("GUIWEI_REQUIRE_REAL") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if REQUIRED and report.skipped and any(item.get_closest_marker(name) for name in REAL):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but GUIWEI_REQUIRE_REAL=1 asks for the real server"
    return report
