"""A first run that sends nothing: what the audience holds counts as acknowledged."""

from collections.abc import Iterable, Sequence

import pyarrow

from reverse_etl.batches import Refusal, prepare_all
from reverse_etl.destination import Batch, Change, Destination
from reverse_etl.journal import Journal, utc_now
from reverse_etl.journal_rows import Decision, as_json

_STATE = pyarrow.schema(
    [
        ("key", pyarrow.string()),
        ("fingerprint", pyarrow.uint64()),
        ("identifiers", pyarrow.string()),
        ("remote_id", pyarrow.string()),
        ("acknowledged_at", pyarrow.timestamp("us")),
    ]
)


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
