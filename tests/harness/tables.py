"""An order-independent fingerprint of each table of a DuckDB file."""

from collections.abc import Collection
from pathlib import Path

import duckdb

VOLATILE = frozenset(
    {
        "loaded_at", "_dlt_load_id", "_dlt_id", "inserted_at", "run", "plan", "change", "batch",
        "sequence", "at", "started_at", "finished_at", "acknowledged_at", "requests",
    }
)  # fmt: skip


def table_hashes(
    path: Path, *, schemas: Collection[str] = (), volatile: Collection[str] = VOLATILE
) -> dict[str, str]:
    """`schema.table` -> a hash of its rows in any order, without its volatile columns.

    dlt's own tables are left out; all schemas are hashed where none is named.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            """
            select table_schema, table_name, list(column_name order by column_name)
            from information_schema.columns
            where table_name not like '\\_dlt\\_%' escape '\\'
            group by 1, 2
            order by 1, 2
            """
        ).fetchall()
        return {
            f"{schema}.{table}": _hash(
                connection, schema, table, sorted(set(names) - set(volatile))
            )
            for schema, table, names in columns
            if not schemas or schema in schemas
        }


def _hash(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, columns: list[str]
) -> str:
    cells = ", ".join(f"coalesce(cast({_quoted(name)} as varchar), chr(0))" for name in columns)
    row = connection.execute(
        f"select count(*), coalesce(sum(md5_number_lower(concat_ws(chr(31), '', {cells}))), 0) "
        f"from {_quoted(schema)}.{_quoted(table)}"
        if columns
        else f"select count(*), 0 from {_quoted(schema)}.{_quoted(table)}"
    ).fetchone()
    assert row is not None
    return f"{row[0]} rows, {row[1]:x}"


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
