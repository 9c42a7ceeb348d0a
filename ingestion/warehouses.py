"""Where a load goes: dbt's target, as a dlt destination."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import dlt

from homespun.project import Project
from homespun.warehouse import connect
from ingestion.tables import EVENTS, SCHEMAS

MEMORY_LIMIT: Final = "1GB"
_DUCKDB_TYPES = {"string": "varchar", "int64": "bigint", "timestamp[us]": "timestamp"}


@dataclass(frozen=True)
class Warehouse:
    """A warehouse that a load can go to."""

    name: str
    destination: Any
    working_folder: Path
    held: Callable[[], AbstractContextManager[None]]


def find_warehouse(project: Project, *, lock_timeout: float) -> Warehouse:
    """The warehouse of the project's target. Raises ConfigurationError for one we do not know."""
    path = project.duckdb_path
    return Warehouse(
        name=str(path),
        destination=dlt.destinations.duckdb(str(path)),
        working_folder=path.with_name(f"{path.name}.load"),
        held=lambda: _hold_duckdb(project, lock_timeout),
    )


@contextmanager
def _hold_duckdb(project: Project, lock_timeout: float) -> Iterator[None]:
    """Keep the file open, so that dlt's connections, which come and go, all find it free.

    They share this connection's settings and table: `payload` is compressed with zstd, which
    halves both the file and the time that writing it takes.
    """
    schema = _quoted(project.raw_schema)
    columns = ", ".join(
        f"{_quoted(field.name)} {_DUCKDB_TYPES[str(field.type)]}"
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
