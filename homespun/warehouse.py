"""Connections to the warehouse of dbt's profile, with a wait for DuckDB's file lock."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import duckdb

from homespun.errors import ConfigurationError, LockHeld, Unavailable
from homespun.project import Project

LOCK_TIMEOUT = 30.0  # seconds
# A file in this format is read and written by DuckDB 2 and by the DuckDB 1.5 inside dbt v2 alike.
FILE_FORMAT = "v1.5.0"
_POLL_EVERY = 0.2
T = TypeVar("T")
_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.*?)\s*\(PID (?P<pid>\d+)\)")


@contextmanager
def connect(
    project: Project, *, read_only: bool, lock_timeout: float = LOCK_TIMEOUT
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the embedded warehouse, waiting up to `lock_timeout` seconds for its file.

    Raises LockHeld (it names the holder) when the wait was in vain, ConfigurationError when
    there is no such file to read, Unavailable when the file cannot be opened.
    """
    path = project.duckdb_path
    if read_only:
        require_warehouse(project)
    elif not path.exists():
        when_unlocked(
            f"the warehouse {path}",
            lambda: duckdb.connect(
                path, config={"storage_compatibility_version": FILE_FORMAT}
            ).close(),
            lock_timeout=lock_timeout,
        )
    connection = when_unlocked(
        f"the warehouse {path}",
        lambda: duckdb.connect(str(path), read_only=read_only),
        lock_timeout=lock_timeout,
    )
    try:
        connection.execute("set python_enable_replacements = false")  # a name is a table's, always
        yield connection
    finally:
        connection.close()


@contextmanager
def connect_to_models(
    project: Project, *, lock_timeout: float = LOCK_TIMEOUT
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the embedded warehouse for reading what was loaded and built.

    Raises what `connect` raises, and ConfigurationError when what is read is not there yet.
    """
    try:
        with connect(project, read_only=True, lock_timeout=lock_timeout) as connection:
            yield connection
    except duckdb.CatalogException as error:
        raise ConfigurationError(
            f"{project.duckdb_path} lacks what this reads: "
            "run `homespun load PATH` and `dbt build` first"
        ) from error


def require_warehouse(project: Project) -> None:
    """Raises ConfigurationError when there is no warehouse to read yet."""
    if not project.duckdb_path.exists():
        raise ConfigurationError(
            f"there is no warehouse at {project.duckdb_path} yet: "
            "run `homespun load PATH` and `dbt build` first"
        )


def when_unlocked(what: str, open_file: Callable[[], T], *, lock_timeout: float) -> T:
    """The result of `open_file`, tried again while another process holds DuckDB's lock.

    `what` names the file in messages. Raises LockHeld (it names the holder) when the wait was in
    vain, Unavailable when the file cannot be opened at all.
    """
    give_up_at = time.monotonic() + lock_timeout
    while True:
        try:
            return open_file()
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error):
                raise Unavailable(f"cannot open {what}: {error}") from error
            if time.monotonic() >= give_up_at:
                raise LockHeld(
                    f"{what} is locked by {_holder(str(error))}; "
                    f"waited {lock_timeout:g} s: try again when it is done, "
                    "or wait longer with --lock-timeout"
                ) from error
            time.sleep(_POLL_EVERY)


def _holder(message: str) -> str:
    found = _HOLDER.search(message)
    return f"process {found['pid']} ({found['program']})" if found else "another process"
