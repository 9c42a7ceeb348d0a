"""One run of one sync: drain, plan, guard, deliver, and plan again until nothing is left."""

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from functools import partial

from homespun.errors import GuardTripped, HomespunError
from homespun.failpoints import failpoint
from homespun.project import Project
from reverse_etl.abilities import EnsuresTarget, Finishes
from reverse_etl.aging import give_up
from reverse_etl.conclusion import Progress, conclude
from reverse_etl.config import Sync
from reverse_etl.cursor import keep_cursor
from reverse_etl.destination import Operation
from reverse_etl.equipment import Equipment, equip, patiently
from reverse_etl.first_run import keep_target, record_baseline
from reverse_etl.guards import verdict
from reverse_etl.journal import Journal
from reverse_etl.journal_file import journal_path, open_journal
from reverse_etl.ledger import fold
from reverse_etl.options import Options
from reverse_etl.permission import withheld
from reverse_etl.plan import Plan, make_plan, planned_changes
from reverse_etl.report import SyncReport
from reverse_etl.restoration import restore
from reverse_etl.runs import begin_run, expect_finish
from reverse_etl.sending import finish_runs, send_plan
from reverse_etl.source import attached_warehouse, describe, view_source, warehouse_stamp
from reverse_etl.tally import Tally

_PARTING_WAIT = 2.0  # seconds for the warehouse's lock when the run has to end
_PASSES = 5  # plans in one run, where the warehouse changes meanwhile


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
        self._progress = Progress(uuid.uuid4().hex[:16])
        self._database = sync.exposure.relation.database

    def go(self) -> SyncReport:
        """Do all of it; whatever happens, the run is recorded and published."""
        types = self._read_types()
        run = self._progress.run
        equipment = equip(
            self._project,
            self._sync,
            self._journal,
            types=types,
            run=run,
            withheld=self._withheld,
            told=self._tell,
        )
        tally = equipment.delivery.tally
        end = partial(
            conclude, self._journal, self._project, self._sync, progress=self._progress, tally=tally
        )
        begin_run(self._journal, run)
        with closing(equipment):
            try:
                self._deliver(equipment, types)
                self._give_up(tally)
                finish_runs(self._journal, equipment, self._sync)
                if not (tally.is_stopped or tally.postponed):
                    keep_cursor(self._journal, self._sync, self._progress.reached)
            except HomespunError as error:
                self._progress.stop = error
            except KeyboardInterrupt:
                end(status="interrupted", wait=_PARTING_WAIT)
                raise
            except BaseException as error:
                self._progress.stop = HomespunError(f"broke off: {type(error).__name__}")
                end(status="failed", wait=_PARTING_WAIT)
                raise
        return end(wait=self._options.lock_timeout)

    def _read_types(self) -> dict[str, str]:
        """The relation's columns; a lost journal's state, which is read at the same time."""
        journal = self._journal
        with self._warehouse():
            types = describe(journal.connection, self._sync)
            view_source(journal.connection, self._sync, types)
            note = restore(journal, self._project, self._sync.name, self._database)
        self._progress.notes += [note] if note else []
        return types

    def _deliver(self, equipment: Equipment, types: dict[str, str]) -> None:
        note = keep_target(self._journal, equipment.destination.target, self._project.directory)
        self._progress.notes += [note] if note else []
        equipment.delivery.drain(self._journal.intents())
        fold(self._journal)
        for number in range(_PASSES):
            if equipment.delivery.tally.is_stopped:
                return
            before = warehouse_stamp(self._project)
            plan = self._plan(types, everything=self._options.full_refresh and number == 0)
            if plan.size == 0:
                if not plan.undecided:
                    self._journal.end_first_run()
                return
            if self._is_recorded_only(equipment):
                continue
            self._progress.add(plan)
            equipment.delivery.tally.is_approved = plan.id in self._options.approved
            if isinstance(equipment.destination, EnsuresTarget) and number == 0:
                ensure = partial(equipment.destination.ensure_target, equipment.wire)
                patiently(ensure, self._sync)
            if isinstance(equipment.destination, Finishes):
                expect_finish(self._journal, self._progress.run)
            send_plan(self._journal, equipment, f"{self._progress.run}-{number}")
            fold(self._journal)
            if not equipment.delivery.tally.is_stopped:
                self._journal.end_first_run()
                equipment.delivery.asks_first = False
            if warehouse_stamp(self._project) == before and not plan.undecided:
                return

    def _plan(self, types: dict[str, str], *, everything: bool) -> Plan:
        """The next plan, when it may be sent; raises what stops it."""
        sync = self._sync
        self._journal.unpack()
        plan = make_plan(
            self._journal, sync, types, attached=self._warehouse(), everything=everything
        )
        failpoint("sync.after_plan")
        if plan.invalid:
            raise HomespunError(f"sync {sync.name!r}: {plan.invalid}: nothing was sent")
        self._progress.reached = plan.cursor
        if plan.refused:
            self._progress.notes.append(
                f"{plan.refused} rows were rejected before and have not changed since: see sync_log"
            )
        guarded = verdict(plan, sync)
        if guarded and plan.id not in self._options.approved:
            self._progress.add(plan)
            raise GuardTripped(
                f"sync {sync.name!r}: {guarded}; nothing was sent. "
                f"If that is meant: homespun sync {sync.name} --approve {plan.id}"
            )
        return plan

    def _is_recorded_only(self, equipment: Equipment) -> bool:
        """Whether a first run sends nothing; one that adopts asks before it sends."""
        journal, first_run = self._journal, self._sync.config.first_run
        if first_run == "send" or not journal.is_first_run:
            return False
        equipment.delivery.asks_first = first_run == "adopt"
        if first_run == "adopt":
            return False
        pages = planned_changes(journal.connection, self._progress.run, [Operation.ADD])
        count = record_baseline(journal, equipment.destination, pages, run=self._progress.run)
        self._progress.notes.append(f"first run: {count} rows count as sent, nothing was sent")
        return True

    def _give_up(self, tally: Tally) -> None:
        """Give up what was tried in vain for too long; a wrong setting is no row's fault."""
        days = self._sync.config.give_up_after
        if tally.stops:
            return
        if count := give_up(self._journal, run=self._progress.run, days=days):
            note = f"{count} rows were given up after {days:g} days: see sync_log"
            self._progress.notes.append(note)

    def _tell(self, tally: Tally) -> None:
        self._options.progress(self._sync.name, tally.decided, self._progress.planned)

    def _withheld(self, keys: Sequence[str]) -> set[str]:
        """Which keys may not be sent any more, as the warehouse says now."""
        with self._warehouse():
            return withheld(self._journal.connection, keys)

    def _warehouse(self) -> AbstractContextManager[None]:
        return attached_warehouse(
            self._journal.connection,
            self._project,
            self._database,
            read_only=True,
            lock_timeout=self._options.lock_timeout,
        )
