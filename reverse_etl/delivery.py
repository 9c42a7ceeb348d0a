"""Delivery: requests out in parallel, outcomes in, every step in the journal first.

Only the thread that calls `deliver` touches the journal; workers do nothing but send. One
transaction holds the outcomes that came since the last one and the intents that may leave next: a
commit costs as much for many as for one, and what a crash loses is only sent again.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from homespun.failpoints import failpoint
from reverse_etl.batches import Batcher, Refusal
from reverse_etl.config import SyncConfig
from reverse_etl.destination import (
    Batch,
    Outcome,
    Prepared,
    Rate,
    Request,
    Scope,
    Status,
    for_all,
)
from reverse_etl.journal import Journal
from reverse_etl.journal_rows import Decision, Done, Intent
from reverse_etl.pace import limiter
from reverse_etl.queue import Queue
from reverse_etl.settle import Policy, Settlement, first_step, settle
from reverse_etl.tally import Tally
from reverse_etl.transmission import Attempt, Reply, Stopped
from reverse_etl.workers import Workers, working

_PAUSE = 0.02  # seconds until the limiter is asked again
_UNRECORDED = 0.1  # seconds that an answer may wait for a transaction
_AHEAD = 4  # requests that are ready for each worker


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


class Delivery:
    """Delivers requests for one run of one sync."""

    def __init__(
        self,
        journal: Journal,
        batcher: Batcher,
        transmit: Callable[[Attempt], Reply],
        *,
        config: SyncConfig,
        policy: Policy,
        rates: Sequence[Rate],
        clean: Callable[[str], str],
    ) -> None:
        self.tally = Tally(config.guard)
        self._journal = journal
        self._batcher = batcher
        self._transmit = transmit
        self._config = config
        self._policy = policy
        self._limiter = limiter(rates)
        self._clean = clean
        self._concurrency = config.concurrency or policy.capabilities.concurrency
        self._queue = Queue(first=config.backoff, longest=config.max_wait)
        self._unrecorded = Unrecorded()
        self._first_rows = 0  # of the first request, which goes alone
        self.asks_first = False  # whether a row is there already, before it is sent

    def drain(self, intents: Iterable[Intent]) -> None:
        """Send again what an earlier run left undecided: the same bytes, the same keys."""
        for intent in intents:
            first = first_step(intent, self._policy)
            if first != "hold":
                self._queue.ready.append(Attempt(intent, asks=first == "ask", may_be_applied=True))
        self._work(iter(()))

    def deliver(self, requests: Iterator[Request | Refusal | Prepared]) -> None:
        """Send the requests; afterwards each row is decided, or its intent is still there."""
        self._work(requests)

    def _work(self, requests: Iterator[Request | Refusal | Prepared]) -> None:
        with working(self._transmit, self._concurrency) as workers:
            try:
                while True:
                    self._top_up(requests, workers)
                    self._launch(workers)
                    if not (workers or self._queue or self._unrecorded):
                        return
                    self._collect(workers)
            except KeyboardInterrupt:
                self.tally.is_interrupted = True
                self._let_go(workers.take_back())
                self._absorb(workers.finish(self._config.timeout))
                self._record()
                self._let_go()
                raise

    def _top_up(self, requests: Iterator[Request | Refusal | Prepared], workers: Workers) -> None:
        """Commit the next intents, as many as keep the workers busy; a first one goes alone."""
        if self.tally.is_stopped:
            self._let_go(workers.take_back())
            return
        is_known = self.tally.decided >= self._first_rows > 0
        ahead = _AHEAD * self._concurrency if is_known else 1
        if len(self._queue.ready) + len(workers) >= ahead:
            return
        fresh: list[Intent] = []
        refused = 0
        while len(fresh) < ahead and refused < self._batcher.max_rows:
            made = next(requests, None)
            if made is None:
                break
            if isinstance(made, Request):
                fresh.append(Intent(made))
            elif isinstance(made, Refusal):
                refused += 1
                self._decide([_refused(made)])
            else:
                self.tally.postponed += 1
        if fresh or refused:
            self._first_rows = self._first_rows or sum(len(i.request.batch.rows) for i in fresh)
            self._record(fresh)

    def _launch(self, workers: Workers) -> None:
        """Hand in what is ready; the parts of a split request only as they can be sent.

        So the search for bad rows goes deep first, and soon sees that all of them are bad.
        """
        self._queue.wake()
        while self._queue.ready:
            is_busy = len(workers) >= self._concurrency
            if is_busy and (self._limiter or self._queue.ready[0].is_part):
                return
            if self._limiter and not self._limiter.try_acquire("request", blocking=False):
                return
            attempt = self._queue.ready.popleft()
            attempt = replace(attempt, number=attempt.number + (attempt.intent.job is None))
            self.tally.requests += 1
            workers.hand_in(attempt)

    def _collect(self, workers: Workers) -> None:
        """Wait for answers, or for the next attempt to be due, and record what has waited."""
        pauses = [self._queue.seconds_until_due()]
        if self._queue.ready:
            pauses.append(_PAUSE)
        if self._unrecorded:
            pauses.append(max(0.0, self._unrecorded.since + _UNRECORDED - time.monotonic()))
        pause = min((pause for pause in pauses if pause is not None), default=None)
        if workers:
            self._absorb(workers.collect(pause))
        elif not self._unrecorded:
            time.sleep(pause or 0)
        is_late = time.monotonic() >= self._unrecorded.since + _UNRECORDED
        if self._unrecorded and (is_late or not workers):
            self._record()

    def _absorb(self, answers: Iterable[tuple[Attempt, Reply]]) -> None:
        """Settle what came; it is recorded with the next transaction."""
        if not self._unrecorded:
            self._unrecorded.since = time.monotonic()
        for attempt, reply in answers:
            settlement = self._settle(attempt, reply)
            self._decide(settlement.decisions, settlement.done)
            for part in settlement.parts:
                for made in self._encode(part.rows):
                    followed = Attempt(made, part.attempts, is_part=True)
                    self._unrecorded.follow.append((followed, settlement.wait))
            if settlement.ends_intent:
                self._unrecorded.held += self._encode(settlement.held)
                self._unrecorded.ended.append(attempt.intent.request.batch.id)

    def _decide(self, decisions: Sequence[Decision], done: Done | None = None) -> None:
        self._unrecorded.decisions += decisions
        self._unrecorded.done += [done] if done else []
        self.tally.count(decisions, done)

    def _record(self, fresh: Sequence[Intent] = ()) -> None:
        """One transaction for all that was settled, and for the intents that leave next."""
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
        for attempt, wait in settled.follow:
            self._queue.add(attempt, wait)
        self._queue.ready.extend(Attempt(intent, asks=self.asks_first) for intent in fresh)

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
            self.tally.unavailable = next(o.reason for o in cleaned.values()) or "no answer"
        if settlement.made_smaller:
            self._batcher.max_rows = max(1, settlement.made_smaller // 2)
        match settlement.same:
            case "poll":
                self._poll(attempt, settlement)
            case "send" | "ask":
                asks = settlement.same == "ask" and not attempt.asks
                unknown = any(o.status is Status.UNKNOWN for o in cleaned.values())
                again = replace(
                    attempt,
                    asks=asks,
                    may_be_applied=attempt.may_be_applied or unknown,
                )
                self._queue.add(again, 0.0 if asks or attempt.asks else settlement.wait)
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
            self._queue.add(again, settlement.wait or self._policy.capabilities.poll_every)

    def _encode(self, rows: Sequence[Prepared]) -> list[Intent]:
        made = list(self._batcher.encode(rows)) if rows else []
        self._decide([_refused(one) for one in made if isinstance(one, Refusal)])
        return [Intent(one) for one in made if isinstance(one, Request)]

    def _let_go(self, attempts: Iterable[Attempt] = ()) -> None:
        """Forget the intents that were not applied; those that may have been stay."""
        if self._unrecorded:
            self._record()
        left = [*attempts, *self._queue.clear()]
        ended = [a.intent.request.batch for a in left if not a.may_be_applied]
        self.tally.undone += [row for batch in ended for row in batch.rows]
        if ended:
            self._journal.record(ended=[batch.id for batch in ended])


def _refused(refusal: Refusal) -> Decision:
    batch = Batch("", "", refusal.run, ())
    return Decision(batch, refusal.row, refusal.outcome, attempts=0)
