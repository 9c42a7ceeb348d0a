"""How the syncs of one command run."""

from collections.abc import Callable
from dataclasses import dataclass

from homespun.warehouse import LOCK_TIMEOUT

Progress = Callable[[str, int, int], None]  # a sync, its rows with an outcome, its planned rows


@dataclass(frozen=True)
class Options:
    """How the syncs of one command run."""

    dry_run: bool = False
    full_refresh: bool = False
    approved: frozenset[str] = frozenset()
    lock_timeout: float = LOCK_TIMEOUT
    progress: Progress = lambda _name, _decided, _planned: None
