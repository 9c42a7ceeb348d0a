"""LOAD: event files in, one row per message in `raw.events`, every refused line kept beside."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from homespun.failpoints import failpoint
from homespun.project import Project
from homespun.warehouse import LOCK_TIMEOUT
from ingestion.all_files import ProgressListener, Reading
from ingestion.files import find_files
from ingestion.pipeline import open_pipeline
from ingestion.sources import read_source_rule


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
    files = find_files(
        paths,
        base=project.directory,
        source=read_source_rule(source),
        allow_empty=allow_empty,
    )
    failpoint("load.before_read")
    with open_pipeline(project, lock_timeout=lock_timeout) as pipeline:
        known = pipeline.known_files()
        new = [file for file in files if known.get(file.name) != file.fingerprint]
        reading = Reading(new, progress=progress)
        duplicates = pipeline.load(reading.run) if new or not known else 0
    return LoadReport(
        files=len(new),
        skipped_files=len(files) - len(new),
        lines=reading.counts.lines,
        blank_lines=reading.counts.blank_lines,
        events=reading.counts.events,
        duplicates=duplicates,
        rejected=_most_first(reading.counts.rejected),
        seconds=time.monotonic() - started,
    )


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
