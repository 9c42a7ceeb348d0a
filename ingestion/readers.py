"""Runs tasks: a single one here, several side by side in processes of their own."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from typing import IO, cast

import msgspec

from homespun.errors import Unavailable
from ingestion.tasks import Failed, Finished, Report, Step, Task, run_task


def run_tasks(tasks: Sequence[Task]) -> Iterator[tuple[int, Step | Finished]]:
    """Every report of every task, with the task's number. Raises OSError as a task met it."""
    if len(tasks) == 1:
        yield from ((0, report) for report in run_task(tasks[0]))
        return
    reports: Queue[tuple[int, Report | None]] = Queue()
    with _started(tasks, reports):
        running = set(range(len(tasks)))
        while running:
            number, report = reports.get()
            match report:
                case None if number in running:
                    raise Unavailable(
                        "a reading process died (killed, or out of memory): nothing is loaded, "
                        "run the same command again"
                    )
                case Failed(errno, message):
                    raise OSError(errno, message)
                case Step() | Finished():
                    yield number, report
                    if isinstance(report, Finished):
                        running.remove(number)


@contextmanager
def _started(tasks: Sequence[Task], reports: "Queue[tuple[int, Report | None]]") -> Iterator[None]:
    """The tasks' processes, none of which outlives the block."""
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for number, task in enumerate(tasks):
            process = subprocess.Popen(
                [sys.executable, "-m", "ingestion.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            processes.append(process)
            with cast("IO[bytes]", process.stdin) as stdin:
                stdin.write(msgspec.json.encode(task))
            Thread(target=_listen, args=(number, process.stdout, reports), daemon=True).start()
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _listen(number: int, stdout: IO[bytes], reports: "Queue[tuple[int, Report | None]]") -> None:
    decoder = msgspec.json.Decoder(Report)
    with stdout:
        for line in stdout:
            reports.put((number, decoder.decode(line)))
    reports.put((number, None))
