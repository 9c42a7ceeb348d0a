"""What a sync reports: one line per sync, and what its exit code is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homespun.errors import (
    DONE,
    SOME_FAILED,
    ConfigurationError,
    GuardTripped,
    HomespunError,
    LockHeld,
    Unavailable,
)

STATUS_OF_CODE: Mapping[int, str] = {
    DONE: "done",
    SOME_FAILED: "failed",
    ConfigurationError.exit_code: "misconfigured",
    LockHeld.exit_code: "locked",
    Unavailable.exit_code: "unavailable",
    GuardTripped.exit_code: "guarded",
}


@dataclass(frozen=True)
class Example:
    """One change of a plan, its personal values masked."""

    operation: str
    key: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class SyncReport:
    """How a sync went; in a dry run, how it would go."""

    sync: str
    destination: str
    status: str  # done, planned, partial, failed, guarded, misconfigured, locked, unavailable
    exit_code: int = DONE
    added: int = 0
    changed: int = 0
    removed: int = 0
    sent: int = 0  # acknowledged in this run
    rejected: int = 0  # in this run
    held: int = 0  # may have been applied, or have to wait for what may
    requests: int = 0  # in a dry run: at least
    minutes: float | None = None  # in a dry run: at least, where the destination has a rate
    run: str | None = None
    plan: str | None = None
    message: str = ""
    notes: Sequence[str] = ()
    examples: Sequence[Example] = ()


def failure(sync: str, destination: str, error: HomespunError) -> SyncReport:
    """The report of a sync that an error ended."""
    return SyncReport(
        sync=sync,
        destination=destination,
        status=STATUS_OF_CODE[error.exit_code],
        exit_code=error.exit_code,
        message=str(error),
    )
