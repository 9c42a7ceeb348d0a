"""Before requests leave: whether each of their rows may still be sent."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reverse_etl.destination import Batch, Operation, Outcome, Prepared, Status
from reverse_etl.journal_rows import Decision, Intent
from reverse_etl.recorder import Recorder
from reverse_etl.settle import Policy, is_bound_to_its_key

_WITHHELD = Outcome(Status.WITHHELD, "left the audience, or may no longer be sent, since the plan")
_WITHDRAWN = "may no longer be sent, and may have arrived before"


@dataclass(frozen=True)
class Permits:
    """Asks for the rows of a window at once. `withheld` is none where no rule is configured."""

    withheld: Callable[[Sequence[str]], set[str]] | None
    removes: bool  # whether this sync removes who may no longer be sent
    policy: Policy

    def permitted(self, intents: Sequence[Intent], recorder: Recorder) -> list[Intent]:
        """The intents without the rows that may not be sent any more; these have their outcome."""
        withheld = self._ask(intents)
        if not withheld:
            return list(intents)
        permitted: list[Intent] = []
        for intent in intents:
            rows = intent.request.batch.rows
            kept = [row for row in rows if not _is_in(row, withheld)]
            if len(kept) == len(rows):
                permitted.append(intent)
                continue
            batch = Batch("", "", intent.request.batch.run, ())
            out = [row for row in rows if _is_in(row, withheld)]
            recorder.decide([Decision(batch, row, _WITHHELD, attempts=0) for row in out])
            permitted += recorder.encode(kept)
        return permitted

    def withdraw(self, intents: Sequence[Intent], recorder: Recorder) -> list[Intent]:
        """What was sent before, without the rows that may not be sent any more.

        Such a row may have arrived. A mirror counts it as sent, so that its removal is planned;
        elsewhere it is withheld.
        A request that only its own key makes safe to repeat (`Repeat.KEYED`) is neither sent nor
        taken apart: all of its rows wait, those that may be sent too, until it may be sent as it
        was, or is given up. `on_unknown: resend` takes it apart all the same.
        """
        withheld = self._ask(intent for intent in intents if intent.job is None)
        status = Status.DONE_WITH_WARNING if self.removes else Status.WITHHELD
        left: list[Intent] = []
        for intent in intents:
            batch = intent.request.batch
            withdrawn = [row for row in batch.rows if _is_in(row, withheld)]
            if not withdrawn or intent.job is not None:
                left.append(intent)
                continue
            if is_bound_to_its_key(batch.rows, self.policy):
                continue
            kept = recorder.encode([row for row in batch.rows if not _is_in(row, withheld)])
            outcome = Outcome(status, _WITHDRAWN)
            recorder.withdraw([Decision(batch, row, outcome, 0) for row in withdrawn], batch, kept)
            left += kept
        return left

    def _ask(self, intents: Iterable[Intent]) -> set[str]:
        if self.withheld is None:
            return set()
        keys = [
            row.change.key
            for intent in intents
            for row in intent.request.batch.rows
            if row.change.operation is not Operation.REMOVE
        ]
        return self.withheld(keys) if keys else set()


def _is_in(row: Prepared, withheld: set[str]) -> bool:
    return row.change.operation is not Operation.REMOVE and row.change.key in withheld
