"""What was tried in vain for too long is given up: recorded as rejected, until the row changes."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from reverse_etl.destination import (
    NOTHING,
    Batch,
    Change,
    Operation,
    Outcome,
    Prepared,
    Status,
)
from reverse_etl.journal import Journal, utc_now
from reverse_etl.journal_rows import Decision, Intent


def give_up(journal: Journal, *, run: str, days: float) -> int:
    """Give up what failed for more than `days`, and in this run again; how many rows that are."""
    [(began,)] = journal.connection.execute(
        "select started_at from homespun_journal.runs where run = $1", [run]
    ).fetchall()
    before = min(began, utc_now() - timedelta(days=days))
    decisions = _stale_rows(journal, run, f"given up after {days:g} days", before)
    reason = f"given up after {days:g} days without an answer"
    return _record(journal, decisions, journal.intents(intended_before=before), reason)


def leave(journal: Journal) -> None:
    """Give up what is undecided at a place that is no longer kept in step."""
    _record(journal, [], journal.intents(), "given up, since the target is another now")


def _record(
    journal: Journal, decisions: Sequence[Decision], ended: Sequence[Intent], reason: str
) -> int:
    decisions = [*decisions, *(row for one in ended for row in _undecided_rows(one, reason))]
    if decisions:
        journal.record(decisions, ended=[intent.request.batch.id for intent in ended])
    return len(decisions)


def _stale_rows(journal: Journal, run: str, reason: str, before: object) -> list[Decision]:
    rows = journal.connection.execute(
        """
        select outcomes.change, operation, key, identifiers, remote_id, fingerprint, reason
        from homespun_journal.outcomes
        join (select key, reason from homespun_journal.retrying where since < $1) using (key)
        where run = $2 and status = 'retry'
        qualify row_number() over (partition by key order by sequence desc) = 1
        order by key
        """,
        [before, run],
    ).fetchall()
    batch = Batch("", "", run, ())
    decisions = []
    for token, operation, key, known, remote_id, fingerprint, last in rows:
        identifiers = msgspec.json.decode(known) if known else NOTHING
        change = Change(token, Operation(operation), key, "{}", identifiers, remote_id, fingerprint)
        outcome = Outcome(Status.REJECTED, f"{reason}: {last}" if last else reason)
        decisions.append(Decision(batch, Prepared(change, b""), outcome, attempts=0))
    return decisions


def _undecided_rows(intent: Intent, reason: str) -> list[Decision]:
    batch = intent.request.batch
    outcome = Outcome(Status.REJECTED, f"{reason}; it may have been applied")
    return [Decision(batch, row, outcome, attempts=0) for row in batch.rows]
