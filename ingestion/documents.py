"""Tells a `.json` file that holds one value, spread over lines, from one with a value a line."""

from collections.abc import Callable, Iterator

import msgspec

from ingestion.framing import BOM, Frame, Lines, frame_lines
from ingestion.messages import MAX_LINE_BYTES
from ingestion.streams import BrokenStream, Stream

_is_value = msgspec.json.Decoder(msgspec.Raw).decode


def frame_document(stream: Stream, *, is_wanted: Callable[[], bool]) -> Iterator[Frame | None]:
    """The whole value as line 1; the file's lines where it is none or is larger than a line."""
    resumed = _Resumed(stream)
    content = resumed.look_ahead(MAX_LINE_BYTES + 1).removeprefix(BOM)
    if len(content) <= MAX_LINE_BYTES and _is_one_value(content):
        yield Lines(1, [content]) if is_wanted() else None
    else:
        yield from frame_lines(resumed, is_wanted=is_wanted)


def _is_one_value(content: bytes) -> bool:
    first, feed, _ = content.strip().partition(b"\n")
    return bool(feed) and not _holds_value(first) and _holds_value(content)


def _holds_value(text: bytes) -> bool:
    try:
        _is_value(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return True


class _Resumed:
    """A stream that was looked into, from its start again."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._seen = b""

    def look_ahead(self, size: int) -> bytes:
        """The stream's first `size` bytes, or as many as it has undamaged."""
        while len(self._seen) < size:
            try:
                piece = self._stream.read(size - len(self._seen))
            except BrokenStream:
                break
            if not piece:
                break
            self._seen += piece
        return self._seen

    def read(self, size: int, /) -> bytes:
        """What was seen, then the rest."""
        if self._seen:
            piece, self._seen = self._seen[:size], self._seen[size:]
            return piece
        return self._stream.read(size)
