"""When to send: within the rates, and later again after a failure."""

import hashlib
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from pyrate_limiter import Rate as BucketRate
from pyrate_limiter import RateItem, SQLiteBucket

from reverse_etl.destination import Answer, Outcome, Rate, Status


class Pacer:
    """Keeps to all of an account's rates at once, together with every other process that does.

    What was sent is in a SQLite file, so that a run that follows, or runs beside, knows of it.
    """

    def __init__(self, rates: Sequence[Rate], *, file: Path, account: str) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        table = f"sent_{hashlib.sha256(account.encode()).hexdigest()[:16]}"
        self._bucket = SQLiteBucket.init_from_file(
            _ordered(rates), table=table, db_path=str(file), use_file_lock=True
        )
        with self._bucket.lock:  # a clock that was set back must not hold up everything until then
            sql = f"delete from {table} where item_timestamp > ?"  # noqa: S608 - ours
            self._bucket.conn.execute(sql, [_milliseconds()])
            self._bucket.conn.commit()

    def may_send(self) -> bool:
        """Whether a request may leave now; if so, it counts."""
        return bool(self._bucket.put(RateItem("request", _milliseconds())))

    def close(self) -> None:
        """Forget what no rate counts any more, and let the file go."""
        self._bucket.leak(_milliseconds())
        self._bucket.close()  # type: ignore[no-untyped-call]


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _ordered(rates: Sequence[Rate]) -> list[BucketRate]:
    """The rates as the bucket wants them: the shortest first, and none that another implies."""
    found: list[BucketRate] = []
    for rate in sorted(rates, key=lambda rate: (rate.seconds, rate.requests)):
        interval = max(1, int(rate.seconds * 1000))
        if any(rate.requests * other.interval >= other.limit * interval for other in found):
            continue
        found = [other for other in found if other.limit < rate.requests]
        found.append(BucketRate(rate.requests, interval))
    return found


def delay(attempt: int, *, first: float, longest: float) -> float:
    """Exponential backoff with full jitter, in seconds, after the `attempt`-th failure."""
    return random.uniform(0, min(longest, first * 2 ** (attempt - 1)))  # noqa: S311 - no secret


def retry_after(answer: Answer, now: datetime) -> float | None:
    """The seconds that an answer asks to wait: a number or a date."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def with_wait(outcomes: Mapping[int, Outcome], answer: Answer, now: datetime) -> dict[int, Outcome]:
    """The answer's Retry-After in its outcomes, where the destination knew no better."""
    seconds = retry_after(answer, now)
    if seconds is None:
        return dict(outcomes)
    return {
        row: outcome
        if outcome.retry_after is not None or outcome.status not in (Status.RETRY, Status.UNKNOWN)
        else replace(outcome, retry_after=seconds)
        for row, outcome in outcomes.items()
    }
