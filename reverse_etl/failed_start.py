"""A run that could not begin has no journal: it is recorded in the warehouse all the same."""

import uuid
from dataclasses import replace
from datetime import datetime

import duckdb

from homespun.errors import ConfigurationError, LockHeld, Unavailable
from homespun.manifest import Exposure
from homespun.project import Project
from reverse_etl.journal import utc_now
from reverse_etl.ledger import ledger_schema, make_tables
from reverse_etl.report import SyncReport
from reverse_etl.source import attached_warehouse


def record_failure(
    project: Project, exposure: Exposure, report: SyncReport, *, since: datetime, wait: float
) -> SyncReport:
    """Add the failure to `sync_runs`, unless a run that began `since` then is there already.

    Nothing is recorded while another run holds the lock, which it will tell of itself, or where
    there is no warehouse yet.
    """
    if report.status == "locked":
        return report
    database = exposure.relation.database
    run = uuid.uuid4().hex[:16]
    try:
        with (
            duckdb.connect() as connection,
            attached_warehouse(connection, project, database, read_only=False, lock_timeout=wait),
        ):
            schema = ledger_schema(project, database)
            make_tables(connection, schema)
            added = connection.execute(
                f"""
                insert into {schema}.sync_runs (
                    sync, run, started_at, finished_at, status, added, changed, removed, sent,
                    rejected, held, requests, error
                )
                select $1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 0, 0, $6
                where not exists (
                    select 1 from {schema}.sync_runs where sync = $1 and started_at >= $3
                )
                returning run
                """,  # noqa: S608 - the schema is quoted
                [exposure.name, run, since, utc_now(), report.status, report.message],
            ).fetchall()
    except ConfigurationError:
        return report
    except (LockHeld, Unavailable, duckdb.Error) as error:
        reason = str(error) if not isinstance(error, duckdb.Error) else type(error).__name__
        note = f"the failure is not in sync_runs: {reason}"
        return replace(report, notes=(*report.notes, note))
    return replace(report, run=run) if added else report
