"""The dlt pipeline that brings Parquet files into the raw tables: all of a load, or nothing of it.

A load counts once dlt has written its id to `_dlt_loads`, which it does last. Whatever a load that
died has left, in its working folder or in the tables, is removed before the next one, and that one
reads the same files again: the ledger of files (`loaded_files`) is part of the load. So nothing
depends on a machine's disk but the warehouse, and raw holds neither half a file nor a row twice.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import dlt
import pyarrow as pa
from dlt.common.runtime.collector import NullCollector
from dlt.common.schema.typing import TColumnSchema, TTableSchemaColumns
from dlt.common.schema.utils import new_table
from dlt.destinations.exceptions import DatabaseUndefinedRelation
from dlt.sources import DltResource, DltSource

from homespun.failpoints import failpoint
from homespun.project import Project
from ingestion.dlt_errors import translated
from ingestion.ledger import read_ledger
from ingestion.tables import EVENTS, LOAD_ID, SCHEMAS, Load
from ingestion.tasks import Written
from ingestion.timestamps import TIMESTAMP
from ingestion.warehouses import Warehouse, find_warehouse

Read: TypeAlias = Callable[[Load], Sequence[Written]]


@dataclass(frozen=True)
class Pipeline:
    """One load into one warehouse."""

    warehouse: Warehouse
    dlt_pipeline: Any

    def read_ledger(self) -> dict[str, str]:
        """The fingerprint of each file loaded so far. Removes what loads that died have left."""
        with translated(self.warehouse.name), self.dlt_pipeline.sql_client() as client:
            try:
                return read_ledger(client.execute_sql, client.make_qualified_table_name)
            except DatabaseUndefinedRelation:
                return {}

    def load(self, read: Read, *, is_first: bool) -> int:
        """Load the Parquet files that `read` names; returns how many messages were known.

        A message is known when its id was in raw before, or came earlier in this load. Before the
        first load there is no state of dlt's in the warehouse to go on from.
        """
        with translated(self.warehouse.name):
            if not is_first:
                with self.warehouse.held():
                    self.dlt_pipeline.sync_destination()
            self.dlt_pipeline.extract(self._source(read))
            failpoint("load.after_extract")
            self.dlt_pipeline.normalize()
            failpoint("load.after_normalize")
            with self.warehouse.held():
                self.dlt_pipeline.sync_schema()  # makes the tables, those without a row as well
                (load_id,) = self.dlt_pipeline.load(workers=1).loads_ids
                failpoint("load.after_load")
                return self._count_known(load_id)

    def _source(self, read: Read) -> Any:
        """The raw tables as dlt resources; whichever is asked first has the files read."""

        @cache
        def written() -> Sequence[Written]:
            load_id = dlt.current.load_package_state()["load_id"]
            loaded_at = datetime.now(UTC).replace(tzinfo=None)
            return read(Load(load_id, loaded_at))

        def rows(table: str) -> Iterator[Any]:
            files = [file for file in written() if file.table == table and file.rows]
            for file in self.warehouse.combined(files):
                yield dlt.mark.with_file_import(
                    file.path, self.warehouse.file_format, file.rows, SCHEMAS[table].empty_table()
                )

        raw = dlt.Schema("homespun")
        for table, schema in SCHEMAS.items():
            raw.update_table(new_table(table, columns=list(_columns(schema).values())))
        hints = dlt.mark.make_hints(file_format=self.warehouse.file_format)
        resources = [
            DltResource.from_data(rows(table), name=table, hints=hints) for table in SCHEMAS
        ]
        return DltSource(raw, raw.name, resources)

    def _count_known(self, load_id: str) -> int:
        with self.dlt_pipeline.sql_client() as client:
            events = client.make_qualified_table_name(EVENTS)
            rows = client.execute_sql(
                "select count(*) - count(distinct case when message_id not in ("  # noqa: S608
                f"  select message_id from {events} where {LOAD_ID} != %s"
                ") then message_id end) "
                f"from {events} where {LOAD_ID} = %s",
                load_id,
                load_id,
            )
        return int(rows[0][0])


class _FailPoints(NullCollector):
    """Lets a test stop a load after any of the jobs that dlt runs in the warehouse."""

    def update(self, name: str, *args: Any, **options: Any) -> None:
        """Pass the point."""
        if name == "Jobs":
            failpoint("load.between_jobs")


@contextmanager
def open_pipeline(project: Project, folder: Path, *, lock_timeout: float) -> Iterator[Pipeline]:
    """A pipeline into the project's warehouse that works in the folder."""
    warehouse = find_warehouse(project, lock_timeout=lock_timeout)
    with warehouse.locked():
        dlt.config["runtime.dlthub_telemetry"] = False
        with translated(warehouse.name):
            dlt_pipeline = dlt.pipeline(
                pipeline_name="homespun_load",
                pipelines_dir=str(folder),
                destination=warehouse.destination,
                staging=warehouse.staging,
                dataset_name=project.raw_schema,
                progress=_FailPoints(),
            )
        logging.getLogger("dlt").setLevel(logging.CRITICAL)  # what it would say, we raise
        yield Pipeline(warehouse, dlt_pipeline)


def _columns(schema: pa.Schema) -> TTableSchemaColumns:
    types: dict[pa.DataType, TColumnSchema] = {
        pa.string(): {"data_type": "text"},
        pa.int64(): {"data_type": "bigint"},
        TIMESTAMP: {"data_type": "timestamp", "timezone": False, "precision": 6},
    }
    return {field.name: {"name": field.name, **types[field.type]} for field in schema}
