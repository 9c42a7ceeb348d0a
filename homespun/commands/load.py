"""`homespun load`: event files into the warehouse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from homespun.commands.options import (
    DEFAULT_LOCK_TIMEOUT,
    AllowEmpty,
    AsJson,
    LockTimeout,
    ProfilesDir,
    ProjectDir,
    TargetName,
)
from homespun.errors import SOME_FAILED
from homespun.output import notes, print_json, results
from homespun.project import read_project

if TYPE_CHECKING:
    from ingestion.all_files import Progress as LoadProgress
    from ingestion.load import LoadReport

_EVERY_BYTES = 256 * 1024 * 1024  # between two lines of progress where there is no terminal


def load(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Files, folders, globs or URLs (s3://, gs://, ...) of .json, .jsonl or .ndjson, "
            "plain, .gz or .zst.",
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            help="The messages' source: a name, or a pattern such as 'logs/{source}/{day}/{file}'.",
            show_default="each file's name without dates and numbers",
        ),
    ] = None,
    project_dir: ProjectDir = None,
    profiles_dir: ProfilesDir = None,
    target: TargetName = None,
    lock_timeout: LockTimeout = DEFAULT_LOCK_TIMEOUT,
    allow_empty: AllowEmpty = False,
    check: Annotated[
        bool, typer.Option("--check", help="Say what would be rejected; load nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Load event files into the warehouse, untouched: one row per message in raw.events.

    A line is one message or a batch envelope {"batch": [...]}. A line that is neither is kept in
    raw.rejected_events with the reason. A file that was loaded before is skipped.

    Exit code 1 says that some lines were rejected; all others are loaded.

    Example: homespun load events/ --source web
    """
    from ingestion.load import check as check_files  # dlt alone takes a second: not for --help
    from ingestion.load import load as load_files

    project = read_project(project_dir, profiles_dir=profiles_dir, target=target)
    with _shown_progress() as progress:
        if check:
            report = check_files(
                paths, project=project, source=source, allow_empty=allow_empty, progress=progress
            )
        else:
            report = load_files(
                paths,
                project=project,
                source=source,
                lock_timeout=lock_timeout,
                allow_empty=allow_empty,
                progress=progress,
            )
    if as_json:
        print_json(asdict(report))
    else:
        _print_report(report, schema=None if check else project.raw_schema)
    if report.rejected:
        raise typer.Exit(SOME_FAILED)


@contextmanager
def _shown_progress() -> Iterator[Callable[["LoadProgress"], None]]:
    """A bar with rate and remaining time on a terminal, now and then a line elsewhere."""
    console = notes()
    if not console.is_terminal:
        told = 0

        def tell(progress: "LoadProgress") -> None:
            nonlocal told
            if progress.bytes_read - told >= _EVERY_BYTES:
                told = progress.bytes_read
                share = progress.bytes_read / max(progress.bytes_in_all, 1)
                console.print(f"{progress.lines:,} lines read, {share:.0%}")

        yield tell
        return
    columns = ("{task.description}", BarColumn(), DownloadColumn(), "{task.fields[rate]}")
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("reading", total=None, rate="")

        def show(progress: "LoadProgress") -> None:
            elapsed = bar.tasks[task].elapsed or 1
            bar.update(
                task,
                total=progress.bytes_in_all,
                completed=progress.bytes_read,
                rate=f"{progress.lines / elapsed:,.0f} lines/s",
            )
            if progress.bytes_read >= progress.bytes_in_all:
                bar.update(task, description="writing to the warehouse")

        yield show


def _print_report(report: "LoadReport", *, schema: str | None) -> None:
    out = results()
    out.print(
        f"{report.events:,} events from {report.files:,} files "
        f"({report.lines:,} lines) in {report.seconds:.1f} s"
    )
    if report.skipped_files:
        out.print(f"{report.skipped_files:,} files skipped: they were loaded before")
    if report.blank_lines:
        out.print(f"{report.blank_lines:,} blank lines")
    if report.duplicates:
        out.print(f"{report.duplicates:,} messages were known already: the models keep the first")
    if report.rejected:
        out.print(f"{sum(report.rejected.values()):,} rejected:")
        for reason, count in report.rejected.items():
            out.print(f"  {count:>9,} {reason}")
        if schema is None:
            return
        out.print(
            "see them with: dbt show --output json --limit 100 --inline "  # noqa: S608
            f"'select * from {schema}.rejected_events order by loaded_at desc, file, line'",
            markup=False,
        )
