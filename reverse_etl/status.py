"""How each sync stands, from the ledger in the warehouse: its last runs, what waits, what to do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from homespun.errors import ConfigurationError, HomespunError
from homespun.manifest import Exposure, read_manifest, sync_exposures
from homespun.project import Project
from homespun.sql import quoted
from homespun.warehouse import LOCK_TIMEOUT, connect
from reverse_etl.config import configure, select
from reverse_etl.health import state_of
from reverse_etl.unpublished import UnderWay, run_on_its_way

_LEDGER = {"sync_runs", "sync_log", "sync_state"}
_WAIT = "wait: a run is on its way"


@dataclass(frozen=True)
class RunSummary:
    """One run, as `sync_runs` has it."""

    run: str
    started_at: datetime
    finished_at: datetime | None
    status: str
    sent: int
    rejected: int
    held: int
    requests: int
    error: str | None


@dataclass(frozen=True)
class SyncStatus:
    """How a sync stands."""

    sync: str
    destination: str
    state: str  # ok, warning, critical, running, new
    acknowledged: int = 0  # rows at the destination
    rejected: int = 0  # rows kept back until they change
    held: int = 0  # at the end of the last run
    lag_seconds: float | None = None  # since the last run that left nothing undone
    next_step: str = ""
    runs: Sequence[RunSummary] = ()  # the latest first


def read_status(
    project: Project,
    *,
    names: Collection[str] = (),
    runs: int = 5,
    allow_empty: bool = False,
    lock_timeout: float = LOCK_TIMEOUT,
) -> tuple[SyncStatus, ...]:
    """The status of the syncs with these names, or of all; nothing is written."""
    exposures = select(sync_exposures(read_manifest(project)), names)
    if not exposures and not allow_empty:
        raise ConfigurationError(
            "the project has no sync: describe one as an exposure with config.meta.sync"
        )
    with connect(project, read_only=True, lock_timeout=lock_timeout) as connection:
        schema = project.layer_schema("activation")
        found = connection.execute(
            "select table_name from information_schema.tables where table_schema = $1", [schema]
        ).fetchall()
        is_there = {str(row[0]) for row in found} >= _LEDGER
        return tuple(
            _status(
                exposure,
                connection if is_there else None,
                *_standing(project, exposure),
                schema=quoted(schema),
                runs=runs,
            )
            for exposure in exposures
        )


def _standing(project: Project, exposure: Exposure) -> tuple[str, UnderWay]:
    """What stops the next run, as that would say it, and the run that is on its way."""
    try:
        configure(exposure, [str(project.directory)], needs_secrets=True)
        return "", run_on_its_way(project, exposure.name)
    except HomespunError as error:
        return str(error), None


def _status(
    exposure: Exposure,
    connection: duckdb.DuckDBPyConnection | None,
    problem: str,
    under_way: UnderWay,
    *,
    schema: str,
    runs: int,
) -> SyncStatus:
    summaries = _summaries(connection, exposure.name, schema, runs) if connection else []
    if isinstance(under_way, tuple):
        summaries.insert(0, RunSummary(*under_way, None, "interrupted", 0, 0, 0, 0, None))
    if connection is None or not summaries:
        return _without_runs(exposure, problem, under_way)
    counts = connection.execute(
        f"""
        select
            (select count(*) from {schema}.sync_state where sync = $1),
            (
                select count(*) from (
                    select arg_max(status, sequence) as status from {schema}.sync_log
                    where sync = $1 group by key
                ) where status = 'rejected'
            ),
            (
                select max(finished_at) from {schema}.sync_runs
                where sync = $1 and status = 'done'
            )
        """,  # noqa: S608 - the schema is quoted
        [exposure.name],
    ).fetchall()
    [(acknowledged, rejected, done_at)] = counts
    last = summaries[0]
    state = "critical" if problem else str(state_of(last.status))
    if under_way == "running":
        state = "running"
    now = datetime.now(UTC).replace(tzinfo=None)
    return SyncStatus(
        sync=exposure.name,
        destination=_destination(exposure),
        state=state,
        acknowledged=acknowledged,
        rejected=rejected,
        held=last.held,
        lag_seconds=(now - done_at).total_seconds() if done_at else None,
        next_step=problem or _next_step(exposure.name, last, state=state, rejected=rejected),
        runs=tuple(summaries),
    )


def _summaries(
    connection: duckdb.DuckDBPyConnection, sync: str, schema: str, runs: int
) -> list[RunSummary]:
    rows = connection.execute(
        "select run, started_at, finished_at, status, coalesce(sent, 0), "  # noqa: S608
        "coalesce(rejected, 0), coalesce(held, 0), coalesce(requests, 0), error "
        f"from {schema}.sync_runs where sync = $1 order by started_at desc limit $2",
        [sync, runs],
    ).fetchall()
    return [RunSummary(*row) for row in rows]


def _without_runs(exposure: Exposure, problem: str, under_way: UnderWay) -> SyncStatus:
    name = exposure.name
    state, next_step = "new", f"see what it would send: homespun sync {name} --dry-run"
    match under_way:
        case "running":
            state, next_step = "running", _WAIT
        case (_, _):
            state, next_step = "warning", f"run it again: homespun sync {name}"
    return SyncStatus(
        sync=name,
        destination=_destination(exposure),
        state="critical" if problem else state,
        next_step=problem or next_step,
    )


def _next_step(name: str, last: RunSummary, *, state: str, rejected: int) -> str:
    error = f"{last.error}; " if last.error else ""
    if state == "running":
        return _WAIT
    match last.status:
        case "guarded":
            return f"{error}look at it: homespun sync {name} --dry-run"
        case "unavailable" | "interrupted":
            return f"{error}run it again: homespun sync {name}"
        case "done" | "partial" if last.held:
            return (
                f"{last.held} rows may have arrived or wait for others: run it again; where a "
                "repeat does no harm, set on_unknown: resend"
            )
        case "done" | "partial" if rejected:
            return f"{rejected} rows were rejected: see sync_log for the reasons"
        case "done":
            return "nothing to do"
        case _:
            return f"{error}mend it, then run it again: homespun sync {name}"


def _destination(exposure: Exposure) -> str:
    configured: Any = exposure.sync
    return str(configured.get("destination", "")) if isinstance(configured, dict) else ""
