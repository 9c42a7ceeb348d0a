"""What follows from a batch's outcomes: which rows are decided, which go again, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reverse_etl.destination import (
    Batch,
    Capabilities,
    Outcome,
    Prepared,
    Repeat,
    Scope,
    Status,
)
from reverse_etl.journal_rows import Decision, Done, Intent

FINAL = frozenset({Status.DONE, Status.DONE_WITH_WARNING, Status.REJECTED, Status.WITHHELD})
TOO_LARGE = "request too large"  # the reason that makes later batches smaller
NO_ANSWER = Outcome(Status.UNKNOWN, "the answer says nothing of this row")


@dataclass(frozen=True)
class Policy:
    """How a sync treats what is not decided."""

    capabilities: Capabilities
    attempts: int
    max_wait: float
    resends: bool  # where a repeat is a second effect
    reads_back: bool


@dataclass(frozen=True)
class Part:
    """Rows of a batch that go on in a request of their own, and how often they were sent."""

    rows: tuple[Prepared, ...]
    attempts: int
    may_be_applied: bool  # one of the sendings went without an answer


@dataclass(frozen=True)
class Settlement:
    """What to record, what to send next, and whether to stop.

    `same` sends the same request again; `parts` are new requests. What is in neither and not
    decided stays an intent: `held`.
    """

    decisions: Sequence[Decision] = ()
    done: Done | None = None  # instead of a decision for each row
    same: Literal["no", "send", "ask", "poll"] = "no"
    parts: Sequence[Part] = ()
    held: Sequence[Prepared] = ()
    wait: float | None = None  # seconds, as the destination asked
    job: str | None = None
    ends_intent: bool = False
    is_exhausted: bool = False  # no row was decided, and no attempt is left
    may_be_applied: bool = False  # of what is the same: a sending went without an answer
    stops: str = ""  # why nothing more may be sent
    made_smaller: int | None = None  # rows that turned out to be too many


def settle(
    batch: Batch,
    outcomes: Mapping[int, Outcome],
    *,
    attempt: int,
    policy: Policy,
    may_be_applied: bool = False,
) -> Settlement:
    """Decide what follows from the outcomes of the `attempt`-th sending of a batch.

    `may_be_applied` says that an earlier sending went without an answer.
    """
    status = _applied_to_all(outcomes, len(batch.rows))
    if status:
        done = Done(batch.id, len(batch.rows), status, attempt)
        return Settlement(done=done)
    rows = [(row, outcomes.get(place, NO_ANSWER)) for place, row in enumerate(batch.rows)]
    stops = next((o.reason for _, o in rows if o.scope in (Scope.TARGET, Scope.ACCOUNT)), "")
    final = [(row, o) for row, o in rows if o.status in FINAL and _is_known(o, len(rows))]
    unknown = [(row, o) for row, o in rows if o.status is Status.UNKNOWN]
    pending = [(row, o) for row, o in rows if o.status is Status.PENDING]
    shared = [
        (row, o)
        for row, o in rows
        if o.status is Status.REJECTED and not _is_known(o, len(rows)) and not stops
    ]
    again = [(row, o) for row, o in rows if o.status is Status.RETRY or (stops and _refused(o))]
    wait = max((o.retry_after for _, o in rows if o.retry_after is not None), default=None)
    is_last = attempt >= policy.attempts or bool(stops) or (wait or 0) > policy.max_wait
    if pending:
        job = next((o.job for _, o in pending if o.job), None)
        return Settlement(same="poll", wait=wait, job=job)
    if len(unknown) == len(rows) or is_bound_to_its_key([row for row, _ in unknown], policy):
        return _all_unknown(batch, attempt=attempt, policy=policy, wait=wait, stops=stops)
    if len(again) == len(rows) and not is_last:
        return Settlement(same="send", wait=wait, may_be_applied=may_be_applied)
    if len(again) == len(rows) and may_be_applied:
        return Settlement(held=batch.rows, is_exhausted=True, stops=stops)
    decisions = [Decision(batch, row, outcome, attempt) for row, outcome in final]
    halves = _halves([row for row, _ in shared])
    parts = [Part(half, 0, may_be_applied) for half in halves]
    held: list[Prepared] = []
    if again and not is_last:
        parts.append(Part(tuple(row for row, _ in again), attempt, may_be_applied))
    elif may_be_applied:
        held += [row for row, _ in again]
    else:
        decisions += [Decision(batch, row, _not_applied(o), attempt) for row, o in again]
    if unknown:
        left = tuple(row for row, _ in unknown)
        if is_last or _is_second_effect(left, policy):
            held += left
        else:
            parts.append(Part(left, attempt, may_be_applied=True))
    too_large = any(o.reason == TOO_LARGE for _, o in shared)
    return Settlement(
        decisions=decisions,
        parts=parts,
        held=held,
        wait=wait,
        ends_intent=True,
        is_exhausted=is_last and len(again) == len(rows),
        stops=stops,
        made_smaller=len(rows) if too_large else None,
    )


def _applied_to_all(outcomes: Mapping[int, Outcome], rows: int) -> Status | None:
    """The status of every row, where each was applied and nothing else is to be kept."""
    first = outcomes.get(0)
    if first is None or len(outcomes) != rows:
        return None
    if any(o is not first and o != first for o in outcomes.values()):
        return None
    is_plain = not first.reason and not first.remote_id and first.scope is Scope.ROW
    is_applied = first.status in (Status.DONE, Status.DONE_WITH_WARNING)
    return first.status if is_plain and is_applied and max(outcomes) < rows else None


def first_step(intent: Intent, policy: Policy) -> Literal["send", "ask", "hold"]:
    """What to do with an intent that an earlier run left behind."""
    rows = intent.request.batch.rows
    if intent.job:
        return "send"
    if policy.reads_back and any(_repeat(row, policy) is Repeat.READ_BACK for row in rows):
        return "ask"
    return "hold" if _is_second_effect(rows, policy) else "send"


def is_bound_to_its_key(rows: Sequence[Prepared], policy: Policy) -> bool:
    """Whether rows that may have been applied can only go again in the same request."""
    return not policy.resends and any(_repeat(row, policy) is Repeat.KEYED for row in rows)


def _all_unknown(
    batch: Batch, *, attempt: int, policy: Policy, wait: float | None, stops: str
) -> Settlement:
    """The same bytes under the same key, a question, or a person: as the repeat is safe."""
    asks = policy.reads_back and any(_repeat(row, policy) is Repeat.READ_BACK for row in batch.rows)
    if stops or attempt >= policy.attempts or (wait or 0) > policy.max_wait:
        return Settlement(held=batch.rows, is_exhausted=True, stops=stops)
    if asks:
        return Settlement(same="ask", wait=wait, may_be_applied=True)
    if _is_second_effect(batch.rows, policy):
        return Settlement(held=batch.rows)
    return Settlement(same="send", wait=wait, may_be_applied=True)


def _is_second_effect(rows: Sequence[Prepared], policy: Policy) -> bool:
    return not policy.resends and any(_repeat(row, policy) is Repeat.NONE for row in rows)


def _repeat(row: Prepared, policy: Policy) -> Repeat:
    return policy.capabilities.repeat.get(row.change.operation, Repeat.NONE)


def _is_known(outcome: Outcome, rows: int) -> bool:
    """Whether the outcome is about this very row."""
    return outcome.status is not Status.REJECTED or (
        outcome.scope is Scope.ROW or (outcome.scope is Scope.BATCH and rows == 1)
    )


def _refused(outcome: Outcome) -> bool:
    return outcome.status is Status.REJECTED and outcome.scope is not Scope.ROW


def _not_applied(outcome: Outcome) -> Outcome:
    return Outcome(Status.RETRY, outcome.reason, outcome.scope)


def _halves(rows: Sequence[Prepared]) -> list[tuple[Prepared, ...]]:
    middle = (len(rows) + 1) // 2
    return [half for half in (tuple(rows[:middle]), tuple(rows[middle:])) if half]
