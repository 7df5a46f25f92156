"""Opening a database: made when new, upgraded when old, refused when it is not ours to use."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from models.domain.errors import StoreError
from models.store import StoreBusyError, StoreFullError, open_store
from models.store.base import Base
from models.store.schema import HEAD
from models.store.tables import IncidentRow, SiteRow, TransitionRow
from tests.postgresql import needs_postgresql

SITE = {"id": "s", "name_zh": "案场", "name_en": "site", "time_zone": "Asia/Shanghai", "added_us": 1}


def add_site(store, **changes):
    with store.writing() as session:
        session.add(SiteRow(**(SITE | changes)))


def add_incident(store, state="detected"):
    add_site(store)
    ids = ["site_version", "code", "rule_version", "grade", "zone", "camera", "subject", "severity", "source"]
    words = dict.fromkeys([*ids, "measured_unit", "threshold_unit", "threshold_source"], "x")
    numbers = dict.fromkeys(["measured_value", "threshold_value", "observed_s", "blind_s", "confidence"], 0.5)
    times = dict.fromkeys(["first_us", "confirmed_us", "received_us", "changed_us"], 2**53 + 1)
    with store.writing() as session:
        session.add(
            IncidentRow(
                dedupe_key="0" * 32,
                revision=1,
                state=state,
                site_id="s",
                cues=["a"],
                extra={"b": "c"},
                **words,
                **numbers,
                **times,
            )
        )
    with store.writing() as session:
        session.add(
            TransitionRow(
                dedupe_key="0" * 32,
                at_us=1,
                actor_kind="device",
                actor="b",
                role="service",
                from_state=None,
                to_state="detected",
                rule_version="1",
            )
        )


def test_a_new_database_gets_the_schema_and_keeps_what_is_written(url):
    store = open_store(url)
    add_site(store)
    store.close()
    again = open_store(url)
    with again.reading() as session:
        assert session.scalars(select(SiteRow.name_zh)).all() == ["案场"]
    again.close()


def test_the_migrations_make_exactly_the_declared_tables(url):
    store = open_store(url)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, Base.metadata) == []
    store.close()


def test_microseconds_and_json_come_back_as_they_went(url):
    store = open_store(url)
    add_incident(store)
    with store.reading() as session:
        row = session.get(IncidentRow, "0" * 32)
    assert (row.first_us, row.cues, row.extra, row.measured_value) == (2**53 + 1, ["a"], {"b": "c"}, 0.5)
    store.close()


@pytest.mark.parametrize("statement", ["UPDATE transition SET actor = 'somebody else'", "DELETE FROM transition"])
def test_history_cannot_be_rewritten(url, statement):
    store = open_store(url)
    add_incident(store)
    with pytest.raises(IntegrityError, match="append-only"), store.writing() as session:
        session.execute(text(statement))
    with store.reading() as session:
        assert session.scalars(select(TransitionRow.actor)).all() == ["b"]
    store.close()


def test_an_unknown_state_and_a_dangling_site_are_refused(url):
    store = open_store(url)
    with pytest.raises(IntegrityError):
        add_incident(store, state="forgotten")
    with pytest.raises(IntegrityError), store.writing() as session:
        session.execute(text("INSERT INTO user_site (user_id, site_id) VALUES (1, 'nowhere')"))
    store.close()


def test_a_transaction_that_fails_leaves_nothing(url):
    store = open_store(url)

    def half_way():
        with store.writing() as session:
            session.add(SiteRow(**SITE))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    with store.reading() as session:
        assert session.scalars(select(SiteRow.id)).all() == []
    store.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(url):
    store = open_store(url)
    with store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError) as refused:
        open_store(url)
    assert "newer version" in refused.value.what
    assert "9999" in refused.value.got
    with store.reading() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    store.close()


def test_many_openers_at_once_make_one_schema(url):
    failures = []

    def opening():
        try:
            open_store(url, busy_timeout_s=30).close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=opening) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    open_store(url).close()


def test_a_database_of_another_program_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE customers (name)")
    other.close()
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert "customers" in refused.value.got


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path):
    file = tmp_path / "letter.sqlite"
    file.write_bytes(b"Dear Sir or Madam, " * 200)
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{file}")
    assert refused.value.next_step
    assert file.read_bytes() == b"Dear Sir or Madam, " * 200


def test_a_damaged_database_is_refused(tmp_path):
    file = tmp_path / "guiwei.sqlite"
    store = open_store(f"sqlite:///{file}")
    add_site(store)
    store.close()
    content = bytearray(file.read_bytes())
    content[100:] = b"\x5a" * (len(content) - 100)
    file.write_bytes(content)
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{file}")
    assert "backup" in refused.value.next_step


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{tmp_path / 'nowhere' / 'guiwei.sqlite'}")
    assert refused.value.where == str(tmp_path / "nowhere")


def test_a_database_that_another_process_holds_is_refused_after_the_time_out(tmp_path):
    url = f"sqlite:///{tmp_path / 'guiwei.sqlite'}"
    open_store(url).close()
    holder = sqlite3.connect(tmp_path / "guiwei.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreBusyError):
            open_store(url, busy_timeout_s=0.05)
    finally:
        holder.close()
    open_store(url).close()


def test_a_read_only_database_is_refused(tmp_path):
    open_store(f"sqlite:///{tmp_path / 'guiwei.sqlite'}").close()
    with pytest.raises(StoreError, match="read-only"):
        open_store(f"sqlite:///file:{tmp_path / 'guiwei.sqlite'}?mode=ro&uri=true")


def test_a_full_disk_is_told_as_such_and_nothing_is_half_written(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'guiwei.sqlite'}")

    def much():
        with store.writing() as session:
            session.execute(text("PRAGMA max_page_count = 1"))
            session.add_all(SiteRow(**(SITE | {"id": f"s{n}", "name_zh": "x" * 2000})) for n in range(500))

    with pytest.raises(StoreFullError):
        much()
    with store.reading() as session:
        assert session.scalars(select(SiteRow.id)).all() == []
    store.close()


@pytest.mark.parametrize(
    "url", ["not an address", "mysql://u:topsecret@h/d", "sqlite://", "sqlite:///:memory:", "gibberish:topsecret"]
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(url):
    with pytest.raises(StoreError) as refused:
        open_store(url)
    assert "sqlite:///FILE" in refused.value.expected
    assert "topsecret" not in str(refused.value)


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path):
    with pytest.raises(StoreError) as refused:
        open_store(f"postgresql://guiwei:topsecret@/guiwei?host={tmp_path}")
    assert "topsecret" not in str(refused.value)
    assert "***" in refused.value.where


class TestOnPostgresql:
    pytestmark = needs_postgresql

    def test_an_unknown_database_is_told(self, postgresql_cluster):
        with pytest.raises(StoreError, match="does not exist"):
            open_store(postgresql_cluster.replace("/postgres?", "/nowhere?"))

    def test_history_cannot_be_emptied_either(self, postgresql_url):
        store = open_store(postgresql_url)
        add_incident(store)
        with pytest.raises(IntegrityError, match="append-only"), store.writing() as session:
            session.execute(text("TRUNCATE transition"))
        store.close()
