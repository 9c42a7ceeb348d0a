"""The attempts that wait: those that may go now, and those that are due later."""

import heapq
import time
from collections import deque
from itertools import count

from reverse_etl.pace import delay
from reverse_etl.transmission import Attempt


class Queue:
    """First in, first out; what failed comes back after a pause, what was split goes first."""

    def __init__(self, *, first: float, longest: float) -> None:
        self.ready: deque[Attempt] = deque()
        self._later: list[tuple[float, int, Attempt]] = []
        self._order = count()
        self._first = first
        self._longest = longest

    def __bool__(self) -> bool:  # noqa: D105 - as of any container
        return bool(self.ready or self._later)

    def add(self, attempt: Attempt, seconds: float | None) -> None:
        """Now when it was not sent before, else after `seconds`, or a growing pause."""
        if seconds is None and attempt.number:
            seconds = delay(attempt.number, first=self._first, longest=self._longest)
        if seconds or attempt.number:
            due = time.monotonic() + (seconds or 0.0)
            heapq.heappush(self._later, (due, next(self._order), attempt))
        else:
            self.ready.appendleft(attempt)

    def due(self) -> list[Attempt]:
        """Take out what has waited long enough."""
        found = []
        while self._later and self._later[0][0] <= time.monotonic():
            found.append(heapq.heappop(self._later)[2])
        return found

    def seconds_until_due(self) -> float | None:
        """Until the next attempt; none when none waits."""
        return max(0.0, self._later[0][0] - time.monotonic()) if self._later else None

    def clear(self) -> list[Attempt]:
        """Take out everything."""
        attempts = [*self.ready, *(attempt for _, _, attempt in self._later)]
        self.ready.clear()
        self._later.clear()
        return attempts
