"""What only some destinations can do or need: protocols of one method each, and how these fail."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from reverse_etl.destination import Answer, Outcome, Request


class NotSent(Exception):
    """The request did not reach the destination: nothing was applied."""


class AnswerLost(Exception):
    """The request may have been applied; no whole answer came back."""


class Wire(Protocol):
    """The way out, as the optional methods of a destination see it."""

    def send(self, request: Request) -> Answer:
        """Send with credentials. Raises NotSent or AnswerLost."""

    def exchange(self, request: Request) -> Answer:
        """Send as it is, without asking the destination for credentials."""

    def now(self) -> datetime:
        """The time, in UTC."""


@runtime_checkable
class Sends(Protocol):
    """A destination that does not speak HTTP, and so sends by itself."""

    def send(self, request: Request) -> Answer:
        """Raises NotSent or AnswerLost."""


@runtime_checkable
class Authorizes(Protocol):
    """A destination whose requests carry credentials or a signature."""

    def authorize(self, request: Request, wire: Wire) -> Request:
        """Add what must not be stored; called before each attempt."""


@runtime_checkable
class CarriesOut(Protocol):
    """A destination that needs several calls for one request, such as a look-up before it."""

    def carry_out(self, request: Request, wire: Wire) -> dict[int, Outcome]:
        """Make the calls; what `classify` says of one answer, this says of all of them."""


@runtime_checkable
class EnsuresTarget(Protocol):
    """A destination that can make its list or table."""

    def ensure_target(self, wire: Wire) -> None:
        """Find or make the target; doing it twice makes one."""


@runtime_checkable
class Polls(Protocol):
    """A destination that answers `pending`."""

    def poll(self, request: Request, job: str, wire: Wire) -> dict[int, Outcome]:
        """Ask after the job once."""


@runtime_checkable
class ReadsBack(Protocol):
    """A destination that can be asked what became of a request."""

    def read_back(self, request: Request, wire: Wire) -> dict[int, Outcome]:
        """Done for a row that is there, retry for one that is not."""


@runtime_checkable
class Finishes(Protocol):
    """A destination that is told when all of a run was delivered."""

    def finish(self, sync: str, run: str) -> Request:
        """The last request of the run; it may be sent more than once."""
