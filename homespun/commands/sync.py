"""`homespun sync`: send what changed."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from homespun.commands.options import (
    DEFAULT_LOCK_TIMEOUT,
    AllowEmpty,
    AsJson,
    LockTimeout,
    ProfilesDir,
    ProjectDir,
    TargetName,
)
from homespun.errors import combined_exit_code
from homespun.output import notes, print_json, results
from homespun.progress import progress_bars
from homespun.project import read_project

if TYPE_CHECKING:
    from reverse_etl.report import SyncReport

_COUNTS = ("added", "changed", "removed", "sent", "rejected", "held")


def sync(
    names: Annotated[
        list[str] | None, typer.Argument(help="The syncs; all of them without a name.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent; send and write nothing.")
    ] = False,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Send every row again, changed or not.")
    ] = False,
    approve: Annotated[
        list[str] | None,
        typer.Option(metavar="PLAN_ID", help="Send exactly this plan, which a guard stopped."),
    ] = None,
    allow_empty: AllowEmpty = False,
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Send each audience's changes to its destination, and nothing that is there already.

    With several syncs, one that fails does not stop the others; the exit code is then the first
    of 2 (fix a setting), 5 (approve a plan), 4 and 3 (try later), 1 (some rows) that occurred.

    Example: homespun sync repeat_buyers_to_files --dry-run
    """
    from reverse_etl.sync import sync as run_syncs  # HTTP and pydantic: not for --help

    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    with progress_bars() as show:
        reports = run_syncs(
            project,
            names=names or (),
            dry_run=dry_run,
            full_refresh=full_refresh,
            approve=approve or (),
            allow_empty=allow_empty,
            lock_timeout=lock_timeout,
            tell=_tell,
            progress=show,
        )
    if as_json:
        print_json({"dry_run": dry_run, "syncs": [asdict(report) for report in reports]})
    else:
        _print(reports, dry_run=dry_run)
    raise typer.Exit(combined_exit_code(report.exit_code for report in reports))


def _tell(report: "SyncReport") -> None:
    """The notes of one sync, as soon as it ended."""
    for note in (report.message, *report.notes):
        if note:
            line = note if report.sync in note else f"sync {report.sync!r}: {note}"
            notes().print(f"homespun: {line}", markup=False)


def _print(reports: Sequence["SyncReport"], *, dry_run: bool) -> None:
    console = results()
    table = Table(box=None, pad_edge=False)
    table.add_column("sync", overflow="fold")
    table.add_column("destination", overflow="fold")
    for name in _COUNTS:
        table.add_column(name, justify="right")
    table.add_column("status")
    for report in reports:
        counts = [str(getattr(report, name)) for name in _COUNTS]
        table.add_row(report.sync, report.destination, *counts, report.status)
    console.print(table)
    if dry_run:
        for report in reports:
            if not report.examples:
                continue
            requests = f"{report.requests} request{'s' * (report.requests != 1)} at least"
            if report.minutes is not None:
                requests += f", {report.minutes:g} minutes at the destination's rate"
            console.print(f"\n{report.sync}: {requests}; plan {report.plan}", markup=False)
            for example in report.examples:
                fields = ", ".join(f"{name}={value}" for name, value in example.fields.items())
                line = f"  {example.operation:<7} {example.key}  {fields}"
                console.print(line.rstrip(), markup=False)
