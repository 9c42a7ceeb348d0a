"""One attempt: send, poll or ask, and what the destination makes of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from homespun.errors import HomespunError
from reverse_etl.abilities import Polls, ReadsBack, Wire
from reverse_etl.destination import (
    Answer,
    AnswerLost,
    Destination,
    NotSent,
    Outcome,
    Status,
    for_all,
)
from reverse_etl.journal import Intent
from reverse_etl.pace import retry_after


@dataclass(frozen=True)
class Stopped:
    """Nothing was sent, and nothing can be: a setting is wrong."""

    reason: str


Reply = Mapping[int, Outcome] | Stopped


@dataclass(frozen=True)
class Attempt:
    """An intent on its way; `number` counts the sendings of this run."""

    intent: Intent
    number: int = 0
    asks: bool = False  # read back instead of sending
    may_be_applied: bool = False
    give_up_at: float | None = None  # for a job


def transmit(attempt: Attempt, destination: Destination, wire: Wire) -> Reply:
    """Make one attempt; whatever happens, it has a reply."""
    request = attempt.intent.request
    try:
        if attempt.intent.job and isinstance(destination, Polls):
            return destination.poll(request, attempt.intent.job, wire)
        if attempt.asks and isinstance(destination, ReadsBack):
            return destination.read_back(request, wire)
        answer = wire.send(request)
    except NotSent as error:
        status = Status.PENDING if attempt.intent.job else Status.RETRY
        return for_all(request, Outcome(status, str(error)))
    except AnswerLost as error:
        status = Status.PENDING if attempt.intent.job else Status.UNKNOWN
        return for_all(request, Outcome(status, str(error)))
    except HomespunError as error:
        return Stopped(str(error))
    try:
        outcomes = destination.classify(request, answer)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        reason = f"the answer cannot be read: {type(error).__name__}"
        return for_all(request, Outcome(Status.UNKNOWN, reason))
    return _with_wait(outcomes, answer, wire)


def _with_wait(outcomes: Mapping[int, Outcome], answer: Answer, wire: Wire) -> Reply:
    """The answer's Retry-After, where the destination knew no better."""
    seconds = retry_after(answer, wire.now())
    if seconds is None:
        return outcomes
    return {
        row: outcome
        if outcome.retry_after is not None or outcome.status not in (Status.RETRY, Status.UNKNOWN)
        else replace(outcome, retry_after=seconds)
        for row, outcome in outcomes.items()
    }
