"""Every error a command may end in, classed by what the caller should do next.

    HomespunError
    ├── ConfigurationError   2  fix: a flag, a file or a setting is wrong; nothing was touched
    ├── LockHeld             3  retry later: another run holds the lock
    ├── Unavailable          4  retry later: the warehouse or a destination does not answer
    └── GuardTripped         5  a person decides: going on could do harm

Exit code 0 is success, 1 says that some rows, models or syncs failed and the rest is done,
130 that the run was interrupted after the batch in flight was recorded.
"""

from collections.abc import Iterable
from typing import ClassVar

DONE = 0
SOME_FAILED = 1
INTERRUPTED = 130


class HomespunError(Exception):
    """An error whose message names the thing, the value and the remedy; never a field's value."""

    exit_code: ClassVar[int] = SOME_FAILED


class ConfigurationError(HomespunError):
    """A flag, a file or a setting is wrong; nothing was touched."""

    exit_code = 2


class LockHeld(HomespunError):
    """Another run holds the lock; its message names the holder."""

    exit_code = 3


class Unavailable(HomespunError):
    """The warehouse or a destination does not answer, or the disk is full."""

    exit_code = 4


class GuardTripped(HomespunError):
    """A guard stopped the run before it could do harm; a person decides."""

    exit_code = 5


# What needs a person comes first, then what a later run mends, then what is recorded.
_PRECEDENCE = (
    INTERRUPTED,
    ConfigurationError.exit_code,
    GuardTripped.exit_code,
    Unavailable.exit_code,
    LockHeld.exit_code,
    SOME_FAILED,
)


def combined_exit_code(codes: Iterable[int]) -> int:
    """One exit code for several parts of a run: 130 before 2, 5, 4, 3, 1 and 0."""
    met = set(codes)
    return next((code for code in _PRECEDENCE if code in met), DONE)
