"""The tracking plan in SQL: every kind of violation, and what becomes of the message."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.models.spec.conftest import Desk, message, rule

PLAN = [
    rule(description="An order"),
    rule("id", "string", is_required="true", pattern="^o"),
    rule("total", "number", minimum="0", maximum="100"),
    rule("weight", "number"),
    rule("rating", "integer", allowed_values="1|5"),
    rule("currency", "string", allowed_values="EUR|USD"),
    rule("at", "timestamp"),
    rule("count", "integer"),
    rule("gift", "boolean"),
    rule("address.street", "string", is_required="true"),
    rule("address.city", "string"),
    rule("products", "array"),
    rule("products.$.sku", "string", is_required="true"),
    rule("products.$.price", "number", minimum="0"),
    rule("tags.$", "string"),
    rule("a\\.b", "string"),
    rule("meta", "object"),
    rule("note", "any"),
    rule("user_id", "integer"),
    {**rule(), "event": "Versioned", "version": "1"},
    {**rule("old", "string"), "event": "Versioned", "version": "1"},
    {**rule(), "event": "Versioned", "version": "2"},
    {**rule("new", "string"), "event": "Versioned", "version": "2"},
    {"call_type": "identify", "property": "plan", "property_type": "string", "is_required": "false",
     "allowed_values": "free|pro"},
    {"call_type": "identify", "property": "", "on_violation": "omit"},
    {"call_type": "identify", "property": "email", "property_type": "string", "pattern": "@"},
    {"call_type": "group", "property": "email", "property_type": "string", "pattern": "@",
     "on_violation": "omit"},
]  # fmt: skip
GOOD = {
    "id": "o1", "total": 100, "currency": "EUR", "at": "2026-01-01T00:00:00Z", "count": 2.0,
    "gift": False, "address": {"street": "s", "city": None}, "products": [{"sku": "a", "price": 1}],
    "tags": ["x"], "a.b": "y", "meta": {"any": {"thing": 1}},
}  # fmt: skip
# A name, the properties, and the violations that must be found.
CASES: list[tuple[str, Any, set[tuple[str, str | None]]]] = [
    ("good", GOOD, set()),
    ("smallest", {"id": "o"}, set()),
    ("unplanned", {"id": "o1", "colour": 1}, {("unplanned_property", "colour")}),
    ("unplanned-dot", {"id": "o1", "a": {"b": 1}}, {("unplanned_property", "a")}),
    ("missing", {"total": 1}, {("missing_required", "id")}),
    ("null", {"id": None}, {("missing_required", "id")}),
    ("no-object", ["id"], {("missing_required", "id")}),
    ("no-properties", None, {("missing_required", "id")}),
    ("number", {"id": "o1", "total": "1"}, {("wrong_type", "total")}),
    ("integer", {"id": "o1", "count": 1.5}, {("wrong_type", "count")}),
    ("time", {"id": "o1", "at": "soon"}, {("wrong_type", "at")}),
    ("boolean", {"id": "o1", "gift": "true"}, {("wrong_type", "gift")}),
    ("array", {"id": "o1", "products": {}}, {("wrong_type", "products")}),
    ("pattern", {"id": "1"}, {("pattern_mismatch", "id")}),
    ("enum", {"id": "o1", "currency": "EUR|USD"}, {("not_in_enum", "currency")}),
    ("enum-number", {"id": "o1", "rating": 5.0}, set()),
    ("enum-part", {"id": "o1", "currency": "EU"}, {("not_in_enum", "currency")}),
    ("range", {"id": "o1", "total": 100.01}, {("out_of_range", "total")}),
    ("huge", {"id": "o1", "total": 1e300}, {("out_of_range", "total")}),
    ("huge-weight", {"id": "o1", "weight": 1e300}, {("out_of_range", "weight")}),
    (
        "nested-missing",
        {"id": "o1", "address": {"city": "c"}},
        {("missing_required", "address.street")},
    ),
    (
        "nested-unplanned",
        {"id": "o1", "address": {"street": "s", "zip": 1}},
        {("unplanned_property", "address.zip")},
    ),
    ("nested-type", {"id": "o1", "address": {"street": 1}}, {("wrong_type", "address.street")}),
    ("nested-not-object", {"id": "o1", "address": "s"}, {("wrong_type", "address")}),
    (
        "item-missing",
        {"id": "o1", "products": [{"sku": "a"}, {}, {"price": 1}]},
        {("missing_required", "products.$.sku")},
    ),
    (
        "item-range",
        {"id": "o1", "products": [{"sku": "a", "price": -1}, {"sku": "b", "price": -2}]},
        {("out_of_range", "products.$.price")},
    ),
    ("item-not-object", {"id": "o1", "products": ["a"]}, {("wrong_type", "products.$")}),
    ("item-text", {"id": "o1", "tags": ["x", 1]}, {("wrong_type", "tags.$")}),
    (
        "several",
        {"total": -1, "colour": 1, "currency": 5},
        {
            ("missing_required", "id"),
            ("out_of_range", "total"),
            ("unplanned_property", "colour"),
            ("wrong_type", "currency"),
        },
    ),
    ("key-dollar", {"id": "o1", "tags": {"$": 1}}, {("wrong_type", "tags")}),
    (
        "object",
        {"id": "o1", "total": {"eur": 1}, "address": {"street": {"no": 1}}},
        {("wrong_type", "total"), ("wrong_type", "address.street")},
    ),
    ("any-object", {"id": "o1", "note": {"by": "x"}}, set()),
    ("digits", {"id": "o1", "count": "1_000"}, {("wrong_type", "count")}),
    ("reserved", {"id": "o1", "user_id": "x"}, {("wrong_type", "user_id")}),
    ("key-empty", {"id": "o1", "": {"total": 1}}, {("unplanned_property", "")}),
]
# What has no place in a column: the name of its case, its path, and the value as text.
MISFITS = {
    ("integer", "count", "1.5"),
    ("time", "at", "soon"),
    ("array", "products", "{}"),
    ("huge", "total", "1e300"),
    ("huge-weight", "weight", "1e300"),
    ("nested-not-object", "address", "s"),
    ("key-dollar", "tags", '{"$":1}'),
    ("object", "total", '{"eur":1}'),
    ("object", "address.street", '{"no":1}'),
    ("any-object", "note", '{"by":"x"}'),
    ("digits", "count", "1_000"),
    ("reserved", "user_id", "x"),
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(open_desk: Callable[[str], Desk]) -> Desk:
    desk = open_desk("plan").plan(*PLAN)
    return desk.load(
        "all",
        [
            *(message(name, properties=properties) for name, properties, _ in CASES),
            message("unplanned-event", event="ordered"),
            message("trait", type="identify", traits={"plan": "gold"}),
            message("trait-good", type="identify", context={"traits": {"plan": "free"}}),
            message("known", type="identify",
                    context={"traits": {"email": "known", "plan": "pro"}}),
            message("said", type="identify", traits={"email": "said"},
                    context={"traits": {"email": "known@example.com"}}),
            message("otherwise", type="identify", traits={"Email": "said"},
                    context={"traits": {"email": "known"}}),
            message("kept", type="identify", traits={"colour": 1, "email": "jane@example.com"},
                    context={"traits": {"email": "jane@example.com"}}),
            message("firm", type="group", groupId="g1", traits={"email": "firm"},
                    context={"traits": {"email": "joe@example.com"}}),
            message("page", type="page", properties={"anything": 1}),
            message("page-2", type="page", properties={"anything": 2}),
            message("oldest", event="Versioned", properties={"new": "x"}),
            message("version-1", event="Versioned", properties={"old": "x"},
                    context={"protocols": {"event_version": 1}}),
            message("version-2", event="Versioned", properties={"new": "x"},
                    context={"protocols": {"event_version": 2}}),
            message("version-9", event="Versioned", properties={"old": "x"},
                    context={"protocols": {"event_version": 9}}),
            message("before", event="Versioned", receivedAt="2026-02-27T00:00:00Z"),
            message("to-come", event="Versioned", receivedAt="2126-03-01T00:00:00Z"),
        ],
    ).build("int_said_identifiers")  # fmt: skip


@pytest.mark.parametrize(("message_id", "violations"), [(name, found) for name, _, found in CASES])
def test_every_kind_of_violation_is_found(
    desk: Desk, message_id: str, violations: set[tuple[str, str | None]]
) -> None:
    rows = desk.rows(
        "select violation, field from main_spec.plan_violations where message_id = ?", message_id
    )

    assert set(rows) == violations
    assert len(rows) == len(violations)


def test_other_calls_and_versions_are_held_to_their_own_rules(desk: Desk) -> None:
    rows = desk.rows(
        "select message_id, violation, field from main_spec.plan_violations "
        "where message_id not in (select unnest(?))",
        [name for name, _, _ in CASES],
    )

    assert set(rows) == {
        ("unplanned-event", "unplanned_event", None),
        ("trait", "not_in_enum", "plan"),
        ("known", "pattern_mismatch", "email"),
        ("said", "pattern_mismatch", "email"),
        ("otherwise", "unplanned_property", "Email"),
        ("kept", "unplanned_property", "colour"),
        ("firm", "pattern_mismatch", "email"),
        ("oldest", "unplanned_property", "new"),
    }


def test_what_does_not_fit_is_kept(desk: Desk) -> None:
    rows = desk.rows(
        "select message_id, field, value from main_spec.discards "
        "where table_name = 'ordered' and field != 'id'"
    )

    assert sorted(rows) == sorted(MISFITS)


def test_a_trait_that_the_plan_omits_is_no_identifier(desk: Desk) -> None:
    said = desk.rows(
        "select message_id, id_value from main_identity.int_said_identifiers "
        "where id_type = 'email'"
    )
    known = desk.rows(
        "select id, email, context_traits_email from main_spec.identifies "
        "where coalesce(email, context_traits_email) is not null"
    )
    contexts = desk.rows(
        "select message_id, cast(context as varchar) from main_staging.stg_events "
        "where message_id in ('known', 'said', 'otherwise')"
    )

    assert set(said) == {("kept", "jane@example.com"), ("firm", "joe@example.com")}
    assert known == [("kept", "jane@example.com", "jane@example.com")]
    assert dict(contexts) == {
        "known": '{"traits":{"plan":"pro"}}',
        "said": '{"traits":{}}',
        "otherwise": '{"traits":{}}',
    }


def test_a_digest_tells_what_the_last_days_brought(desk: Desk, tmp_path: Path) -> None:
    told = desk.workshop.homespun(
        *("plan", "report", "--days", "2", "--json", "--markdown", tmp_path / "plan.md")
    )
    digest = told.succeeds().json()

    emails = [each for each in digest["violations"] if each["field"] == "email"]
    assert digest["until"] == "2026-03-01 10:00:01"
    assert [(each["call"], each["messages"], each["examples"]) for each in emails] == [
        ("identify", 2, ["known", "said"]),
        ("group", 1, ["firm"]),
    ]
    assert digest["unplanned"] == [
        {"event": "ordered", "messages": 1, "examples": ["unplanned-event"]}
    ]
    assert {"call": "track", "event": "Versioned", "messages": 4, "before": 1} in digest["volumes"]
    assert "| identify |  | pattern_mismatch | email | 2 | known, said |" in (
        (tmp_path / "plan.md").read_text()
    )


def test_a_draft_counts_what_arrived_and_what_was_read(desk: Desk) -> None:
    drafted = desk.workshop.homespun("plan", "infer", "--most", "1").succeeds().stdout.splitlines()

    assert "page,,,,,,,,,Seen 2 times,,," in drafted
    assert 'page,,anything,integer,true,,,,,"Seen in 1 of 1, such as 1",,,' in drafted


def test_a_plan_blocks_trims_and_lets_go_again(open_desk: Callable[[str], Desk]) -> None:
    messages = [
        message("good", properties={"id": "o1"}),
        message("bad", properties={"id": 5}),
        message("extra", properties={"id": "o2", "colour": {"hue": 1}, "tags": ["x", 1]}),
        message(
            "who", type="identify", userId="u2", traits={"plan": 1, "email": "jane@example.com"}
        ),
    ]
    rules = [
        rule(on_violation="omit"),
        rule("id", "string", on_violation="block"),
        rule("tags.$", "string"),
        {"call_type": "identify", "property": "", "on_violation": "block"},
        {"call_type": "identify", "property": "plan", "property_type": "string"},
        {"call_type": "identify", "property": "email", "property_type": "string"},
    ]
    lenient = [{**each, "on_violation": "allow"} for each in rules]
    desk = open_desk("blocking").plan(*rules).load("all", messages).build()

    blocked = shown(desk)
    desk.load("more", [message("bad-2", properties={"id": 6})]).build()
    blocked_more = shown(desk)
    desk.plan(*lenient).build()
    released = shown(desk)
    earlier = message("bad", properties={"id": 7}, receivedAt="2026-03-01T09:59:59Z")
    desk.load("earlier", [earlier]).build()
    revised = desk.rows(
        "select cast(received_at as varchar) from main_spec.tracks where id = 'bad'"
    )
    desk.plan(*rules).build()
    blocked_again = shown(desk)

    assert blocked == {
        "tracks": {"good", "extra"},
        "users": set(),
        "blocked_events": {"bad", "who"},
        "properties": {"good": '{"id":"o1"}', "extra": '{"id":"o2"}'},
    }
    assert blocked_more == {**blocked, "blocked_events": {"bad", "bad-2", "who"}}
    assert released["tracks"] == {"good", "bad", "extra", "bad-2"}
    assert released["users"] == {"u2"}
    assert released["blocked_events"] == set()
    assert released["properties"]["extra"] == '{"id":"o2","colour":{"hue":1},"tags":["x",1]}'
    assert revised == [("2026-03-01 09:59:59",)]
    assert blocked_again == blocked_more


def shown(desk: Desk) -> dict[str, Any]:
    """What each table shows, and that the parts agree with a message count."""
    ids = {
        table: [row[0] for row in desk.rows(f"select {column} from main_spec.{table}")]
        for table, column in [("tracks", "id"), ("users", "id"), ("blocked_events", "message_id")]
    }
    assert all(len(found) == len(set(found)) for found in ids.values())
    properties = desk.rows(
        "select message_id, cast(properties as varchar) from main_staging.stg_events "
        "where type = 'track'"
    )
    return {**{table: set(found) for table, found in ids.items()}, "properties": dict(properties)}
