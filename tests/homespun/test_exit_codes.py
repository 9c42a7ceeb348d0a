"""One exit code for several parts: what needs a person hides what does not."""

import pytest

from homespun.errors import combined_exit_code


@pytest.mark.parametrize(
    ("codes", "combined"),
    [
        ((), 0),
        ((0, 0), 0),
        ((0, 1), 1),
        ((1, 3), 3),
        ((3, 4, 1), 4),
        ((4, 5), 5),
        ((5, 2, 0), 2),
        ((2, 130), 130),
    ],
)
def test_the_code_that_needs_a_person_most_wins(codes: tuple[int, ...], combined: int) -> None:
    assert combined_exit_code(codes) == combined
