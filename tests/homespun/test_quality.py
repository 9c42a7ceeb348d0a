"""Pairwise precision and recall, against counting every pair one by one."""

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.errors import ConfigurationError
from homespun.explain_chain import Identifier
from homespun.quality import measure, read_truth

PLACED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12)


def numbered(number: int) -> Identifier:
    return Identifier("anonymous_id", f"a{number}")


@given(PLACED)
def test_the_figures_are_those_of_counting_every_pair(placed: list[tuple[int, int]]) -> None:
    truth = {numbered(n): {str(person)} for n, (person, _) in enumerate(placed)}
    profiles = {numbered(n): str(profile) for n, (_, profile) in enumerate(placed)}

    quality = measure(truth, profiles)

    pairs = list(combinations(placed, 2))
    assert quality.pairs_of_people == sum(a[0] == b[0] for a, b in pairs)
    assert quality.pairs_of_profiles == sum(a[1] == b[1] for a, b in pairs)
    assert quality.right_pairs == sum(a == b for a, b in pairs)
    assert quality.precision <= 1
    assert quality.recall <= 1


def test_an_identifier_of_several_people_is_counted_apart() -> None:
    truth = {numbered(1): {"jane", "joe"}, numbered(2): {"jane"}, numbered(3): {"jane"}}

    quality = measure(truth, {numbered(1): "p", numbered(2): "p"})

    assert (quality.identifiers, quality.shared, quality.missing) == (1, 1, 1)


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("who,what\n")

    with pytest.raises(ConfigurationError, match="needs the columns"):
        read_truth(tmp_path / "truth.csv")


def test_a_file_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_bytes("\ufeffperson,id_type,id_value\r\njane,user_id,7\r\n".encode())

    assert read_truth(path) == {Identifier("user_id", "7"): {"jane"}}


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_bytes("person,id_type,id_value\nrené,user_id,7\n".encode("latin-1"))

    with pytest.raises(ConfigurationError, match="UTF-8"):
        read_truth(path)
