"""The folder in which a load works, and what it can know there before dlt is imported."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from homespun.project import Project
from homespun.sql import quoted
from homespun.warehouse import connect
from ingestion.locks import hold_lock
from ingestion.tables import LOAD_ID, LOADED_FILES


@contextmanager
def hold_working_folder(project: Project, *, lock_timeout: float) -> Iterator[Path]:
    """An empty folder for a load's files, which no other load enters meanwhile."""
    if project.target.type == "duckdb":
        path = project.duckdb_path
        folder = path.with_name(f"{path.name}.load")
    else:
        folder = project.target_path / f"homespun_load_{project.target.name}"
    with hold_lock(folder / "lock", lock_timeout=lock_timeout):
        files = folder / "files"
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir()
        try:
            yield files
        finally:
            shutil.rmtree(files, ignore_errors=True)


def read_ledger(project: Project, *, lock_timeout: float) -> dict[str, str] | None:
    """The fingerprint of each file loaded so far; None where it takes dlt to ask for it."""
    if project.target.type != "duckdb":
        return None
    if not project.duckdb_path.exists():
        return {}
    schema = quoted(project.raw_schema)
    with connect(project, read_only=False, lock_timeout=lock_timeout) as connection:
        try:
            rows = connection.execute(
                f"select file, fingerprint from {schema}.{LOADED_FILES} "  # noqa: S608
                f"where {LOAD_ID} in (select load_id from {schema}._dlt_loads where status = 0) "
                f"order by {LOAD_ID}"
            ).fetchall()
        except duckdb.CatalogException:
            return {}
    return dict(rows)
