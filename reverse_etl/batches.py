"""From changes to requests: prepare, share out into batches, encode within the limits."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from reverse_etl.destination import (
    NOTHING,
    Batch,
    Change,
    Destination,
    Operation,
    Outcome,
    Prepared,
    Request,
    Status,
)
from reverse_etl.left_behind import OLD
from reverse_etl.settle import TOO_LARGE

_PREPARED_AT_ONCE = 1000
_ENVELOPE = 2_000  # bytes of a body that are not its rows'


@dataclass(frozen=True)
class Refusal:
    """A row that the destination refused before anything was sent."""

    row: Prepared
    outcome: Outcome
    run: str = ""


@dataclass(slots=True)
class _Open:
    """A batch that still takes rows."""

    rows: list[Prepared] = field(default_factory=list)
    size: int = _ENVELOPE


class Batcher:
    """Makes the requests of one run; numbers them, so that every request has its own key."""

    def __init__(
        self, destination: Destination, sync: str, run: str, *, rows: int, size: int
    ) -> None:
        self._destination = destination
        self._sync = sync
        self.run = run
        self._size = size
        self._made = 0
        self.max_rows = rows

    def requests(
        self,
        pages: Iterable[Sequence[Change]],
        *,
        has_to_wait: Callable[[Prepared], bool] | None = None,
    ) -> Iterator[Request | Refusal | Prepared]:
        """The requests for the changes, and the rows that are in none.

        A row that `has_to_wait` comes back as it is.
        """
        kinds = {operation: self._kind(operation) for operation in Operation}
        limits = dict.fromkeys(Operation, sys.maxsize)
        limits.update(self._destination.capabilities.max_rows_of)
        open_batches: defaultdict[tuple[str, str], _Open] = defaultdict(_Open)
        for page in _slices(pages):
            for row in prepare_all(self._destination, page):
                if isinstance(row, Refusal):
                    yield replace(row, run=self.run)
                    continue
                if has_to_wait and has_to_wait(row):
                    yield row
                    continue
                operation = row.change.operation
                batch = open_batches[kinds[operation], row.group]
                size, count = batch.size + len(row.body) + 1, len(batch.rows)
                if count and (
                    size > self._size or count >= self.max_rows or count >= limits[operation]
                ):
                    yield from self.encode(batch.rows)
                    batch.rows = []
                    size = _ENVELOPE + len(row.body) + 1
                batch.rows.append(row)
                batch.size = size
        for batch in open_batches.values():
            if batch.rows:
                yield from self.encode(batch.rows)

    def encode(self, rows: Sequence[Prepared]) -> Iterator[Request | Refusal]:
        """One request for the rows; more where they turn out to be too large for one."""
        self._made += 1
        batch = Batch(f"{self.run}-{self._made}", self._sync, self.run, tuple(rows))
        request = self._destination.encode(batch)
        if len(request.body) <= self._size:
            yield request
        elif len(rows) == 1:
            yield Refusal(rows[0], Outcome(Status.REJECTED, TOO_LARGE), self.run)
        else:
            middle = len(rows) // 2
            yield from self.encode(rows[:middle])
            yield from self.encode(rows[middle:])

    def _kind(self, operation: Operation) -> str:
        """Operations that may share a request have the same kind; removals are alone."""
        if self._destination.capabilities.digest:
            return "all"
        if operation is not Operation.REMOVE and self._destination.capabilities.mixed:
            return "set"
        return operation.value


def _slices(pages: Iterable[Sequence[Change]]) -> Iterator[Sequence[Change]]:
    """So many changes as are prepared without making answers wait."""
    for page in pages:
        for start in range(0, len(page), _PREPARED_AT_ONCE):
            yield page[start : start + _PREPARED_AT_ONCE]


def prepare_all(
    destination: Destination, changes: Sequence[Change]
) -> Sequence[Prepared | Refusal]:
    """What the destination makes of each change; one that it stumbles over is refused alone."""
    try:
        prepared = list(destination.prepare(changes))
        if len(prepared) != len(changes):
            raise ValueError("prepare gives one result per change")  # noqa: TRY301
    except Exception as error:
        if len(changes) == 1:
            reason = f"cannot be prepared: {type(error).__name__}"
            return [Refusal(Prepared(changes[0], b""), Outcome(Status.REJECTED, reason))]
        return [row for change in changes for row in prepare_all(destination, [change])]
    results = [result for result in prepared if not isinstance(result, Outcome)]
    if len(results) == len(changes):
        return results
    return [
        Refusal(Prepared(change, b""), result) if isinstance(result, Outcome) else result
        for change, result in zip(changes, prepared, strict=True)
    ]


def old_identities(
    destination: Destination, pages: Iterable[Sequence[Change]]
) -> Iterator[list[Change]]:
    """For changes that would leave an old identity behind: the removals that go before them.

    There is none for a row that the destination would remove by the same identifiers as before.
    """
    for page in pages:
        removals = [
            removal
            for row in prepare_all(destination, page)
            if isinstance(row, Prepared)
            and row.change.identifiers
            and row.change.identifiers != row.identifiers
            for removal in _removal_of(destination, row)
        ]
        if removals:
            yield removals


def _removal_of(destination: Destination, row: Prepared) -> list[Change]:
    removal = msgspec.structs.replace(
        row.change,
        token=f"{row.change.token}{OLD}",
        operation=Operation.REMOVE,
        document="{}",
        fingerprint=None,
    )
    later, of_nobody = (
        msgspec.structs.replace(removal, identifiers=identifiers)
        for identifiers in (row.identifiers, NOTHING)
    )
    before, after, without = map(_said, prepare_all(destination, [removal, later, of_nobody]))
    # A body that says the same of nobody does not hold the identifiers, and tells nothing of them.
    return [] if before and before == after != without else [removal]


def _said(row: Prepared | Refusal) -> tuple[bytes, str] | None:
    return (row.body, row.group) if isinstance(row, Prepared) else None
