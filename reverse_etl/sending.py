"""The order of a plan: what is removed goes first, and what takes its place waits for that."""

from collections.abc import Iterator
from functools import partial

from homespun.failpoints import failpoint
from reverse_etl.abilities import Finishes
from reverse_etl.batches import old_identities
from reverse_etl.config import Sync
from reverse_etl.destination import Operation
from reverse_etl.equipment import Equipment, patiently
from reverse_etl.journal import Journal
from reverse_etl.plan import planned_changes
from reverse_etl.runs import deliveries_to_finish, mark_finished


def send_plan(journal: Journal, equipment: Equipment, name: str) -> None:
    """Removals first, and all of their answers, then the rest; tokens begin with `name`."""
    destination, batcher = equipment.destination, equipment.batcher
    pages = partial(planned_changes, journal.connection, name)
    if destination.capabilities.digest:
        equipment.delivery.deliver(batcher.requests(pages(list(Operation))))
        return
    if not destination.capabilities.changes_identity:
        changes = pages([Operation.CHANGE])
        equipment.delivery.deliver(batcher.requests(old_identities(destination, changes)))
    equipment.delivery.deliver(batcher.requests(pages([Operation.REMOVE])))
    blocked = frozenset(_not_removed(journal, equipment))
    equipment.delivery.deliver(
        batcher.requests(pages([Operation.ADD, Operation.CHANGE]), blocked=blocked)
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


def _not_removed(journal: Journal, equipment: Equipment) -> Iterator[str]:
    """Identifiers that may still be at the destination for a key that left."""
    rows = [row for intent in journal.intents() for row in intent.request.batch.rows]
    for row in [*rows, *equipment.delivery.tally.undone]:
        if row.change.operation is Operation.REMOVE:
            yield from row.change.identifiers.values()
