"""The journal's rows as Arrow tables: thousands go into DuckDB in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import pyarrow

from reverse_etl.destination import Batch, Change, Operation, Outcome, Prepared

_INTENT = pyarrow.schema(
    [
        ("batch", pyarrow.string()),
        ("run", pyarrow.string()),
        ("place", pyarrow.int64()),
        ("change", pyarrow.string()),
        ("key", pyarrow.string()),
        ("operation", pyarrow.string()),
        ("fingerprint", pyarrow.uint64()),
        ("identifiers", pyarrow.string()),
        ("remote_id", pyarrow.string()),
        ("previous", pyarrow.string()),
        ("document", pyarrow.string()),
        ("body", pyarrow.binary()),
        ("share", pyarrow.string()),
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


@dataclass(frozen=True)
class Decision:
    """How one row of a batch ended."""

    batch: Batch
    row: Prepared
    outcome: Outcome
    attempts: int


def intent_rows(batches: Iterable[Batch]) -> pyarrow.Table:
    """The rows of batches, so that a later run can go on with them."""
    rows = [
        (
            batch.id,
            batch.run,
            place,
            row.change.token,
            row.change.key,
            row.change.operation.value,
            row.change.fingerprint,
            _json(row.identifiers),
            row.change.remote_id,
            _json(row.change.identifiers),
            row.change.document,
            row.body,
            row.group,
        )
        for batch in batches
        for place, row in enumerate(batch.rows)
    ]
    return _table(rows, _INTENT)


def outcome_rows(decisions: Sequence[Decision], *, first: int, at: datetime) -> pyarrow.Table:
    """Outcomes, numbered from `first`."""
    rows = [
        (
            number,
            decision.batch.run,
            decision.batch.id,
            decision.row.change.token,
            decision.row.change.key,
            decision.row.change.operation.value,
            decision.outcome.status.value,
            decision.outcome.reason or None,
            decision.attempts,
            at,
            decision.row.change.fingerprint,
            _json(decision.row.identifiers),
            decision.outcome.remote_id or decision.row.change.remote_id,
        )
        for number, decision in enumerate(decisions, start=first)
    ]
    return _table(rows, _OUTCOME)


def restore_row(row: tuple[Any, ...]) -> Prepared:
    """A row as it was before the crash."""
    token, operation, key, document, body, identifiers, remote_id, fingerprint, previous, group = (
        row
    )
    change = Change(
        token=token,
        operation=Operation(operation),
        key=key,
        document=document,
        identifiers=msgspec.json.decode(previous or "{}"),
        remote_id=remote_id,
        fingerprint=fingerprint,
    )
    return Prepared(change, body, msgspec.json.decode(identifiers or "{}"), group)


def _table(rows: Sequence[tuple[Any, ...]], schema: pyarrow.Schema) -> pyarrow.Table:
    columns = [
        pyarrow.array(values, type=field.type)
        for values, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    return pyarrow.Table.from_arrays(columns, schema=schema)


def _json(identifiers: Mapping[str, str]) -> str | None:
    return msgspec.json.encode(identifiers).decode() if identifiers else None
