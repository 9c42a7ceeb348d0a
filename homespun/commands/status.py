"""`homespun status`: how each sync stands."""

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
from homespun.errors import DONE, SOME_FAILED
from homespun.output import print_json, results
from homespun.project import read_project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_etl.status import SyncStatus

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def status(
    names: Annotated[
        list[str] | None, typer.Argument(help="The syncs; all of them without a name.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="How many runs to show of each.")] = 5,
    allow_empty: AllowEmpty = False,
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Show each sync's last runs, what was sent, rejected and held, its lag, and the next step.

    The lag is the time since a run left nothing undone. The exit code is 1 when a sync needs a
    person, else 0; nothing is written.

    Example: homespun status --json
    """
    from reverse_etl.status import read_status  # HTTP and pydantic: not for --help

    found = read_status(
        read_project(project_dir, profiles_dir=profiles_dir, target=target),
        names=names or (),
        runs=runs,
        allow_empty=allow_empty,
        lock_timeout=lock_timeout,
    )
    code = SOME_FAILED if any(one.state == "critical" for one in found) else DONE
    if as_json:
        print_json({"exit_code": code, "syncs": [asdict(one) for one in found]})
    else:
        _print(found)
    raise typer.Exit(code)


def _print(found: "Sequence[SyncStatus]") -> None:
    console = results()
    table = Table(box=None, pad_edge=False)
    for name in ("sync", "destination", "state"):
        table.add_column(name, overflow="fold")
    for name in ("at destination", "rejected", "held", "lag"):
        table.add_column(name, justify="right")
    for one in found:
        counts = [f"{count:,}" for count in (one.acknowledged, one.rejected, one.held)]
        table.add_row(one.sync, one.destination, one.state, *counts, _age(one.lag_seconds))
    console.print(table)
    for one in found:
        console.print(f"\n{one.sync}: {one.next_step}", markup=False)
        for run in one.runs:
            took = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0
            console.print(
                f"  {run.started_at:%Y-%m-%d %H:%M:%S}  {run.status:<13} {run.sent:,} sent, "
                f"{run.rejected:,} rejected, {run.held:,} held, {run.requests:,} requests, "
                f"{took:.1f} s",
                markup=False,
            )


def _age(seconds: float | None) -> str:
    if seconds is None:
        return "never in step"
    for unit, length in _UNITS:
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
