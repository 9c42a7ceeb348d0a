"""What a destination says of rows is kept without the values of any of them."""

import pytest

from reverse_etl.masking import without_personal
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
        ("jane+x@example.com is taken", "*** is taken"),
        ("no such number: (415) 555-0100!", "no such number: ***!"),
        ("unknown " + "0af1" * 16, "unknown ***"),
        ("HTTP 429: larger than 32000 bytes", "HTTP 429: larger than 32000 bytes"),
        ("error 1713230, code 100", "error 1713230, code 100"),
    ],
)
def test_what_looks_personal_is_masked_in_any_words(words: str, kept: str) -> None:
    assert without_personal(words) == kept
