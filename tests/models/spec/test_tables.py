"""The spec tables are Segment's: names, flattening, times, and what has no place is kept."""

import json
import random
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from homespun.plan.rules import snake_case
from tests.models.spec.conftest import Desk, message

# From the tests of Segment's own library for these names.
SNAKE_CASED = {
    "sampleText": "sample_text", "samPLE text": "sam_ple_text", "sample___text": "sample_text",
    "   $#$sample   2    Text   ": "sample_2_text", "SAMPLE 2 TEXT": "sample_2_text",
    "FOO:BAR$BAZ": "foo_bar_baz", "something.com": "something_com", "CStringRef": "cstring_ref",
    "5TEst": "5test", "_5TEst": "5test", "THE5r": "the5r", "edf_6N": "edf_6n", "f_pX9": "f_p_x9",
    "p_z9Rg": "p_z9_rg", "2FA Enabled": "2fa_enabled", "Enabled 2FA": "enabled_2fa",
    "lk0B@bFmjrLQ_Z6YL": "lk0_b_b_fmjr_lq_z6yl", "___$$Base64Encode": "base64_encode",
    "•¶§ƒ˚foo˙∆˚¬": "foo", "顧客": None,
}  # fmt: skip
# One property sent with values of every kind: as a number, and as text.
FLIPS: list[tuple[Any, str | None, str | None]] = [
    (1, "1.000000000", "1"),
    ("1", "1.000000000", "1"),
    ("1e5", "100000.000000000", "1e5"),
    (0.1, "0.100000000", "0.1"),
    (1234567890123.45, "1234567890123.450000000", "1234567890123.45"),
    ("12345678901234567.89", "12345678901234567.890000000", "12345678901234567.89"),
    ("1_000", None, "1_000"),
    ("x", None, "x"),
    ("2026-01-01", None, "2026-01-01"),
    (True, None, "true"),
    ([1], None, "[1]"),
    ({"k": 1}, None, None),
    (None, None, None),
]
OBJECT = [value for value, _, _ in FLIPS].index({"k": 1})
MISFITS = [(number, text) for number, (_, amount, text) in enumerate(FLIPS) if text and not amount]
# A time as text, and what it is in UTC.
TIMES: dict[str, str | None] = {
    "2026-03-01": "2026-03-01 00:00:00",
    "2026-03-01T10:00:00Z": "2026-03-01 10:00:00",
    "2026-03-01 10:00:00 UTC": "2026-03-01 10:00:00",
    "2026-03-01T10:00:00.5+05:45": "2026-03-01 04:15:00.5",
    "2026-03-01T10:00-0530": "2026-03-01 15:30:00",
    "2026-03-01 10:00:00+02": "2026-03-01 08:00:00",
    "2026-03-01T10:00:00+99:99": None,
    "2026-03-01T10:00:00 PST": None,
    "2026-03-01T10:00:00 America/New_York": None,
    "2026-02-30": None,
    "infinity": None,
}
OTHER_TABLES = ("tracks", "Users", "pg_catalog", "information_schema", "main", "dbt_test")
COMPLETED = {"event": "Order Completed"}


def random_names(count: int) -> list[str]:
    """Names of letters, digits, punctuation and what else Unicode has; none is blank."""
    dice = random.Random(16)  # noqa: S311 - no secret
    ranges = [(32, 126), (48, 57), (65, 90), (97, 122), (0xA0, 0xD7FF), (0x1F300, 0x1F9FF)]
    return [
        "".join(chr(dice.randint(*dice.choice(ranges))) for _ in range(dice.randint(1, 40))) + "é"
        for _ in range(count)
    ]


RANDOM_NAMES = random_names(50_000)


def completed(message_id: str, **properties: Any) -> dict[str, Any]:
    return message(message_id, **COMPLETED, properties=properties)


