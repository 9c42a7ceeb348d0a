"""Requests that are made ahead of their turn, while there is nothing to do but wait for answers."""

from collections import deque
from collections.abc import Iterator

from reverse_etl.batches import Refusal
from reverse_etl.destination import Prepared, Request

Made = Request | Refusal | Prepared


class Upcoming(Iterator[Made]):
    """The same as `made`, in the same order; nothing of it is sent or stored."""

    def __init__(self, made: Iterator[Made]) -> None:
        self._made = made
        self._ahead: deque[Made] = deque()
        self._rows = 0

    def __next__(self) -> Made:
        """What was made ahead first."""
        if not self._ahead:
            return next(self._made)
        one = self._ahead.popleft()
        self._rows -= _rows(one)
        return one

    def make(self, *, most_rows: int) -> bool:
        """Make one more, unless `most_rows` are; false where that is so, or there is none."""
        one = next(self._made, None) if self._rows < most_rows else None
        if one is None:
            return False
        self._ahead.append(one)
        self._rows += _rows(one)
        return True


def _rows(one: Made) -> int:
    return len(one.batch.rows) if isinstance(one, Request) else 1
