"""What a delivery did so far, and whether it may go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from homespun.errors import ConfigurationError, GuardTripped, HomespunError, Unavailable
from reverse_etl.config import Guard
from reverse_etl.destination import Prepared, Status
from reverse_etl.guards import too_many_rejected
from reverse_etl.journal_rows import Decision, Done


@dataclass
class Tally:
    """What a delivery did so far."""

    guard_settings: Guard
    sent: int = 0
    rejected: int = 0
    left: int = 0  # tried in vain
    postponed: int = 0
    withheld: int = 0  # rows that may not be sent any more
    requests: int = 0
    stops: str = ""  # a setting or the target is wrong
    unavailable: str = ""
    guard: str = ""
    is_approved: bool = False  # a person accepts what the guard would stop
    is_interrupted: bool = False
    undone: list[Prepared] = field(default_factory=list)  # removals that did not happen

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more may be sent."""
        return bool(self.stops or self.unavailable or self.guard or self.is_interrupted)

    @property
    def decided(self) -> int:
        """How many rows have an outcome."""
        return self.sent + self.rejected + self.left + self.withheld

    def count(self, decisions: Sequence[Decision], done: Done | None = None) -> None:
        """Count what was settled; too many refusals stop the delivery."""
        self.sent += done.rows if done else 0
        for decision in decisions:
            match decision.outcome.status:
                case Status.DONE | Status.DONE_WITH_WARNING:
                    self.sent += 1
                case Status.REJECTED:
                    self.rejected += 1
                case Status.WITHHELD:
                    self.withheld += 1
                case _:
                    self.left += 1
                    self.undone.append(decision.row)
        decided = self.sent + self.rejected
        if self.is_approved:
            return
        if too_many_rejected(self.rejected, decided, self.guard_settings):
            self.guard = (
                f"{self.rejected} of the first {decided} rows were rejected, more than "
                f"guard.max_rejected_share {self.guard_settings.max_rejected_share:g}: see "
                "sync_log; to go on all the same, approve the plan that --dry-run shows"
            )

    @property
    def stop(self) -> HomespunError | None:
        """Why the delivery ended early, as what should be done about it."""
        if self.stops:
            return ConfigurationError(self.stops)
        if self.guard:
            return GuardTripped(self.guard)
        if self.unavailable:
            return Unavailable(f"the destination is unavailable: {self.unavailable}")
        return None
