"""SYNC: bring every destination up to date with its audience, one sync after the other."""

import traceback
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from homespun.errors import ConfigurationError, HomespunError, Unavailable
from homespun.manifest import Exposure, read_manifest, sync_exposures
from homespun.project import Project
from homespun.warehouse import LOCK_TIMEOUT
from reverse_etl.config import configure, select
from reverse_etl.equipment import make_destination
from reverse_etl.failed_start import record_failure
from reverse_etl.gate import doubt
from reverse_etl.journal import utc_now
from reverse_etl.notices import notify
from reverse_etl.options import Options, Progress
from reverse_etl.places import place_of
from reverse_etl.preview import preview_sync
from reverse_etl.report import SyncReport, failure
from reverse_etl.run import run_sync


def sync(
    project: Project,
    *,
    names: Collection[str] = (),
    dry_run: bool = False,
    full_refresh: bool = False,
    approve: Collection[str] = (),
    allow_empty: bool = False,
    lock_timeout: float = LOCK_TIMEOUT,
    tell: Callable[[SyncReport], None] = lambda _: None,
    progress: Progress = lambda _name, _decided, _planned: None,
) -> tuple[SyncReport, ...]:
    """Run the syncs with these names, or all; one that fails does not stop the others.

    `approve` holds ids of plans that a guard stopped and a person accepts. `tell` is called after
    each sync, `progress` while it delivers. Raises ConfigurationError, before anything runs, when
    there is no manifest, a name is unknown or nothing is selected.
    """
    manifest = read_manifest(project)
    exposures = sync_exposures(manifest)
    chosen = select(exposures, names)
    if not chosen and not allow_empty:
        raise ConfigurationError(
            "the project has no sync: describe one as an exposure with config.meta.sync"
        )
    options = Options(
        dry_run=dry_run,
        full_refresh=full_refresh,
        approved=frozenset(approve),
        lock_timeout=lock_timeout,
        progress=progress,
    )
    rivals = _rivals(project, exposures)
    reports = []
    for exposure in chosen:
        rival = rivals.get(exposure.name)
        since = utc_now()
        report, is_failure = _sync_one(project, manifest, exposure, options=options, rival=rival)
        if is_failure and not dry_run:
            report = record_failure(project, exposure, report, since=since, wait=lock_timeout)
        if not dry_run and (problem := notify(project, report)):
            report = replace(report, notes=(*report.notes, problem))
        tell(report)
        reports.append(report)
    return tuple(reports)


def _rivals(project: Project, exposures: Collection[Exposure]) -> dict[str, str]:
    """The syncs that mirror into a place that another one mirrors into, with that other one."""
    found: dict[tuple[str, str], str] = {}
    rivals: dict[str, str] = {}
    for exposure in exposures:
        try:
            one = configure(exposure, [str(project.directory)], needs_secrets=False)
            shares = one.destination_class.capabilities.shares_target
            if one.config.mode != "mirror" or shares:
                continue
            target = make_destination(project, one, defaultdict(lambda: "VARCHAR")).target
        except Exception:  # noqa: S112 - a destination of one's own may raise any
            continue  # it is reported when it is its turn
        else:
            place = (one.config.destination, place_of(target, project.directory))
            other = found.setdefault(place, exposure.name)
            if other != exposure.name:
                rivals |= {exposure.name: other, other: exposure.name}
    return rivals


def _refuse(name: str, rival: str | None) -> None:
    if rival is not None:
        raise ConfigurationError(
            f"sync {name!r} and sync {rival!r} mirror into the same place, where each "
            "would remove the other's rows: give one another table"
        )


def _sync_one(
    project: Project,
    manifest: Mapping[str, Any],
    exposure: Exposure,
    *,
    options: Options,
    rival: str | None,
) -> tuple[SyncReport, bool]:
    """Run one sync; every error becomes its report, and is told by the second value."""
    configured = exposure.sync if isinstance(exposure.sync, dict) else {}
    destination = str(configured.get("destination", ""))
    paths: Sequence[str] = [str(project.directory)]
    try:
        _refuse(exposure.name, rival)
        one = configure(exposure, paths, needs_secrets=not options.dry_run)
        age = one.config.guard.max_build_age
        one = replace(one, doubt=doubt(project, manifest, exposure, max_age=age))
        return (preview_sync if options.dry_run else run_sync)(project, one, options), False
    except HomespunError as error:
        return failure(exposure.name, destination, error), True
    except (duckdb.IOException, OSError) as error:
        reason = f"{type(error).__name__} while sync {exposure.name!r} ran: is the disk full?"
        return failure(exposure.name, destination, Unavailable(reason)), True
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        reason = (
            f"sync {exposure.name!r} broke off: {type(error).__name__} "
            f"in {Path(place.filename).name}, line {place.lineno}"
        )
        return failure(exposure.name, destination, HomespunError(reason)), True
