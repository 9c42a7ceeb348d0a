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
    """Messages as columns; the line of each, the text that it stood in, its place in a batch."""

    columns: Mapping[str, pa.Array]
    lines: Sequence[int]
    raws: Sequence[bytes]
    positions_in_batch: Sequence[int | None] | None = None

    def refused(self, at: int, reason: str, detail: str) -> RejectedRow:
        """One of the messages, as it stood in the file, refused after all."""
        places = self.positions_in_batch
        return RejectedRow(
            self.lines[at], reason, detail, self.raws[at], places[at] if places else None
        )

    def taken(self, kept: Sequence[int], columns: Mapping[str, pa.Array]) -> "Messages":
        """Some of the messages, as other columns."""
        places = self.positions_in_batch
        return Messages(
            columns,
            [self.lines[at] for at in kept],
            [self.raws[at] for at in kept],
            [places[at] for at in kept] if places else None,
        )


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
    if not any(lines):
        return Held([], [], len(lines))
    plain = read_plain(lines, transform, shapes)
    messages: list[Messages] = []
    if plain.positions:
        numbers = [first + position for position in plain.positions]
        raws = [lines[position] for position in plain.positions] if plain.others else lines
        messages.append(Messages(plain.columns, numbers, raws))
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
        raws = [message.raw for message in accepted]
        in_batch = [message.position_in_batch for message in accepted]
        messages.append(Messages({}, places, raws, in_batch).taken(kept, columns))
        rejected += bad
    return Held(messages, rejected, blank_lines)
