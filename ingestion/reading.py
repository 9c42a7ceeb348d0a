"""Reads a part of an event file: each of its lines becomes rows of the raw tables."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import pyarrow as pa

from homespun.failpoints import failpoint
from ingestion.documents import frame_document
from ingestion.framing import BrokenOff, Frame, Lines, LongLine, frame_lines
from ingestion.judge import Transform, judge_line
from ingestion.messages import MAX_LINE_BYTES, Message
from ingestion.parts import Part, count_lines_before
from ingestion.plain import read_plain
from ingestion.streams import Slice, decompress
from ingestion.tables import (
    EVENTS,
    REJECTED_EVENTS,
    Load,
    RejectedRow,
    events_table,
    message_columns,
    rejected_table,
)

Messages: TypeAlias = tuple[Mapping[str, pa.Array], Sequence[int]]  # columns, and their lines


class Rows(Protocol):
    """Where the rows of one table go."""

    def add(self, table: pa.Table) -> None:
        """Append the rows."""


@dataclass
class Counts:
    """What was met so far: each line that holds something, and what became of it."""

    lines: int = 0
    blank_lines: int = 0
    events: int = 0
    rejected: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Counts") -> None:
        """Add what another part held."""
        self.lines += other.lines
        self.blank_lines += other.blank_lines
        self.events += other.events
        for reason, count in other.rejected.items():
            self.rejected[reason] = self.rejected.get(reason, 0) + count


def read_part(
    part: Part,
    sinks: Mapping[str, Rows],
    *,
    load: Load,
    transform: Transform | None = None,
) -> Iterator[tuple[int, Counts]]:
    """Put the part's rows into the sinks.

    Yields, after each block, how many of the part's bytes are read and what they held.
    """
    file = part.file
    counts = Counts()
    for number, (position, frame) in enumerate(_frames(part)):
        if number % part.turns != part.turn:
            continue
        failpoint("load.mid_file")
        messages, rejected = _read_frame(frame, counts, transform)
        for columns, numbers in messages:
            table = events_table(columns, numbers, file=file.name, source=file.source, load=load)
            counts.events += table.num_rows
            sinks[EVENTS].add(table)
        if rejected:
            counts.add(Counts(rejected=_count_reasons(rejected)))
            sinks[REJECTED_EVENTS].add(rejected_table(rejected, file=file.name, load=load))
        yield (position - part.start) // part.turns, counts
    yield part.size, counts


def _frames(part: Part) -> Iterator[tuple[int, Frame]]:
    with part.file.open() as raw:
        if part.is_whole:
            frame = frame_document if part.file.may_be_one_document else frame_lines
            frames = frame(decompress(raw))
        else:
            first = 1 + count_lines_before(part, raw)
            frames = frame_lines(Slice(raw, part.end - part.start), first=first)
        for lines in frames:
            yield raw.tell(), lines


def _read_frame(
    frame: Frame, counts: Counts, transform: Transform | None
) -> tuple[list[Messages], list[RejectedRow]]:
    match frame:
        case LongLine(number, beginning, length, sha256):
            counts.lines += 1
            detail = f"{length} bytes, over {MAX_LINE_BYTES}; sha256 {sha256}; raw is its beginning"
            return [], [RejectedRow(number, "too_large", detail, beginning, None)]
        case BrokenOff(number, begun, detail):
            counts.lines += 1
            return [], [RejectedRow(number, "invalid_encoding", detail, begun, None)]
        case Lines(first, lines):
            return _read_lines(first, lines, counts, transform)


def _read_lines(
    first: int, lines: Sequence[bytes], counts: Counts, transform: Transform | None
) -> tuple[list[Messages], list[RejectedRow]]:
    plain = read_plain(lines, transform)
    messages: list[Messages] = []
    if plain.positions:
        counts.lines += len(plain.positions)
        messages.append((plain.columns, [first + position for position in plain.positions]))
    accepted: list[Message] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = []
    for position in plain.others:
        line = lines[position]
        if not line or line.isspace():
            counts.blank_lines += 1
            continue
        counts.lines += 1
        judged = judge_line(line, transform)
        for outcome in judged if isinstance(judged, list) else (judged,):
            if isinstance(outcome, Message):
                accepted.append(outcome)
                numbers.append(first + position)
            else:
                rejected.append(RejectedRow(first + position, *outcome))
    if accepted:
        columns, good_numbers, bad = message_columns(accepted, numbers)
        messages.append((columns, good_numbers))
        rejected += bad
    return messages, rejected


def _count_reasons(rows: Iterable[RejectedRow]) -> dict[str, int]:
    return dict(Counter(row.reason for row in rows))
