"""The sample's files: plain, gzip and zstd lines whose bytes depend on the messages alone."""

import csv
import gzip
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import msgspec
import zstandard

from homespun.sample.facts import DayFacts, DayTally
from homespun.sample.messages import Json, Message

FILE_NAMES = {"web": "web.jsonl.gz", "ios": "ios.jsonl", "server": "server.jsonl.zst"}
BATCH_SIZE = 20


@dataclass(slots=True)
class Lines:
    """One open file; the server's messages share a line with others of the same batch."""

    file: IO[bytes]
    batch_size: int
    count: int = 0
    batch: list[Json] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Write a message, or keep it until its batch is full."""
        if message.line is not None:
            self._write(message.line)
        elif self.batch_size == 1:
            self._write(msgspec.json.encode(message.body))
        else:
            self.batch.append(message.body)
            if len(self.batch) == self.batch_size:
                self.flush()

    def flush(self) -> None:
        """Write the batch that is not full."""
        if self.batch:
            self._write(msgspec.json.encode({"batch": self.batch}))
            self.batch = []

    def _write(self, line: bytes) -> None:
        self.file.write(line + b"\n")
        self.count += 1


class Day:
    """A day's folder, open for writing."""

    def __init__(self, folder: Path, *, files: ExitStack) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._tally = DayTally()
        self._lines = {
            source: Lines(_open(folder / name, files), BATCH_SIZE if source == "server" else 1)
            for source, name in FILE_NAMES.items()
        }

    def add(self, message: Message) -> None:
        """Write a message to its source's file and count it."""
        self._lines[message.source].add(message)
        self._tally.add(message)

    def close(self) -> DayFacts:
        """Write what is left, and say what was written."""
        for lines in self._lines.values():
            lines.flush()
        return self._tally.facts(sum(lines.count for lines in self._lines.values()))


class Truth:
    """`truth.csv`, open for writing: one row per identifier of a person."""

    def __init__(self, path: Path, *, files: ExitStack) -> None:
        file = files.enter_context(path.open("w", encoding="utf-8", newline=""))
        self._rows = csv.writer(file, lineterminator="\n")
        self._rows.writerow(("person", "id_type", "id_value"))
        self.people = 0
        self.identifiers = 0

    def add(self, person: str, identifiers: Iterable[tuple[str, str]]) -> None:
        """Write all that is known to be one person's."""
        self.people += 1
        for id_type, id_value in identifiers:
            self._rows.writerow((person, id_type, id_value))
            self.identifiers += 1


def _open(path: Path, files: ExitStack) -> IO[bytes]:
    file: Any = files.enter_context(path.open("wb"))
    if path.suffix == ".gz":
        file = files.enter_context(gzip.GzipFile("", "wb", 4, file, mtime=0))
    elif path.suffix == ".zst":
        file = files.enter_context(zstandard.ZstdCompressor().stream_writer(file))
    stream: IO[bytes] = file
    return stream