MESSAGES = [
    *(message(f"name-{number}", event=name) for number, name in enumerate(SNAKE_CASED)),
    *(message(f"random-{number}", event=name) for number, name in enumerate(RANDOM_NAMES)),
    completed("plain", order_id="o1", total=19.99, products=[{"sku": "a", "price": 1.5}]),
    completed("camel", orderId=42, Total="20.00"),
    completed("spaced", **{"Order ID": "o3", "TOTAL": 5}),
    completed("nested", order={"id": "o4"}, checkout={"Id": "c4"}),
    completed("both", order_id="exact", orderId="camel", **{"Order-Id": "other"}),
    completed("misfit", total="NA", tax={"vat": 1}, discount=[1], subtotal=None),
    completed("reserved", id="x", user_id="y", userId="z", context_ip="9", order_id="o5",
              context_request_ip="8"),
    completed("unnamed", **{"顧客": 1, "": 2, "*": 3, "$": 4, 'q"x': 5, "coupon": "c"}),
    message("other-case", event="order_completed",
            properties={"order_id": "o6", "total": "NA", "user_id": "y"}),
    completed("other-name", Total="NA", orderId="o7", coupon="c"),
    completed("other-object", Total={"k": 1}, Coupon={}),
    completed("both-objects", total=1, Total={"k": 1}),
    completed("too-great", total=1e300),
    message("no-object", **COMPLETED, properties=["order_id"]),
    message(
        "who",
        type="identify",
        traits={"email": "jane@example.com", "age": 41.0, "address": {"postalCode": "1010"}},
        context={"traits": {"email": "old@example.com", "firstName": "Jane"}},
    ),
    message("who-2", type="identify", context={"traits": {"plan": "pro"}}, traits={"age": "old"},
            receivedAt="2026-03-02T10:00:01Z", originalTimestamp="2026-03-02T10:00:00Z",
            sentAt="2026-03-02T10:00:00Z"),
    message("who-3", type="identify", userId="u3", traits={"firstName": "New"},
            context={"traits": {"first_name": "Old", "lastName": "Doe"}}),
    message("who-4", type="identify", userId="u3",
            traits={"address": {"postalCode": "new"}},
            context={"traits": {"address": {"postal_code": "old"}, "lastName": "Doe"}}),
    message("who-5", type="identify", userId="u3", traits={"address": {"postalCode": "new"}},
            context={"traits": {"address_postal_code": "old"}}),
    message("who-6", type="identify", userId="u3",
            traits={"address": {"postalCode": "first", "postal_code": "second"}}),
    message("firm-2", type="group", groupId="g1",
            traits={"employees": {"de": 3}, "createdAt": "soon", "email": [1]}),
    message("firm", type="group", groupId="g1", traits={"employees": 12, "name": "Acme"}),
    message("page", type="page", name="Home", properties={"name": "Other", "url": "https://x.example"}),
    message("page-2", type="page", properties={"name": "Pricing"}),
    message("page-3", type="page", name="Same", properties={"name": "Same", "url": {"a": 1}}),
    message("screen", type="screen", properties={"name": "Main", "category": "App"}),
    message("alias", type="alias", previousId="a0", properties={"previousId": "a1"}),
    message("skewed", originalTimestamp="2026-03-01T10:00:00Z", sentAt="2026-03-01T10:00:05Z",
            receivedAt="2026-03-01T12:00:05Z"),
    message("offset", originalTimestamp="2026-03-01T12:00:00+05:45", sentAt=None),
    message("timeless", originalTimestamp=None, sentAt=None),
    message("other-time", originalTimestamp=None, timestamp="2026-03-01T09:00:00Z", sentAt=None),
    message(
        "context",
        context={
            "userAgent": "a", "user_agent": "b", "page": {"url": "c"}, "screen": {"width": "1.5"},
            "userAgentData": {"mobile": True, "brands": [{"brand": "B"}]},
            "consent": {"categoryPreferences": {"ads": False}},
            "externalIds": [{"id": "e"}], "device": {"advertising_id": "d"},
        },
        integrations={"All": False, "Files": {"list": 1}},
    ),
    message("context-text", context="text"),
    message("context-odd", context={
        "screen": {"width": "wide", "height": {"px": 1}, "density": [2]}, "active": 1,
        "network": {"wifi": "true"}, "user_agent_data": {"mobile": "no"}, "ip": {"v4": "192.0.2.7"},
        "protocols": {"event_version": 1.5},
    }),
    message("context-alias", type="alias", previousId="a0", context={"active": "yes"}),
    *(message(f"consent-{number}", context={"consent": {"categoryPreferences": preferences}})
      for number, preferences in enumerate([{}, ["ads"], "no", True, None])),
    *(completed(f"flip-{number:02}", total=value, coupon=value)
      for number, (value, _, _) in enumerate(FLIPS)),
    *(message(f"named-{name}", event=name) for name in OTHER_TABLES),
    completed("long", **{"x" * 300: 1, "y" * 63 + "a": 2, "y" * 63 + "b": 3}),
    message("cafe", **COMPLETED, properties={"caf\u00e9": 1, "cafe\u0301": 2, "\u212a": 3}),
    completed("proto", __proto__=1, constructor=2, toString=3),
]  # fmt: skip


