"""Each row of a batch has exactly one fate, whatever the destination answers."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from reverse_etl.destination import (
    Batch,
    Capabilities,
    Change,
    Operation,
    Outcome,
    Prepared,
    Repeat,
    Scope,
    Status,
)
from reverse_etl.settle import Policy, settle

outcomes = st.builds(
    Outcome,
    status=st.sampled_from(Status),
    reason=st.sampled_from(["", "request too large", "why"]),
    scope=st.sampled_from(Scope),
    retry_after=st.sampled_from([None, 0.0, 5.0, 3600.0]),
    job=st.sampled_from([None, "job"]),
)


def batch_of(size: int) -> Batch:
    rows = tuple(Prepared(Change(f"t{n}", Operation.ADD, f"k{n}"), b"") for n in range(size))
    return Batch("run-1", "crm", "run", rows)


def policy(repeat: Repeat = Repeat.NATURAL, *, resends: bool = False) -> Policy:
    capabilities = Capabilities(repeat=dict.fromkeys(Operation, repeat))
    return Policy(capabilities, attempts=3, max_wait=60, resends=resends, reads_back=False)


@given(
    size=st.integers(1, 6),
    answers=st.dictionaries(st.integers(0, 8), outcomes),
    attempt=st.integers(1, 4),
    repeat=st.sampled_from(Repeat),
    may_be_applied=st.booleans(),
)
def test_every_row_has_one_fate(
    size: int,
    answers: dict[int, Outcome],
    attempt: int,
    repeat: Repeat,
    may_be_applied: bool,
) -> None:
    batch = batch_of(size)

    result = settle(
        batch, answers, attempt=attempt, policy=policy(repeat), may_be_applied=may_be_applied
    )

    fates = Counter(decision.row.change.key for decision in result.decisions)
    fates.update(row.change.key for part in result.parts for row in part.rows)
    fates.update(row.change.key for row in result.held)
    if result.done:
        assert {o.status for o in answers.values()} == {result.done.status}
    if result.same != "no" or result.done:
        fates.update(row.change.key for row in batch.rows)
    assert fates == Counter(row.change.key for row in batch.rows)


@given(size=st.integers(1, 6), answers=st.dictionaries(st.integers(0, 8), outcomes))
def test_only_what_the_destination_said_is_done(size: int, answers: dict[int, Outcome]) -> None:
    result = settle(batch_of(size), answers, attempt=3, policy=policy())

    done = {d.row.change.key for d in result.decisions if d.outcome.status is Status.DONE}
    assert done <= {f"k{place}" for place, o in answers.items() if o.status is Status.DONE}


def test_a_row_without_an_outcome_is_unknown() -> None:
    done = {0: Outcome(Status.DONE)}

    result = settle(batch_of(2), done, attempt=1, policy=policy())

    assert [d.row.change.key for d in result.decisions] == ["k0"]
    assert [row.change.key for part in result.parts for row in part.rows] == ["k1"]


def test_rows_that_may_be_there_are_held_when_their_last_request_is_refused() -> None:
    split = settle(batch_of(2), {0: Outcome(Status.DONE)}, attempt=2, policy=policy())
    [part] = split.parts

    last = settle(
        batch_of(2),
        {0: Outcome(Status.DONE), 1: Outcome(Status.RETRY)},
        attempt=3,
        policy=policy(),
        may_be_applied=part.may_be_applied,
    )

    assert part.may_be_applied
    assert [row.change.key for row in last.held] == ["k1"]


def test_what_must_not_be_repeated_is_held() -> None:
    unknown = {0: Outcome(Status.UNKNOWN)}

    held = settle(batch_of(1), unknown, attempt=1, policy=policy(Repeat.NONE))
    resent = settle(batch_of(1), unknown, attempt=1, policy=policy(Repeat.NONE, resends=True))

    assert (held.same, len(held.held)) == ("no", 1)
    assert resent.same == "send"


def test_what_only_its_key_makes_safe_goes_again_in_the_same_request() -> None:
    partial = {0: Outcome(Status.DONE)}

    again = settle(batch_of(2), partial, attempt=1, policy=policy(Repeat.KEYED))
    last = settle(batch_of(2), partial, attempt=3, policy=policy(Repeat.KEYED))
    resent = settle(batch_of(2), partial, attempt=1, policy=policy(Repeat.KEYED, resends=True))

    assert (again.same, again.decisions, again.parts) == ("send", (), ())
    assert (last.same, last.decisions, last.ends_intent) == ("no", (), False)
    assert [len(part.rows) for part in resent.parts] == [1]


def test_asked_to_wait_longer_than_allowed_the_sync_ends() -> None:
    park = {0: Outcome(Status.RETRY, "HTTP 429", retry_after=3600)}

    result = settle(batch_of(1), park, attempt=1, policy=policy())

    assert result.is_exhausted
    assert [d.outcome.status for d in result.decisions] == [Status.RETRY]
