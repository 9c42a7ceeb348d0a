"""LOAD: event files in, one row per message in `raw.events`, every refused line kept beside."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from homespun.errors import ConfigurationError, Unavailable
from homespun.failpoints import failpoint
from homespun.project import Project
from homespun.warehouse import LOCK_TIMEOUT
from ingestion.all_files import ProgressListener, Reading, start_readers
from ingestion.files import EventFile, find_files
from ingestion.hooks import make_transforms
from ingestion.ledger import read_embedded_ledger
from ingestion.reading import Counts
from ingestion.sources import read_source_rule
from ingestion.tables import Load
from ingestion.targets import destination_options
from ingestion.tasks import Hooks
from ingestion.working_folder import hold_working_folder


@dataclass(frozen=True)
class LoadReport:
    """What a load met and did."""

    files: int
    skipped_files: int
    lines: int
    blank_lines: int
    events: int
    duplicates: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def load(
    paths: Sequence[str],
    *,
    project: Project,
    source: str | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    allow_empty: bool = False,
    progress: ProgressListener = lambda _: None,
) -> LoadReport:
    """Load what is new in the paths into the project's warehouse.

    Files, folders, globs and fsspec URLs; a file that was loaded before, and has not changed, is
    skipped. Afterwards every line read is in `raw.events` or in `raw.rejected_events`, or, when
    this raises, nothing of any file is. Raises ConfigurationError, LockHeld or Unavailable.
    """
    started = time.monotonic()
    if project.target.type != "duckdb":
        destination_options(project.target)  # what cannot be reached, nothing waits for
    hooks = _hooks_of(project)
    files = _find(paths, project, source, allow_empty=allow_empty)
    failpoint("load.before_read")
    with hold_working_folder(project, lock_timeout=lock_timeout) as folder:
        ledger = read_embedded_ledger(project, lock_timeout=lock_timeout)
        with start_readers(_new(files, ledger or {})) as workers:

            def read_new(known: Mapping[str, str]) -> Reading:
                return Reading(
                    _new(files, known),
                    folder=folder,
                    workers=workers,
                    hooks=hooks,
                    progress=progress,
                )

            reading = None if ledger is None else read_new(ledger)
            duplicates = 0
            if reading is None or reading.files or not ledger:
                # dlt takes a second to import: files are read meanwhile
                from ingestion.pipeline import open_pipeline

                with open_pipeline(project, folder, lock_timeout=lock_timeout) as pipeline:
                    known = pipeline.read_ledger() if ledger is None else ledger
                    reading = reading or read_new(known)
                    if reading.files or not known:
                        duplicates = pipeline.load(reading.finish, is_first=not known)
    return _report(
        reading.counts,
        files=len(reading.files),
        skipped_files=len(files) - len(reading.files),
        duplicates=duplicates,
        seconds=time.monotonic() - started,
    )


def check(
    paths: Sequence[str],
    *,
    project: Project,
    source: str | None = None,
    allow_empty: bool = False,
    progress: ProgressListener = lambda _: None,
) -> LoadReport:
    """What a load of the paths would meet, were none of their files loaded yet. Touches nothing."""
    started = time.monotonic()
    files = _find(paths, project, source, allow_empty=allow_empty)
    hooks = _hooks_of(project)
    try:
        with start_readers(files) as workers, TemporaryDirectory() as folder:
            reading = Reading(
                files, folder=Path(folder), workers=workers, hooks=hooks, progress=progress
            )
            reading.finish(Load("check", datetime.now(UTC).replace(tzinfo=None)))
    except OSError as error:
        raise Unavailable(f"the files cannot be checked: {error}; run it again") from error
    return _report(reading.counts, files=len(files), seconds=time.monotonic() - started)


def _find(
    paths: Sequence[str], project: Project, source: str | None, *, allow_empty: bool
) -> list[EventFile]:
    return find_files(
        paths,
        base=project.directory,
        source=read_source_rule(source),
        allow_empty=allow_empty,
    )


def _new(files: Sequence[EventFile], known: Mapping[str, str]) -> list[EventFile]:
    return [file for file in files if known.get(file.name) != file.fingerprint]


def _hooks_of(project: Project) -> Hooks:
    names = project.vars.get("homespun_transform_hooks") or []
    if not isinstance(names, list):
        raise ConfigurationError("homespun_transform_hooks must be a list in dbt_project.yml")
    hooks = Hooks([str(name) for name in names], str(project.directory))
    make_transforms(hooks.names, folder=project.directory)
    return hooks


def _report(
    counts: Counts, *, files: int, seconds: float, skipped_files: int = 0, duplicates: int = 0
) -> LoadReport:
    most_first = sorted(counts.rejected.items(), key=lambda item: (-item[1], item[0]))
    return LoadReport(
        files=files,
        skipped_files=skipped_files,
        lines=counts.lines,
        blank_lines=counts.blank_lines,
        events=counts.events,
        duplicates=duplicates,
        rejected=dict(most_first),
        seconds=seconds,
    )
