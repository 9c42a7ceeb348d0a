"""How far an append has come: nothing below its cursor is left to send, nor read again."""

import duckdb
import msgspec

from reverse_etl.config import Sync
from reverse_etl.journal import Journal
from reverse_etl.ledger import fold


def read_cursor(journal: Journal, sync: Sync) -> str | None:
    """The cursor as text; none before the first, or where another column was the cursor."""
    if not sync.config.cursor:
        return None
    [(known,)] = journal.connection.execute("select cursor from homespun_journal.meta").fetchall()
    column, value = msgspec.json.decode(known or '["", null]', type=tuple[str, str | None])
    return value if column == sync.config.cursor else None


def last_cursor(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The largest in the view `source`, as text."""
    [(cursor,)] = connection.execute("select cast(max(cursor) as varchar) from source").fetchall()
    return None if cursor is None else str(cursor)


def keep_cursor(journal: Journal, sync: Sync, reached: str | None) -> None:
    """Remember what the last plan reached, if nothing before it waits to be sent again.

    Not where a rule says who may be sent: whom it held back may be allowed later.
    """
    if reached is None or sync.rules:
        return
    fold(journal)
    if journal.count_undecided():
        return
    journal.connection.execute(
        "update homespun_journal.meta set cursor = $1 "
        "where not exists (select 1 from homespun_journal.retrying)",
        [msgspec.json.encode([sync.config.cursor, reached]).decode()],
    )
