"""The ledger: folding outcomes into the journal's state, and publishing both in the warehouse."""

import duckdb

from homespun.failpoints import failpoint
from homespun.project import Project
from homespun.sql import quoted
from reverse_etl.journal import Journal
from reverse_etl.places import place_hash
from reverse_etl.source import attached_warehouse

_TABLES = """
    create schema if not exists {schema};
    create table if not exists {schema}.sync_runs (
        sync varchar, run varchar, plan varchar, started_at timestamp, finished_at timestamp,
        status varchar, added bigint, changed bigint, removed bigint, sent bigint, rejected bigint,
        held bigint, requests bigint, error varchar, target varchar
    );
    alter table {schema}.sync_runs add column if not exists target varchar;
    create table if not exists {schema}.sync_log (
        sync varchar, run varchar, key varchar, operation varchar, status varchar, error varchar,
        attempts integer, "at" timestamp, sequence bigint, batch varchar, change varchar
    );
    create table if not exists {schema}.sync_state (
        sync varchar, key varchar, fingerprint decimal(20, 0), identifiers varchar,
        remote_id varchar, acknowledged_at timestamp
    );
"""
_COPY = """
    delete from {schema}.sync_runs
        where sync = getvariable('sync') and run in (select run from homespun_journal.runs);
    insert into {schema}.sync_runs
        by name select
            * exclude (unfinished), getvariable('sync') as sync, getvariable('target') as target
        from homespun_journal.runs;
    insert into {schema}.sync_log
        select
            getvariable('sync'), run, key, operation, status, error, attempts, decided_at, sequence,
            batch, change
        from publishing
        where sequence > (
            select coalesce(max(sequence), 0) from {schema}.sync_log
            where sync = getvariable('sync')
        );
"""
_COPY_CHANGES = """
    delete from {schema}.sync_state
        where sync = getvariable('sync') and key in (select key from publishing);
    insert into {schema}.sync_state
        select getvariable('sync'), * from homespun_journal.state
        where key in (select key from publishing);
"""
_COPY_STATE = """
    delete from {schema}.sync_state where sync = getvariable('sync');
    insert into {schema}.sync_state select getvariable('sync'), * from homespun_journal.state;
"""


def fold(journal: Journal) -> None:
    """Bring the journal's state up to its outcomes."""
    if not journal.has_unfolded_outcomes:
        return
    journal.unpack()
    with journal.transaction():
        journal.connection.execute(
            """
            create or replace temp table folding as
                select
                    *, status = 'rejected' as is_refusal,
                    status in ('done', 'done_with_warning') as is_done
                from unfolded;
            delete from homespun_journal.state
                where key in (select key from folding where is_done);
            insert into homespun_journal.state
                select key, fingerprint, identifiers, remote_id, decided_at from folding
                where operation != 'remove' and sequence in (
                    select max(sequence) from folding where is_done group by key
                );
            insert into homespun_journal.state -- an old identity that is left behind
                select key, null, identifiers, remote_id, decided_at from folding
                where operation = 'remove' and is_refusal
                    and key not in (select key from homespun_journal.state)
                    and sequence in (
                        select max(sequence) from folding where is_done or is_refusal group by key
                    );
            delete from homespun_journal.rejected
                where key in (select key from folding where is_done or is_refusal);
            insert into homespun_journal.rejected
                select key, operation, fingerprint, error, decided_at from folding
                where is_refusal and not exists (
                    select 1 from folding as later
                    where later.key = folding.key and later.sequence > folding.sequence
                        and (later.is_done or later.is_refusal)
                );
            delete from homespun_journal.retrying
                where exists (
                    select 1 from folding
                    where folding.key = retrying.key and (
                        status != 'retry'
                        or folding.fingerprint is distinct from retrying.fingerprint
                    )
                );
            insert into homespun_journal.retrying
                select key, operation, fingerprint, error, decided_at from folding
                where status = 'retry'
                    and key not in (select key from homespun_journal.retrying)
                    and not exists (
                        select 1 from folding as later
                        where later.key = folding.key and later.sequence > folding.sequence
                    );
            update homespun_journal.meta set folded_to = greatest(
                folded_to, (select coalesce(max(sequence), 0) from unfolded)
            );
            drop table folding;
            """
        )
    failpoint("sync.after_fold")


def publish(journal: Journal, project: Project, sync: str, database: str, *, wait: float) -> None:
    """Copy what is new into `sync_runs`, `sync_log` and `sync_state`, in one transaction.

    Doing it again after a crash in between adds nothing twice. Raises LockHeld when the warehouse
    stayed locked for `wait` seconds; nothing is lost then, the next run publishes it.
    """
    connection = journal.connection
    schema = ledger_schema(project, database)
    journal.unpack()
    connection.execute(
        "create or replace temp table publishing as select * from decided "
        "where sequence > (select published_to from homespun_journal.meta)"
    )
    target = journal.target()
    place = None if target is None else place_hash(target, project.directory)
    connection.execute("set variable sync = $1", [sync])
    connection.execute("set variable target = $1", [place])
    with attached_warehouse(connection, project, database, read_only=False, lock_timeout=wait):
        failpoint("sync.before_publish")
        with journal.transaction():
            make_tables(connection, schema)
            is_whole = connection.execute(
                "select (select forgotten from homespun_journal.meta) "  # noqa: S608
                f"or not exists (select 1 from {schema}.sync_state where sync = $1)",
                [sync],
            ).fetchall() == [(True,)]
            copies = _COPY + (_COPY_STATE if is_whole else _COPY_CHANGES)
            connection.execute(copies.format(schema=schema))
    failpoint("sync.after_publish")
    with journal.transaction():
        connection.execute(
            """
            update homespun_journal.meta set forgotten = false, published_to = greatest(
                published_to, (select coalesce(max(sequence), 0) from decided)
            );
            delete from homespun_journal.outcomes using homespun_journal.meta
                where sequence <= least(folded_to, published_to);
            delete from homespun_journal.intents using homespun_journal.done
                where intents.batch = done.batch
                    and first <= (select least(folded_to, published_to) from homespun_journal.meta);
            delete from homespun_journal.done using homespun_journal.meta
                where first <= least(folded_to, published_to);
            delete from homespun_journal.runs where finished_at is not null and not unfinished;
            drop table publishing;
            """
        )


def make_tables(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    """The ledger's tables, made where they are missing."""
    connection.execute(_TABLES.format(schema=schema))


def forget(journal: Journal) -> None:
    """Start anew for another target: nothing is acknowledged, nothing is refused."""
    fold(journal)
    with journal.transaction():
        journal.connection.execute(
            """
            delete from homespun_journal.state;
            delete from homespun_journal.rejected;
            delete from homespun_journal.retrying;
            update homespun_journal.runs set unfinished = false;
            update homespun_journal.meta set forgotten = true, begun = false, cursor = null;
            """
        )


def ledger_schema(project: Project, database: str) -> str:
    """The schema of the ledger's tables, quoted."""
    return quoted(database, project.layer_schema("activation"))