@pytest.fixture(scope="module")
def desk(open_desk: Callable[[str], Desk]) -> Desk:
    return open_desk("spec_tables").load("all", MESSAGES).build()


def test_names_are_those_of_segment(desk: Desk) -> None:
    rows = desk.rows("select event_text, event from main_spec.tracks where id like 'name-%'")

    assert dict(rows) == SNAKE_CASED


def test_any_name_is_snake_cased_as_the_plans_tools_do(desk: Desk) -> None:
    rows = desk.rows("select event_text, event from main_spec.tracks where id like 'random-%'")

    assert len(rows) == len(RANDOM_NAMES)
    assert {(name, snake_case(name) or None) for name in RANDOM_NAMES} == set(rows)
    assert all(name is None or re.fullmatch("[a-z0-9]+(_[a-z0-9]+)*", name) for _, name in rows)


def test_fifty_thousand_event_names_make_no_table_but_rows_of_tracks(desk: Desk) -> None:
    tables = desk.rows(
        "select table_name from information_schema.tables where table_schema = 'main_spec'"
    )

    models = {path.stem for path in (desk.workshop.folder / "models/spec").glob("**/*.sql")}
    assert {name for (name,) in tables} == models


@pytest.mark.parametrize(
    ("message_id", "order_id", "total", "checkout_id"),
    [
        ("plain", "o1", "19.990000000", None),
        ("camel", "42", "20.000000000", None),
        ("spaced", "o3", "5.000000000", None),
        ("nested", "o4", None, "c4"),
        ("both", "exact", None, None),
        ("misfit", None, None, None),
        ("other-case", "o6", None, None),
        ("no-object", None, None, None),
    ],
)
def test_properties_are_flattened_whatever_their_casing(
    desk: Desk, message_id: str, order_id: str, total: str | None, checkout_id: str | None
) -> None:
    rows = desk.rows(
        "select order_id, cast(total as varchar), checkout_id from main_spec.order_completed "
        "where id = ?",
        message_id,
    )

    assert rows == [(order_id, total, checkout_id)]


def test_arrays_are_json_text(desk: Desk) -> None:
    rows = desk.rows("select products from main_spec.order_completed where id = 'plain'")

    assert rows == [('[{"sku":"a","price":1.5}]',)]


def test_names_that_differ_in_casing_share_a_table(desk: Desk) -> None:
    rows = desk.rows(
        "select event, event_text from main_spec.order_completed "
        "where id in ('plain', 'other-case')"
    )

    assert set(rows) == {
        ("order_completed", "Order Completed"),
        ("order_completed", "order_completed"),
    }


