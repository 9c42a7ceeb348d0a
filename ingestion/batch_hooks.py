"""Runs a project's functions over Arrow tables of messages before they land.

Such a function takes a `pyarrow.Table`, as its annotation says, and returns one with as many rows.
The table has the columns of `raw.events` from `payload` to `timestamp`. What it returns is read by
`payload` alone, as if a file had held that. Where it fails, the messages are tried in halves, so
that only those that it fails for are rejected.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.lines import Held, read_lines
from ingestion.messages import Refusal

BatchHook: TypeAlias = Callable[[pa.Table], pa.Table]
NamedHooks: TypeAlias = Sequence[tuple[str, BatchHook]]


def run_batch_hooks(held: Held, hooks: NamedHooks) -> Held:
    """What the hooks made of the messages, beside what was rejected before."""
    messages = []
    rejected = list(held.rejected)
    for before in held.messages:
        for start, made in _run(pa.table(dict(before.columns)), hooks, 0):
            if isinstance(made, Refusal):
                rejected.append(before.refused(start, made.reason, made.detail))
                continue
            again = read_lines(start, made["payload"].cast(pa.binary()).to_pylist())
            messages += [before.taken(after.lines, after.columns) for after in again.messages]
            rejected += [before.refused(row.line, row.reason, row.detail) for row in again.rejected]
    return Held(messages, rejected, held.blank_lines)


def call_hook(hook: Callable[[Any], Any], name: str, argument: Any) -> Any:
    """What the function returns. Raises Refusal, without a value, where it fails or would exit."""
    try:
        return hook(argument)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise Refusal("hook_failed", f"{name} raised {type(error).__name__}") from None


def _run(
    table: pa.Table, hooks: NamedHooks, start: int
) -> Iterator[tuple[int, pa.Table | Refusal]]:
    """What the hooks made of the rows, in pieces, each with the number of its first row."""
    made = table
    try:
        for name, hook in hooks:
            made = _call(hook, name, made)
    except Refusal as refusal:
        if table.num_rows == 1:
            yield start, refusal
        else:
            half = table.num_rows // 2
            yield from _run(table.slice(0, half), hooks, start)
            yield from _run(table.slice(half), hooks, start + half)
        return
    yield start, made


def _call(hook: BatchHook, name: str, table: pa.Table) -> pa.Table:
    result = call_hook(hook, name, table)
    if not isinstance(result, pa.Table) or result.schema != table.schema:
        raise Refusal("hook_failed", f"{name} returned no pyarrow.Table of the same columns")
    if result.num_rows != table.num_rows:
        raise Refusal("hook_failed", f"{name} returned {result.num_rows} rows, not as many as came")
    payload = pc.fill_null(result["payload"], "")
    if pc.any(pc.equal(pc.utf8_trim_whitespace(payload), "")).as_py():
        raise Refusal("hook_failed", f"{name} returned an empty payload")
    return result
