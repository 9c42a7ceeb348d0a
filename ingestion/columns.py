"""The columns that messages have in `raw.events`, and texts as an Arrow column."""

from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.messages import Message


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


TIMES: Final = ("original_timestamp", "sent_at", "received_at", "timestamp")
ENVELOPE: Final = tuple(
    field for field in Message._fields if field not in ("payload", "raw", "position_in_batch")
)
FIELDS: Final = tuple(map(_camel_case, ENVELOPE))
TEXTS: Final = ("payload", *(name for name in ENVELOPE if name not in TIMES))


def texts(values: Sequence[object]) -> pa.Array:
    """A column of texts; U+FFFD stands for NUL, which not every warehouse can hold."""
    column = pa.array(values, pa.string())
    characters = column.buffers()[2]
    if characters is not None and b"\0" in characters.to_pybytes():
        return pc.replace_substring(column, "\0", "\ufffd")
    return column


def texts_or_null(values: Sequence[str | None]) -> pa.Array:
    """A column of texts in which an empty text is none."""
    column = texts(values)
    is_empty = pc.equal(column, "")
    if pc.any(is_empty).as_py():
        return pc.if_else(is_empty, pa.scalar(None, pa.string()), column)
    return column
