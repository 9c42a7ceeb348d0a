"""The relation that a sync reads: the warehouse attached for a moment, its columns, its rows."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb

from homespun.errors import ConfigurationError
from homespun.project import Project
from homespun.sql import literal, quoted
from homespun.warehouse import require_warehouse, when_unlocked
from reverse_etl.config import Sync
from reverse_etl.permission import conditions, require_relations

_ISO = "strftime({}, '%Y-%m-%dT%H:%M:%S.%fZ')"


@contextmanager
def attached_warehouse(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    database: str,
    *,
    read_only: bool,
    lock_timeout: float,
) -> Iterator[None]:
    """The warehouse under its own name in `connection`; waits for its lock as `connect` does."""
    require_warehouse(project)
    path = project.duckdb_path
    options = " (read_only)" if read_only else ""
    when_unlocked(
        f"the warehouse {path}",
        lambda: connection.execute(f"attach {literal(str(path))} as {quoted(database)}{options}"),
        lock_timeout=lock_timeout,
    )
    try:
        yield
    finally:
        connection.execute(f"detach {quoted(database)}")


def warehouse_stamp(project: Project) -> tuple[tuple[int, int], ...]:
    """Changes when the warehouse's file does."""
    path = project.duckdb_path
    files = (path, path.with_name(f"{path.name}.wal"))
    found = [file.stat() for file in files if file.exists()]
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)


def describe(connection: duckdb.DuckDBPyConnection, sync: Sync) -> dict[str, str]:
    """The types of the relation's columns.

    Raises ConfigurationError when the relation, the key or a mapped column does not exist.
    """
    relation = sync.exposure.relation
    where = f"{relation.schema}.{relation.name}"
    try:
        rows = connection.execute(f"describe {relation.quoted()}").fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        raise ConfigurationError(
            f"sync {sync.name!r}: the warehouse has no relation {where}: "
            f"run `dbt build --select +{sync.exposure.model}`"
        ) from None
    types = {str(row[0]): str(row[1]) for row in rows}
    if sync.config.key not in types:
        raise ConfigurationError(
            f"sync {sync.name!r} has no key column {sync.config.key!r} in {where}; "
            f"it has: {', '.join(types)}"
        )
    for field, column in sync.config.fields.items():
        if column not in types:
            raise ConfigurationError(
                f"sync {sync.name!r} has no column {column!r} for field {field!r} in {where}; "
                f"it has: {', '.join(types)}"
            )
    if sync.config.cursor and sync.config.cursor not in types:
        raise ConfigurationError(
            f"sync {sync.name!r} has no column {sync.config.cursor!r} for its cursor in {where}; "
            f"it has: {', '.join(types)}"
        )
    for rule in sync.rules:
        if rule.by not in types:
            raise ConfigurationError(
                f"sync {sync.name!r} has no column {rule.by!r} in {where}, by which "
                f"{rule.relation} says who may be sent; it has: {', '.join(types)}"
            )
    database = relation.database
    require_relations(connection, sync.rules, sync=sync.name, database=database)
    return types


def view_source(
    connection: duckdb.DuckDBPyConnection,
    sync: Sync,
    types: Mapping[str, str],
    *,
    since: str | None = None,
) -> None:
    """The view `source`: the relation's key, its mapped columns as one JSON document, its cursor.

    Rows whose cursor is less than `since` are left out; what has none is always there.
    """
    pairs = ", ".join(
        f"{literal(field)}, {_value(column, types[column])}"
        for field, column in sync.config.fields.items()
    )
    relation = sync.exposure.relation
    required = conditions(sync.rules, relation.database)
    cursor = sync.config.cursor
    if since is not None:
        least = f"cast({literal(since)} as {types[cursor]})"
        required.append(f"coalesce({quoted(cursor)} >= {least}, true)")
    met = " and ".join(required) or "true"
    connection.execute(
        "create or replace temp view source as select "  # noqa: S608 - identifiers are quoted
        f"cast({quoted(sync.config.key)} as varchar) as key, "
        f"cast(json_object({pairs}) as varchar) as document, "
        f"{quoted(cursor) if cursor else 'null'} as cursor "
        f"from {relation.quoted()} as audience where {met}"
    )


def _value(column: str, type_name: str) -> str:
    """A column as JSON shows it: times as ISO 8601 in UTC, all else as DuckDB does."""
    name = quoted(column)
    if type_name == "TIMESTAMP WITH TIME ZONE":
        return _ISO.format(f"make_timestamp(epoch_us({name}))")
    return _ISO.format(name) if type_name.startswith("TIMESTAMP") else name
