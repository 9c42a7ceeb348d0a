"""Reads what plainly is one good message a line, into columns; any other line is for the judge.

Plainly means proven, at a fraction of the judge's cost: it looks like an earlier one (see
`ingestion.shapes`), or encoding what was decoded gives the line again, or a text with as many
quotation marks, so that no key was lost for being there twice; it is not too deep; its envelope
holds only texts, whole numbers as times, and all that its type needs.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from typing import Any, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.columns import ENVELOPE, FIELDS, TIMES, texts_or_null
from ingestion.judge import Transform
from ingestion.messages import MAX_DEPTH, MAX_LINE_BYTES, TYPES, Refusal
from ingestion.shapes import Shapes
from ingestion.timestamps import read_timestamps

Found: TypeAlias = tuple[list[int], list[bytes], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Plain:
    """The columns of the plain messages, and where in the lines they and all others are."""

    columns: Mapping[str, pa.Array]
    positions: Sequence[int]
    others: Sequence[int]


def read_plain(
    lines: Sequence[bytes], transform: Transform | None = None, shapes: Shapes | None = None
) -> Plain:
    """Take the plain messages out of the lines, and pass them through the project's functions.

    `shapes` are those of earlier messages.
    """
    if transform is None:
        positions, payloads, rows = _read(lines, shapes or Shapes())
    else:
        positions, payloads, rows = _read_transformed(lines, transform)
    wrong: set[int] = set()
    columns = {"payload": _payload_column(payloads)}
    values = zip(*rows, strict=True) if rows else [()] * len(FIELDS)
    for name, column in zip(ENVELOPE, values, strict=True):
        read = read_timestamps if name in TIMES else _read_texts
        columns[name], bad = read(column)
        wrong.update(bad)
    fits = _keeps_rules(columns)
    if wrong:
        fits = pc.and_(fits, pa.array([at not in wrong for at in range(len(positions))]))
    if not pc.all(fits, min_count=0).as_py():
        columns = {name: column.filter(fits) for name, column in columns.items()}
        positions = pa.array(positions).filter(fits).to_pylist()
    if len(positions) == len(lines):
        return Plain(columns, positions, [])
    taken = set(positions)
    return Plain(columns, positions, [at for at in range(len(lines)) if at not in taken])


def _read(lines: Sequence[bytes], shapes: Shapes) -> Found:
    """The positions, payloads and fields of the plain messages.

    One function for all lines: a call for each would cost a tenth of the time.
    """
    positions: list[int] = []
    payloads: list[bytes] = []
    rows: list[tuple[Any, ...]] = []
    for position, line in enumerate(lines):
        row = shapes.read(line)
        if row is not None:
            positions.append(position)
            payloads.append(line)
            rows.append(row)
            continue
        try:
            value = orjson.loads(line)
            encoded = orjson.dumps(value)
        except (ValueError, TypeError):
            continue
        is_compact = encoded == line
        if is_compact:
            payload = line
        # White space, numbers and escapes may differ; a quotation mark is lost only with a key.
        elif encoded.count(b'"') == line.count(b'"') and b"\\u0022" not in line:
            payload = line.strip()
        else:
            continue
        if value.__class__ is not dict or "batch" in value or _may_be_deep(line):
            continue
        positions.append(position)
        payloads.append(payload)
        rows.append(tuple(map(value.get, FIELDS)))
        if is_compact:
            shapes.learn(value)
    return positions, payloads, rows


def _read_transformed(lines: Sequence[bytes], transform: Transform) -> Found:
    positions: list[int] = []
    payloads: list[bytes] = []
    rows: list[tuple[Any, ...]] = []
    for position, line in enumerate(lines):
        try:
            value = orjson.loads(line)
            before = orjson.dumps(value)
            if before != line and before != _without_spaces(line):
                continue
            if value.__class__ is not dict or "batch" in value:
                continue
            value = transform(value)
            after = orjson.dumps(value)
            text = line if after == before else after
        except (Refusal, ValueError, TypeError):
            continue
        if _may_be_deep(line) or _may_be_deep(text):
            continue
        positions.append(position)
        payloads.append(text)
        rows.append(tuple(map(value.get, FIELDS)))
    return positions, payloads, rows


def _without_spaces(line: bytes) -> bytes:
    """A line as Python's json writes it, less the spaces that it puts after commas and colons."""
    return line.replace(b", ", b",").replace(b": ", b":")


def _payload_column(payloads: Sequence[bytes]) -> pa.Array:
    """The payloads, which are UTF-8, as one column, copied but once."""
    ends = array("i", accumulate(map(len, payloads), initial=0))
    return pa.StringArray.from_buffers(
        len(payloads), pa.py_buffer(ends), pa.py_buffer(b"".join(payloads))
    )


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
            pc.fill_null(pc.invert(pc.utf8_is_space(columns["message_id"])), False),
            pc.or_(pc.is_valid(columns["user_id"]), pc.is_valid(columns["anonymous_id"])),
            pc.invert(pc.and_(_equal(type_, "track"), no_event)),
            pc.or_(pc.invert(_equal(type_, "group")), pc.is_valid(columns["group_id"])),
        ),
    )


def _equal(column: pa.Array, value: str) -> pa.Array:
    return pc.fill_null(pc.equal(column, value), False)
