"""One reader's work: parts of files into Parquet, told step by step."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec

from ingestion.hooks import make_transforms
from ingestion.parts import Part
from ingestion.reading import Counts, read_part
from ingestion.shapes import Shapes
from ingestion.sinks import open_sinks
from ingestion.tables import Load

T = TypeVar("T")


@dataclass(frozen=True)
class Hooks:
    """The project's own functions over messages, and the folder that may hold them."""

    names: list[str]
    folder: str


@dataclass(frozen=True)
class Task:
    """What to read, and the folder that the Parquet files go to."""

    parts: list[Part]
    folder: str
    hooks: Hooks


class Step(msgspec.Struct, frozen=True, tag=True):
    """How far a task is."""

    file: str
    bytes_read: int
    lines: int


class Written(msgspec.Struct, frozen=True):
    """A raw table's Parquet file."""

    table: str
    path: str
    rows: int


class Finished(msgspec.Struct, frozen=True, tag=True):
    """What a task wrote, and what each of its parts held."""

    written: list[Written]
    counts: list[Counts]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The system's error that ended a task."""

    errno: int | None
    message: str


Report: TypeAlias = Step | Finished | Failed


def run_task(task: Task, load: Callable[[], Load]) -> Iterator[Step | Finished]:
    """Read all parts of the task for a load; the last report is what they held."""
    folder = Path(task.folder)
    transforms = make_transforms(task.hooks.names, folder=Path(task.hooks.folder))
    folder.mkdir()
    counts: list[Counts] = []
    shapes = Shapes()
    bytes_before = lines_before = 0
    with _no_garbage_collection(), open_sinks(folder, load) as sinks:
        for part in task.parts:
            held = Counts()
            steps = read_part(part, sinks, transforms=transforms, shapes=shapes)
            for position, held in _sparing_stdout(steps):
                yield Step(
                    file=part.file.name,
                    bytes_read=bytes_before + position,
                    lines=lines_before + held.lines,
                )
            counts.append(held)
            bytes_before += part.size
            lines_before += held.lines
    yield Finished(
        written=[Written(table, sink.path, sink.rows) for table, sink in sinks.items()],
        counts=counts,
    )


def _sparing_stdout(steps: Iterator[T]) -> Iterator[T]:
    """The steps; what hooks print meanwhile is no part of a command's result."""
    while True:
        try:
            with redirect_stdout(sys.stderr):
                step = next(steps)
        except StopIteration:
            return
        yield step


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Spare a tenth of the time: millions of rows are made here, and none in a cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