def test_what_has_no_place_is_kept(desk: Desk) -> None:
    rows = desk.rows(
        "select message_id, table_name, column_name, field, value from main_spec.discards"
    )

    orders = "order_completed"
    assert set(rows) == {
        ("both", orders, "order_id", "orderId", "camel"),
        ("both", orders, "order_id", "Order-Id", "other"),
        ("misfit", orders, "total", "total", "NA"),
        ("misfit", orders, "discount", "discount", "[1]"),
        ("misfit", orders, "tax", "tax", '{"vat":1}'),
        ("reserved", orders, "id", "id", "x"),
        ("reserved", orders, "user_id", "user_id", "y"),
        ("reserved", orders, "user_id", "userId", "z"),
        ("reserved", orders, "context_ip", "context_ip", "9"),
        ("reserved", orders, "context_request_ip", "context_request_ip", "8"),
        ("alias", "aliases", "previous_id", "previousId", "a1"),
        ("unnamed", orders, None, "顧客", "1"),
        ("unnamed", orders, None, "", "2"),
        ("unnamed", orders, None, "*", "3"),
        ("unnamed", orders, None, "$", "4"),
        ("cafe", orders, None, "\u212a", "3"),
        ("other-case", orders, "total", "total", "NA"),
        ("other-case", orders, "user_id", "user_id", "y"),
        ("other-name", orders, "total", "Total", "NA"),
        ("too-great", orders, "total", "total", "1e300"),
        ("other-object", orders, "total", "Total", '{"k":1}'),
        ("other-object", orders, "coupon", "Coupon", "{}"),
        (f"flip-{OBJECT:02}", orders, "total", "total", '{"k":1}'),
        (f"flip-{OBJECT:02}", orders, "coupon", "coupon", '{"k":1}'),
        ("who-2", "identifies", "age", "age", "old"),
        ("who-6", "identifies", "address_postal_code", "address.postal_code", "second"),
        ("firm-2", "groups", "employees", "employees", '{"de":3}'),
        ("firm-2", "groups", "created_at", "createdAt", "soon"),
        ("page", "pages", "name", "name", "Other"),
        ("page-3", "pages", "url", "url", '{"a":1}'),
        *(
            ("context-odd", "tracks", column, field, value)
            for column, field, value in [
                ("context_screen_width", "context.screen.width", "wide"),
                ("context_screen_height", "context.screen.height", '{"px":1}'),
                ("context_screen_density", "context.screen.density", "[2]"),
                ("context_active", "context.active", "1"),
                ("context_user_agent_data_mobile", "context.user_agent_data.mobile", "no"),
                ("context_protocols_event_version", "context.protocols.event_version", "1.5"),
            ]
        ),
        ("context-alias", "aliases", "context_active", "context.active", "yes"),
        *((f"flip-{number:02}", orders, "total", "total", text) for number, text in MISFITS),
    }
    assert len(rows) == len(set(rows))


def test_a_property_never_overwrites_a_column_of_ours(desk: Desk) -> None:
    rows = desk.rows("select user_id, context_ip, order_id from main_spec.order_completed "
                     "where id = 'reserved'")  # fmt: skip

    assert rows == [("u1", None, "o5")]


def test_traits_of_the_context_count_and_those_of_the_call_win(desk: Desk) -> None:
    rows = desk.rows(
        "select id, email, first_name, age, plan, address_postal_code from main_spec.identifies"
    )

    assert set(rows) == {
        ("who", "jane@example.com", "Jane", 41, None, "1010"),
        ("who-2", None, None, None, "pro", None),
        ("who-3", None, "New", None, None, None),
        ("who-4", None, None, None, None, "new"),
        ("who-5", None, None, None, None, "new"),
        ("who-6", None, None, None, None, "first"),
    }


def test_a_user_is_the_latest_that_was_said(desk: Desk) -> None:
    users = desk.rows("select id, email, first_name, age, plan from main_spec.users")
    accounts = desk.rows("select id, name, employees from main_spec.accounts")

    assert set(users) == {
        ("u1", "jane@example.com", "Jane", 41, "pro"),
        ("u3", None, "New", None, None),
    }
    assert accounts == [("g1", "Acme", 12)]


def test_the_calls_own_name_wins(desk: Desk) -> None:
    rows = desk.rows("select id, name, url from main_spec.pages union all "
                     "select id, name, category from main_spec.screens")  # fmt: skip

    assert set(rows) == {
        ("page", "Home", "https://x.example"),
        ("page-2", "Pricing", None),
        ("page-3", "Same", None),
        ("screen", "Main", "App"),
    }


