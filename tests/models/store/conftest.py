"""Databases to test on: SQLite in a file, and a PostgreSQL schema of one's own per test."""

from __future__ import annotations

import uuid

import psycopg
import pytest

from tests.postgresql import cluster, needs_postgresql

BOTH = [pytest.param("sqlite", id="sqlite"), pytest.param("postgresql", id="postgresql", marks=needs_postgresql)]


@pytest.fixture(scope="session")
def postgresql_cluster():
    with cluster() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_cluster):
    """An empty database."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_cluster, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    return postgresql_cluster.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=BOTH)
def url(request, tmp_path):
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'guiwei.sqlite'}"
    return request.getfixturevalue("postgresql_url")
