"""The columns of the raw tables, and the Arrow tables made of what was read."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from ingestion.columns import TEXTS, TIMES, texts
from ingestion.messages import Message
from ingestion.timestamps import TIMESTAMP, read_timestamps

EVENTS = "events"
REJECTED_EVENTS = "rejected_events"
LOADED_FILES = "loaded_files"
LOAD_ID = "_dlt_load_id"
_OF_LOAD = ("loaded_at", LOAD_ID)

SCHEMAS = {
    EVENTS: pa.schema(
        [
            *((name, pa.string()) for name in TEXTS),
            *((name, TIMESTAMP) for name in TIMES),
            ("source", pa.string()),
            ("loaded_at", TIMESTAMP),
            ("file", pa.string()),
            ("line", pa.int64()),
            (LOAD_ID, pa.string()),
        ]
    ),
    REJECTED_EVENTS: pa.schema(
        [
            ("file", pa.string()),
            ("line", pa.int64()),
            ("position_in_batch", pa.int64()),
            ("reason", pa.string()),
            ("detail", pa.string()),
            ("raw", pa.string()),
            ("loaded_at", TIMESTAMP),
            (LOAD_ID, pa.string()),
        ]
    ),
    LOADED_FILES: pa.schema(
        [
            ("file", pa.string()),
            ("fingerprint", pa.string()),
            ("source", pa.string()),
            ("lines", pa.int64()),
            ("blank_lines", pa.int64()),
            ("events", pa.int64()),
            ("rejected", pa.int64()),
            ("loaded_at", TIMESTAMP),
            (LOAD_ID, pa.string()),
        ]
    ),
}


@dataclass(frozen=True)
class Load:
    """What all rows of one load share."""

    load_id: str
    loaded_at: datetime


class RejectedRow(NamedTuple):
    """A row of `rejected_events`, less what its load and file say."""

    line: int
    reason: str
    detail: str
    raw: bytes
    position_in_batch: int | None


def events_table(
    columns: Mapping[str, pa.Array], lines: Sequence[int], *, file: str, source: str
) -> pa.Table:
    """The messages' columns as rows of `events`, but for what their load says."""
    arrays = {**columns, "line": pa.array(lines, pa.int64())}
    return _fill(EVENTS, arrays, file=file, source=source)


def message_columns(
    messages: Sequence[Message], lines: Sequence[int]
) -> tuple[dict[str, pa.Array], list[int], list[RejectedRow]]:
    """The columns of the good messages, which of them are good, and what is refused.

    Refused are those whose timestamps are none.
    """
    values = dict(zip(Message._fields, zip(*messages, strict=True), strict=True))
    columns = {name: texts(values[name]) for name in TEXTS}
    bad: dict[int, str] = {}
    for name in TIMES:
        columns[name], positions = read_timestamps(values[name])
        bad |= dict.fromkeys(positions, name)
    if not bad:
        return columns, list(range(len(messages))), []
    kept = [position for position in range(len(messages)) if position not in bad]
    rejected = [
        RejectedRow(
            lines[position],
            "bad_timestamp",
            f"{name} is no ISO 8601 time and no epoch number",
            messages[position].raw,
            messages[position].position_in_batch,
        )
        for position, name in sorted(bad.items())
    ]
    indices = pa.array(kept, pa.int64())
    return {name: column.take(indices) for name, column in columns.items()}, kept, rejected


def rejected_table(rows: Iterable[RejectedRow], *, file: str) -> pa.Table:
    """The refused texts as rows, but for what their load says.

    They are in base64 where a text column cannot hold the bytes.
    """
    written = [_as_text(row) for row in rows]
    schema = SCHEMAS[REJECTED_EVENTS]
    arrays = {
        name: pa.array([row[name] for row in written], schema.field(name).type)
        for name in RejectedRow._fields
    }
    return _fill(REJECTED_EVENTS, arrays, file=file)


def files_table(rows: Sequence[Mapping[str, object]], *, load: Load) -> pa.Table:
    """The rows that say which files are loaded."""
    schema = SCHEMAS[LOADED_FILES]
    arrays = {
        field.name: pa.array([row[field.name] for row in rows], field.type)
        for field in schema
        if field.name not in _OF_LOAD
    }
    return with_load(_fill(LOADED_FILES, arrays), SCHEMAS[LOADED_FILES], load=load)


def with_load(rows: pa.Table, schema: pa.Schema, *, load: Load) -> pa.Table:
    """The rows with what their load says, in the order of the schema."""
    for name, value in zip(_OF_LOAD, (load.loaded_at, load.load_id), strict=True):
        column = pa.repeat(pa.scalar(value, schema.field(name).type), rows.num_rows)
        rows = rows.append_column(name, column)
    return rows.select(schema.names)


def _fill(table: str, arrays: dict[str, pa.Array], **constants: str) -> pa.Table:
    """The arrays with the columns whose value is the same in every row."""
    schema = pa.schema(field for field in SCHEMAS[table] if field.name not in _OF_LOAD)
    count = len(next(iter(arrays.values())))
    for name, value in constants.items():
        arrays[name] = pa.repeat(pa.scalar(value, schema.field(name).type), count)
    return pa.table([arrays[name] for name in schema.names], schema=schema)


def _as_text(row: RejectedRow) -> dict[str, object]:
    if b"\0" not in row.raw:
        with suppress(UnicodeDecodeError):
            return row._asdict() | {"raw": row.raw.decode()}
    in_base64 = base64.b64encode(row.raw).decode()
    return row._asdict() | {"raw": in_base64, "detail": f"{row.detail}; raw is base64"}
