"""The SQL that merges a batch of changes into a table, in SQLite and in DuckDB."""
# ruff: noqa: S608 - identifiers are quoted, values are parameters

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reverse_etl.destination import Request

Engine = Literal["sqlite", "duckdb"]
Statement = tuple[str, list[str]]

LEDGER = (
    "create table if not exists _homespun_batches (batch varchar primary key, applied_at timestamp)"
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
_AS_TEXT = ("STRUCT", "MAP", "JSON", "UNION", "ENUM", "BLOB")


@dataclass(frozen=True)
class Layout:
    """A table: its key first, then the other columns, with the warehouse's types."""

    table: str
    names: Sequence[str]
    types: Sequence[str]
    is_soft: bool  # a removed row is marked, not deleted


def is_applied(batch: str) -> Statement:
    """Gives a row when the batch was applied before."""
    return "select 1 from _homespun_batches where batch = ?", [batch]


def statements(layout: Layout, engine: Engine, request: Request) -> Iterator[Statement]:
    """What applies a batch, within one transaction that the caller opens and commits."""
    table, key, *columns = [_quoted(name) for name in (layout.table, *layout.names)]
    kinds = [_type(name, engine) for name in layout.types]
    definitions = [f"{name} {kind}" for name, kind in zip([key, *columns], kinds, strict=True)]
    mark = ["_homespun_deleted_at timestamp"] if layout.is_soft else []
    yield f"create table if not exists {table} ({', '.join(definitions + mark)})", []
    yield f"create temp table staged (operation varchar, {', '.join(definitions)})", []
    yield _stage(kinds, engine), [request.body.decode()]
    sets = [f"{name} = staged.{name}" for name in columns]
    sets += ["_homespun_deleted_at = null"] if layout.is_soft else []
    if sets:
        yield (
            f"update {table} set {', '.join(sets)} from staged "
            f"where staged.{key} = {table}.{key} and staged.operation != 'remove'",
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
    yield "insert into _homespun_batches values (?, current_timestamp)", [request.batch.id]


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
    cells = ["row ->> '$[0]'"]
    cells += [f"cast(row ->> '$[{n}]' as {kind})" for n, kind in enumerate(kinds, start=1)]
    return (
        f"insert into staged select {', '.join(cells)} "
        "from (select unnest(from_json(?, '[\"JSON\"]')) as row)"
    )


def _type(warehouse_type: str, engine: Engine) -> str:
    """The column type for a type of the warehouse; what is nested is kept as JSON text."""
    plain = warehouse_type.partition("(")[0]
    if engine == "sqlite":
        return _SQLITE_TYPES.get(plain, "text")
    return "varchar" if plain in _AS_TEXT or warehouse_type.endswith("]") else warehouse_type


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
