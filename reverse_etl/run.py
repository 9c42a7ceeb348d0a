"""One run of one sync: drain, plan, guard, deliver, and plan again until nothing is left."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from functools import partial

import stamina

from homespun.errors import ConfigurationError, GuardTripped, HomespunError, LockHeld, Unavailable
from homespun.failpoints import failpoint
from homespun.project import Project
from reverse_etl.batches import Batcher, old_identities
from reverse_etl.config import Sync
from reverse_etl.delivery import Delivery, Tally
from reverse_etl.destination import (
    AnswerLost,
    Destination,
    EnsuresTarget,
    Finishes,
    NotSent,
    Operation,
    Rate,
    ReadsBack,
    SyncInfo,
)
from reverse_etl.guards import verdict
from reverse_etl.journal import Journal, RunRecord
from reverse_etl.journal_file import journal_path, open_journal
from reverse_etl.ledger import fold, forget, publish, restore
from reverse_etl.options import Options
from reverse_etl.plan import Plan, make_plan, planned_changes
from reverse_etl.report import STATUS_OF_CODE, SyncReport
from reverse_etl.settle import Policy
from reverse_etl.source import attached_warehouse, describe
from reverse_etl.transmission import transmit
from reverse_etl.wire import HttpWire

_PASSES = 5  # plans in one run, where the warehouse changes meanwhile


@dataclass
class Progress:
    """What a run did so far."""

    plan: str | None = None
    added: int = 0
    changed: int = 0
    removed: int = 0
    stop: HomespunError | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, plan: Plan) -> None:
        """Count a plan."""
        self.plan = self.plan or plan.id
        self.added += plan.added
        self.changed += plan.changed
        self.removed += plan.removed


def run_sync(project: Project, sync: Sync, options: Options) -> SyncReport:
    """Run a sync. Raises HomespunError when nothing could be done at all."""
    path = journal_path(project, sync.name)
    with open_journal(path, sync.name, lock_timeout=options.lock_timeout) as connection:
        failpoint("sync.after_lock")
        return Run(project, sync, options, Journal(connection)).go()


class Run:
    """A run that holds its sync's journal."""

    def __init__(self, project: Project, sync: Sync, options: Options, journal: Journal) -> None:
        self._project = project
        self._sync = sync
        self._options = options
        self._journal = journal
        self._id = uuid.uuid4().hex[:16]
        self._progress = Progress()
        self._database = sync.exposure.relation.database

    def go(self) -> SyncReport:
        """Do all of it; whatever happens, the run is recorded and published."""
        destination = self._open_destination()
        capabilities = destination.capabilities
        config = self._sync.config
        wire = HttpWire(
            destination,
            timeout=config.timeout,
            allow_private=bool(getattr(self._sync.settings, "allow_private", False)),
            connections=config.concurrency or capabilities.concurrency,
        )
        batcher = Batcher(
            destination,
            self._sync.name,
            self._id,
            rows=min(capabilities.max_rows, config.batch_rows or capabilities.max_rows),
            size=capabilities.max_bytes,
        )
        rate = (Rate(config.rate.requests, config.rate.seconds),) if config.rate else ()
        delivery = Delivery(
            self._journal,
            batcher,
            partial(transmit, destination=destination, wire=wire),
            config=config,
            policy=Policy(
                capabilities=capabilities,
                attempts=config.attempts,
                max_wait=config.max_wait,
                resends=config.on_unknown == "resend",
                reads_back=isinstance(destination, ReadsBack),
            ),
            rates=capabilities.rates + rate,
            clean=self._sync.clean,
        )
        self._journal.begin_run(self._id)
        with closing(wire):
            try:
                self._deliver(destination, batcher, delivery, wire)
                self._finish(destination, wire)
            except KeyboardInterrupt:
                self._end(delivery.tally, "interrupted")
                raise
            except HomespunError as error:
                self._progress.stop = error
            except BaseException:
                self._end(delivery.tally, "failed")
                raise
        return self._end(delivery.tally)

    def _open_destination(self) -> Destination:
        """Read the relation's columns, and make the destination for them."""
        config = self._sync.config
        with self._warehouse():
            types = describe(self._journal.connection, self._sync)
            if self._journal.is_new and restore(
                self._journal, self._project, self._sync.name, self._database
            ):
                self._progress.notes.append(
                    "the state was restored from the warehouse's sync_state"
                )
        names = [name for name, column in config.fields.items() if column == config.key]
        self._types = types
        return self._sync.destination_class(
            self._sync.settings,
            SyncInfo(
                name=self._sync.name,
                mode=config.mode,
                key=names[0] if names else config.key,
                key_type=types[config.key],
                fields={name: types[column] for name, column in config.fields.items()},
                identifiers=self._sync.identifiers,
                directory=self._project.directory,
            ),
        )

    def _deliver(
        self, destination: Destination, batcher: Batcher, delivery: Delivery, wire: HttpWire
    ) -> None:
        intents = self._journal.intents()
        delivery.drain(intents)
        self._keep_target(destination.target)
        for number in range(_PASSES):
            if delivery.tally.is_stopped:
                return
            before = self._stamp()
            plan = self._plan(everything=self._options.full_refresh and number == 0)
            if plan.size == 0:
                return
            if number == 0 and isinstance(destination, EnsuresTarget):
                _patiently(partial(destination.ensure_target, wire), self._sync)
            if isinstance(destination, Finishes):
                self._journal.expect_finish(self._id)
            self._progress.add(plan)
            self._send_plan(destination, batcher, delivery)
            fold(self._journal)
            if self._stamp() == before and not plan.undecided:
                return

    def _plan(self, *, everything: bool) -> Plan:
        """The next plan, when it may be sent; raises what stops it."""
        connection = self._journal.connection
        with self._warehouse():
            plan = make_plan(connection, self._sync, self._types, everything=everything)
        failpoint("sync.after_plan")
        if plan.invalid:
            raise HomespunError(f"sync {self._sync.name!r}: {plan.invalid}: nothing was sent")
        if plan.refused:
            self._progress.notes.append(
                f"{plan.refused} rows were rejected before and have not changed since: see sync_log"
            )
        guarded = verdict(plan, self._sync.config.guard)
        if guarded and plan.id not in self._options.approved:
            self._progress.add(plan)
            raise GuardTripped(
                f"sync {self._sync.name!r}: {guarded}; nothing was sent. "
                f"If that is meant: homespun sync {self._sync.name} --approve {plan.id}"
            )
        return plan

    def _send_plan(self, destination: Destination, batcher: Batcher, delivery: Delivery) -> None:
        """Removals first, and all of their answers, then the rest."""
        pages = partial(planned_changes, self._journal.connection, self._id)
        if not destination.capabilities.changes_identity:
            changes = pages([Operation.CHANGE])
            delivery.deliver(batcher.requests(old_identities(destination, changes)))
        delivery.deliver(batcher.requests(pages([Operation.REMOVE])))
        blocked = frozenset(self._not_removed(delivery.tally))
        delivery.deliver(
            batcher.requests(pages([Operation.ADD, Operation.CHANGE]), blocked=blocked)
        )

    def _not_removed(self, tally: Tally) -> Iterator[str]:
        """Identifiers that may still be at the destination for a key that left."""
        rows = [row for intent in self._journal.intents() for row in intent.request.batch.rows]
        for row in [*rows, *tally.undone]:
            if row.change.operation is Operation.REMOVE:
                yield from row.change.identifiers.values()

    def _finish(self, destination: Destination, wire: HttpWire) -> None:
        """Tell the destination which runs are delivered, this one and those cut short before."""
        if isinstance(destination, Finishes):
            for run in self._journal.deliveries_to_finish():
                _patiently(partial(wire.send, destination.finish(self._sync.name, run)), self._sync)
                failpoint("sync.after_finish")
                self._journal.mark_finished(run)

    def _keep_target(self, target: str) -> None:
        """Another place than before is sent everything; what is at the old one stays there."""
        before = self._journal.target()
        if before is not None and before != target:
            forget(self._journal)
            self._progress.notes.append("the target is another than before: everything is sent")
        if before != target:
            self._journal.set_target(target)

    def _end(self, tally: Tally, status: str = "") -> SyncReport:
        """Record the run, fold and publish; a locked warehouse is left to the next run."""
        progress = self._progress
        stop = progress.stop or _stop_of(tally)
        held = self._journal.count_undecided() + tally.postponed
        code = stop.exit_code if stop else int(bool(tally.rejected or held or tally.undone))
        status = status or (STATUS_OF_CODE[code] if stop or not code else "partial")
        record = RunRecord(
            status=status,
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
        self._journal.end_run(self._id, record)
        fold(self._journal)
        try:
            publish(
                self._journal,
                self._project,
                self._sync.name,
                self._database,
                wait=self._options.lock_timeout,
            )
        except LockHeld as error:
            progress.notes.append(f"the ledger is published by the next run: {error}")
        return SyncReport(
            sync=self._sync.name,
            destination=self._sync.config.destination,
            status=status,
            exit_code=code,
            added=progress.added,
            changed=progress.changed,
            removed=progress.removed,
            sent=tally.sent,
            rejected=tally.rejected,
            held=held,
            requests=tally.requests,
            run=self._id,
            plan=progress.plan,
            message=str(stop) if stop else "",
            notes=tuple(dict.fromkeys(progress.notes)),
        )

    def _warehouse(self) -> AbstractContextManager[None]:
        return attached_warehouse(
            self._journal.connection,
            self._project,
            self._database,
            read_only=True,
            lock_timeout=self._options.lock_timeout,
        )

    def _stamp(self) -> tuple[tuple[int, int], ...]:
        """Changes when the warehouse's file does."""
        path = self._project.duckdb_path
        files = (path, path.with_name(f"{path.name}.wal"))
        found = [file.stat() for file in files if file.exists()]
        return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)


def _stop_of(tally: Tally) -> HomespunError | None:
    """Why the delivery ended early, as what should be done about it."""
    if tally.stops:
        return ConfigurationError(tally.stops)
    if tally.guard:
        return GuardTripped(tally.guard)
    return (
        Unavailable(f"the destination is unavailable: {tally.unavailable}")
        if tally.unavailable
        else None
    )


def _patiently(action: Callable[[], object], sync: Sync) -> None:
    """Do what is safe to repeat, as often as a request. Raises Unavailable after that."""
    try:
        for attempt in stamina.retry_context(
            on=(NotSent, AnswerLost),
            attempts=sync.config.attempts,
            wait_initial=sync.config.backoff,
            wait_max=sync.config.max_wait,
            wait_jitter=sync.config.backoff,
            timeout=None,
        ):
            with attempt:
                action()
    except (NotSent, AnswerLost) as error:
        raise Unavailable(f"the destination is unavailable: {error}") from None
