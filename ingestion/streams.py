"""Opens an event file as the bytes of its lines, whatever it is compressed with.

The first bytes decide, not the name: a gzip file called `.json` is read as gzip.
"""

import io
import zlib
from collections.abc import Callable
from typing import Final, Protocol

import pyarrow as pa
from isal import igzip, isal_zlib

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_DAMAGE = (EOFError, zlib.error, isal_zlib.error, pa.ArrowException)
_PIECE_BYTES: Final = 128 * 1024


class BrokenStream(Exception):
    """The compressed data ends early or is damaged."""


class Stream(Protocol):
    """What lines are cut from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none only at the end; raises BrokenStream at damage."""


def is_compressed(file: io.BufferedReader) -> bool:
    """Whether the file starts as gzip or zstd do."""
    return file.peek(len(_ZSTD)).startswith((_GZIP, _ZSTD))


def decompress(file: io.BufferedReader) -> Stream:
    """The file's content: what was compressed, or the file as it is."""
    start = file.peek(len(_ZSTD))
    if start.startswith(_GZIP):
        return _Decompressed(igzip.GzipFile(fileobj=file, mode="rb").read1)
    if start.startswith(_ZSTD):
        return _Decompressed(pa.CompressedInputStream(file, "zstd").read)
    return file


class Slice:
    """The next `size` bytes of a file."""

    def __init__(self, file: io.BufferedReader, size: int) -> None:
        self._file = file
        self._missing = size

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none only at the end."""
        piece = self._file.read(min(size, self._missing))
        self._missing -= len(piece)
        return piece


class _Decompressed:
    """All that could be read before the damage, then the damage."""

    def __init__(self, read_piece: Callable[[int], bytes]) -> None:
        self._read_piece = read_piece
        self._damage: Exception | None = None

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, none only at the end; raises BrokenStream at damage."""
        pieces, missing = [], size
        while missing > 0 and self._damage is None:
            try:
                piece = self._read_piece(min(missing, _PIECE_BYTES))
            except _DAMAGE as error:  # type: ignore[misc] # isal's stub calls its class a value
                self._damage = error
                break
            except OSError as error:
                if error.errno is not None:  # the disk's or the network's, not Arrow's or gzip's
                    raise
                self._damage = error
                break
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
        if self._damage is not None and not pieces:
            raise BrokenStream(f"the compressed data is damaged or ends early: {self._damage}")
        return b"".join(pieces)
