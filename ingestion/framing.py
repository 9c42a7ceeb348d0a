"""Cuts a stream of bytes into lines, a block at a time, in memory that no line can outgrow."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

from ingestion.messages import MAX_LINE_BYTES
from ingestion.streams import BrokenStream, Stream

BLOCK_BYTES: Final = 4 * 1024 * 1024
KEPT_BYTES: Final = 64 * 1024  # the beginning that is kept of a line that is too large
BOM = b"\xef\xbb\xbf"


class Lines(NamedTuple):
    """Consecutive lines without their line feeds, and the number of the first."""

    first: int
    lines: list[bytes]


class LongLine(NamedTuple):
    """A line above the limit: what is kept of it."""

    number: int
    beginning: bytes
    length: int
    sha256: str


class BrokenOff(NamedTuple):
    """Where a stream could be read no further: the begun line, and why."""

    number: int
    begun: bytes
    detail: str


Frame: TypeAlias = Lines | LongLine | BrokenOff


def frame_lines(
    stream: Stream,
    *,
    first: int = 1,
    limit: int = MAX_LINE_BYTES,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Iterator[Frame | None]:
    """Every line of the stream, once. A line feed ends a line, and nothing else does.

    `is_wanted` is asked after each block was read, and at the end, whether to give the lines that
    end there; where not, they are only counted, and None stands for the block.
    """
    number, rest, broken = first, b"", ""
    while not broken:
        try:
            block = stream.read(BLOCK_BYTES)
        except BrokenStream as error:
            broken, block = str(error), b""
        if not block:
            break
        if number == first == 1 and not rest:
            block = block.removeprefix(BOM)
        wanted = is_wanted()
        if wanted:
            lines = block.split(b"\n")
            lines[0] = rest + lines[0]
            rest = lines.pop()
            if lines:
                yield from _within(limit, Lines(number, lines))
                number += len(lines)
        else:
            number += block.count(b"\n")
            end = block.rfind(b"\n") + 1
            rest = block[end:] if end else rest + block
            yield None
        if len(rest) > limit:
            long_line, rest = _read_long_line(stream, number, rest)
            if wanted:
                yield long_line
            number += 1
    if broken and is_wanted():
        yield BrokenOff(number, rest, broken)
    elif rest and is_wanted():
        yield Lines(number, [rest])


def _within(limit: int, block: Lines) -> Iterator[Frame]:
    """The block, or its pieces around the lines in it that are too large."""
    if max(map(len, block.lines)) <= limit:
        yield block
        return
    start = 0
    for position, line in enumerate(block.lines):
        if len(line) > limit:
            if position > start:
                yield Lines(block.first + start, block.lines[start:position])
            digest = hashlib.sha256(line).hexdigest()
            yield LongLine(block.first + position, line[:KEPT_BYTES], len(line), digest)
            start = position + 1
    if start < len(block.lines):
        yield Lines(block.first + start, block.lines[start:])


def _read_long_line(stream: Stream, number: int, begun: bytes) -> tuple[LongLine, bytes]:
    """Read on to the line's end, keeping its beginning; second, the bytes after it."""
    digest, length = hashlib.sha256(), 0
    piece, feed, after = begun, b"", b""
    while True:
        digest.update(piece)
        length += len(piece)
        if feed:
            break
        try:
            block = stream.read(BLOCK_BYTES)
        except BrokenStream:
            block = b""
        if not block:
            break
        piece, feed, after = block.partition(b"\n")
    return LongLine(number, begun[:KEPT_BYTES], length, digest.hexdigest()), after
