"""The folder in which a load works."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from homespun.errors import ConfigurationError, Unavailable
from homespun.project import Project
from ingestion.locks import hold_lock


@contextmanager
def hold_working_folder(project: Project, *, lock_timeout: float) -> Iterator[Path]:
    """An empty folder for a load's files, which no other load enters meanwhile.

    Raises ConfigurationError, LockHeld or Unavailable.
    """
    if project.target.type == "duckdb":
        path = project.duckdb_path
        folder = path.with_name(f"{path.name}.load")
    else:
        folder = project.target_path / f"homespun_load_{project.target.name}"
    if "%" in str(folder):  # which dlt takes for a place to fill
        raise ConfigurationError(
            f"{folder}, where a load works, has a % in its name: "
            "choose a path without one for the warehouse's file or dbt's target"
        )
    files = folder / "files"
    with ExitStack() as held:
        try:
            held.enter_context(hold_lock(folder / "lock", lock_timeout=lock_timeout))
            shutil.rmtree(files, ignore_errors=True)
            files.mkdir()
        except OSError as error:
            raise Unavailable(
                f"{folder}, where a load works, cannot be written: {error.strerror}; "
                "mend that and run the same command again"
            ) from error
        try:
            yield files
        finally:
            shutil.rmtree(files, ignore_errors=True)
