"""Runs tasks: a single one here, several side by side in processes of their own."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from queue import Queue
from threading import Thread
from typing import IO, TypeAlias, cast

import msgspec

from homespun.errors import Unavailable
from ingestion.tables import Load
from ingestion.tasks import Failed, Finished, Report, Step, Task, run_task

NumberedReport: TypeAlias = tuple[int, Step | Finished]
Worker: TypeAlias = "subprocess.Popen[bytes]"


@contextmanager
def start_workers(count: int) -> Iterator[list[Worker]]:
    """Processes that make themselves ready for a task; none outlives the block."""
    with ExitStack() as stack:
        workers: list[Worker] = []
        for _ in range(count):
            worker = subprocess.Popen(
                [sys.executable, "-m", "ingestion.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            workers.append(stack.enter_context(worker))
            stack.callback(worker.kill)
        yield workers


def start_tasks(tasks: Sequence[Task], workers: Sequence[Worker]) -> None:
    """Give each task to a worker of its own; a single one is left to `run_tasks`."""
    if len(tasks) > 1:
        for task, worker in zip(tasks, workers, strict=False):
            _tell(worker, task)


def run_tasks(
    tasks: Sequence[Task], workers: Sequence[Worker], *, load: Load
) -> Iterator[NumberedReport]:
    """Every report of every task that was started, with the task's number.

    Raises OSError as a task met it. A single task is run here.
    """
    if len(tasks) == 1:
        yield from ((0, report) for report in run_task(tasks[0], lambda: load))
        return
    reports: Queue[tuple[int, Report | None]] = Queue()
    for number, worker in enumerate(workers[: len(tasks)]):
        _tell(worker, load)
        Thread(target=_listen, args=(number, worker.stdout, reports), daemon=True).start()
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


def _tell(worker: Worker, message: Task | Load) -> None:
    """Write a line to the worker; one that died already is told of by its silence."""
    stdin = cast("IO[bytes]", worker.stdin)
    if stdin.closed:
        return
    try:
        stdin.write(msgspec.json.encode(message) + b"\n")
        stdin.flush()
    except BrokenPipeError:
        with suppress(BrokenPipeError):
            stdin.close()


def _listen(number: int, stdout: IO[bytes], reports: "Queue[tuple[int, Report | None]]") -> None:
    decoder = msgspec.json.Decoder(Report)
    with stdout:
        for line in stdout:
            reports.put((number, decoder.decode(line)))
    reports.put((number, None))
