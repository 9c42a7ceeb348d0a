"""Divides files among readers: large plain files at line ends, small ones in groups.

Of a large compressed file, each reader but the first decompresses what comes before its part as
well: that costs little, what is done with the lines costs most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from itertools import accumulate, pairwise
from typing import Final

from ingestion.files import EventFile
from ingestion.streams import is_compressed

LEAST_PART_BYTES: Final = 32 * 1024 * 1024  # below it, another reader costs more than it saves
_PIECE_BYTES = 1024 * 1024
_PASSED_OVER: Final = 0.08  # what a compressed byte before a part costs of one in it


@dataclass(frozen=True)
class Part:
    """The lines of a file from one byte to another.

    Both are at the start of a line or at the end. In a compressed file they are anywhere, and the
    lines are those that a reader finds when it is past the one byte and not yet past the other.
    """

    file: EventFile
    start: int
    end: int
    is_compressed: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether this is the file: only then may it be one document."""
        return self.start == 0 and self.end == self.file.size

    @property
    def size(self) -> int:
        """How many of the file's bytes the part has."""
        return self.end - self.start

    def holds(self, position: int) -> bool:
        """Whether what a reader of the whole file finds at the position is the part's."""
        return (self.start == 0 or self.start < position) and (
            self.end == self.file.size or position <= self.end
        )


def divide(
    files: Sequence[EventFile], readers: int, *, least_bytes: int = LEAST_PART_BYTES
) -> list[list[Part]]:
    """The files' parts in at most `readers` groups of about the same size, one group a reader."""
    in_all = sum(file.size for file in files)
    share = max(in_all // readers + 1, least_bytes)
    parts = [part for file in files for part in _divide_file(file, share, readers)]
    groups: list[list[Part]] = [[] for _ in range(max(1, min(readers, -(-in_all // share))))]
    sizes = [0] * len(groups)
    for part in sorted(parts, key=lambda part: -part.size):
        smallest = sizes.index(min(sizes))
        groups[smallest].append(part)
        sizes[smallest] += part.size
    return [group for group in groups if group] or [[]]


def count_lines_before(part: Part, raw: BufferedReader) -> int:
    """How many lines the file has before the part; `raw` is at the part's start afterwards."""
    count, missing = 0, part.start
    while missing and (piece := raw.read(min(_PIECE_BYTES, missing))):
        count += piece.count(b"\n")
        missing -= len(piece)
    return count


def _divide_file(file: EventFile, share: int, readers: int) -> list[Part]:
    if file.size <= share * 1.25 or file.is_remote:
        return [Part(file, 0, file.size)]
    parts: list[Part] = []
    with file.open() as raw:
        if is_compressed(raw):
            return _divide_compressed(file, readers)
        start = 0
        while start < file.size:
            end = file.size if file.size - start <= share else _line_end(raw, start + share)
            parts.append(Part(file, start, end))
            start = end
    return parts


def _divide_compressed(file: EventFile, readers: int) -> list[Part]:
    """Parts that take the same time: the later ones are smaller."""
    shares = [(1 - _PASSED_OVER) ** number for number in range(readers)]
    ends = [int(file.size * end / sum(shares)) for end in accumulate(shares)]
    ends[-1] = file.size
    return [Part(file, start, end, is_compressed=True) for start, end in pairwise([0, *ends])]


def _line_end(raw: BufferedReader, position: int) -> int:
    """The first start of a line at or after the position, or the end of the file."""
    raw.seek(position - 1)
    while (piece := raw.readline(_PIECE_BYTES)) and not piece.endswith(b"\n"):
        pass
    return raw.tell()
