"""The journal's file: where it lies, its tables, and its lock, which is the sync's lock.

One process at a time holds it, and a killed one leaves none behind.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from homespun.errors import ConfigurationError, Unavailable
from homespun.project import Project
from homespun.sql import literal
from homespun.warehouse import when_unlocked
from reverse_etl.journal_tables import SETTINGS, TABLES, VIEWS

_VERSION = 3
_DAMAGED = re.compile("not a valid DuckDB database|Could not read enough bytes|Corrupt database")


def journal_path(project: Project, sync: str) -> Path:
    """Where the journal of a sync lies: beside the warehouse."""
    return Path(f"{project.duckdb_path}.sync") / f"{sync}.duckdb"


@contextmanager
def open_journal(
    path: Path, sync: str, *, lock_timeout: float
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sync's journal, made if there is none.

    Raises LockHeld, naming the holder, when another process runs this sync.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path, sync)
    with _attached(path, sync, "", lock_timeout=lock_timeout) as connection:
        connection.execute(TABLES)
        _require_known_version(connection, path)
        connection.execute(VIEWS)
        yield connection


def _make(path: Path, sync: str) -> None:
    """An empty journal, whole from its first moment: a full disk or a kill leaves none behind."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with _attached(aside, sync, "", lock_timeout=0) as connection:
            connection.execute(TABLES)
            connection.execute("checkpoint homespun_journal; detach homespun_journal")
        aside.chmod(0o600)
        with suppress(FileExistsError):  # another process was quicker
            path.hardlink_to(aside)
    finally:
        aside.unlink(missing_ok=True)
        aside.with_name(f"{aside.name}.wal").unlink(missing_ok=True)


@contextmanager
def read_journal(
    path: Path, sync: str, *, lock_timeout: float
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sync's journal for reading; an empty one in memory if there is none, or nothing in it."""
    if path.exists():
        with _attached(path, sync, "(read_only)", lock_timeout=lock_timeout) as connection:
            if _has_tables(connection):
                _require_known_version(connection, path)
                connection.execute(VIEWS)
                yield connection
                return
    with empty_journal() as connection:
        yield connection


@contextmanager
def empty_journal() -> Iterator[duckdb.DuckDBPyConnection]:
    """A journal in memory, of a sync that never ran."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as homespun_journal")
        connection.execute(TABLES)
        connection.execute(VIEWS)
        yield connection


@contextmanager
def _attached(
    path: Path, sync: str, options: str, *, lock_timeout: float
) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set temp_directory = $folder", {"folder": str(path.parent / "spill")})
        connection.execute(SETTINGS)
        attach = f"attach {literal(str(path))} as homespun_journal {options}"
        try:
            when_unlocked(
                f"sync {sync!r}", lambda: connection.execute(attach), lock_timeout=lock_timeout
            )
        except (duckdb.Error, Unavailable) as error:
            if _DAMAGED.search(str(error)):
                raise ConfigurationError(_damage(path, sync)) from None
            raise
        yield connection


def _damage(path: Path, sync: str) -> str:
    return (
        f"sync {sync!r}: its journal {path} is damaged: move it away and run the sync again; its "
        "state comes back from the warehouse's sync_state, and what was rejected, or on its way "
        "without an answer, is sent again"
    )


def _has_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() "
            "where database_name = 'homespun_journal' and table_name = 'meta'"
        ).fetchall()
    )


def _require_known_version(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    rows = connection.execute("select version from homespun_journal.meta").fetchall()
    version = rows[0][0] if rows else None
    if version is not None and version != _VERSION:
        remedy = (
            "upgrade Homespun"
            if version > _VERSION
            else "remove it: the state is restored from the warehouse's sync_state"
        )
        raise ConfigurationError(
            f"{path} is of version {version}, this Homespun writes {_VERSION}: {remedy}"
        )
