"""Reads all files of a load, as many side by side as the machine has cores for."""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow.parquet as pq

from homespun.errors import Unavailable
from ingestion.files import EventFile
from ingestion.parts import LEAST_PART_BYTES, divide
from ingestion.readers import Worker, run_tasks, start_tasks, start_workers
from ingestion.reading import Counts
from ingestion.tables import LOADED_FILES, Load, files_table
from ingestion.tasks import Finished, Hooks, Step, Task, Written

MOST_READERS: Final = 4


@dataclass(frozen=True)
class Progress:
    """How far a load is."""

    file: str
    bytes_read: int
    bytes_in_all: int
    lines: int


ProgressListener: TypeAlias = Callable[[Progress], None]


def start_readers(files: Sequence[EventFile]) -> AbstractContextManager[list[Worker]]:
    """As many workers as the files are worth: none where a single reader does."""
    parts = -(-sum(file.size for file in files) // LEAST_PART_BYTES)
    count = min(len(os.sched_getaffinity(0)), MOST_READERS, parts)
    return start_workers(count if count > 1 else 0)


class Reading:
    """The reading of a load's files into Parquet files in a folder, and what they held.

    The workers, if there are any, start on it at once. Raises Unavailable for a file that is gone.
    """

    def __init__(
        self,
        files: Sequence[EventFile],
        *,
        folder: Path,
        workers: Sequence[Worker],
        hooks: Hooks,
        progress: ProgressListener,
    ) -> None:
        self.counts = Counts()
        self.files = files
        self._workers = workers
        self._folder = folder
        self._progress = progress
        try:
            self._groups = divide(files, max(1, len(workers)))
        except OSError as error:
            raise Unavailable(
                f"a file cannot be read: {error}; nothing of this load counts, run it again"
            ) from error
        self._tasks = [
            Task(parts=parts, folder=str(folder / f"part-{number}"), hooks=hooks)
            for number, parts in enumerate(self._groups)
        ]
        start_tasks(self._tasks, workers)

    def finish(self, load: Load) -> list[Written]:
        """The Parquet files, which hold the rows of all files."""
        in_all = sum(file.size for file in self.files)
        steps = [Step("", 0, 0) for _ in self._tasks]
        by_file = {file.name: Counts() for file in self.files}
        written: list[Written] = []
        for number, report in run_tasks(self._tasks, self._workers, load=load):
            match report:
                case Step():
                    steps[number] = report
                    self._progress(
                        Progress(
                            file=report.file,
                            bytes_read=sum(step.bytes_read for step in steps),
                            bytes_in_all=in_all,
                            lines=sum(step.lines for step in steps),
                        )
                    )
                case Finished():
                    written += report.written
                    for part, counts in zip(self._groups[number], report.counts, strict=True):
                        by_file[part.file.name].add(counts)
                        self.counts.add(counts)
        return [*written, self._write_ledger(by_file, load)]

    def _write_ledger(self, counts: dict[str, Counts], load: Load) -> Written:
        rows = [
            {
                "file": file.name,
                "fingerprint": file.fingerprint,
                "source": file.source,
                "lines": counts[file.name].lines,
                "blank_lines": counts[file.name].blank_lines,
                "events": counts[file.name].events,
                "rejected": sum(counts[file.name].rejected.values()),
            }
            for file in self.files
        ]
        path = self._folder / f"{LOADED_FILES}.parquet"
        pq.write_table(files_table(rows, load=load), path)
        return Written(LOADED_FILES, str(path), len(rows))
