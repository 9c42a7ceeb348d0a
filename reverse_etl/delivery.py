"""Delivery: requests out in parallel, outcomes in, every step in the journal first.

Only the thread that calls `deliver` touches the journal; workers do nothing but send.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from reverse_etl.batches import Batcher, Refusal
from reverse_etl.config import SyncConfig
from reverse_etl.destination import Request
from reverse_etl.journal_rows import Intent
from reverse_etl.pace import Pacer
from reverse_etl.permits import Permits
from reverse_etl.recorder import Recorder, refused
from reverse_etl.settle import Policy, first_step
from reverse_etl.tally import Tally
from reverse_etl.transmission import Attempt, Reply
from reverse_etl.upcoming import Made, Upcoming
from reverse_etl.workers import Workers, working

_PAUSE = 0.02  # seconds until the pacer is asked again
_AHEAD = 8  # requests that are ready for each worker, at most
_MOST_ROWS = 20_000  # in them, once each worker has one


class Delivery:
    """Delivers requests for one run of one sync."""

    def __init__(
        self,
        recorder: Recorder,
        batcher: Batcher,
        transmit: Callable[[Attempt], Reply],
        *,
        config: SyncConfig,
        policy: Policy,
        pacer: Pacer | None,
        permits: Permits,
    ) -> None:
        self.asks_first = False  # whether a row is there already, before it is sent
        self._recorder = recorder
        self._queue = recorder.queue
        self._batcher = batcher
        self._transmit = transmit
        self._timeout = config.timeout
        self._policy = policy
        self._pacer = pacer
        self._permits = permits
        self._concurrency = config.concurrency or policy.capabilities.concurrency
        self._first_rows = 0  # of the first request, which goes alone
        self._ahead = self._concurrency  # requests to have ready; grows

    @property
    def tally(self) -> Tally:
        """What was done so far."""
        return self._recorder.tally

    def drain(self, intents: Iterable[Intent]) -> None:
        """Send again what an earlier run left undecided: the same bytes, the same keys."""
        for intent in self._permits.withdraw(list(intents), self._recorder):
            first = first_step(intent, self._policy)
            if first != "hold":
                self._queue.ready.append(Attempt(intent, asks=first == "ask", may_be_applied=True))
        self._work(iter(()))

    def deliver(self, requests: Iterator[Made]) -> None:
        """Send the requests; afterwards each row is decided, or its intent is still there."""
        self._work(requests)

    def _work(self, made: Iterator[Made]) -> None:
        requests = Upcoming(made)
        with working(self._transmit, self._concurrency) as workers:
            try:
                while True:
                    may_have_more = self._top_up(requests, workers)
                    self._launch(workers)
                    is_idle = not (workers or self._queue or self._recorder.has_unrecorded)
                    if is_idle and not may_have_more:
                        return
                    self._collect(requests, workers)
            except KeyboardInterrupt:
                self.tally.is_interrupted = True
                self._recorder.let_go(workers.take_back())
                self._recorder.absorb(workers.finish(self._timeout))
                self._recorder.record()
                self._recorder.let_go()
                raise

    @property
    def _is_known(self) -> bool:
        """Whether the first request was answered."""
        return self.tally.decided >= self._first_rows > 0

    def _top_up(self, requests: Upcoming, workers: Workers) -> bool:
        """Commit the next intents, as many as keep the workers busy; a first one goes alone.

        False where there are no more.
        """
        if self.tally.is_stopped:
            self._recorder.let_go(workers.take_back())
            return False
        ahead = self._ahead if self._is_known else 1
        if len(self._queue.ready) + len(workers) >= ahead:
            return True
        rows = 0
        fresh: list[Intent] = []
        refusals = 0
        while len(fresh) < ahead and refusals < self._batcher.max_rows:
            if rows >= _MOST_ROWS and len(fresh) >= self._concurrency:
                break
            made = next(requests, None)
            if made is None:
                break
            if isinstance(made, Request):
                fresh.append(Intent(made))
                rows += len(made.batch.rows)
            elif isinstance(made, Refusal):
                refusals += 1
                self._recorder.decide([refused(made)])
            else:
                self.tally.postponed += 1
        if fresh or refusals:
            self._first_rows = self._first_rows or rows
            # Soon busy, and then with fewer transactions; but what waits for its turn is not asked
            # for again, so where a rate keeps it waiting there is little of it.
            if self._is_known and not (self._pacer and self._permits.withheld):
                self._ahead = min(2 * self._ahead, _AHEAD * self._concurrency)
            permitted = self._permits.permitted(fresh, self._recorder)
            self._recorder.record(permitted, asks=self.asks_first)
        return bool(fresh or refusals)

    def _launch(self, workers: Workers) -> None:
        """Hand in what is ready; the parts of a split request only as they can be sent.

        So the search for bad rows goes deep first, and soon sees that all of them are bad.
        """
        self._queue.ready.extend(self._permitted(self._queue.due()))
        while self._queue.ready:
            is_busy = len(workers) >= self._concurrency
            if is_busy and (self._pacer or self._queue.ready[0].is_part):
                return
            if self._pacer and not self._pacer.may_send():
                return
            attempt = self._queue.ready.popleft()
            attempt = replace(attempt, number=attempt.number + (attempt.intent.job is None))
            self.tally.requests += 1
            workers.hand_in(attempt)

    def _permitted(self, attempts: Sequence[Attempt]) -> Iterator[Attempt]:
        """What waited, without the rows that may not be sent any more."""
        waited = {attempt.intent.request.batch.id: attempt for attempt in attempts}
        for intent in self._permits.withdraw([a.intent for a in attempts], self._recorder):
            asks = first_step(intent, self._policy) == "ask"
            fresh = Attempt(intent, asks=asks, may_be_applied=True)
            yield waited.get(intent.request.batch.id, fresh)

    def _collect(self, requests: Upcoming, workers: Workers) -> None:
        """Wait for answers, or for the next attempt to be due, and record what has waited."""
        recorder = self._recorder
        pauses = [self._queue.seconds_until_due(), recorder.seconds_until_late()]
        if self._queue.ready:
            pauses.append(_PAUSE)
        pause = min((pause for pause in pauses if pause is not None), default=None)
        if workers:
            is_free = self._is_known and pause != 0
            while is_free and not workers.has_reply:
                is_free = requests.make(most_rows=_MOST_ROWS)
            recorder.absorb(workers.collect(pause))
        elif not recorder.has_unrecorded:
            time.sleep(pause or 0)
        if recorder.seconds_until_late() == 0 or (recorder.has_unrecorded and not workers):
            recorder.record()
