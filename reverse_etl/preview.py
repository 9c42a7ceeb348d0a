"""A dry run: the plan with examples, personal values masked; nothing is sent or written."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import duckdb
import msgspec

from homespun.errors import HomespunError
from homespun.project import Project
from reverse_etl.config import Sync
from reverse_etl.destination import Operation, Rate
from reverse_etl.equipment import make_destination, rates_of
from reverse_etl.first_run import keep_target
from reverse_etl.guards import verdict
from reverse_etl.journal import Journal
from reverse_etl.journal_file import empty_journal, journal_path, read_journal
from reverse_etl.options import Options
from reverse_etl.places import is_one_place
from reverse_etl.plan import Plan, make_plan
from reverse_etl.report import Example, SyncReport
from reverse_etl.restoration import knows_less, restore
from reverse_etl.source import attached_warehouse, describe

PER_OPERATION = 3


def preview_sync(project: Project, sync: Sync, options: Options) -> SyncReport:
    """What a run would send."""
    path = journal_path(project, sync.name)
    wait = options.lock_timeout
    database = sync.exposure.relation.database
    attached = partial(attached_warehouse, read_only=True, lock_timeout=wait)
    with read_journal(path, sync.name, lock_timeout=wait) as connection:
        with attached(connection, project, database):
            types = describe(connection, sync)
            is_behind = knows_less(Journal(connection), project, sync.name, database)
        before = Journal(connection).target()
    # Another place than before is sent everything, as if there had been no run.
    target = make_destination(project, sync, types).target
    is_moved = before is not None and not is_one_place(before, target, project.directory)
    is_anew = is_moved or is_behind
    with (
        empty_journal() if is_anew else read_journal(path, sync.name, lock_timeout=wait)
    ) as connection:
        journal = Journal(connection)
        if is_behind and not is_moved:
            with attached(connection, project, database):
                restore(journal, project, sync.name, database)
            keep_target(journal, target, project.directory)
        plan = make_plan(
            journal,
            sync,
            types,
            attached=attached(connection, project, database),
            everything=options.full_refresh,
        )
        return SyncReport(
            sync=sync.name,
            destination=sync.config.destination,
            status="failed" if plan.invalid else "planned",
            exit_code=HomespunError.exit_code if plan.invalid else 0,
            added=plan.added,
            changed=plan.changed,
            removed=plan.removed,
            held=plan.undecided,
            requests=_requests(plan, sync),
            minutes=_minutes(_requests(plan, sync), rates_of(sync)),
            plan=plan.id,
            message=plan.invalid or _warning(plan, sync),
            examples=examples(connection, sync.personal_fields),
        )


def examples(connection: duckdb.DuckDBPyConnection, personal: frozenset[str]) -> list[Example]:
    """A few changes of each operation; `personal` are the fields marked so in the project."""
    rows = connection.execute(
        """
        select operation, key, document
        from plan
        where not is_undecided and not is_refused
        qualify row_number() over (partition by operation order by key) <= $1
        order by operation, key
        """,
        [PER_OPERATION],
    ).fetchall()
    return [
        Example(operation, mask(key), _masked(document, personal))
        for operation, key, document in rows
    ]


def mask(text: str) -> str:
    """The first character, and the domain of an e-mail address."""
    name, at, domain = text.rpartition("@")
    return f"{name[:1]}***@{domain}" if at else f"{text[:1]}***"


def _masked(document: str | None, personal: frozenset[str]) -> Mapping[str, Any]:
    """Text is masked always: it may be personal without a mark. Numbers only with one."""
    try:
        fields: dict[str, Any] = msgspec.json.decode(document or "{}")
    except ValueError:
        return {}
    return {name: _mask_value(value, name in personal) for name, value in fields.items()}


def _mask_value(value: Any, is_personal: object) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return mask(value)
    return "***" if is_personal or isinstance(value, dict | list) else value


def _requests(plan: Plan, sync: Sync) -> int:
    """How many requests the plan takes at least."""
    capabilities = sync.destination_class.capabilities
    rows = min(capabilities.max_rows, sync.config.batch_rows or capabilities.max_rows)
    if capabilities.digest:
        return -(-plan.size // rows)
    removals = min(rows, capabilities.max_rows_of.get(Operation.REMOVE, rows))
    return -(-(plan.added + plan.changed) // rows) + -(-plan.removed // removals)


def _minutes(requests: int, rates: Sequence[Rate]) -> float | None:
    """How long the slowest of the rates makes so many requests take."""
    spans = [max(0, requests - rate.requests) / rate.requests * rate.seconds for rate in rates]
    return round(max(spans) / 60, 1) if spans else None


def _warning(plan: Plan, sync: Sync) -> str:
    guarded = verdict(plan, sync)
    return (
        f"a guard would stop it: {guarded}; approve it with --approve {plan.id}" if guarded else ""
    )
