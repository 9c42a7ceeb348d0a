"""The end of a run: recorded, folded, published and reported."""

from dataclasses import dataclass, field

from homespun.errors import HomespunError, LockHeld, Unavailable
from homespun.project import Project
from reverse_etl.config import Sync
from reverse_etl.journal import Journal
from reverse_etl.ledger import fold, publish
from reverse_etl.plan import Plan
from reverse_etl.report import STATUS_OF_CODE, SyncReport
from reverse_etl.runs import RunRecord, end_run
from reverse_etl.tally import Tally


@dataclass
class Progress:
    """What a run planned so far, and why it stopped."""

    run: str
    plan: str | None = None
    added: int = 0
    changed: int = 0
    removed: int = 0
    reached: str | None = None  # the cursor of the last plan
    stop: HomespunError | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def planned(self) -> int:
        """How many rows were planned so far."""
        return self.added + self.changed + self.removed

    def add(self, plan: Plan) -> None:
        """Count a plan."""
        self.plan = self.plan or plan.id
        self.added += plan.added
        self.changed += plan.changed
        self.removed += plan.removed


def conclude(
    journal: Journal,
    project: Project,
    sync: Sync,
    *,
    progress: Progress,
    tally: Tally,
    wait: float,
    status: str = "",
) -> SyncReport:
    """Record the run, fold and publish; a warehouse that stays locked is left to the next run."""
    stop = progress.stop or tally.stop
    held = journal.count_undecided() + tally.postponed
    if tally.withheld:
        progress.notes.append(f"{tally.withheld} rows were planned and then no longer allowed")
    code = stop.exit_code if stop else int(bool(tally.rejected or held or tally.undone))
    record = RunRecord(
        status=status or (STATUS_OF_CODE[code] if stop or not code else "partial"),
        plan=progress.plan,
        added=progress.added,
        changed=progress.changed,
        removed=progress.removed,
        sent=tally.sent,
        rejected=tally.rejected,
        held=held,
        requests=tally.requests,
        error=str(stop) if stop else None,
    )
    end_run(journal, progress.run, record)
    fold(journal)
    try:
        publish(journal, project, sync.name, sync.exposure.relation.database, wait=wait)
    except (LockHeld, Unavailable) as error:
        progress.notes.append(f"the ledger is published by the next run: {error}")
    return SyncReport(
        sync=sync.name,
        destination=sync.config.destination,
        status=record.status,
        exit_code=code,
        added=record.added,
        changed=record.changed,
        removed=record.removed,
        sent=record.sent,
        rejected=record.rejected,
        held=record.held,
        requests=record.requests,
        run=progress.run,
        plan=record.plan,
        message=record.error or "",
        notes=tuple(dict.fromkeys(progress.notes)),
    )
