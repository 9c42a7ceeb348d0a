"""What a sync's journal knows before the warehouse does: a run on its way, or one cut short."""

from datetime import datetime
from typing import Literal

from homespun.errors import LockHeld, Unavailable
from homespun.project import Project
from reverse_etl.journal_file import journal_path, read_journal

UnderWay = Literal["running"] | tuple[str, datetime] | None


def run_on_its_way(project: Project, name: str) -> UnderWay:
    """`running`, or the id and the start of a run that was cut short; none where all is told.

    The lock tells the one from the other: a killed process does not hold it. Raises
    ConfigurationError where the journal is damaged, or another version's.
    """
    path = journal_path(project, name)
    if not path.exists():
        return None
    try:
        with read_journal(path, name, lock_timeout=0) as connection:
            row = connection.execute(
                "select run, started_at from homespun_journal.runs where finished_at is null"
            ).fetchone()
            return (str(row[0]), row[1]) if row else None
    except LockHeld:
        return "running"
    except Unavailable:
        return None
