"""Seeded trials of kills and faults; the long version is `python -m tests.harness.trials`."""

from tests.harness.trials import run_trial


def test_a_sync_that_is_killed_and_faulted_ends_right() -> None:
    trial = run_trial(11)

    assert trial.problems == ()
    assert trial.applied <= 1.5 * trial.needed
