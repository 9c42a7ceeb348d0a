"""SQL tables on SQLite, DuckDB and a real PostgreSQL: one transaction a batch, never twice."""

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

import duckdb
import psycopg
import pytest

from reverse_etl.abilities import NotSent
from reverse_etl.batches import Batcher
from reverse_etl.destination import Answer, Change, Operation, Request, SyncInfo
from reverse_etl.destinations.sql_table import SqlTable, SqlTableSettings
from tests.harness.shop import members
from tests.reverse_etl.destinations.conftest import Bench, OpenBench
from tests.reverse_etl.destinations.kits import POSTGRES
from tests.reverse_etl.destinations.postgres import Postgres
from tests.reverse_etl.destinations.vendor_server import SECRET

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(params=["sql_table (duckdb)", "sql_table (sqlite)", POSTGRES])
def bench(request: pytest.FixtureRequest, open_bench: OpenBench) -> Bench:
    return open_bench(request.param)


@pytest.fixture
def ask(bench: Bench) -> Ask:
    """Runs SQL in the destination's database."""
    url, folder = bench.kit.sync["settings"]["url"], bench.shop.folder

    def run(sql: str) -> list[tuple[Any, ...]]:
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(folder / "crm.sqlite", isolation_level=None)) as lite:
                return lite.execute(sql).fetchall()
        if url.startswith("duckdb"):
            with duckdb.connect(str(folder / "crm.duckdb")) as duck:
                return duck.execute(sql).fetchall()
        with psycopg.connect(url, password=SECRET, autocommit=True) as postgres:
            cursor = postgres.execute(sql)
            return cursor.fetchall() if cursor.description else []

    return run


def with_settings(bench: Bench, **settings: Any) -> dict[str, Any]:
    return {"settings": {**bench.kit.sync["settings"], **settings}}


def test_a_soft_removal_marks_the_row_and_a_return_unmarks_it(bench: Bench, ask: Ask) -> None:
    soft = with_settings(bench, delete="soft")
    marked = "select user_id from vips where _homespun_deleted_at is not null"
    bench.run(*members(1, 2), **soft)

    bench.run(*members(2), **soft)
    gone = ask(marked)
    bench.run(*members(1, 2), **soft)

    assert gone == [("u1",)]
    assert ask(marked) == []
    assert len(ask("select * from vips")) == 2


def test_a_row_that_a_constraint_refuses_is_found_and_the_others_are_written(
    bench: Bench, ask: Ask
) -> None:
    ask("create table vips (user_id varchar(9), email varchar(99), ltv float check (ltv < 100))")
    rows = [*members(*range(8)), ("u8", "jane8@example.com", 100.0)]

    report = bench.run(*rows)

    assert (report.exit_code, report.sent, report.rejected) == (1, 8, 1)
    assert len(bench.kit.members()) == 8
    assert [key for key, _, status, _ in bench.log() if status == "rejected"] == ["u8"]


def test_a_table_without_the_columns_stops_the_sync_and_says_which(bench: Bench, ask: Ask) -> None:
    ask("create table vips (user_id varchar(9))")

    report = bench.run(*members(1))

    assert (report.exit_code, report.rejected) == (2, 0)
    assert "has not the columns it needs: user_id, email, ltv" in report.message


def test_a_batch_that_comes_twice_changes_nothing_the_second_time(bench: Bench, ask: Ask) -> None:
    table, [request] = requests(bench, {"email": "VARCHAR"}, {"email": "jane1@example.com"})

    first = table.send(request)
    ask("delete from vips")
    second = table.send(request)

    assert first == second == Answer(200)
    assert ask("select * from vips") == []


def test_columns_have_the_types_of_the_warehouse(bench: Bench, ask: Ask) -> None:
    types = {
        "orders": "BIGINT",
        "spent": "DECIMAL(18,3)",
        "is_vip": "BOOLEAN",
        "seen_at": "TIMESTAMP",
        "born": "DATE",
        "tags": "VARCHAR[]",
        'od"d %s $1': "VARCHAR",
    }
    row = {
        "orders": 2**53 + 1,
        "spent": 12345678901234.567,
        "is_vip": True,
        "seen_at": "2026-03-01T12:00:00.000000Z",
        "born": "1986-02-03",
        "tags": ["a"],
        'od"d %s $1': "x'); drop table vips; --",
    }
    table, [request] = requests(bench, types, row)

    table.send(request)

    [found] = ask("select orders, is_vip, seen_at, born from vips")
    assert (found[0], bool(found[1])) == (2**53 + 1, True)
    assert (str(found[2])[:10], str(found[3])) == ("2026-03-01", "1986-02-03")
    assert ask('select "od""d %s $1" from vips') == [("x'); drop table vips; --",)]


