"""Divides files among readers: large plain files at line ends, small ones in groups.

A large compressed file is read by all of them, each of which takes its turn at the blocks:
decompressing costs little, what is done with the lines costs most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from typing import Final

from ingestion.files import EventFile
from ingestion.streams import is_compressed

LEAST_PART_BYTES: Final = 32 * 1024 * 1024  # below it, another reader costs more than it saves
_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Part:
    """The lines of a file from one byte to another, both at the start of a line or at the end.

    Where readers take turns, of those lines' blocks every `turns`-th one, from `turn` on.
    """

    file: EventFile
    start: int
    end: int
    turn: int = 0
    turns: int = 1

    @property
    def is_whole(self) -> bool:
        """Whether this is the file: only then may it be compressed, or one document."""
        return self.start == 0 and self.end == self.file.size

    @property
    def size(self) -> int:
        """How many of the file's bytes the part stands for."""
        return (self.end - self.start) // self.turns


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
            return [Part(file, 0, file.size, turn, readers) for turn in range(readers)]
        start = 0
        while start < file.size:
            end = file.size if file.size - start <= share else _line_end(raw, start + share)
            parts.append(Part(file, start, end))
            start = end
    return parts


def _line_end(raw: BufferedReader, position: int) -> int:
    """The first start of a line at or after the position, or the end of the file."""
    raw.seek(position - 1)
    while (piece := raw.readline(_PIECE_BYTES)) and not piece.endswith(b"\n"):
        pass
    return raw.tell()
