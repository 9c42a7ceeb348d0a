"""What was tried in vain for too long is given up: recorded as rejected, until the row changes."""

from datetime import timedelta

from reverse_etl.destination import Batch, Change, Operation, Outcome, Prepared, Status
from reverse_etl.journal import Journal, utc_now
from reverse_etl.journal_rows import Decision, Intent


def give_up(journal: Journal, *, run: str, days: float) -> int:
    """Give up what is older than `days`; how many rows that are. Call it after a drain."""
    before = utc_now() - timedelta(days=days)
    decisions = _stale_rows(journal, run, f"given up after {days:g} days", before)
    ended = journal.intents(intended_before=before)
    for intent in ended:
        decisions += _undecided_rows(intent, f"given up after {days:g} days without an answer")
    if decisions:
        journal.record(decisions, ended=[intent.request.batch.id for intent in ended])
    return len(decisions)


def _stale_rows(journal: Journal, run: str, reason: str, before: object) -> list[Decision]:
    rows = journal.connection.execute(
        "select key, operation, fingerprint, reason from homespun_journal.retrying "
        "where since < $1 order by key",
        [before],
    ).fetchall()
    batch = Batch("", "", run, ())
    return [
        Decision(
            batch,
            Prepared(Change("", Operation(operation), key, fingerprint=fingerprint), b""),
            Outcome(Status.REJECTED, f"{reason}: {last}" if last else reason),
            attempts=0,
        )
        for key, operation, fingerprint, last in rows
    ]


def _undecided_rows(intent: Intent, reason: str) -> list[Decision]:
    batch = intent.request.batch
    outcome = Outcome(Status.REJECTED, f"{reason}; it may have been applied")
    return [Decision(batch, row, outcome, attempts=0) for row in batch.rows]
