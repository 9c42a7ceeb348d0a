"""The SQL that merges a batch of changes into a table of SQLite, DuckDB or PostgreSQL."""
# ruff: noqa: S608 - identifiers are quoted, values are parameters

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from homespun.sql import quoted
from reverse_etl.destination import Request

Engine = Literal["sqlite", "duckdb", "postgresql"]
Statement = tuple[str, list[str]]

LEDGER_TABLE = "_homespun_batches"
LEDGER = (
    f"create table if not exists {LEDGER_TABLE} (batch varchar primary key, applied_at timestamp)"
)
_SQLITE_TYPES = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "SMALLINT": "integer",
    "TINYINT": "integer",
    "BOOLEAN": "integer",
    "DOUBLE": "real",
    "FLOAT": "real",
    "DECIMAL": "numeric",
}
_POSTGRES_TYPES = {
    "TINYINT": "smallint",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20)",
    "HUGEINT": "numeric(39)",
    "UHUGEINT": "numeric(39)",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "VARCHAR": "text",
    "BLOB": "text",
    "ENUM": "text",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
}
_AS_TEXT = ("STRUCT", "MAP", "JSON", "UNION", "ENUM", "BLOB")


@dataclass(frozen=True)
class Layout:
    """A table: its key first, then the other columns, with the warehouse's types."""

    table: str
    names: Sequence[str]
    types: Sequence[str]
    is_soft: bool  # a removed row is marked, not deleted

    @property
    def expectation(self) -> str:
        """What is wrong with a table that the statements do not fit."""
        return f"table {self.table!r} has not the columns it needs: {', '.join(self.names)}"


def is_applied(engine: Engine, batch: str) -> Statement:
    """Gives a row when the batch was applied before."""
    return f"select 1 from {LEDGER_TABLE} where batch = {_parameter(engine)}", [batch]


def statements(layout: Layout, engine: Engine, request: Request) -> Iterator[Statement]:
    """What applies a batch, within one transaction that the caller opens and commits."""
    table, key, *columns = [quoted(name) for name in (layout.table, *layout.names)]
    kinds = [column_type(name, engine) for name in layout.types]
    definitions = [f"{name} {kind}" for name, kind in zip([key, *columns], kinds, strict=True)]
    mark = ["_homespun_deleted_at timestamp"] if layout.is_soft else []
    yield f"create table if not exists {table} ({', '.join(definitions + mark)})", []
    yield f"create temp table staged (operation varchar, {', '.join(definitions)})", []
    yield _stage(kinds, engine), [request.body.decode()]
    sets = [f"{name} = staged.{name}" for name in columns]
    differs = "is not" if engine == "sqlite" else "is distinct from"
    differing = [f"{table}.{name} {differs} staged.{name}" for name in columns]
    if layout.is_soft:
        sets.append("_homespun_deleted_at = null")
        differing.append(f"{table}._homespun_deleted_at is not null")
    if sets:
        yield (
            f"update {table} set {', '.join(sets)} from staged "
            f"where staged.{key} = {table}.{key} and staged.operation != 'remove' "
            f"and ({' or '.join(differing)})",
            [],
        )
    names = ", ".join([key, *columns])
    yield (
        f"insert into {table} ({names}) select {names} from staged where operation != 'remove' "
        f"and not exists (select 1 from {table} where {table}.{key} = staged.{key})",
        [],
    )
    yield _removal(table, key, layout), []
    yield "drop table staged", []
    applied = f"insert into {LEDGER_TABLE} values ({_parameter(engine)}, current_timestamp)"
    yield applied, [request.batch.id]


def _removal(table: str, key: str, layout: Layout) -> str:
    gone = f"{key} in (select {key} from staged where operation = 'remove')"
    if layout.is_soft:
        return (
            f"update {table} set _homespun_deleted_at = current_timestamp "
            f"where _homespun_deleted_at is null and {gone}"
        )
    return f"delete from {table} where {gone}"


def _stage(kinds: Sequence[str], engine: Engine) -> str:
    """Read the rows of the JSON array, each of which is an array itself."""
    if engine == "sqlite":
        cells = [f"json_extract(value, '$[{place}]')" for place in range(len(kinds) + 1)]
        return f"insert into staged select {', '.join(cells)} from json_each(?)"
    if engine == "postgresql":
        cells = [f"cast(element ->> {n} as {kind})" for n, kind in enumerate(["text", *kinds])]
        return (
            f"insert into staged select {', '.join(cells)} "
            "from json_array_elements(cast($1 as json)) as element"
        )
    cells = ["row ->> '$[0]'"]
    cells += [f"cast(row ->> '$[{n}]' as {kind})" for n, kind in enumerate(kinds, start=1)]
    return (
        f"insert into staged select {', '.join(cells)} "
        "from (select unnest(from_json(?, '[\"JSON\"]')) as row)"
    )


def column_type(warehouse_type: str, engine: Engine) -> str:
    """The column type for a type of the warehouse; what is nested is kept as JSON text."""
    plain = warehouse_type.partition("(")[0]
    if engine == "sqlite":
        return _SQLITE_TYPES.get(plain, "text")
    if engine == "postgresql":
        if plain in ("STRUCT", "MAP", "JSON", "UNION") or warehouse_type.endswith("]"):
            return "jsonb"
        return _POSTGRES_TYPES.get(plain, warehouse_type)
    return "varchar" if plain in _AS_TEXT or warehouse_type.endswith("]") else warehouse_type


def _parameter(engine: Engine) -> str:
    return "$1" if engine == "postgresql" else "?"
