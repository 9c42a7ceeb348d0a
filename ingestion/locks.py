"""One load at a time: a lock file that the system frees when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from homespun.errors import LockHeld

_POLL_EVERY = 0.2  # seconds


@contextmanager
def hold_lock(path: Path, *, lock_timeout: float) -> Iterator[None]:
    """Hold the lock while the block runs. Raises LockHeld, naming its holder, after the wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    give_up_at = time.monotonic() + lock_timeout
    with path.open("a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= give_up_at:
                    file.seek(0)
                    holder = file.read().strip() or "unknown"
                    raise LockHeld(
                        f"another load holds {path} (process {holder}); waited {lock_timeout:g} s: "
                        "try again when it is done, or wait longer with --lock-timeout"
                    ) from None
                time.sleep(_POLL_EVERY)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
