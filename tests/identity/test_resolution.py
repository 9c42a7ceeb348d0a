"""Identity by SQL against identity by hand, row for row, in any order and any number of builds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.identity.cases import (
    Decision,
    by_chance,
    chain,
    chain_against_ages,
    decisions,
    star,
)
from tests.identity.project import Delivery, IdentityProject, open_project
from tests.identity.reference import Identifier, Message, Resolution, Rules, resolve

CASES = 150
TABLES = ("graph", "messages", "merges", "conflicts")
TIGHT = {
    "homespun_identifiers": [
        {"type": "user_id", "limit": 1},
        {"type": "email", "limit": 2},
        {"type": "phone"},
        {"type": "anonymous_id", "device": True, "limit": 3},
    ],
    "homespun_shared_device_limit": 2,
}
TIGHT_RULES = Rules(limits={"user_id": 1, "email": 2, "anonymous_id": 3}, shared_device_limit=2)
Open = Callable[[str], IdentityProject]


@pytest.fixture(scope="module")
def open_named(tmp_path_factory: pytest.TempPathFactory) -> Open:
    return lambda name: open_project(tmp_path_factory.mktemp(name))


def messages_by_chance() -> dict[str, list[Message]]:
    rng = Random(7)  # noqa: S311
    return {f"case{number}": by_chance(rng, f"case{number}") for number in range(CASES)}


def decisions_by_chance(cases: Mapping[str, list[Message]]) -> dict[str, list[Decision]]:
    rng = Random(5)  # noqa: S311
    return {name: decisions(rng, messages) for name, messages in cases.items()}


def override(project: IdentityProject, decided: Mapping[str, list[Decision]]) -> None:
    """Those of one case were decided in their order."""
    project.override(
        (action, *one, *other, "by chance", "jane@example.com", f"2026-02-{day:02}")
        for each in decided.values()
        for day, (action, one, other) in enumerate(each, start=1)
    )


def shuffled(messages: Iterator[Message] | list[Message], seed: int) -> list[Delivery]:
    deliveries = [Delivery(message) for message in messages]
    Random(seed).shuffle(deliveries)  # noqa: S311
    return deliveries


def by_hand(
    cases: Mapping[str, list[Message]], rules: Rules, decided: Mapping[str, list[Decision]]
) -> Resolution:
    """Cases share no identifier, so that one build answers each."""
    found = [
        resolve(
            messages,
            replace(
                rules,
                merges=[pair for action, *pair in decided[name] if action == "merge"],
                splits=[pair for action, *pair in decided[name] if action == "split"],
            ),
        )
        for name, messages in cases.items()
    ]
    return Resolution(
        **{table: set().union(*(getattr(one, table) for one in found)) for table in TABLES}
    )


def assert_equal(found: Resolution, expected: Resolution) -> None:
    wrong = {
        table: (
            sorted(expected_rows - rows, key=str)[:5],
            sorted(rows - expected_rows, key=str)[:5],
        )
        for table in TABLES
        for rows, expected_rows in [(getattr(found, table), getattr(expected, table))]
        if rows != expected_rows
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("variables", "rules"), [({}, Rules()), (TIGHT, TIGHT_RULES)], ids=["default", "tight"]
)
def test_every_case_comes_out_as_by_hand(
    open_named: Open, variables: dict[str, Any], rules: Rules
) -> None:
    cases = messages_by_chance()
    decided = decisions_by_chance(cases)
    project = open_named("full")
    project.load(shuffled([m for messages in cases.values() for m in messages], 1))
    override(project, decided)

    project.build(variables)

    assert_equal(project.resolution(), by_hand(cases, rules, decided))


@pytest.mark.parametrize("variables", [{}, TIGHT], ids=["default", "tight"])
def test_many_builds_of_parts_in_any_order_end_as_one(
    open_named: Open, variables: dict[str, Any]
) -> None:
    """Some messages come twice, and what was received first comes last, with another content."""
    rng = Random(11)  # noqa: S311
    cases = messages_by_chance()
    everything = [message for messages in cases.values() for message in messages]
    deliveries = shuffled(everything, 2)
    forgotten = [
        Delivery(Message(m.message_id, rng.randrange(9), other.kind, other.identifiers), received=1)
        for m in rng.sample(everything, len(everything) // 10)
        for other in [rng.choice(cases[m.message_id.split("-")[0]])]
    ]
    parts = [forgotten + deliveries[::2], deliveries[1::2]]
    project = open_named("parts")
    override(project, decisions_by_chance(cases))
    for number, part in enumerate(parts):
        project.load(part, load=number)

        project.build(variables)

    at_once = open_named("at_once")
    override(at_once, decisions_by_chance(cases))
    at_once.load(forgotten + deliveries)
    at_once.build(variables)
    assert project.everything() == at_once.everything()


def test_a_star_of_a_hundred_thousand_is_one_profile_after_one_build(open_named: Open) -> None:
    size = 100_000
    project = open_named("star")
    project.load(Delivery(message) for message in star("star", size))

    project.build()

    assert project.rows("identifier_count", "profiles") == {(size + 1,)}
    assert len(project.rows("merged_profile_id", "profile_merges")) == size // 2


@pytest.fixture(scope="module")
def long_chains(open_named: Open) -> IdentityProject:
    length = 10_000
    places = list(range(length))
    project = open_named("chains")
    project.load(Delivery(message) for message in chain("in_order", places))
    project.load(Delivery(message) for message in chain("reversed", places[::-1]))
    ends_inwards = [end for pair in zip(places, places[::-1], strict=True) for end in pair][:length]
    project.load(Delivery(message) for message in chain("zigzag", ends_inwards))
    rng = Random(3)  # noqa: S311
    project.load(Delivery(message) for message in chain("by_chance", rng.sample(places, length)))
    project.load(Delivery(message) for message in chain_against_ages("against", length))
    project.build()
    return project


@pytest.mark.parametrize("order", ["in_order", "reversed", "zigzag", "by_chance", "against"])
def test_a_chain_of_ten_thousand_is_one_profile_after_one_build(
    long_chains: IdentityProject, order: str
) -> None:
    graph = long_chains.rows("id_value, profile_id", "id_graph")

    assert len({profile for value, profile in graph if value.startswith(f"{order}-")}) == 1


def test_chains_that_share_nothing_are_each_a_profile(long_chains: IdentityProject) -> None:
    assert long_chains.rows("count(*)", "profiles") == {(5,)}


def test_in_a_chain_against_ages_each_link_ends_the_younger_side(
    long_chains: IdentityProject,
) -> None:
    merges = long_chains.rows("merged_profile_id, message_id", "profile_merges")

    ends = {
        (Identifier("anonymous_id", f"against-{n}").profile_id, f"against-{n:05}-link")
        for n in range(9_999)
    }
    assert ends <= merges


def test_what_a_person_decided_is_applied_and_undone(open_named: Open) -> None:
    a, b, c = (Identifier("user_id", name) for name in "abc")
    device = Identifier("anonymous_id", "device")
    messages = [
        Message("m1", 1, "track", frozenset({a, device})),
        Message("m2", 2, "track", frozenset({b})),
        Message("m3", 3, "track", frozenset({c})),
    ]
    project = open_named("overrides")
    project.load(Delivery(message) for message in messages)
    project.build()
    before = project.everything()

    project.override([
        ("merge", *b, *c, "one account too many", "jane@example.com", "2026-02-01"),
        ("split", *a, *device, "a borrowed phone", "jane@example.com", "2026-02-01"),
    ])  # fmt: skip
    project.build()

    rules = Rules(merges=[(b, c)], splits=[(a, device)])
    assert_equal(project.resolution(), resolve(messages, rules))
    assert (b.profile_id, c.profile_id, None, "override") in project.resolution().merges
    project.override([])
    project.build()
    assert project.everything() == before


def test_a_value_that_is_blocked_later_links_nobody_until_it_is_released(
    open_named: Open,
) -> None:
    office = Identifier("email", "office@example.com")
    devices = [Identifier("anonymous_id", f"device-{n}") for n in range(3)]
    project = open_named("blocked")
    project.load(
        Delivery(Message(f"m{n}", n, "identify", frozenset({office, device})))
        for n, device in enumerate(devices)
    )
    project.build()
    before = project.everything()
    assert len(project.rows("profile_id", "profiles")) == 1

    seed = project.folder / "seeds/blocked_identifiers.csv"
    listed = seed.read_text()
    seed.write_text(listed + "email,pattern,^office@,An address of many\n")
    project.build()

    assert {(kind, value) for kind, value, _ in project.resolution().graph} == set(devices)
    assert len(project.rows("profile_id", "profiles")) == 3
    seed.write_text(listed)
    project.build()
    assert project.everything() == before


def test_a_shared_device_is_a_profile_of_its_own_until_its_type_is_no_device(
    open_named: Open,
) -> None:
    people = [Identifier("user_id", f"person-{n}") for n in range(5)]
    tablet = Identifier("anonymous_id", "tablet")
    project = open_named("tablet")
    project.load(
        Delivery(Message(f"m{at}", at, "track", frozenset({*who, tablet})))
        for at, who in enumerate([*([person] for person in people), []])
    )

    project.build({"homespun_shared_device_rule": "device"})

    moments = "extract(second from first_seen_at), extract(second from last_seen_at)"
    assert (tablet.profile_id, 5, 5) in project.rows(f"profile_id, {moments}", "profiles")
    project.build({
        "homespun_identifiers": [{"type": "user_id", "limit": 1}, {"type": "anonymous_id"}]
    })  # fmt: skip
    assert (*tablet, people[0].profile_id) in project.resolution().graph
