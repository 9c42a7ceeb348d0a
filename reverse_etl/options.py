"""How the syncs of one command run."""

from dataclasses import dataclass

from homespun.warehouse import LOCK_TIMEOUT


@dataclass(frozen=True)
class Options:
    """How the syncs of one command run."""

    dry_run: bool = False
    full_refresh: bool = False
    approved: frozenset[str] = frozenset()
    lock_timeout: float = LOCK_TIMEOUT
