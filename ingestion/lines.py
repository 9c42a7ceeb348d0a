"""Reads lines: each becomes messages, as columns, or refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from ingestion.judge import Transform, judge_line
from ingestion.messages import Message
from ingestion.plain import read_plain
from ingestion.shapes import Shapes
from ingestion.tables import RejectedRow, message_columns


@dataclass(frozen=True)
class Messages:
    """Messages as columns, and the line of each."""

    columns: Mapping[str, pa.Array]
    lines: Sequence[int]


@dataclass(frozen=True)
class Held:
    """What lines held."""

    messages: list[Messages]
    rejected: list[RejectedRow]
    blank_lines: int = 0


def read_lines(
    first: int,
    lines: Sequence[bytes],
    transform: Transform | None = None,
    shapes: Shapes | None = None,
) -> Held:
    """Read the lines, the first of which has the number `first`."""
    plain = read_plain(lines, transform, shapes)
    messages: list[Messages] = []
    if plain.positions:
        numbers = [first + position for position in plain.positions]
        messages.append(Messages(plain.columns, numbers))
    accepted: list[Message] = []
    places: list[int] = []
    rejected: list[RejectedRow] = []
    blank_lines = 0
    for position in plain.others:
        line = lines[position]
        if not line or line.isspace():
            blank_lines += 1
            continue
        judged = judge_line(line, transform)
        for outcome in judged if isinstance(judged, list) else (judged,):
            if isinstance(outcome, Message):
                accepted.append(outcome)
                places.append(first + position)
            else:
                rejected.append(RejectedRow(first + position, *outcome))
    if accepted:
        columns, kept, bad = message_columns(accepted, places)
        messages.append(Messages(columns, kept))
        rejected += bad
    return Held(messages, rejected, blank_lines)
