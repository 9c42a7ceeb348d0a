"""Fail points do what the environment says at the pass that it says, and nothing else."""

import os
import signal
import subprocess
import sys

import pytest

from homespun.failpoints import EXIT_CODE, VARIABLE, FailPointReached, FailPoints

PROGRAM = """
from homespun.failpoints import failpoint
for number in range(3):
    failpoint("step")
    print(number, flush=True)
"""


def passed(armed: str) -> tuple[int, list[str], str]:
    """How a program that passes `step` three times ended, what it did before, and its errors."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, VARIABLE: armed},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.split(), done.stderr


@pytest.mark.parametrize("armed", ["", "other=kill", "step@4=kill", "step=sleep:0"])
def test_a_point_that_is_not_reached_in_arms_changes_nothing(armed: str) -> None:
    assert passed(armed) == (0, ["0", "1", "2"], "")


@pytest.mark.parametrize(
    ("armed", "code", "done"),
    [
        ("step=kill", -signal.SIGKILL, []),
        ("step@2=kill", -signal.SIGKILL, ["0"]),
        ("step@3=exit", EXIT_CODE, ["0", "1"]),
        ("other=kill, step@2=exit", EXIT_CODE, ["0"]),
    ],
)
def test_a_process_dies_at_the_pass_that_is_armed(armed: str, code: int, done: list[str]) -> None:
    assert passed(armed) == (code, done, "")


def test_raise_ends_in_an_error_that_names_the_point() -> None:
    points = FailPoints("step@2=raise")
    points.reach("step")

    with pytest.raises(FailPointReached, match="step"):
        points.reach("step")

    points.reach("step")


def test_an_unknown_action_says_which_there_are() -> None:
    points = FailPoints("step=explode")

    with pytest.raises(ValueError, match="'explode'; use kill, exit, raise, sleep"):
        points.reach("step")
