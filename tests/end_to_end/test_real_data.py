"""Recordings of a real shop and a real clickstream, and the numbers that must come out.

They are not part of the repository: HOMESPUN_REAL_DATA names the folder that holds them.
"""

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.workshop import Workshop

VARIABLE = "HOMESPUN_REAL_DATA"
RETAIL, CLICKS = "online_retail", "shop_clickstream"

pytestmark = pytest.mark.skipif(
    not os.environ.get(VARIABLE), reason=f"{VARIABLE} names no folder with the recordings"
)


@pytest.fixture(scope="module")
def recorded(open_shared: Callable[[str], Workshop]) -> Workshop:
    """Both recordings in one warehouse: they share no person, and sources tell them apart."""
    workshop = open_shared("recorded")
    folder = Path(os.environ[VARIABLE])
    report = workshop.load(*(folder / f"{name}.jsonl.gz" for name in (RETAIL, CLICKS)))
    assert report["lines"] == report["events"] == 21_058 + 31_106
    workshop.make()
    return workshop


def test_messages_by_type(recorded: Workshop) -> None:
    counts = recorded.query(
        "select source, type, count(*) from main_staging.stg_events group by 1, 2"
    )

    assert set(counts) == {
        (RETAIL, "track", 12_468),
        (RETAIL, "identify", 8_590),
        (CLICKS, "page", 17_291),
        (CLICKS, "track", 13_815),
    }


def test_profiles_of_the_shop_are_its_customers_and_guest_invoices(recorded: Workshop) -> None:
    assert profiles(recorded, RETAIL) == (5_006, 2_974)
    assert 5_006 - 2_974 == 2_032


def test_profiles_of_the_clickstream_are_fewer_than_its_cookies(recorded: Workshop) -> None:
    [cookies] = recorded.query(
        """
        select count(distinct anonymous_id), count(case when user_id is null then message_id end)
        from main_staging.stg_events
        where source = ?
        """,
        CLICKS,
    )

    assert cookies == (796, 27_950)
    assert profiles(recorded, CLICKS) == (775, 390)


def test_orders_and_cancellations_add_up_to_the_penny(recorded: Workshop) -> None:
    [completed] = recorded.query("select count(*), sum(total) from main_spec.order_completed")
    [cancelled] = recorded.query("select count(*), sum(total) from main_spec.order_cancelled")

    assert completed == (10_522, Decimal("4700382.11"))
    assert cancelled == (1_946, Decimal("-425238.18"))


def test_clicks_by_name(recorded: Workshop) -> None:
    names = dict(
        recorded.query(
            """
            select name, count(*) from main_spec.pages group by 1
            union all
            select event, count(*) from main_spec.tracks where source = ? group by 1
            """,
            CLICKS,
        )
    )

    assert (
        names.items()
        >= {
            "home": 2_762,
            "promo_page": 796,
            "product_view": 6_851,
            "add_to_cart": 1_346,
            "catalog": 6_521,
            "search": 4_011,
            "cart": 1_204,
            "purchase": 470,
            "wishlist_add": 812,
        }.items()
    )


def profiles(workshop: Workshop, source: str) -> tuple[Any, ...]:
    """How many profiles a source has, and how many of them with a user_id."""
    [counts] = workshop.query(
        """
        select count(*), count(user_id)
        from main_identity.profiles
        where profile_id in (
            select message_profiles.profile_id
            from main_identity.message_profiles
            inner join main_staging.stg_events
                on message_profiles.message_id = stg_events.message_id
            where stg_events.source = ?
        )
        """,
        source,
    )
    return counts
