"""The journal's rows as Arrow tables: thousands go into DuckDB in one statement.

An intent is one row: the request, with all that a later run needs to go on, is packed into one
value, since it has to be on the disk before the request may leave. What outcomes and plans ask of
its rows is unpacked when they do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import pyarrow
import zstandard

from reverse_etl.destination import Batch, Operation, Outcome, Prepared, Request, Status
from reverse_etl.left_behind import recorded_key

_INTENT = pyarrow.schema(
    [
        ("batch", pyarrow.string()),
        ("run", pyarrow.string()),
        ("sync", pyarrow.string()),
        ("job", pyarrow.string()),
        ("intended_at", pyarrow.timestamp("us")),
        ("rows", pyarrow.int64()),
        ("request", pyarrow.binary()),
    ]
)
_INTENDED = pyarrow.schema(
    [
        ("batch", pyarrow.string()),
        ("place", pyarrow.int64()),
        ("change", pyarrow.string()),
        ("key", pyarrow.string()),
        ("operation", pyarrow.string()),
        ("fingerprint", pyarrow.uint64()),
        ("identifiers", pyarrow.string()),
        ("remote_id", pyarrow.string()),
    ]
)
_OUTCOME = pyarrow.schema(
    [
        ("sequence", pyarrow.int64()),
        ("run", pyarrow.string()),
        ("batch", pyarrow.string()),
        ("change", pyarrow.string()),
        ("key", pyarrow.string()),
        ("operation", pyarrow.string()),
        ("status", pyarrow.string()),
        ("error", pyarrow.string()),
        ("attempts", pyarrow.int64()),
        ("decided_at", pyarrow.timestamp("us")),
        ("fingerprint", pyarrow.uint64()),
        ("identifiers", pyarrow.string()),
        ("remote_id", pyarrow.string()),
    ]
)
_DONE = pyarrow.schema(
    [
        ("batch", pyarrow.string()),
        ("first", pyarrow.int64()),
        ("status", pyarrow.string()),
        ("attempts", pyarrow.int64()),
        ("decided_at", pyarrow.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class Intent:
    """A request that may have been sent, and the job that will tell how it fared."""

    request: Request
    job: str | None = None


@dataclass(frozen=True)
class Decision:
    """How one row of a batch ended."""

    batch: Batch
    row: Prepared
    outcome: Outcome
    attempts: int


@dataclass(frozen=True)
class Done:
    """A batch of which every row was applied."""

    batch: str
    rows: int
    status: Status
    attempts: int


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    rows: tuple[Prepared, ...]


def intent_table(intents: Sequence[Intent], *, at: datetime) -> pyarrow.Table:
    """Intents, so that a later run can go on with them."""
    compressor = zstandard.ZstdCompressor(level=1)
    rows = []
    for intent in intents:
        request, batch = intent.request, intent.request.batch
        packed = _Packed(
            request.method, request.url, dict(request.headers), request.body, batch.rows
        )
        compressed = compressor.compress(msgspec.msgpack.encode(packed))
        rows.append((batch.id, batch.run, batch.sync, intent.job, at, len(batch.rows), compressed))
    return table_of(rows, _INTENT)


def intended_table(intents: Sequence[Intent]) -> pyarrow.Table:
    """The rows of intents."""
    batches = [intent.request.batch for intent in intents]
    rows = [row for batch in batches for row in batch.rows]
    changes = [row.change for row in rows]
    columns = (
        [batch.id for batch in batches for _ in batch.rows],
        [place for batch in batches for place in range(len(batch.rows))],
        [change.token for change in changes],
        [change.key for change in changes],
        [change.operation for change in changes],
        [change.fingerprint for change in changes],
        [as_json(row.identifiers) for row in rows],
        [change.remote_id for change in changes],
    )
    return _table(columns, _INTENDED)


def restore_intent(batch: str, run: str, sync: str, job: str | None, packed: bytes) -> Intent:
    """An intent as it was before the crash."""
    stored = msgspec.msgpack.decode(zstandard.decompress(packed), type=_Packed)
    whole = Batch(id=batch, sync=sync, run=run, rows=stored.rows)
    return Intent(Request(whole, stored.method, stored.url, stored.body, stored.headers), job)


def outcome_table(decisions: Sequence[Decision], *, first: int, at: datetime) -> pyarrow.Table:
    """Outcomes of single rows, numbered from `first`."""
    rows = [
        (
            number,
            decision.batch.run,
            decision.batch.id,
            decision.row.change.token,
            recorded_key(decision.row.change, decision.outcome.status),
            decision.row.change.operation.value,
            decision.outcome.status.value,
            decision.outcome.reason or None,
            decision.attempts,
            at,
            decision.row.change.fingerprint,
            as_json(_identifiers(decision.row)),
            decision.outcome.remote_id or decision.row.change.remote_id,
        )
        for number, decision in enumerate(decisions, start=first)
    ]
    return table_of(rows, _OUTCOME)


def _identifiers(row: Prepared) -> Mapping[str, str]:
    """What the row is known by from now on; of a removal, until now."""
    return row.change.identifiers if row.change.operation is Operation.REMOVE else row.identifiers


def done_table(done: Sequence[Done], *, first: int, at: datetime) -> pyarrow.Table:
    """Outcomes of whole batches; their rows are numbered from `first`."""
    rows = []
    for batch in done:
        rows.append((batch.batch, first, batch.status.value, batch.attempts, at))
        first += batch.rows
    return table_of(rows, _DONE)


def table_of(rows: Sequence[tuple[Any, ...]], schema: pyarrow.Schema) -> pyarrow.Table:
    """Rows as a table of this schema."""
    return _table(zip(*rows, strict=True), schema)


def _table(columns: Iterable[Sequence[Any]], schema: pyarrow.Schema) -> pyarrow.Table:
    arrays = [
        pyarrow.array(values, type=field.type)
        for values, field in zip(columns, schema, strict=True)
    ]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


def as_json(identifiers: Mapping[str, str]) -> str | None:
    """Identifiers as the ledger keeps them."""
    return msgspec.json.encode(identifiers).decode() if identifiers else None
