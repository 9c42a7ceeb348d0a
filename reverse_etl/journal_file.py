"""The journal's file: where it lies, its tables, and its lock, which is the sync's lock.

One process at a time holds it, and a killed one leaves none behind. Outcomes are only ever
appended; `acknowledged`, what the destination acknowledged last, is a view of `state` under the
outcomes that are not yet folded into it, and `refused` likewise. The rows of intents are packed in
the file; what has to see them calls `Journal.unpack`, which fills the temporary table `intended`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from homespun.errors import ConfigurationError
from homespun.project import Project
from homespun.sql import literal
from homespun.warehouse import when_unlocked

_VERSION = 3
_SETTINGS = """
    set memory_limit = '500MB'; -- an audience of any size: beyond it DuckDB uses the disk
    set preserve_insertion_order = false;
    set timezone = 'UTC';
    set enable_progress_bar = false; -- DuckDB's own, on stdout
    set checkpoint_threshold = '128MB'; -- what a run writes is mostly gone at its end
"""
_TABLES = """
    create table if not exists homespun_journal.meta (
        version integer, target varchar, folded_to bigint, published_to bigint, forgotten boolean,
        asked_warehouse boolean, begun boolean, cursor varchar
    );
    alter table homespun_journal.meta add column if not exists cursor varchar;
    insert into homespun_journal.meta select 3, null, 0, 0, false, false, false, null
        where not exists (select 1 from homespun_journal.meta);
    create table if not exists homespun_journal.state (
        key varchar, fingerprint ubigint, identifiers varchar, remote_id varchar,
        acknowledged_at timestamp
    );
    create table if not exists homespun_journal.rejected (
        key varchar, operation varchar, fingerprint ubigint, reason varchar, rejected_at timestamp
    );
    create table if not exists homespun_journal.retrying (
        key varchar, operation varchar, fingerprint ubigint, reason varchar, since timestamp
    );
    create table if not exists homespun_journal.intents (
        batch varchar, run varchar, sync varchar, job varchar, intended_at timestamp,
        "rows" bigint, request blob
    );
    create table if not exists homespun_journal.done (
        batch varchar, first bigint, status varchar, attempts integer, decided_at timestamp
    );
    create table if not exists homespun_journal.outcomes (
        sequence bigint, run varchar, batch varchar, change varchar, key varchar,
        operation varchar, status varchar, error varchar, attempts integer, decided_at timestamp,
        fingerprint ubigint, identifiers varchar, remote_id varchar
    );
    create table if not exists homespun_journal.runs (
        run varchar, plan varchar, started_at timestamp, finished_at timestamp, status varchar,
        added bigint, changed bigint, removed bigint, sent bigint, rejected bigint, held bigint,
        requests bigint, error varchar, unfinished boolean
    );
"""
_VIEWS = """
    create temp table intended (
        batch varchar, place bigint, change varchar, key varchar, operation varchar,
        fingerprint ubigint, identifiers varchar, remote_id varchar
    );
    create temp view decided as
        select * from homespun_journal.outcomes
        union all by name
        select
            done.first + place as sequence, run, batch, change, key, operation, done.status,
            done.attempts, done.decided_at, fingerprint, identifiers, remote_id
        from homespun_journal.done
        join homespun_journal.intents using (batch) join intended using (batch);
    create temp view unfolded as
        select * from decided where sequence > (select folded_to from homespun_journal.meta);
    create temp view latest as
        select * from unfolded where sequence in (
            select max(sequence) from unfolded
            where status in ('done', 'done_with_warning') group by key
        );
    create temp view acknowledged as
        select key, fingerprint, identifiers, remote_id, acknowledged_at from homespun_journal.state
        anti join latest using (key)
        union all by name
        select key, fingerprint, identifiers, remote_id, decided_at as acknowledged_at from latest
        where operation != 'remove';
    create temp view latest_refusals as
        select * from unfolded where sequence in (
            select max(sequence) from unfolded
            where status in ('done', 'done_with_warning', 'rejected') group by key
        );
    create temp view refused as
        select key, operation, fingerprint, reason, rejected_at from homespun_journal.rejected
        anti join latest_refusals using (key)
        union all by name
        select key, operation, fingerprint, error as reason, decided_at as rejected_at
        from latest_refusals where status = 'rejected';
    create temp view undecided as
        select distinct key from intended
        where batch in (select batch from homespun_journal.intents)
            and batch not in (select batch from homespun_journal.done);
"""


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
        connection.execute(_TABLES)
        _require_known_version(connection, path)
        connection.execute(_VIEWS)
        yield connection


def _make(path: Path, sync: str) -> None:
    """An empty journal, whole from its first moment: a full disk or a kill leaves none behind."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with _attached(aside, sync, "", lock_timeout=0) as connection:
            connection.execute(_TABLES)
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
    """The sync's journal for reading; an empty one in memory if there is none."""
    if path.exists():
        with _attached(path, sync, "(read_only)", lock_timeout=lock_timeout) as connection:
            _require_known_version(connection, path)
            connection.execute(_VIEWS)
            yield connection
        return
    with empty_journal() as connection:
        yield connection


@contextmanager
def empty_journal() -> Iterator[duckdb.DuckDBPyConnection]:
    """A journal in memory, of a sync that never ran."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as homespun_journal")
        connection.execute(_TABLES)
        connection.execute(_VIEWS)
        yield connection


@contextmanager
def _attached(
    path: Path, sync: str, options: str, *, lock_timeout: float
) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set temp_directory = $folder", {"folder": str(path.parent / "spill")})
        connection.execute(_SETTINGS)
        when_unlocked(
            f"sync {sync!r}",
            lambda: connection.execute(
                f"attach {literal(str(path))} as homespun_journal {options}"
            ),
            lock_timeout=lock_timeout,
        )
        yield connection


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
