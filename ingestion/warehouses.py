"""Where a load goes: dbt's target, as a dlt destination."""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final, Literal

import dlt

from homespun.errors import ConfigurationError
from homespun.project import Project
from ingestion.embedded import credentials_of, hold_duckdb, select_all
from ingestion.targets import STAGING_VAR, destination_options, find_server
from ingestion.tasks import Written

_SCHEMA_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")  # which dlt leaves as it is


@dataclass(frozen=True)
class Warehouse:
    """A warehouse that a load can go to.

    `locked` keeps other loads out for the whole of one, beside that of the working folder;
    `held` is entered while dlt connects to it. `combined` makes of a table's Parquet files what
    is handed to dlt, in the format `file_format`.
    """

    name: str
    destination: Any
    locked: Callable[[], AbstractContextManager[None]] = nullcontext
    held: Callable[[], AbstractContextManager[None]] = nullcontext
    staging: Any = None
    file_format: Literal["parquet", "model"] = "parquet"
    combined: Callable[[Sequence[Written]], Sequence[Written]] = tuple


def find_warehouse(project: Project, *, lock_timeout: float) -> Warehouse:
    """The warehouse of the project's target. Raises ConfigurationError for one we do not know."""
    if project.target.type == "duckdb":
        path = project.duckdb_path
        return Warehouse(
            name=str(path),
            destination=dlt.destinations.duckdb(
                credentials_of(path),
                enable_dataset_name_normalization=False,  # dbt reads the schema that is named
            ),
            held=lambda: hold_duckdb(project, lock_timeout=lock_timeout),
            file_format="model",
            combined=select_all,
        )
    return _find_server(project, lock_timeout)


def _find_server(project: Project, lock_timeout: float) -> Warehouse:
    target = project.target
    options = destination_options(target)
    if _SCHEMA_NAME.fullmatch(project.raw_schema) is None:
        raise ConfigurationError(
            f"homespun_raw_schema is {project.raw_schema!r}: on {target.type}, "
            "use small letters, digits and single underscores only"
        )
    locked: Callable[[], AbstractContextManager[None]] = nullcontext
    if target.type == "postgres":
        from ingestion.postgres import hold_postgres  # its driver is an extra

        def locked() -> AbstractContextManager[None]:
            return hold_postgres(target, project.raw_schema, lock_timeout=lock_timeout)

    staging = None
    if find_server(target).needs_staging:
        url = project.vars.get(STAGING_VAR)
        if not url:
            raise ConfigurationError(
                f"{target.type} loads files from a bucket: name one in the var {STAGING_VAR}, "
                "such as s3://landing/homespun"
            )
        staging = dlt.destinations.filesystem(bucket_url=str(url))
    return Warehouse(
        name=f"the {target.type} warehouse of target {target.name!r}",
        destination=getattr(dlt.destinations, target.type)(**options),
        locked=locked,
        staging=staging,
    )
