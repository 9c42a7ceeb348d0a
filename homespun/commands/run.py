"""`homespun run`: load, build and sync in a row, for schedulers."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from homespun.commands.options import (
    DEFAULT_LOCK_TIMEOUT,
    AllowEmpty,
    AsJson,
    LockTimeout,
    ProfilesDir,
    ProjectDir,
    TargetName,
)
from homespun.dbt import BuildReport, build, fit_models
from homespun.errors import DONE, SOME_FAILED, ConfigurationError, combined_exit_code
from homespun.manifest import read_manifest, sync_exposures
from homespun.output import notes, print_json, results
from homespun.project import Project, read_project
from ingestion.remote import without_secrets

if TYPE_CHECKING:
    from ingestion.load import LoadReport
    from reverse_etl.report import SyncReport

_VARIABLE = "homespun_sources"
_SHOWN = 10  # of the nodes that were not done


@dataclass(frozen=True)
class EventSource:
    """Where a scheduled run finds event files, and the name that their source has."""

    path: str
    source: str | None


def run(
    select: Annotated[
        list[str] | None,
        typer.Option("--select", "-s", help="What dbt builds, in dbt's own grammar; all of it."),
    ] = None,
    allow_empty: AllowEmpty = False,
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Load from the configured sources, run dbt build, and sync.

    The sources are the var homespun_sources of dbt_project.yml: a list of paths, from the project's
    folder, or of mappings of a path and a source. A part that fails does not stop what does not
    depend on it: a sync is left out if its audience was not built or one of the audience's tests
    failed. With --select, only what it built is synced.

    Example: homespun run --json
    """
    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    loads = _load(project, lock_timeout=lock_timeout, allow_empty=allow_empty)
    notes().print("homespun: dbt build")
    built = build(project, select=select or (), allow_empty=allow_empty, lock_timeout=lock_timeout)
    left_out, syncs = _sync(project, built, is_partial=bool(select), lock_timeout=lock_timeout)
    rejected = any(report.rejected for report in loads)
    code = combined_exit_code(
        (
            SOME_FAILED if rejected or left_out else DONE,
            built.exit_code,
            *(report.exit_code for report in syncs),
        )
    )
    if as_json:
        print_json(
            {
                "exit_code": code,
                "loads": [asdict(report) for report in loads],
                "build": asdict(built),
                "syncs": [asdict(report) for report in syncs],
                "syncs_left_out": left_out,
            }
        )
    else:
        _print(loads, built, syncs)
    raise typer.Exit(code)


def event_sources(project: Project) -> list[EventSource]:
    """The sources that `homespun run` loads. Raises ConfigurationError on a malformed entry."""
    configured: Any = project.vars.get(_VARIABLE) or []
    sources = []
    for entry in configured if isinstance(configured, list) else [configured]:
        match entry:
            case str():
                sources.append(EventSource(entry, source=None))
            case {"path": str(path), "source": str(source), **rest} if not rest:
                sources.append(EventSource(path, source))
            case {"path": str(path), **rest} if not rest:
                sources.append(EventSource(path, source=None))
            case _:
                shown = without_secrets(repr(entry), repr(entry))
                raise ConfigurationError(
                    f"var {_VARIABLE}: {shown} is neither a path "
                    "nor a mapping of `path` and, if you like, `source`"
                )
    return sources


def _load(project: Project, *, lock_timeout: float, allow_empty: bool) -> list["LoadReport"]:
    from ingestion.load import load

    sources = event_sources(project)
    if not sources:
        notes().print(f"homespun: nothing to load: the var {_VARIABLE} is not set")
    reports = []
    for source in sources:
        shown = without_secrets(source.path, source.path)
        notes().print(f"homespun: load {shown}", markup=False)
        reports.append(
            load(
                [source.path if "://" in source.path else str(project.directory / source.path)],
                project=project,
                source=source.source,
                lock_timeout=lock_timeout,
                allow_empty=allow_empty,
            )
        )
    return reports


def _sync(
    project: Project, built: BuildReport, *, is_partial: bool, lock_timeout: float
) -> tuple[list[str], tuple["SyncReport", ...]]:
    """Sync what is fit; name what is not, though it was to be built."""
    from reverse_etl.sync import sync

    manifest = read_manifest(project)
    fit = fit_models(manifest, built)
    exposures = sync_exposures(manifest)
    names = [exposure.name for exposure in exposures if exposure.model in fit or exposure.problem]
    tried = {unique_id.rpartition(".")[2] for unique_id in (*built.done, *built.not_done)}
    left_out = [
        exposure.name
        for exposure in exposures
        if exposure.name not in names and not (is_partial and exposure.model not in tried)
    ]
    for name in left_out:
        notes().print(f"homespun: sync {name!r} is left out: its audience was not built well")
    if not names:
        return left_out, ()
    notes().print("homespun: sync")
    return left_out, sync(project, names=names, lock_timeout=lock_timeout)


def _print(loads: list["LoadReport"], built: BuildReport, syncs: tuple["SyncReport", ...]) -> None:
    out = results()
    events = sum(report.events for report in loads)
    rejected = sum(sum(report.rejected.values()) for report in loads)
    out.print(f"load   {events:,} events, {rejected:,} rejected")
    nodes = ", ".join(f"{count} {kind}" for kind, count in sorted(built.nodes.items()))
    out.print(f"build  {nodes}; not done: {len(built.not_done)}")
    for unique_id in built.not_done[:_SHOWN]:
        out.print(f"       not done: {unique_id}", markup=False)
    for report in syncs:
        out.print(f"sync   {report.sync}: {report.sent:,} sent, {report.status}", markup=False)
