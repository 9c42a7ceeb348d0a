"""Delivery: requests out in parallel, outcomes in, every step in the journal first.

Only the thread that calls `deliver` touches the journal; workers do nothing but send.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

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
from reverse_etl.journal import Done, Intent, Journal
from reverse_etl.journal_rows import Decision
from reverse_etl.pace import limiter
from reverse_etl.queue import Queue
from reverse_etl.settle import Policy, Settlement, first_step, settle
from reverse_etl.tally import Tally
from reverse_etl.transmission import Attempt, Reply, Stopped

_PAUSE = 0.02  # seconds until the limiter is asked again


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
        self._flying: dict[Future[Reply], Attempt] = {}
        self._answered: list[tuple[Attempt, Reply]] = []

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
        with ThreadPoolExecutor(self._concurrency, "sync") as pool:
            try:
                while True:
                    self._top_up(requests)
                    self._launch(pool)
                    if not (self._flying or self._queue or self._answered):
                        return
                    self._collect()
            except KeyboardInterrupt:
                wait(self._flying, timeout=self._config.timeout)
                self.tally.is_interrupted = True
                self._answered += [(a, f.result()) for f, a in self._flying.items() if f.done()]
                self._flying.clear()
                self._record()
                self._let_go()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _top_up(self, requests: Iterator[Request | Refusal | Prepared]) -> None:
        """Commit the next intents, as many as keep the workers busy."""
        if self.tally.is_stopped:
            self._let_go()
            return
        fresh: list[Intent] = []
        refusals: list[Decision] = []
        if len(self._queue.ready) >= self._concurrency:
            return
        while len(self._queue.ready) + len(fresh) < 8 * self._concurrency:
            made = next(requests, None)
            if made is None:
                break
            if isinstance(made, Request):
                fresh.append(Intent(made))
            elif isinstance(made, Refusal):
                refusals.append(_refused(made))
            else:
                self.tally.postponed += 1
            if len(refusals) >= self._batcher.max_rows:
                break
        if refusals:
            self._journal.decide(refusals)
            self.tally.count(refusals)
        if fresh:
            self._journal.intend(fresh)
            self._queue.ready.extend(Attempt(intent) for intent in fresh)

    def _launch(self, pool: ThreadPoolExecutor) -> None:
        self._queue.wake()
        while self._queue.ready and len(self._flying) < self._concurrency:
            if self._limiter and not self._limiter.try_acquire("request", blocking=False):
                return
            attempt = self._queue.ready.popleft()
            attempt = replace(attempt, number=attempt.number + (attempt.intent.job is None))
            self.tally.requests += 1
            self._flying[pool.submit(self._transmit, attempt)] = attempt

    def _collect(self) -> None:
        """Wait for answers, or for the next attempt to be due, and record what came.

        Answers are recorded together while there is more to send: a commit costs as much for
        many as for one, and what is lost in a crash is only sent again.
        """
        pause = _PAUSE if self._queue.ready or self._answered else None
        due = self._queue.seconds_until_due()
        if due is not None:
            pause = due if pause is None else min(pause, due)
        if self._flying:
            done = wait(self._flying, timeout=pause, return_when=FIRST_COMPLETED).done
            self._answered += [(self._flying.pop(future), future.result()) for future in done]
            is_waiting = not done or not self._flying
        else:
            is_waiting = True
            time.sleep(0 if self._answered else pause or 0)
        if is_waiting or len(self._answered) >= 4 * self._concurrency:
            self._record()

    def _record(self) -> None:
        """One transaction for all the answers that are there."""
        answered, self._answered = self._answered, []
        decisions: list[Decision] = []
        done: list[Done] = []
        ended: list[str] = []
        follow: list[Intent] = []
        for attempt, reply in answered:
            settlement = self._settle(attempt, reply)
            decisions += settlement.decisions
            if settlement.done:
                done.append(settlement.done)
            for part in settlement.parts:
                for made in self._encode(part.rows, decisions):
                    follow.append(made)
                    self._queue.add(Attempt(made, part.attempts), settlement.wait)
            if settlement.ends_intent:
                follow += self._encode(settlement.held, decisions)
                ended.append(attempt.intent.request.batch.id)
        if answered:
            failpoint("sync.after_answer")
        if decisions or done or ended:
            self._journal.decide(decisions, done=done, ended=ended, followed_by=follow)
        self.tally.count(decisions, done)

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
                self._queue.add(again, 0.0 if asks else settlement.wait)
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

    def _encode(self, rows: Sequence[Prepared], decisions: list[Decision]) -> list[Intent]:
        made = list(self._batcher.encode(rows)) if rows else []
        decisions += [_refused(one) for one in made if isinstance(one, Refusal)]
        return [Intent(one) for one in made if isinstance(one, Request)]

    def _let_go(self) -> None:
        """Forget the intents that were not applied; those that may have been stay."""
        attempts = self._queue.clear()
        ended = [a.intent.request.batch for a in attempts if not a.may_be_applied]
        self.tally.undone += [row for batch in ended for row in batch.rows]
        if ended:
            self._journal.decide([], ended=[batch.id for batch in ended])


def _refused(refusal: Refusal) -> Decision:
    batch = Batch("", "", refusal.run, ())
    return Decision(batch, refusal.row, refusal.outcome, attempts=0)
