"""The folder in which a load works."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from homespun.project import Project
from ingestion.locks import hold_lock


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
