"""A first run for a target: anew where it is another, or one that sends nothing."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow

from reverse_etl.aging import leave
from reverse_etl.batches import Refusal, prepare_all
from reverse_etl.destination import Batch, Change, Destination
from reverse_etl.journal import Journal, utc_now
from reverse_etl.journal_rows import Decision, as_json
from reverse_etl.ledger import forget
from reverse_etl.places import is_one_place

_STATE = pyarrow.schema(
    [
        ("key", pyarrow.string()),
        ("fingerprint", pyarrow.uint64()),
        ("identifiers", pyarrow.string()),
        ("remote_id", pyarrow.string()),
        ("acknowledged_at", pyarrow.timestamp("us")),
    ]
)


def keep_target(journal: Journal, target: str, directory: Path) -> str:
    """Another place than before is sent everything, as a note says; the old one stays as it is."""
    before = journal.target()
    is_other = before is not None and not is_one_place(before, target, directory)
    if is_other:
        leave(journal)
        forget(journal)
    if before != target:
        journal.set_target(target)
    return "the target is another than before: everything is sent" if is_other else ""


def record_baseline(
    journal: Journal, destination: Destination, pages: Iterable[Sequence[Change]], *, run: str
) -> int:
    """Record the changes as acknowledged, in one transaction; how many they are.

    Rows that the destination would refuse are recorded as rejected.
    """
    count = 0
    refusals: list[Refusal] = []
    with journal.transaction():
        for page in pages:
            at = utc_now()
            rows = []
            for row in prepare_all(destination, page):
                if isinstance(row, Refusal):
                    refusals.append(row)
                    continue
                change = row.change
                identifiers = as_json(row.identifiers)
                rows.append((change.key, change.fingerprint, identifiers, None, at))
            if rows:
                journal.append("state", rows, _STATE)
            count += len(rows)
        journal.connection.execute("update homespun_journal.meta set forgotten = true")
        journal.end_first_run()
    batch = Batch("", "", run, ())
    journal.record([Decision(batch, one.row, one.outcome, attempts=0) for one in refusals])
    return count
