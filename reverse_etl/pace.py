"""When to send: within the rates, and later again after a failure."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from pyrate_limiter import Limiter
from pyrate_limiter import Rate as LimiterRate

from reverse_etl.destination import Answer, Outcome, Rate, Status


def limiter(rates: Sequence[Rate]) -> Limiter | None:
    """Keeps to all of the rates at once; none where there are none."""
    if not rates:
        return None
    ordered = sorted(rates, key=lambda rate: rate.seconds)
    return Limiter([LimiterRate(rate.requests, int(rate.seconds * 1000)) for rate in ordered])


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
    except (ValueError, TypeError):
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
