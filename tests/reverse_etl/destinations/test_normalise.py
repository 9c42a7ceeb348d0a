"""Hashes are those that the vendors publish, and what names nobody becomes nothing."""

import unicodedata

import pytest

from reverse_etl import normalise
from reverse_etl.normalise import sha256

JOHN_SMITH = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"
PHONE = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"


@pytest.mark.parametrize("email", ["John_Smith@gmail.com", "  john_smith@gmail.com\n"])
def test_an_email_address_hashes_as_meta_publishes_it(email: str) -> None:
    assert sha256(normalise.email(email)) == JOHN_SMITH


@pytest.mark.parametrize(
    ("phone", "country"),
    [("(650)555-1212", "US"), ("1 (650) 555-1212", "US"), ("+16505551212", None)],
)
def test_a_phone_number_hashes_as_meta_publishes_it(phone: str, country: str | None) -> None:
    assert sha256(normalise.phone(phone, country)) == PHONE


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("Mary", "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"),
        ("정", "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14"),
        ("Valéry", "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c"),
        (
            unicodedata.normalize("NFD", "Valéry"),
            "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
        ),
    ],
)
def test_a_name_hashes_as_meta_publishes_it(name: str, published: str) -> None:
    assert sha256(normalise.name(name)) == published


def test_a_country_hashes_as_meta_publishes_it() -> None:
    published = "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621"

    assert sha256(normalise.country_code(" US ")) == published


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (normalise.email("jane.doe+list@Example.com"), "jane.doe+list@example.com"),
        (normalise.phone("+44 7911 123456", None), "447911123456"),
        (normalise.phone("07911 123456", "GB"), "447911123456"),
        (normalise.name(" O'Neil-Śmith "), "oneilśmith"),
        (normalise.place("St. Gallen"), "stgallen"),
        (normalise.state("NY", "US"), "ny"),
        (normalise.state("Niederösterreich", "AT"), "niederösterreich"),
        (normalise.postal_code("94025-1234", "US"), "94025"),
        (normalise.postal_code("M1 1AE", "GB"), "m11ae"),
        (normalise.gender("Female"), "f"),
        (normalise.birth_date("1986-02-03T00:00:00Z"), ("1986", "02", "03")),
    ],
)
def test_what_a_vendor_describes_in_words_is_normalised_so(made: object, expected: object) -> None:
    assert made == expected


@pytest.mark.parametrize(
    "made",
    [
        normalise.email("jane at example"),
        normalise.email(""),
        normalise.phone("07911 123456", None),
        normalise.phone("0000000000", "US"),
        normalise.phone("call me", "US"),
        normalise.country_code("Switzerland"),
        normalise.gender("other"),
        "".join(normalise.birth_date("03/02/1986")),
        sha256(""),
    ],
)
def test_what_names_nobody_is_neither_guessed_at_nor_hashed(made: str) -> None:
    assert made == ""
