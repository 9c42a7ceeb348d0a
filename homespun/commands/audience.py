"""`homespun audience`: audiences before they ship."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from homespun.commands.options import (
    DEFAULT_LOCK_TIMEOUT,
    AsJson,
    LockTimeout,
    ProfilesDir,
    ProjectDir,
    TargetName,
)
from homespun.errors import GuardTripped
from homespun.output import notes, print_json, results, write_file
from homespun.project import read_project

if TYPE_CHECKING:
    from homespun.audience_diff.compare import AudienceDiff

app = typer.Typer(name="audience", help="Audiences before they ship.", no_args_is_help=True)


@app.callback()
def _audience() -> None:
    """Audiences before they ship.

    Example: homespun audience diff --base main
    """


@app.command()
def diff(
    names: Annotated[
        list[str] | None, typer.Argument(help="The audiences; all of them without a name.")
    ] = None,
    base: Annotated[str, typer.Option(help="The Git ref to compare with.")] = "main",
    max_change: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="End in 5 when more than this share enters or leaves, as 0.3; a new one may.",
        ),
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write Markdown here, for a pull request.")
    ] = None,
    as_json: AsJson = False,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Build audiences as they are on a Git ref and as they are now, and print who differs.

    Both are built from the warehouse as it is, in scratch schemas that are removed.

    Example: homespun audience diff lapsing --base main --max-change 0.3
    """
    from homespun.audience_diff.compare import compare  # slow to import: not for other commands
    from homespun.audience_diff.words import as_markdown, as_text

    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    diffs = compare(project, names or (), base, lock_timeout=lock_timeout)
    if markdown is not None:
        write_file(markdown, as_markdown(diffs, base))
    if as_json:
        print_json({"base": base, "audiences": [_as_json(one) for one in diffs]})
    else:
        results().print(as_text(diffs, base), markup=False)
    too_many = [
        one
        for one in diffs
        if max_change is not None and not one.is_new and one.change > max_change
    ]
    for one in too_many:
        notes().print(
            f"homespun: audience {one.audience!r} changes by {one.change:.0%} of "
            f"its members, more than --max-change {max_change:g} allows",
            markup=False,
        )
    if too_many:
        raise typer.Exit(GuardTripped.exit_code)


def _as_json(diff: "AudienceDiff") -> dict[str, Any]:
    return asdict(diff) | {"overlap": diff.overlap, "change": diff.change}
