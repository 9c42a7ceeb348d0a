"""What a delivery did so far, and whether it may go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from homespun.errors import ConfigurationError, GuardTripped, HomespunError, Unavailable
from reverse_etl.config import Guard
from reverse_etl.destination import Prepared, Status
from reverse_etl.guards import too_many_rejected
from reverse_etl.journal import Done
from reverse_etl.journal_rows import Decision


@dataclass
class Tally:
    """What a delivery did so far."""

    guard_settings: Guard
    sent: int = 0
    rejected: int = 0
    postponed: int = 0
    requests: int = 0
    stops: str = ""  # a setting or the target is wrong
    unavailable: str = ""
    guard: str = ""
    is_interrupted: bool = False
    undone: list[Prepared] = field(default_factory=list)  # removals that did not happen

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more may be sent."""
        return bool(self.stops or self.unavailable or self.guard or self.is_interrupted)

    def count(self, decisions: Sequence[Decision], done: Sequence[Done] = ()) -> None:
        """Count what was recorded; too many refusals stop the delivery."""
        self.sent += sum(batch.rows for batch in done)
        for decision in decisions:
            match decision.outcome.status:
                case Status.DONE | Status.DONE_WITH_WARNING:
                    self.sent += 1
                case Status.REJECTED:
                    self.rejected += 1
                case _:
                    self.undone.append(decision.row)
        decided = self.sent + self.rejected
        if too_many_rejected(self.rejected, decided, self.guard_settings):
            self.guard = (
                f"{self.rejected} of the first {decided} rows were rejected, more than "
                f"guard.max_rejected_share {self.guard_settings.max_rejected_share:g}"
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
