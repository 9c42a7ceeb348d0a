"""Rows as a Parquet file, each column of the type that it has in the warehouse."""

import io
from collections.abc import Mapping

import duckdb
from pyarrow import parquet

from homespun.sql import quoted
from reverse_etl import merge


def as_parquet(rows: bytes, types: Mapping[str, str]) -> bytes:
    """A file of the rows in a JSON array of arrays; the same rows make the same bytes.

    What is nested becomes JSON text, as in a SQL table.
    """
    cells = ", ".join(
        f"cast(row ->> '$[{place}]' as {merge.column_type(kind, 'duckdb')}) as {quoted(name)}"
        for place, (name, kind) in enumerate(types.items())
    )
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        table = connection.sql(
            f"select {cells} from "  # noqa: S608 - identifiers are quoted
            "(select unnest(from_json($1, '[\"JSON\"]')) as row)",
            params=[rows.decode()],
        ).to_arrow_table()
    file = io.BytesIO()
    parquet.write_table(table, file)
    return file.getvalue()
