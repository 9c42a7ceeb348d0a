"""One attempt: send, poll or ask, and what the destination makes of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from homespun.errors import HomespunError
from reverse_etl.abilities import AnswerLost, CarriesOut, NotSent, Polls, ReadsBack, Wire
from reverse_etl.destination import Destination, Outcome, Status, for_all
from reverse_etl.journal_rows import Intent
from reverse_etl.pace import with_wait


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
    is_part: bool = False  # of a request that was split
    asks: bool = False  # read back instead of sending
    may_be_applied: bool = False
    give_up_at: float | None = None  # for a job


def transmit(attempt: Attempt, destination: Destination, wire: Wire) -> Reply:
    """Make one attempt; whatever happens, it has a reply."""
    request = attempt.intent.request
    is_job = attempt.intent.job is not None
    try:
        return _attempt(attempt, destination, wire)
    except NotSent as error:
        return for_all(request, Outcome(Status.PENDING if is_job else Status.RETRY, str(error)))
    except AnswerLost as error:
        return for_all(request, Outcome(Status.PENDING if is_job else Status.UNKNOWN, str(error)))
    except HomespunError as error:
        return Stopped(str(error))
    except Exception as error:
        reason = f"the answer cannot be read: {type(error).__name__}"
        return for_all(request, Outcome(Status.PENDING if is_job else Status.UNKNOWN, reason))


def _attempt(attempt: Attempt, destination: Destination, wire: Wire) -> Reply:
    request = attempt.intent.request
    if attempt.intent.job and isinstance(destination, Polls):
        return destination.poll(request, attempt.intent.job, wire)
    if attempt.asks and isinstance(destination, ReadsBack):
        return destination.read_back(request, wire)
    if isinstance(destination, CarriesOut):
        return destination.carry_out(request, wire)
    answer = wire.send(request)
    return with_wait(destination.classify(request, answer), answer, wire.now())
