"""The embedded warehouse, a DuckDB file, while a load goes into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from homespun.project import Project
from homespun.warehouse import connect
from ingestion.tables import EVENTS, SCHEMAS

MEMORY_LIMIT: Final = "700MB"
_TYPES = {"string": "varchar", "int64": "bigint", "timestamp[us]": "timestamp"}


@contextmanager
def hold_duckdb(project: Project, *, lock_timeout: float) -> Iterator[None]:
    """Keep the file open, so that dlt's connections, which come and go, all find it free.

    They share this connection's settings and table: `payload` is compressed with zstd, which
    halves both the file and the time that writing it takes.
    """
    schema = _quoted(project.raw_schema)
    columns = ", ".join(
        f"{_quoted(field.name)} {_TYPES[str(field.type)]}"
        + (" using compression zstd" if field.name == "payload" else "")
        for field in SCHEMAS[EVENTS]
    )
    with connect(project, read_only=False, lock_timeout=lock_timeout) as connection:
        connection.execute("set memory_limit = ?", [MEMORY_LIMIT])
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create table if not exists {schema}.{EVENTS} ({columns})")
        yield


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