@pytest.mark.parametrize(
    ("message_id", "timestamp", "source"),
    [
        ("skewed", "2026-03-01 12:00:00", "corrected"),
        ("offset", "2026-03-01 06:15:00", "original_timestamp"),
        ("timeless", "2026-03-01 10:00:01", "received_at"),
        ("other-time", "2026-03-01 09:00:00", "original_timestamp"),
    ],
)
def test_a_wrong_clock_is_corrected(
    desk: Desk, message_id: str, timestamp: str, source: str
) -> None:
    rows = desk.rows(
        "select cast(timestamp as varchar), timestamp_source from main_staging.stg_events "
        "where message_id = ?",
        message_id,
    )

    assert rows == [(timestamp, source)]


def test_context_becomes_columns_whatever_its_casing(desk: Desk) -> None:
    rows = desk.rows(
        """
        select
            context_user_agent, context_page_url, cast(context_screen_width as double),
            context_user_agent_data_mobile, context_user_agent_data_brands,
            context_consent_category_preferences, context_external_ids,
            context_device_advertising_id, context_ip, context_network_wifi
        from main_spec.tracks
        where id in ('context', 'context-odd', 'context-text')
        order by id
        """
    )

    assert rows == [
        ("a", "c", 1.5, True, '[{"brand":"B"}]', '{"ads":false}', '[{"id":"e"}]', "d", None, None),
        (None,) * 8 + ('{"v4":"192.0.2.7"}', True),
        (None,) * 10,
    ]


def test_integrations_are_readable_downstream(desk: Desk) -> None:
    rows = desk.rows(
        "select cast(integrations as varchar) from main_staging.stg_events "
        "where message_id = 'context'"
    )

    assert rows == [('{"All":false,"Files":{"list":1}}',)]


def test_preferences_that_name_no_category_refuse_all(desk: Desk) -> None:
    rows = desk.rows("select message_id, category, is_granted from main_spec.message_consents")

    assert set(rows) == {
        ("context", "ads", False),
        *((f"consent-{number}", None, False) for number in range(4)),
    }


def test_a_property_of_every_kind_fails_no_build(desk: Desk) -> None:
    rows = desk.rows(
        "select cast(total as varchar), coupon from main_spec.order_completed "
        "where id like 'flip-%' order by id"
    )

    assert rows == [(number, text) for _, number, text in FLIPS]


def test_an_event_named_as_a_table_is_a_row_of_tracks(desk: Desk) -> None:
    rows = desk.rows("select event_text from main_spec.tracks where id like 'named-%'")
    users = desk.rows("select count(*) from main_spec.users")

    assert {name for (name,) in rows} == set(OTHER_TABLES)
    assert users == [(2,)]


@pytest.mark.parametrize("message_id", ["long", "cafe", "proto"])
def test_names_that_no_column_holds_are_read_by_their_key(desk: Desk, message_id: str) -> None:
    (sent,) = (each["properties"] for each in MESSAGES if each["messageId"] == message_id)

    rows = desk.rows(
        "select cast(properties as varchar) from main_staging.stg_events where message_id = ?",
        message_id,
    )

    assert json.loads(rows[0][0]) == sent


def test_the_offset_of_a_time_is_applied_or_the_text_is_no_time(desk: Desk) -> None:
    texts = ", ".join(f"('{text}')" for text in TIMES)

    shown = desk.workshop.dbt(
        *("show", "--quiet", "--output", "json", "--limit", "-1", "--inline"),
        f"""
        select words, cast({{{{ homespun.cast_text('words', 'timestamp') }}}} as varchar) as utc
        from (values {texts}) as told (words)
        """,
    ).succeeds()

    assert {row["words"]: row["utc"] for row in json.loads(shown.stdout)["show"]} == TIMES


def test_money_is_added_up_to_the_cent(desk: Desk) -> None:
    expected = sum(Decimal(number * 7919 % 10_000_019) / 100 for number in range(1_000_000))

    shown = desk.workshop.dbt(
        *("show", "--quiet", "--output", "json", "--inline"),
        """
        select cast(sum({{ homespun.cast_text('amount', 'number') }}) as varchar) as total
        from (
            select cents // 100 || '.' || lpad(cast(cents % 100 as varchar), 2, '0') as amount
            from (select n * 7919 % 10000019 as cents from range(1000000) as numbers (n))
        )
        """,
    ).succeeds()

    assert Decimal(json.loads(shown.stdout)["show"][0]["total"]) == expected
