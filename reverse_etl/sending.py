"""The order of a plan: what is removed goes first, and what takes its place waits for that."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from homespun.failpoints import failpoint
from reverse_etl.abilities import Finishes
from reverse_etl.batches import Batcher, Refusal, old_identities
from reverse_etl.config import Sync
from reverse_etl.destination import Change, Operation, Outcome, Prepared, Request, Status
from reverse_etl.equipment import Equipment, patiently
from reverse_etl.journal import Journal
from reverse_etl.left_behind import still_to_remove
from reverse_etl.plan import planned_changes
from reverse_etl.runs import deliveries_to_finish, mark_finished
from reverse_etl.shared_identifiers import SharedIdentifiers, shared_identifiers

_SPARED = Outcome(Status.DONE_WITH_WARNING, "not removed: a row that stays has the same identifier")


def send_plan(journal: Journal, equipment: Equipment, name: str) -> None:
    """Removals first, and all of their answers, then the rest; tokens begin with `name`."""
    destination, batcher = equipment.destination, equipment.batcher
    pages = partial(planned_changes, journal.connection, name)
    if destination.capabilities.digest:
        equipment.delivery.deliver(batcher.requests(pages(list(Operation))))
        return
    shared = SharedIdentifiers()
    if not destination.capabilities.changes_identity:
        changed = partial(pages, [Operation.CHANGE])
        shared = shared_identifiers(journal.connection, destination, changed())
        old = still_to_remove(journal.connection, old_identities(destination, changed()))
        equipment.delivery.deliver(_removals(batcher, old, shared))
    removed = pages([Operation.REMOVE])
    equipment.delivery.deliver(_removals(batcher, removed, shared))
    left = _NotRemoved.of(_undone_removals(journal, equipment))
    has_to_wait = left.blocks if left.keys else None
    equipment.delivery.deliver(
        batcher.requests(pages([Operation.ADD, Operation.CHANGE]), has_to_wait=has_to_wait)
    )


def finish_runs(journal: Journal, equipment: Equipment, sync: Sync) -> None:
    """Tell the destination which runs are delivered, this one and those cut short before."""
    destination = equipment.destination
    if isinstance(destination, Finishes):
        for run in deliveries_to_finish(journal):
            last = destination.finish(sync.name, run)
            patiently(partial(equipment.wire.send, last), sync)
            failpoint("sync.after_finish")
            mark_finished(journal, run)


def _removals(
    batcher: Batcher, pages: Iterable[Sequence[Change]], shared: SharedIdentifiers
) -> Iterator[Request | Refusal | Prepared]:
    """The requests for removals, but for those of an identifier that someone who stays has too."""
    spared: list[Change] = []

    def leaving() -> Iterator[list[Change]]:
        for page in pages:
            left: list[Change] = []
            for change in page:
                (spared if shared.has(change) else left).append(change)
            yield left

    yield from batcher.requests(leaving() if shared else pages)
    for change in spared:
        yield Refusal(Prepared(change, b""), _SPARED, batcher.run)


@dataclass(frozen=True)
class _NotRemoved:
    """The keys and identifiers of removals that did not happen, or may yet."""

    keys: frozenset[str]
    identifiers: frozenset[str]  # lower case: lists do not tell casings apart

    @classmethod
    def of(cls, rows: Sequence[Prepared]) -> "_NotRemoved":
        values = (value.lower() for row in rows for value in row.change.identifiers.values())
        return cls(frozenset(row.change.key for row in rows), frozenset(values))

    def blocks(self, row: Prepared) -> bool:
        """Whether a row takes over an identifier, or its own key's old identity is still there."""
        values = (value.lower() for value in row.identifiers.values())
        return row.change.key in self.keys or not self.identifiers.isdisjoint(values)


def _undone_removals(journal: Journal, equipment: Equipment) -> list[Prepared]:
    rows = [row for intent in journal.intents() for row in intent.request.batch.rows]
    rows += equipment.delivery.tally.undone
    return [row for row in rows if row.change.operation is Operation.REMOVE]
