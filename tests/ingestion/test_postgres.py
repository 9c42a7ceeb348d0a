"""The same loads into a real PostgreSQL server, which each run starts for itself."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from homespun.errors import ConfigurationError, LockHeld, Unavailable
from tests.ingestion.hostile import CASES
from tests.ingestion.postgres_server import Server, find_binaries, run_server
from tests.ingestion.shop import Shop, make_shop, track

pytest.importorskip("psycopg2", reason="install the extra: pip install 'homespun[postgres]'")


COLUMNS = """
select column_name, 
    replace(replace(lower(data_type), 'character varying', 'varchar'), ' without time zone', '')
from information_schema.columns where table_schema = 'raw' and table_name = 'events'
order by ordinal_position
"""


@dataclass(frozen=True)
class PostgresShop(Shop):
    """A project whose warehouse is a database of the server."""

    server: Server

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.server.query(self.folder.name, sql)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    with run_server(binaries) as running:
        yield running


@pytest.fixture
def warehouse(server: Server, tmp_path: Path) -> PostgresShop:
    """An empty project with an empty database."""
    folder = tmp_path / tmp_path.name
    folder.mkdir()
    make_shop(folder)
    (folder / "profiles.yml").write_text(server.profile(folder.name))
    server.query("postgres", f'create database "{folder.name}"')
    return PostgresShop(folder, server)


def test_each_hostile_line_has_the_outcome_that_it_has_on_duckdb(
    warehouse: PostgresShop, shop: Shop
) -> None:
    lines = [case.line for case in CASES]
    outcomes = (
        "select line, message_id, user_id, event, original_timestamp, timestamp, null, payload "
        "from raw.events union all select line, null, null, null, null, null, reason, raw "
        "from raw.rejected_events order by line"
    )

    there = warehouse.load(warehouse.write("events.jsonl", lines))
    here = shop.load(shop.write("events.jsonl", lines))

    assert (there.events, there.rejected) == (here.events, here.rejected)
    assert warehouse.query(outcomes) == shop.query(outcomes)
    assert warehouse.query(COLUMNS) == shop.query(COLUMNS)


def test_a_file_is_loaded_once_and_a_message_known_is_told(warehouse: PostgresShop) -> None:
    path = warehouse.write("a.jsonl", [track("m1"), track("m2")])
    warehouse.load(path)
    warehouse.query("insert into raw.events (message_id) values ('of another loader')")

    again = warehouse.load(path)
    elsewhere = warehouse.load(warehouse.write("b.jsonl", [track("m1"), track("m3")]))

    assert (again.files, again.skipped_files) == (0, 1)
    assert (elsewhere.events, elsewhere.duplicates) == (2, 1)
    assert warehouse.query("select count(*), count(distinct message_id) from raw.events") == [
        (5, 4)
    ]


def test_a_raw_schema_that_would_become_another_is_refused(warehouse: PostgresShop) -> None:
    (warehouse.folder / "dbt_project.yml").write_text(
        "name: shop\nprofile: shop\nvars: {homespun_raw_schema: RawEvents}\n"
    )

    with pytest.raises(ConfigurationError, match="homespun_raw_schema is 'RawEvents': on postgres"):
        warehouse.load(warehouse.write("events.jsonl", [track("m1")]))


@pytest.mark.parametrize("point", ["load.between_jobs@4", "load.after_load"])
def test_a_killed_load_run_again_equals_one_that_was_not(
    warehouse: PostgresShop, point: str
) -> None:
    for name in ("a", "b"):
        lines = [track(f"{name}{number}") for number in range(50)]
        warehouse.write(f"events/{name}.jsonl", [*lines, b"{"])
    events = str(warehouse.folder / "events")

    killed = warehouse.command("load", events, HOMESPUN_FAILPOINT=f"{point}=kill")
    warehouse.load(events)

    assert killed.returncode == -9
    assert warehouse.query("select count(*), count(distinct payload) from raw.events") == [
        (100, 100)
    ]
    assert warehouse.query("select count(*) from raw.rejected_events") == [(2,)]
    assert warehouse.query("select sum(lines), sum(events) from raw.loaded_files") == [(102, 100)]


def test_loads_from_two_machines_at_once_load_each_file_once(warehouse: PostgresShop) -> None:
    events = warehouse.write("events.jsonl", [track(str(number)) for number in range(50)])
    command = [sys.executable, "-c", "from homespun.cli import main; main()", "load", events]

    both = [
        subprocess.Popen(
            [*command, "--json"],
            cwd=warehouse.folder,
            env={**_environment(), "DBT_TARGET_PATH": f"target_{machine}"},
            stdout=subprocess.PIPE,
        )
        for machine in "ab"
    ]
    reports = [json.loads(process.communicate(timeout=60)[0]) for process in both]

    assert sorted(report["events"] for report in reports) == [0, 50]
    assert warehouse.query("select count(*) from raw.events") == [(50,)]


def test_a_load_that_waited_in_vain_says_who_holds_the_schema(warehouse: PostgresShop) -> None:
    from ingestion.postgres import hold_postgres

    path = warehouse.write("events.jsonl", [track("m1")])
    target = warehouse.project.target

    with ExitStack() as stack:
        stack.enter_context(hold_postgres(target, "raw", lock_timeout=0))
        with pytest.raises(LockHeld, match=r"homespun load, process \d+ on .* holds schema 'raw'"):
            warehouse.load(path, lock_timeout=0.3)

    assert warehouse.load(path).events == 1


def test_a_server_that_ends_the_wait_for_the_schema_is_unavailable(
    warehouse: PostgresShop,
) -> None:
    from ingestion.postgres import hold_postgres

    target = warehouse.project.target
    path = warehouse.write("events.jsonl", [track("m1")])
    with hold_postgres(target, "raw", lock_timeout=0), ThreadPoolExecutor(1) as elsewhere:
        waiting = elsewhere.submit(warehouse.load, path, lock_timeout=60)
        while not waiting.done() and not warehouse.query(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name like 'homespun load%' "
            "and pid not in (select pid from pg_locks where locktype = 'advisory')"
        ):
            pass

        with pytest.raises(Unavailable, match="target 'dev' does not answer"):
            waiting.result()


def test_a_server_that_does_not_answer_is_unavailable(warehouse: PostgresShop) -> None:
    profile = warehouse.folder / "profiles.yml"
    profile.write_text(profile.read_text().replace(f"port: {warehouse.server.port}", "port: 1"))

    with pytest.raises(Unavailable, match="target 'dev' does not answer"):
        warehouse.load(warehouse.write("events.jsonl", [track("m1")]))


def _environment() -> dict[str, str]:
    return {**os.environ, "DO_NOT_TRACK": "1"}
