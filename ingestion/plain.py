"""Reads what plainly is one good message a line, into columns; any other line is for the judge.

Plainly means proven, at half of the judge's cost: encoding what was decoded gives the line again,
or a text with as many quotation marks, so that no key was lost for being there twice; it is not
too deep; its envelope holds only texts, whole numbers as times, and all that its type needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.columns import COLUMNS, FIELDS, TIMES, texts_or_null
from ingestion.judge import Transform
from ingestion.messages import MAX_DEPTH, MAX_LINE_BYTES, TYPES, Refusal
from ingestion.timestamps import read_timestamps

Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Plain:
    """The columns of the plain messages, and where in the lines they and all others are."""

    columns: Mapping[str, pa.Array]
    positions: Sequence[int]
    others: Sequence[int]


def read_plain(lines: Sequence[bytes], transform: Transform | None = None) -> Plain:
    """Take the plain messages out of the lines, and pass them through the project's functions."""
    if transform is None:
        rows = [_read(line) for line in lines]
    else:
        rows = [_read_transformed(line, transform) for line in lines]
    positions = [at for at, row in enumerate(rows) if row is not None]
    wrong: set[int] = set()
    columns: dict[str, pa.Array] = {}
    good = [row for row in rows if row is not None]
    values = zip(*good, strict=True) if good else [()] * len(COLUMNS)
    for name, column in zip(COLUMNS, values, strict=True):
        if name == "payload":
            columns[name] = pa.array(column, pa.string())
            continue
        read = read_timestamps if name in TIMES else _read_texts
        columns[name], bad = read(column)
        wrong.update(bad)
    fits = _keeps_rules(columns)
    if wrong:
        fits = pc.and_(fits, pa.array([at not in wrong for at in range(len(positions))]))
    if not pc.all(fits, min_count=0).as_py():
        columns = {name: column.filter(fits) for name, column in columns.items()}
        positions = pa.array(positions).filter(fits).to_pylist()
    taken = set(positions)
    return Plain(columns, positions, [at for at in range(len(rows)) if at not in taken])


def _read(line: bytes) -> Row | None:
    try:
        value = orjson.loads(line)
        encoded = orjson.dumps(value)
    except (ValueError, TypeError):
        return None
    if _may_be_deep(line) or value.__class__ is not dict or "batch" in value:
        return None
    if encoded == line:
        return (line, *map(value.get, FIELDS))
    # White space, numbers and escapes may differ; a quotation mark is lost only with a key.
    if encoded.count(b'"') != line.count(b'"') or b"\\u0022" in line:
        return None
    return (line.strip(), *map(value.get, FIELDS))


def _read_transformed(line: bytes, transform: Transform) -> Row | None:
    try:
        value = orjson.loads(line)
        if orjson.dumps(value) != line or value.__class__ is not dict or "batch" in value:
            return None
        value = transform(value)
        text = orjson.dumps(value)
    except (Refusal, ValueError, TypeError):
        return None
    if _may_be_deep(line) or _may_be_deep(text):
        return None
    return (text, *map(value.get, FIELDS))


def _may_be_deep(text: bytes) -> bool:
    most = MAX_DEPTH // 2
    return text.count(b"{") > most or (b"[" in text and text.count(b"[") > most)


def _read_texts(values: Sequence[Any]) -> tuple[pa.Array, list[int]]:
    """The values as one column, and the positions of those that are no text (null there)."""
    try:
        return texts_or_null(values), []
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        bad = [at for at, value in enumerate(values) if not isinstance(value, str | None)]
        return texts_or_null([v if isinstance(v, str) else None for v in values]), bad


def _keeps_rules(columns: Mapping[str, pa.Array]) -> pa.Array:
    """Whether each message has what its type needs, and the size of a line at most."""
    type_, event = columns["type"], columns["event"]
    blanks = [name for name in pc.unique(event).to_pylist() if name is None or name.isspace()]
    no_event = pc.is_in(event, pa.array(blanks, pa.string()))
    return reduce(
        pc.and_,
        (
            pc.less_equal(pc.binary_length(columns["payload"]), MAX_LINE_BYTES),
            pc.is_in(type_, pa.array(TYPES)),
            pc.is_valid(columns["message_id"]),
            pc.or_(pc.is_valid(columns["user_id"]), pc.is_valid(columns["anonymous_id"])),
            pc.invert(pc.and_(_equal(type_, "track"), no_event)),
            pc.or_(pc.invert(_equal(type_, "group")), pc.is_valid(columns["group_id"])),
        ),
    )


def _equal(column: pa.Array, value: str) -> pa.Array:
    return pc.fill_null(pc.equal(column, value), False)
