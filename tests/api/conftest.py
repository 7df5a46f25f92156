"""A server of one's own per test."""

from __future__ import annotations

import pytest

from tests.api.serving import serving


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """One server for the requests of a module that are refused and so change nothing."""
    with serving(tmp_path_factory.mktemp("standing")) as running:
        yield running
