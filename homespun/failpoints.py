"""Named points at which a test can make a run die, fail or wait.

`HOMESPUN_FAILPOINT="sync.after_send@3=kill"` kills the process the third time it passes
`failpoint("sync.after_send")`. Actions: `kill` (SIGKILL), `exit` (leave at once with code 70),
`raise` (`FailPointReached`), `sleep:SECONDS`. `@N` is optional and means the N-th pass.
Several points are separated by commas. Unarmed, a point costs one dictionary look-up.
"""

import os
import signal
import time
from collections import Counter

VARIABLE = "HOMESPUN_FAILPOINT"
EXIT_CODE = 70


class FailPointReached(Exception):
    """Raised by a fail point armed with `raise`."""


class FailPoints:
    """The armed points of one process, and how often each was passed."""

    def __init__(self, armed: str) -> None:
        self._armed: dict[str, tuple[int, str]] = {}
        self._passes: Counter[str] = Counter()
        for part in filter(None, (piece.strip() for piece in armed.split(","))):
            point, _, action = part.partition("=")
            name, _, nth = point.partition("@")
            self._armed[name] = (int(nth or 1), action)

    def reach(self, name: str) -> None:
        """Act if `name` is armed and this is its N-th pass."""
        if name not in self._armed:
            return
        self._passes[name] += 1
        nth, action = self._armed[name]
        if self._passes[name] != nth:
            return
        verb, _, argument = action.partition(":")
        match verb:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "exit":
                os._exit(EXIT_CODE)
            case "raise":
                raise FailPointReached(name)
            case "sleep":
                time.sleep(float(argument))
            case _:
                raise ValueError(
                    f"{VARIABLE}: unknown action {verb!r}; use kill, exit, raise, sleep:S"
                )


_points = FailPoints(os.environ.get(VARIABLE, ""))


def failpoint(name: str) -> None:
    """Pass the point `name`: nothing happens unless the environment arms it."""
    _points.reach(name)
