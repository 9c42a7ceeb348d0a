"""The state of a sync, by how its last run ended: ok, warning or critical."""

from enum import StrEnum


class State(StrEnum):
    """What a person should know of a sync."""

    OK = "ok"
    WARNING = "warning"  # some rows wait, or a later run mends it
    CRITICAL = "critical"  # a person has to act


_STATES = {
    "done": State.OK,
    "partial": State.WARNING,
    "unavailable": State.WARNING,
    "interrupted": State.WARNING,
    "locked": State.OK,  # another run is at it
}


def state_of(status: str) -> State:
    """The state that a run's status means."""
    return _STATES.get(status, State.CRITICAL)
