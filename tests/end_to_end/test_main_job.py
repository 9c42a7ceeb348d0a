"""The main job on the sample shop: what was said comes out, to the message and to the cent."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from tests.end_to_end.conftest import AUDIENCES, Shop
from tests.end_to_end.truth import members, owners, truth

TABLES = {
    "track": "tracks",
    "identify": "identifies",
    "page": "pages",
    "screen": "screens",
    "group": "groups",
    "alias": "aliases",
}
TYPED = ("Product Viewed", "Product Added", "Checkout Started", "Order Completed",
         "Order Refunded", "Signed Up")  # fmt: skip


def test_each_load_reports_what_the_files_hold(shop: Shop) -> None:
    facts = shop.sample.facts

    loads = [day.load for day in shop.days]

    for load, day in zip(loads, (facts.day_1, facts.day_2), strict=True):
        assert load["lines"] == day.lines
        assert load["events"] == day.messages
        assert load["duplicates"] == day.duplicates
        assert load["rejected"] == day.rejected


def test_every_message_is_in_raw_or_rejected_with_its_reason(shop: Shop) -> None:
    facts = shop.sample.facts

    [(events,)] = shop.workshop.query("select count(*) from raw.events")
    rejected = dict(
        shop.workshop.query("select reason, count(*) from raw.rejected_events group by 1")
    )

    assert events == facts.messages
    assert rejected == facts.rejected


@pytest.mark.parametrize("call_type", TABLES)
def test_a_spec_table_has_one_row_per_message_id(shop: Shop, call_type: str) -> None:
    facts = shop.sample.facts

    [counts] = shop.workshop.query(
        f"select count(*), count(distinct id) from main_spec.{TABLES[call_type]}"
    )

    expected = facts.day_1.types[call_type] + facts.day_2.types[call_type]
    assert counts == (expected, expected)


def test_each_planned_event_has_its_rows_in_its_own_table(shop: Shop) -> None:
    facts = shop.sample.facts
    expected = Counter(facts.day_1.events) + Counter(facts.day_2.events)

    tracked = dict(
        shop.workshop.query("select event_text, count(*) from main_spec.tracks group by 1")
    )
    typed = {
        event: shop.workshop.query(
            f"select count(*) from main_spec.{event.lower().replace(' ', '_')}"
        )[0][0]
        for event in TYPED
    }

    assert tracked == expected
    assert typed == {event: expected[event] for event in TYPED}


def test_messages_keep_the_source_that_sent_them_first(shop: Shop) -> None:
    facts = shop.sample.facts

    sources = dict(
        shop.workshop.query("select source, count(*) from main_staging.stg_events group by 1")
    )

    assert sources == Counter(facts.day_1.sources) + Counter(facts.day_2.sources)


def test_each_broken_plan_is_named_once(shop: Shop) -> None:
    facts = shop.sample.facts

    found = dict(
        shop.workshop.query("select violation, count(*) from main_spec.plan_violations group by 1")
    )

    assert found == Counter(facts.day_1.violations) + Counter(facts.day_2.violations)


def test_money_is_exact_to_the_cent(shop: Shop) -> None:
    facts = shop.sample.facts

    [(revenue,)] = shop.workshop.query("select sum(revenue) from main_spec.order_completed")
    [(refunded,)] = shop.workshop.query("select sum(revenue) from main_spec.order_refunded")

    assert revenue * 100 == facts.day_1.revenue_cents + facts.day_2.revenue_cents
    assert refunded * 100 == facts.day_1.refunded_cents + facts.day_2.refunded_cents


def test_two_identifiers_are_one_profile_when_they_are_one_person_and_only_then(
    shop: Shop,
) -> None:
    people = truth(shop.sample.folder)
    profiles = {
        (id_type, value): profile
        for id_type, value, profile in shop.workshop.query(
            "select id_type, id_value, profile_id from main_identity.id_graph"
        )
    }
    known = {pair: next(iter(who)) for pair, who in people.items() if len(who) == 1}

    same_person = set(pairs_within(known))
    same_profile = set(pairs_within({pair: profiles[pair] for pair in known}))

    assert same_profile - same_person == set(), "precision"
    assert same_person - same_profile == set(), "recall"
    assert len(same_person) > 200
    assert set(profiles) == set(people)


def test_a_shared_browser_belongs_to_one_of_its_owners_and_makes_them_no_one(shop: Shop) -> None:
    people = truth(shop.sample.folder)
    shared = {value for (_, value), who in people.items() if len(who) > 1}

    refused = shop.workshop.query(
        "select refused_id_value, profile_id, refused_profile_id "
        "from main_identity.identity_conflicts"
    )

    assert {value for value, _, _ in refused} == shared
    assert all(profile != other for _, profile, other in refused)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_audience_holds_whom_its_definition_says(shop: Shop, audience: str) -> None:
    people = owners(shop.sample.folder)
    expected = members(audience, shop.messages, people)

    found = shop.workshop.query(
        f"""
        select id_graph.id_type, id_graph.id_value
        from main_audiences.{audience} as audience
        inner join main_identity.id_graph on audience.profile_id = id_graph.profile_id
        """
    )

    assert {people[pair] for pair in found} == expected
    assert len(shop.days[1].members[audience]) == len(expected) > 0


@pytest.mark.parametrize("audience", AUDIENCES)
def test_changes_tell_each_entry_and_exit_once(shop: Shop, audience: str) -> None:
    before, after = (day.members[audience] for day in shop.days)

    changes = shop.workshop.query(
        "select profile_id, change from main_audiences.audience_changes where audience = ?",
        audience,
    )

    assert Counter(changes) == Counter(
        [(profile, "entered") for profile in before]
        + [(profile, "entered") for profile in after - before]
        + [(profile, "exited") for profile in before - after]
    )
    assert after - before
    assert before - after or audience == "repeat_buyers", "who bought twice will always have"


def test_destinations_hold_the_audiences_after_each_day(shop: Shop) -> None:
    for day in shop.days:
        assert day.received.keys() == day.members["cart_abandoners"]
    with sqlite3.connect(shop.workshop.folder / "exports/crm.sqlite") as crm:
        accounts = {key for (key,) in crm.execute("select profile_id from key_accounts")}
    assert accounts == shop.days[1].members["high_value"]


def test_a_sync_sends_what_changed_and_a_second_one_nothing(shop: Shop) -> None:
    first, second = shop.days
    syncs = {
        "cart_abandoners_to_webhook": "cart_abandoners",
        "high_value_to_crm": "high_value",
        "repeat_buyers_to_files": "repeat_buyers",
    }

    for sync, audience in syncs.items():
        before, after = first.members[audience], second.members[audience]
        assert first.synced[sync]["added"] == len(before)
        assert second.synced[sync]["added"] == len(after - before)
        assert second.synced[sync]["removed"] == len(before - after)
    for report in (*first.again.values(), *second.again.values()):
        assert (report["sent"], report["requests"]) == (0, 0)


def pairs_within(groups: dict[tuple[str, str], str]) -> Iterator[tuple[Any, Any]]:
    """Every two identifiers of one group."""
    by_group = defaultdict(list)
    for pair, group in groups.items():
        by_group[group].append(pair)
    for inside in by_group.values():
        yield from combinations(sorted(inside), 2)
