"""What a destination says of rows is kept without the values of any of them."""

import pytest

from reverse_etl.destination import Change, Operation, Prepared
from reverse_etl.masking import masker, without_personal
from reverse_etl.sync import sync
from tests.harness.receiver import Receiver
from tests.harness.shop import Shop
from tests.reverse_etl.conftest import to_webhook


def test_a_reason_that_names_another_row_is_kept_without_it(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience([("u1", "Jane Doe", 1.0), ("u2", "Zoe Roe", 2.0), ("cust-77", "Al", 3.0)])
    shop.write_syncs(crm=to_webhook(receiver))
    words = 'u1 is a double of "zoe roe" (cust-77, jane@elsewhere.example, +41 44 668 18 00).'
    receiver.refuses = lambda row: words if row["key"] == "u1" else ""

    sync(shop.project)

    said = "select error from main_activation.sync_log where status = 'rejected'"
    assert shop.query(said) == [('u1 is a double of "***" (***, ***, ***).',)]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("a double of id=cust-77, see people/cust-77", "a double of id=***, see people/***"),
        ("a double of Acme (UK)", "a double of ***)"),
        ("no street Elm Way 5 for vip-gold", "no street *** for ***"),
    ],
)
def test_a_value_is_found_behind_a_mark_and_within_another(words: str, kept: str) -> None:
    fields = '{"home": {"street": "Elm Way 5", "tags": ["vip-gold"]}}'
    rows = [("u1", fields), ("cust-77", '{"name": "Acme (UK)"}')]
    prepared = [Prepared(Change("", Operation.ADD, key, document), b"") for key, document in rows]

    assert masker(prepared)(words, prepared[0]) == kept


@pytest.mark.parametrize("part", ["a", "@", "(1-", "+1-", "1 ", "a@"])
def test_words_of_any_length_are_masked_soon(part: str) -> None:
    words = part * 300_000  # for days, were every start followed to the end

    without_personal(words)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("jane+x@example.com is taken", "*** is taken"),
        ("no such number: (415) 555-0100!", "no such number: ***!"),
        ("unknown " + "0af1" * 16, "unknown ***"),
        ("HTTP 429: larger than 32000 bytes", "HTTP 429: larger than 32000 bytes"),
        ("error 1713230, code 100", "error 1713230, code 100"),
        ("192.168.100.20 says 415.555.0100", "192.168.100.20 says ***"),
        ("on 2026-11-22 17:25:23, 4155550100", "on 2026-11-22 17:25:23, ***"),
    ],
)
def test_what_looks_personal_is_masked_in_any_words(words: str, kept: str) -> None:
    assert without_personal(words) == kept
