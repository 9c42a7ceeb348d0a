"""Delivery: requests out in parallel, outcomes in, every step in the journal first.

Only the thread that calls `deliver` touches the journal; workers do nothing but send.
"""

import heapq
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import count

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
from reverse_etl.guards import too_many_rejected
from reverse_etl.journal import Decision, Intent, Journal
from reverse_etl.pace import delay, limiter
from reverse_etl.settle import Policy, Settlement, first_step, settle
from reverse_etl.transmission import Attempt, Reply, Stopped

_PAUSE = 0.02  # seconds until the limiter is asked again


@dataclass
class Tally:
    """What a delivery did so far."""

    sent: int = 0
    rejected: int = 0
    postponed: int = 0
    requests: int = 0
    stops: str = ""  # a setting or the target is wrong
    unavailable: str = ""
    guard: str = ""
    undone: list[Prepared] = field(default_factory=list)  # removals that did not happen

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more may be sent."""
        return bool(self.stops or self.unavailable or self.guard)


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
        self.tally = Tally()
        self._journal = journal
        self._batcher = batcher
        self._transmit = transmit
        self._config = config
        self._policy = policy
        self._limiter = limiter(rates)
        self._clean = clean
        self._concurrency = config.concurrency or policy.capabilities.concurrency
        self._ready: deque[Attempt] = deque()
        self._later: list[tuple[float, int, Attempt]] = []
        self._flying: dict[Future[Reply], Attempt] = {}
        self._order = count()

    def drain(self, intents: Iterable[Intent]) -> None:
        """Send again what an earlier run left undecided: the same bytes, the same keys."""
        for intent in intents:
            first = first_step(intent, self._policy)
            if first != "hold":
                self._ready.append(Attempt(intent, asks=first == "ask", may_be_applied=True))
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
                    if not self._flying and not self._ready and not self._later:
                        return
                    self._collect()
            except KeyboardInterrupt:
                wait(self._flying, timeout=self._config.timeout)
                self.tally.unavailable = "interrupted"
                self._record([future for future in self._flying if future.done()])
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
        if len(self._ready) >= self._concurrency:
            return
        while len(self._ready) + len(fresh) < 4 * self._concurrency:
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
            self._journal.decide(refusals, ended=(), followed_by=())
            self._count(refusals)
        if fresh:
            self._journal.intend(fresh)
            self._ready.extend(Attempt(intent) for intent in fresh)

    def _launch(self, pool: ThreadPoolExecutor) -> None:
        while self._later and self._later[0][0] <= time.monotonic():
            self._ready.append(heapq.heappop(self._later)[2])
        while self._ready and len(self._flying) < self._concurrency:
            if self._limiter and not self._limiter.try_acquire("request", blocking=False):
                return
            attempt = self._ready.popleft()
            attempt = replace(attempt, number=attempt.number + (attempt.intent.job is None))
            self.tally.requests += 1
            self._flying[pool.submit(self._transmit, attempt)] = attempt

    def _collect(self) -> None:
        """Wait for answers, or for the next attempt to be due, and record what came."""
        pause = _PAUSE if self._ready else None
        if self._later:
            until_due = max(0.0, self._later[0][0] - time.monotonic())
            pause = until_due if pause is None else min(pause, until_due)
        if not self._flying:
            time.sleep(pause or 0)
            return
        self._record(wait(self._flying, timeout=pause, return_when=FIRST_COMPLETED).done)

    def _record(self, futures: Iterable[Future[Reply]]) -> None:
        """One transaction for all the answers that are there."""
        decisions: list[Decision] = []
        ended: list[str] = []
        follow: list[Intent] = []
        for future in futures:
            attempt = self._flying.pop(future)
            settlement = self._settle(attempt, future.result())
            decisions += settlement.decisions
            for part in settlement.parts:
                for made in self._encode(part.rows, decisions):
                    follow.append(made)
                    self._queue(Attempt(made, part.attempts), settlement.wait)
            if settlement.ends_intent:
                follow += self._encode(settlement.held, decisions)
                ended.append(attempt.intent.request.batch.id)
        failpoint("sync.after_answer")
        if decisions or ended:
            self._journal.decide(decisions, ended=ended, followed_by=follow)
        self._count(decisions)

    def _settle(self, attempt: Attempt, reply: Reply) -> Settlement:
        """What follows from a reply; the same request is queued again here."""
        request = attempt.intent.request
        if isinstance(reply, Stopped):
            self.tally.stops = reply.reason
            reply = for_all(request, Outcome(Status.RETRY, reply.reason, Scope.ACCOUNT))
        cleaned = {row: replace(o, reason=self._clean(o.reason)) for row, o in reply.items()}
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
                self._queue(again, 0.0 if asks else settlement.wait)
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
            self._queue(again, settlement.wait or self._policy.capabilities.poll_every)

    def _queue(self, attempt: Attempt, seconds: float | None) -> None:
        """Now when it was not sent before, else after a pause."""
        if seconds is None and attempt.number:
            seconds = delay(
                attempt.number, first=self._config.backoff, longest=self._config.max_wait
            )
        if seconds:
            heapq.heappush(self._later, (time.monotonic() + seconds, next(self._order), attempt))
        else:
            self._ready.appendleft(attempt)

    def _encode(self, rows: Sequence[Prepared], decisions: list[Decision]) -> list[Intent]:
        made = list(self._batcher.encode(rows)) if rows else []
        decisions += [_refused(one) for one in made if isinstance(one, Refusal)]
        return [Intent(one) for one in made if isinstance(one, Request)]

    def _count(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            match decision.outcome.status:
                case Status.DONE | Status.DONE_WITH_WARNING:
                    self.tally.sent += 1
                case Status.REJECTED:
                    self.tally.rejected += 1
                case _:
                    self.tally.undone.append(decision.row)
        decided = self.tally.sent + self.tally.rejected
        if too_many_rejected(self.tally.rejected, decided, self._config.guard):
            self.tally.guard = (
                f"{self.tally.rejected} of the first {decided} rows were rejected, more than "
                f"guard.max_rejected_share {self._config.guard.max_rejected_share:g}"
            )

    def _let_go(self) -> None:
        """Forget the intents that were not applied; those that may have been stay."""
        attempts = [*self._ready, *(attempt for _, _, attempt in self._later)]
        self._ready.clear()
        self._later.clear()
        ended = [a.intent.request.batch for a in attempts if not a.may_be_applied]
        self.tally.undone += [row for batch in ended for row in batch.rows]
        if ended:
            self._journal.decide([], ended=[batch.id for batch in ended], followed_by=())


def _refused(refusal: Refusal) -> Decision:
    batch = Batch("", "", refusal.run, ())
    return Decision(batch, refusal.row, refusal.outcome, attempts=0)
