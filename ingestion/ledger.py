"""Which files are loaded: a table of the warehouse, which each load adds to with its rows."""

from collections.abc import Callable
from typing import Any

import duckdb

from homespun.errors import Unavailable
from homespun.project import Project
from homespun.sql import quoted
from homespun.warehouse import connect
from ingestion.tables import LOAD_ID, LOADED_FILES, SCHEMAS


def read_ledger(run: Callable[[str], Any], name: Callable[[str], str]) -> dict[str, str]:
    """The fingerprint of each file loaded so far. Removes what loads that died have left.

    `run` runs a statement in the warehouse, and fails where nothing was ever loaded into it;
    `name` makes a table's full name.
    """
    for table in SCHEMAS:
        run(
            f"delete from {name(table)} where {LOAD_ID} is not null and {LOAD_ID} not in "  # noqa: S608
            f"(select load_id from {name('_dlt_loads')} where status = 0)"
        )
    return dict(
        run(f"select file, fingerprint from {name(LOADED_FILES)} order by {LOAD_ID}")  # noqa: S608
    )


def read_embedded_ledger(project: Project, *, lock_timeout: float) -> dict[str, str] | None:
    """The embedded warehouse's ledger, without dlt; None where the warehouse is another.

    Raises LockHeld or Unavailable.
    """
    if project.target.type != "duckdb":
        return None
    if not project.duckdb_path.exists():
        return {}
    with connect(project, read_only=False, lock_timeout=lock_timeout) as connection:
        try:
            return read_ledger(
                lambda statement: connection.execute(statement).fetchall(),
                lambda table: f"{quoted(project.raw_schema)}.{quoted(table)}",
            )
        except duckdb.CatalogException:
            return {}
        except duckdb.Error as error:
            raise Unavailable(f"{project.duckdb_path} cannot be read: {error}") from error