@pytest.mark.parametrize("bench", [POSTGRES], indirect=True)
def test_a_row_that_is_as_it_was_is_not_written(bench: Bench, ask: Ask) -> None:
    bench.run(*members(1, 2))
    written = "select user_id, xmin::text from vips order by 1"
    before = ask(written)
    types = {"email": "VARCHAR", "ltv": "DOUBLE"}
    table, [request] = requests(bench, types, {"email": "jane1@example.com", "ltv": 1.0})

    table.send(request)
    same = ask(written)
    bench.run(*members(1, value=2.0), *members(2))

    assert same == before
    assert [row == old for row, old in zip(ask(written), before, strict=True)] == [False, True]


def test_a_wrong_password_stops_the_sync_before_any_row_is_blamed(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench(POSTGRES)
    monkeypatch.setenv("HOMESPUN_CRM_PASSWORD", "wrong-canary")

    report = bench.run(*members(1))

    assert (report.exit_code, report.rejected) == (2, 0)
    assert "does not accept the login" in report.message
    assert "wrong-canary" not in str(report)


def test_a_server_that_is_down_is_left_for_later(open_bench: OpenBench) -> None:
    bench = open_bench(POSTGRES)
    down = with_settings(bench, url="postgresql://crm@127.0.0.1:1/postgres")

    report = bench.run(*members(1), attempts=2, **down)

    assert (report.exit_code, report.sent, report.rejected) == (4, 0, 0)


def test_text_that_postgres_cannot_hold_is_refused_alone(open_bench: OpenBench) -> None:
    bench = open_bench(POSTGRES)

    report = bench.run(*members(1, 2), ("u3", "jane3\0@example.com", 1.0))

    assert (report.sent, report.rejected) == (2, 1)
    assert bench.kit.members() == {"jane1@example.com", "jane2@example.com"}


def test_first_batches_at_once_are_written_or_left_for_a_moment_later(
    open_bench: OpenBench, postgres: Postgres
) -> None:
    bench = open_bench(POSTGRES)
    with psycopg.connect(postgres.url, password=SECRET) as connection:
        connection.execute("drop table if exists _homespun_batches")
    rows = [{"email": f"jane{n}@example.com"} for n in range(4)]
    made = [requests(bench, {"email": "VARCHAR"}, row) for row in rows]

    def send(number: int) -> str:
        table, [request] = made[number]
        batch = replace(request.batch, id=f"{request.batch.id}-{number}")
        try:
            return str(table.send(replace(request, batch=batch)).status)
        except NotSent:
            return "later"

    with ThreadPoolExecutor() as pool:
        told = set(pool.map(send, range(4)))

    assert "200" in told
    assert told <= {"200", "later"}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://crm:hunter22@db.example.com/crm",
        "postgresql://crm@db.example.com/crm?password=hunter22",
        "mysql://crm@db.example.com/crm",
        "sqlite:///",
    ],
)
def test_an_address_with_a_password_or_of_no_known_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must") as error:
        SqlTableSettings.model_validate({"url": url, "table": "vips"})

    assert "must" in error.value.errors()[0]["msg"]


def info(bench: Bench, types: dict[str, str]) -> SyncInfo:
    return SyncInfo("crm", "mirror", "user_id", "VARCHAR", types, (), bench.shop.folder)


def requests(
    bench: Bench, types: dict[str, str], row: dict[str, Any]
) -> tuple[SqlTable, list[Request]]:
    """The destination, and the request that writes one row."""
    settings = {**bench.kit.sync["settings"], "password": SECRET}
    table = SqlTable(SqlTableSettings.model_validate(settings), info(bench, types))
    change = Change("run-1", Operation.ADD, "u1", json.dumps(row))
    run = bench.shop.folder.name
    made = list(Batcher(table, "crm", run, rows=5, size=10**6).requests([[change]]))
    return table, [request for request in made if isinstance(request, Request)]
