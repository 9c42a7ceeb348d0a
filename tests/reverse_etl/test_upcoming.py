"""What is made ahead of its turn stays in order, and within bounds."""

from reverse_etl.destination import Change, Operation, Prepared
from reverse_etl.upcoming import Upcoming


def test_what_is_made_ahead_is_bounded_and_comes_in_its_order() -> None:
    rows = [Prepared(Change(f"t{n}", Operation.ADD, f"u{n}"), b"") for n in range(6)]
    upcoming = Upcoming(iter(rows))

    ahead = sum(upcoming.make(most_rows=3) for _ in range(9))

    assert ahead == 3
    assert list(upcoming) == rows
    assert not upcoming.make(most_rows=3)
