"""Old identities that a destination refuses to remove: each is kept under a key of its own.

A row whose identity changes is two steps where identities cannot change: its old one is removed,
then the new one is added. Once the second is acknowledged, the row's key stands for the new
identity, so the old one, which is still there, needs another key to be remembered by.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import duckdb
import msgspec

from reverse_etl.destination import Change, Operation, Status

OLD = "-old"  # ends the token of a removal that goes before a change


def recorded_key(change: Change, status: Status) -> str:
    """The key of a change's outcome: another than the row's where its old identity stays."""
    is_old = change.operation is Operation.REMOVE and change.token.endswith(OLD)
    return key_left_behind(change) if is_old and status is Status.REJECTED else change.key


def key_left_behind(change: Change) -> str:
    """The key of the old identity: the row's, and a hash of the identifiers."""
    known = msgspec.json.encode(sorted(change.identifiers.items()))
    return f"{change.key} (was {hashlib.sha256(known).hexdigest()[:12]})"


def still_to_remove(
    connection: duckdb.DuckDBPyConnection, removals: Iterable[Sequence[Change]]
) -> Iterator[list[Change]]:
    """The removals of old identities, but for those that were refused before."""
    rows = connection.execute("select key from acknowledged where fingerprint is null").fetchall()
    known = {str(row[0]) for row in rows}
    for page in removals:
        yield [change for change in page if key_left_behind(change) not in known]
