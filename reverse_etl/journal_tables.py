"""The journal's tables and views, in SQL.

Outcomes are only ever appended; `acknowledged`, what the destination acknowledged last, is a view
of `state` under the outcomes that are not yet folded into it, and `refused` likewise. A row of
`state` without a fingerprint is an old identity that was left behind. The rows of intents are
packed in the file; what has to see them calls `Journal.unpack`, which fills the temporary table
`intended`.
"""

SETTINGS = """
    set memory_limit = '500MB'; -- an audience of any size: beyond it DuckDB uses the disk
    set preserve_insertion_order = false;
    set timezone = 'UTC';
    set enable_progress_bar = false; -- DuckDB's own, on stdout
    set checkpoint_threshold = '128MB'; -- what a run writes is mostly gone at its end
"""
TABLES = """
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
VIEWS = """
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
