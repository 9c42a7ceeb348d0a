"""Reads a part of an event file: each of its lines becomes rows of the raw tables."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from homespun.failpoints import failpoint
from ingestion.batch_hooks import run_batch_hooks
from ingestion.documents import frame_document
from ingestion.framing import BrokenOff, Frame, Lines, LongLine, frame_lines
from ingestion.hooks import NO_TRANSFORMS, Transforms
from ingestion.lines import Held, read_lines
from ingestion.messages import MAX_LINE_BYTES
from ingestion.parts import Part, count_lines_before
from ingestion.shapes import Shapes
from ingestion.streams import Slice, decompress
from ingestion.tables import (
    EVENTS,
    REJECTED_EVENTS,
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
    transforms: Transforms = NO_TRANSFORMS,
    shapes: Shapes | None = None,
) -> Iterator[tuple[int, Counts]]:
    """Put the part's rows into the sinks; `shapes` are those of messages read before.

    Yields, after each block, how many of the part's bytes are read and what they held.
    """
    file = part.file
    counts = Counts()
    shapes = shapes or Shapes()
    for position, frame in _frames(part):
        failpoint("load.mid_file")
        held = _read_frame(frame, counts, transforms, shapes)
        for messages in held.messages:
            table = events_table(
                messages.columns, messages.lines, file=file.name, source=file.source
            )
            counts.events += table.num_rows
            sinks[EVENTS].add(table)
        if held.rejected:
            counts.add(Counts(rejected=_count_reasons(held.rejected)))
            rejected = rejected_table(held.rejected, file=file.name)
            sinks[REJECTED_EVENTS].add(rejected)
        yield min(position - part.start, part.size), counts
    yield part.size, counts


def _frames(part: Part) -> Iterator[tuple[int, Frame]]:
    with part.file.open() as raw:
        if part.is_whole or part.is_compressed:
            frame = frame_document if part.file.may_be_one_document else frame_lines
            frames = frame(decompress(raw), is_wanted=lambda: part.holds(raw.tell()))
        else:
            first = 1 + count_lines_before(part, raw)
            frames = frame_lines(Slice(raw, part.end - part.start), first=first)
        for lines in frames:
            if lines is not None:
                yield raw.tell(), lines
            elif raw.tell() > part.end:
                break


def _read_frame(frame: Frame, counts: Counts, transforms: Transforms, shapes: Shapes) -> Held:
    match frame:
        case LongLine(number, beginning, length, sha256):
            counts.lines += 1
            detail = f"{length} bytes, over {MAX_LINE_BYTES}; sha256 {sha256}; raw is its beginning"
            return Held([], [RejectedRow(number, "too_large", detail, beginning, None)])
        case BrokenOff(number, begun, detail):
            counts.lines += 1
            return Held([], [RejectedRow(number, "invalid_encoding", detail, begun, None)])
        case Lines(first, lines):
            held = read_lines(first, lines, transforms.of_message, shapes)
            counts.lines += len(lines) - held.blank_lines
            counts.blank_lines += held.blank_lines
            return run_batch_hooks(held, transforms.of_batch) if transforms.of_batch else held


def _count_reasons(rows: Iterable[RejectedRow]) -> dict[str, int]:
    return dict(Counter(row.reason for row in rows))
