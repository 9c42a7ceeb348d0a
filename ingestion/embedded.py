"""The embedded warehouse, a DuckDB file, while a load goes into it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import Final

from dlt.common.destination.client import SqlModel
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials

from homespun.project import Project
from homespun.sql import literal, quoted
from homespun.warehouse import connect
from ingestion.tables import EVENTS, SCHEMAS
from ingestion.tasks import Written

MEMORY_LIMIT: Final = "700MB"
_COMPRESSION: Final = {
    "payload": "zstd",
    "message_id": "uncompressed",
    "anonymous_id": "uncompressed",
}
_LOG_LIMIT: Final = "16MB"
_TYPES = {"string": "varchar", "int64": "bigint", "timestamp[us]": "timestamp"}


def credentials_of(path: Path) -> DuckDbCredentials:
    """How dlt reaches the file: complete, so that none of its many clients searches for more.

    With the limit that dlt sets by itself, rows go to the log, and to the file once all are there.
    """
    return DuckDbCredentials(
        str(path), pragmas=[f"checkpoint_threshold = '{_LOG_LIMIT}'"]
    ).resolve()


@contextmanager
def hold_duckdb(project: Project, *, lock_timeout: float) -> Iterator[None]:
    """Keep the file open, so that dlt's connections, which come and go, all find it free.

    They share this connection's settings and table. What is long in it is compressed with zstd, as
    DuckDB would take twice the time and room by itself; what is random is not worth the time.
    """
    schema = quoted(project.raw_schema)
    columns = ", ".join(
        f"{quoted(field.name)} {_TYPES[str(field.type)]}"
        + (f" using compression {_COMPRESSION[field.name]}" if field.name in _COMPRESSION else "")
        for field in SCHEMAS[EVENTS]
    )
    with connect(project, read_only=False, lock_timeout=lock_timeout) as connection:
        connection.execute("set memory_limit = ?", [MEMORY_LIMIT])
        connection.execute("set preserve_insertion_order = false")  # all cores insert, not one
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create table if not exists {schema}.{EVENTS} ({columns})")
        yield


def select_all(files: Sequence[Written]) -> list[Written]:
    """The files of one table as a single query over them, for dlt to insert from.

    Each insert leaves row groups half full, and DuckDB writes all data next to them once more.
    """
    if not files:
        return []
    first = files[0]
    columns = ", ".join(map(quoted, SCHEMAS[first.table].names))
    paths = ", ".join(literal(escape(file.path)) for file in files)
    model = SqlModel(f"select {columns} from read_parquet([{paths}])", "duckdb")  # noqa: S608
    path = Path(first.path).with_suffix(".model")
    path.write_text(str(model))
    return [Written(first.table, str(path), sum(file.rows for file in files))]
