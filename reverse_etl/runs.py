"""The runs of a sync in its journal: begun, ended, interrupted, finished."""

from dataclasses import astuple, dataclass

from reverse_etl.journal import Journal, utc_now


@dataclass(frozen=True)
class RunRecord:
    """How a run ended."""

    status: str
    plan: str | None
    added: int
    changed: int
    removed: int
    sent: int
    rejected: int
    held: int
    requests: int
    error: str | None


def begin_run(journal: Journal, run: str) -> None:
    """Note that a run began; one that a crash ended is from now on `interrupted`."""
    with journal.transaction():
        journal.connection.execute(
            "update homespun_journal.runs set status = 'interrupted', finished_at = $1 "
            "where finished_at is null",
            [utc_now()],
        )
        journal.connection.execute(
            "insert into homespun_journal.runs (run, started_at, status, unfinished) "
            "values ($1, $2, 'running', false)",
            [run, utc_now()],
        )


def end_run(journal: Journal, run: str, record: RunRecord) -> None:
    """Note how a run ended."""
    journal.connection.execute(
        "update homespun_journal.runs set finished_at = $2, status = $3, plan = $4, "
        "added = $5, changed = $6, removed = $7, sent = $8, rejected = $9, held = $10, "
        "requests = $11, error = $12 where run = $1",
        [run, utc_now(), *astuple(record)],
    )


def expect_finish(journal: Journal, run: str) -> None:
    """The destination is to be told when all of this run is delivered."""
    journal.connection.execute(
        "update homespun_journal.runs set unfinished = true where run = $1", [run]
    )


def deliveries_to_finish(journal: Journal) -> list[str]:
    """The runs to tell about: nothing of them is undecided any more."""
    rows = journal.connection.execute(
        "select run from homespun_journal.runs where unfinished "
        "and run not in (select run from homespun_journal.intents)"
    ).fetchall()
    return [str(row[0]) for row in rows]


def mark_finished(journal: Journal, run: str) -> None:
    """The destination was told."""
    journal.connection.execute(
        "update homespun_journal.runs set unfinished = false where run = $1", [run]
    )
