"""A journal that is lost, or an old copy: its state comes back from the warehouse's ledger."""

from homespun.project import Project
from reverse_etl.journal import Journal
from reverse_etl.ledger import ledger_schema

_EMPTY = """
    delete from homespun_journal.state;
    delete from homespun_journal.rejected;
    delete from homespun_journal.retrying;
    delete from homespun_journal.intents;
    delete from homespun_journal.done;
    delete from homespun_journal.outcomes;
    update homespun_journal.runs set unfinished = false;
"""


def restore(journal: Journal, project: Project, sync: str, database: str) -> str:
    """Take the state from the warehouse, attached, when it knows more; a note that says so.

    Without it everything would be sent again, and nobody who left would be removed. What an old
    copy remembers of its own was settled since.
    """
    if not knows_less(journal, project, sync, database):
        return ""
    last = _last_published(journal, project, sync, database)
    connection, schema = journal.connection, ledger_schema(project, database)
    with journal.transaction():
        connection.execute("update homespun_journal.meta set asked_warehouse = true")
        if last is not None:
            connection.execute(_EMPTY)
            connection.execute(
                "insert into homespun_journal.state "  # noqa: S608 - the schema is quoted
                f"select * exclude (sync) from {schema}.sync_state where sync = $1",
                [sync],
            )
            connection.execute(
                "update homespun_journal.meta set folded_to = $1, published_to = $1, "
                "begun = $1 > 0 or exists (select 1 from homespun_journal.state)",
                [last],
            )
            if place := _last_place(journal, project, sync, database):
                journal.set_target(place)
    journal.reread_sequence()
    if not journal.count_acknowledged():
        return ""
    return "the state was restored from the warehouse's sync_state"


def knows_less(journal: Journal, project: Project, sync: str, database: str) -> bool:
    """Whether the warehouse, attached, knows more; of a new journal it is not known."""
    if journal.is_new:
        return True
    last = _last_published(journal, project, sync, database)
    return last is not None and last > journal.last_sequence


def _last_published(journal: Journal, project: Project, sync: str, database: str) -> int | None:
    """The last outcome in the warehouse's ledger; none where there is no ledger."""
    found = journal.connection.execute(
        "select count(*) from information_schema.tables where table_catalog = $1 "
        "and table_schema = $2 and table_name in ('sync_state', 'sync_log')",
        [database, project.layer_schema("activation")],
    ).fetchall()
    if found != [(2,)]:
        return None
    [(last,)] = journal.connection.execute(
        "select coalesce(max(sequence), 0) "  # noqa: S608 - the schema is quoted
        f"from {ledger_schema(project, database)}.sync_log where sync = $1",
        [sync],
    ).fetchall()
    return int(last)


def _last_place(journal: Journal, project: Project, sync: str, database: str) -> str | None:
    """The hash of the place that the ledger's state is of; none in a ledger of an older version."""
    schema = project.layer_schema("activation")
    known = journal.connection.execute(
        "select count(*) from information_schema.columns where table_catalog = $1 "
        "and table_schema = $2 and table_name = 'sync_runs' and column_name = 'target'",
        [database, schema],
    ).fetchall()
    if known != [(1,)]:
        return None
    [(place,)] = journal.connection.execute(
        "select arg_max(target, started_at) "  # noqa: S608 - the schema is quoted
        f"from {ledger_schema(project, database)}.sync_runs where sync = $1",
        [sync],
    ).fetchall()
    return None if place is None else str(place)
