"""The record of a delivery: settles answers, and commits outcomes with the intents that follow.

One transaction holds the outcomes that came since the last one and the intents that may leave next:
a commit costs as much for many as for one, and what a crash loses is only sent again.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from homespun.failpoints import failpoint
from reverse_etl.batches import Batcher, Refusal
from reverse_etl.config import SyncConfig
from reverse_etl.destination import Batch, Outcome, Prepared, Request, Scope, Status, for_all
from reverse_etl.journal import Journal
from reverse_etl.journal_rows import Decision, Done, Intent
from reverse_etl.queue import Queue
from reverse_etl.settle import Policy, Settlement, settle
from reverse_etl.tally import Tally
from reverse_etl.transmission import Attempt, Reply, Stopped

_LONGEST = 0.5  # seconds that an outcome may wait for its transaction


@dataclass
class Unrecorded:
    """What was settled since the last transaction."""

    since: float = field(default_factory=time.monotonic)
    decisions: list[Decision] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    follow: list[tuple[Attempt, float | None]] = field(default_factory=list)  # and its wait
    held: list[Intent] = field(default_factory=list)

    def __bool__(self) -> bool:  # noqa: D105 - as of any container
        return bool(self.decisions or self.done or self.ended)


class Recorder:
    """Decides what follows from answers; what is to be sent, and when, is in `queue`."""

    def __init__(
        self,
        journal: Journal,
        batcher: Batcher,
        *,
        config: SyncConfig,
        policy: Policy,
        clean: Callable[[str], str],
        told: Callable[[Tally], None] = lambda _: None,
    ) -> None:
        self.queue = Queue(first=config.backoff, longest=config.max_wait)
        self.tally = Tally(config.guard)
        self._journal = journal
        self._batcher = batcher
        self._config = config
        self._policy = policy
        self._clean = clean
        self._told = told
        self._unrecorded = Unrecorded()

    @property
    def has_unrecorded(self) -> bool:
        """Whether an outcome waits for its transaction."""
        return bool(self._unrecorded)

    def seconds_until_late(self) -> float | None:
        """Until what was settled has waited long enough; none where nothing was."""
        if not self._unrecorded:
            return None
        if self._unrecorded.follow:
            return 0.0  # the parts of a split request may only leave then
        return max(0.0, self._unrecorded.since + _LONGEST - time.monotonic())

    def absorb(self, answers: Iterable[tuple[Attempt, Reply]]) -> None:
        """Settle what came; it is recorded with the next transaction."""
        if not self._unrecorded:
            self._unrecorded.since = time.monotonic()
        for attempt, reply in answers:
            settlement = self._settle(attempt, reply)
            self.decide(settlement.decisions, settlement.done)
            for part in settlement.parts:
                for made in self.encode(part.rows):
                    followed = Attempt(
                        made, part.attempts, is_part=True, may_be_applied=part.may_be_applied
                    )
                    self._unrecorded.follow.append((followed, settlement.wait))
            if settlement.ends_intent:
                self._unrecorded.held += self.encode(settlement.held)
                self._unrecorded.ended.append(attempt.intent.request.batch.id)

    def decide(self, decisions: Sequence[Decision], done: Done | None = None) -> None:
        """Count outcomes; they are recorded with the next transaction."""
        self._unrecorded.decisions += decisions
        self._unrecorded.done += [done] if done else []
        self.tally.count(decisions, done)

    def record(self, fresh: Sequence[Intent] = (), *, asks: bool = False) -> None:
        """One transaction for all that was settled, and for the intents that leave next.

        `asks` has the destination asked first whether a fresh one is there already.
        """
        settled = self._unrecorded
        if settled:
            failpoint("sync.after_answer")
        follow = [attempt.intent for attempt, _ in settled.follow]
        self._journal.record(
            settled.decisions,
            done=settled.done,
            ended=settled.ended,
            intents=[*follow, *settled.held, *fresh],
        )
        self._unrecorded = Unrecorded()
        self._told(self.tally)
        for attempt, wait in settled.follow:
            self.queue.add(attempt, wait)
        self.queue.ready.extend(Attempt(intent, asks=asks) for intent in fresh)

    def _settle(self, attempt: Attempt, reply: Reply) -> Settlement:
        """What follows from a reply; the same request is queued again here."""
        request = attempt.intent.request
        if isinstance(reply, Stopped):
            self.tally.stops = reply.reason
            reply = for_all(request, Outcome(Status.RETRY, reply.reason, Scope.ACCOUNT))
        cleaned = {
            row: replace(o, reason=self._clean(o.reason)) if o.reason else o
            for row, o in reply.items()
        }
        settlement = settle(
            request.batch,
            cleaned,
            attempt=attempt.number,
            policy=self._policy,
            may_be_applied=attempt.may_be_applied,
        )
        if settlement.stops:
            self.tally.stops = settlement.stops
        if settlement.is_exhausted and not settlement.stops:
            self.tally.unavailable = next((o.reason for o in cleaned.values()), "") or "no answer"
        if settlement.made_smaller:
            self._batcher.max_rows = max(1, settlement.made_smaller // 2)
        match settlement.same:
            case "poll":
                self._poll(attempt, settlement)
            case "send" | "ask":
                asks = settlement.same == "ask" and not attempt.asks
                again = replace(
                    attempt,
                    intent=replace(attempt.intent, job=None),
                    asks=asks,
                    may_be_applied=settlement.may_be_applied,
                )
                self.queue.add(again, 0.0 if asks or attempt.asks else settlement.wait)
        return settlement

    def _poll(self, attempt: Attempt, settlement: Settlement) -> None:
        """Ask after the job later; the job is remembered, so that the next run can ask too."""
        intent = attempt.intent
        if settlement.job and settlement.job != intent.job:
            intent = replace(intent, job=settlement.job)
            self._journal.assign_job(intent.request.batch.id, settlement.job)
        give_up_at = attempt.give_up_at or time.monotonic() + self._config.wait_for_jobs
        if time.monotonic() < give_up_at and intent.job:
            again = replace(attempt, intent=intent, give_up_at=give_up_at, may_be_applied=True)
            self.queue.add(again, settlement.wait or self._policy.capabilities.poll_every)

    def encode(self, rows: Sequence[Prepared]) -> list[Intent]:
        """New requests for rows of another; a row that fits in none is decided."""
        made = list(self._batcher.encode(rows)) if rows else []
        self.decide([refused(one) for one in made if isinstance(one, Refusal)])
        return [Intent(one) for one in made if isinstance(one, Request)]

    def withdraw(self, decisions: Sequence[Decision], batch: Batch, kept: Sequence[Intent]) -> None:
        """End a batch that may not be sent again as it is; `kept` is what remains of it."""
        self.decide(decisions)
        self._unrecorded.ended.append(batch.id)
        self._unrecorded.held += kept
        self.record()

    def let_go(self, attempts: Iterable[Attempt] = ()) -> None:
        """Forget the intents that were not applied; those that may have been stay."""
        if self._unrecorded:
            self.record()
        left = [*attempts, *self.queue.clear()]
        ended = [a.intent.request.batch for a in left if not a.may_be_applied]
        self.tally.undone += [row for batch in ended for row in batch.rows]
        if ended:
            self._journal.record(ended=[batch.id for batch in ended])


def refused(refusal: Refusal) -> Decision:
    """The outcome of a row that was in no request."""
    batch = Batch("", "", refusal.run, ())
    return Decision(batch, refusal.row, refusal.outcome, attempts=0)
