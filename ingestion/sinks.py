"""Writes Arrow tables to one Parquet file per raw table, encoding while the next block is read."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.tables import EVENTS, REJECTED_EVENTS, SCHEMAS, Load, with_load

ROW_GROUP_ROWS: Final = 64 * 1024
ROW_GROUP_BYTES: Final = 64 * 1024 * 1024
_REPEATING = ["type", "event", "name", "source", "file", "loaded_at", "reason", "_dlt_load_id"]


class Sink:
    """One raw table's Parquet file; rows wait until a row group is full."""

    def __init__(
        self,
        file: BinaryIO,
        schema: pa.Schema,
        *,
        encoder: ThreadPoolExecutor,
        load: Callable[[], Load],
    ) -> None:
        self.path = file.name
        self.rows = 0
        self._schema = schema
        self._load = load
        self._writer = pq.ParquetWriter(
            file,
            schema,
            compression="none",  # half of the time, for a file that lives for seconds
            use_dictionary=_REPEATING,
            write_statistics=False,
        )
        self._encoder = encoder
        self._encoding: Future[None] | None = None
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._waiting_bytes = 0

    def add(self, table: pa.Table) -> None:
        """Append the rows."""
        self.rows += table.num_rows
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        self._waiting_bytes += table.nbytes
        if self._waiting_rows >= ROW_GROUP_ROWS or self._waiting_bytes >= ROW_GROUP_BYTES:
            self._encode()

    def close(self) -> None:
        """Write what waits; the file is complete afterwards."""
        self._encode()
        self._wait()
        self._writer.close()

    def abandon(self) -> None:
        """Write nothing more: a file that is not complete yet stays so."""
        self._writer.is_open = False

    def _encode(self) -> None:
        self._wait()
        if self._waiting:
            table = with_load(pa.concat_tables(self._waiting), self._schema, load=self._load())
            self._encoding = self._encoder.submit(self._writer.write_table, table)
        self._waiting, self._waiting_rows, self._waiting_bytes = [], 0, 0

    def _wait(self) -> None:
        if self._encoding is not None:
            self._encoding.result()
            self._encoding = None


@contextmanager
def open_sinks(folder: Path, load: Callable[[], Load]) -> Iterator[dict[str, Sink]]:
    """Sinks for what lines become; their files are complete when the block is left unharmed.

    `load` is asked when there is something to write.
    """
    with ExitStack() as stack:
        files = {
            table: stack.enter_context((folder / f"{table}.parquet").open("wb"))
            for table in (EVENTS, REJECTED_EVENTS)
        }
        encoder = stack.enter_context(ThreadPoolExecutor(max_workers=1))
        sinks = {
            table: Sink(file, SCHEMAS[table], encoder=encoder, load=load)
            for table, file in files.items()
        }
        try:
            yield sinks
            for sink in sinks.values():
                sink.close()
        finally:
            for sink in sinks.values():
                sink.abandon()
