"""The sample's calendar: instants are milliseconds since 1970, and none is the wall clock's."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MIDNIGHT = int(datetime(2026, 4, 1, tzinfo=UTC).timestamp()) * SECOND  # day one | day two
CLOSE = MIDNIGHT + DAY

Window = tuple[float, float]  # days before midnight, latest first; day two is negative

_OFFICE = timezone(timedelta(hours=1))


def moment(rng: Random, window: Window) -> int:
    """Choose an instant in a window."""
    return MIDNIGHT - round(rng.uniform(*window) * DAY)


def utc(instant: int) -> str:
    """Write time as browsers and phones do: `2026-03-31T18:04:05.120Z`."""
    return _iso(instant, UTC)[:-6] + "Z"


def office(instant: int) -> str:
    """Write time as the shop's server does, with its offset: `2026-03-31T19:04:05.120+01:00`."""
    return _iso(instant, _OFFICE)


def _iso(instant: int, zone: timezone) -> str:
    return datetime.fromtimestamp(instant / SECOND, zone).isoformat(timespec="milliseconds")
