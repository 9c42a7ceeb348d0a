"""Threads that send: what is handed in and not begun can be taken back."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from reverse_etl.transmission import Attempt, Reply

_SWITCH_EVERY = 0.0005  # seconds; a sender that waits for Python's lock sends nothing


class Workers:
    """Sends attempts in parallel. Only one thread may call it."""

    def __init__(self, transmit: Callable[[Attempt], Reply], count: int) -> None:
        self._transmit = transmit
        self._pool = ThreadPoolExecutor(count, "sync")
        self._flying: dict[Future[Reply], Attempt] = {}
        self._ended: SimpleQueue[Future[Reply]] = SimpleQueue()

    def __len__(self) -> int:
        """How many were handed in and not collected."""
        return len(self._flying)

    @property
    def has_reply(self) -> bool:
        """Whether `collect` would not have to wait."""
        return not self._ended.empty()

    def hand_in(self, attempt: Attempt) -> None:
        """Send it as soon as a thread is free."""
        future = self._pool.submit(self._transmit, attempt)
        self._flying[future] = attempt
        future.add_done_callback(self._ended.put)

    def collect(self, timeout: float | None) -> list[tuple[Attempt, Reply]]:
        """The replies that are there; waits for one where there is none."""
        replies: list[tuple[Attempt, Reply]] = []
        try:
            ended = self._ended.get(timeout=timeout)
            while True:
                attempt = self._flying.pop(ended, None)
                if attempt is not None:
                    replies.append((attempt, ended.result()))
                ended = self._ended.get_nowait()
        except Empty:
            return replies

    def take_back(self) -> list[Attempt]:
        """What no thread has begun; it is not sent."""
        withdrawn = [future for future in self._flying if future.cancel()]
        return [self._flying.pop(future) for future in withdrawn]

    def finish(self, timeout: float) -> list[tuple[Attempt, Reply]]:
        """The replies to what was begun, as far as they come in time."""
        wait(self._flying, timeout=timeout)
        return self.collect(0)


@contextmanager
def working(transmit: Callable[[Attempt], Reply], count: int) -> Iterator[Workers]:
    """Workers that are gone afterwards; after an error they are left to end by themselves."""
    workers = Workers(transmit, count)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_EVERY)
    try:
        yield workers
        workers._pool.shutdown()
    except BaseException:
        workers._pool.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        sys.setswitchinterval(interval)
