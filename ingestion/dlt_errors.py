"""Says what dlt's errors mean to the caller of a load."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa
from dlt.common.destination.exceptions import DestinationException
from dlt.common.exceptions import DltException

from homespun.errors import HomespunError, LockHeld, Unavailable

_FROM_OUTSIDE = (DltException, OSError, duckdb.Error, pa.ArrowException)
_DISK_FULL = ("No space left", "ENOSPC", "Out of disk", "max_temp_directory_size")


@contextmanager
def translated(warehouse: str) -> Iterator[None]:
    """Raise our own error for what dlt, the warehouse, the files or the disk raise in the block.

    An error that none of them raised is a bug: it passes as it is.
    """
    try:
        yield
    except (DltException, OSError, duckdb.Error) as error:
        causes = list(_causes(error))
        for cause in causes:
            if isinstance(cause, HomespunError):
                raise cause from None
            if isinstance(cause, KeyboardInterrupt):
                raise KeyboardInterrupt from None
        root, told = causes[-1], "\n".join(str(cause) for cause in causes)
        if getattr(root, "errno", None) == errno.ENOSPC or any(sign in told for sign in _DISK_FULL):
            raise Unavailable(
                f"the disk is full: nothing of this load is in {warehouse}; "
                "free some space and run the same command again"
            ) from error
        if "Could not set lock" in told:
            raise LockHeld(
                f"{warehouse} was locked by another process during the load: run it again"
            ) from error
        if not isinstance(root, _FROM_OUTSIDE) and not any(
            isinstance(cause, DestinationException) for cause in causes
        ):
            raise
        raise Unavailable(
            f"{warehouse} did not take the load: {str(root).strip().partition(chr(10))[0]}; "
            "nothing of it counts, run it again"
        ) from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
