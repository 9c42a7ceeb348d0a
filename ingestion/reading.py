"""Reads a part of an event file: each of its lines becomes rows of the raw tables."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from homespun.failpoints import failpoint
from ingestion.documents import frame_document
from ingestion.framing import BrokenOff, Frame, Lines, LongLine, frame_lines
from ingestion.judge import Transform, judge_line
from ingestion.messages import MAX_LINE_BYTES, Message
from ingestion.parts import Part, count_lines_before
from ingestion.streams import Slice, decompress
from ingestion.tables import (
    EVENTS,
    REJECTED_EVENTS,
    Load,
    RejectedRow,
    events_table,
    rejected_table,
)


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

    Yields, after each block, how many of the file's bytes are read and what they held.
    """
    file = part.file
    counts = Counts()
    for position, frame in _frames(part):
        failpoint("load.mid_file")
        accepted, numbers, rejected = _judge(frame, counts, transform)
        if accepted:
            table, bad = events_table(
                accepted, numbers, file=file.name, source=file.source, load=load
            )
            rejected += bad
            counts.events += table.num_rows
            sinks[EVENTS].add(table)
        if rejected:
            counts.add(Counts(rejected=_count_reasons(rejected)))
            sinks[REJECTED_EVENTS].add(rejected_table(rejected, file=file.name, load=load))
        yield position, counts
    yield part.end, counts


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


def _judge(
    frame: Frame, counts: Counts, transform: Transform | None
) -> tuple[list[Message], list[int], list[RejectedRow]]:
    match frame:
        case LongLine(number, beginning, length, sha256):
            counts.lines += 1
            detail = f"{length} bytes, over {MAX_LINE_BYTES}; sha256 {sha256}; raw is its beginning"
            return [], [], [RejectedRow(number, "too_large", detail, beginning, None)]
        case BrokenOff(number, begun, detail):
            counts.lines += 1
            return [], [], [RejectedRow(number, "invalid_encoding", detail, begun, None)]
        case Lines(first, lines):
            return _judge_lines(first, lines, counts, transform)


def _judge_lines(
    first: int, lines: Iterable[bytes], counts: Counts, transform: Transform | None
) -> tuple[list[Message], list[int], list[RejectedRow]]:
    accepted: list[Message] = []
    numbers: list[int] = []
    rejected: list[RejectedRow] = []
    for number, line in enumerate(lines, first):
        if not line or line.isspace():
            counts.blank_lines += 1
            continue
        counts.lines += 1
        judged = judge_line(line, transform)
        for outcome in judged if isinstance(judged, list) else (judged,):
            if isinstance(outcome, Message):
                accepted.append(outcome)
                numbers.append(number)
            else:
                rejected.append(RejectedRow(number, *outcome))
    return accepted, numbers, rejected


def _count_reasons(rows: Iterable[RejectedRow]) -> dict[str, int]:
    return dict(Counter(row.reason for row in rows))
