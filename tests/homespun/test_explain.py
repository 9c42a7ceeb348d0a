"""The shortest chain between two identifiers, and how identifiers are written on a command line."""

from datetime import UTC, datetime

import pytest

from homespun.errors import ConfigurationError
from homespun.explain import parse_identifier
from homespun.explain_chain import Identifier, Link, shortest_chain


def link(one: str, other: str, *, is_refused: bool = False) -> Link:
    return Link(
        Identifier("anonymous_id", one),
        Identifier("anonymous_id", other),
        f"{one}{other}",
        "web",
        "same_message",
        datetime(2026, 1, 1, tzinfo=UTC),
        is_refused,
    )


def chain_of(links: list[Link], start: str, end: str) -> list[str | None]:
    ends = (Identifier("anonymous_id", name) for name in (start, end))
    return [found.message_id for found in shortest_chain(links, *ends)]


def test_the_shortest_of_several_chains_is_told() -> None:
    links = [link("a", "b"), link("b", "c"), link("c", "d"), link("d", "a"), link("d", "e")]

    assert chain_of(links, "a", "e") == ["da", "de"]


def test_a_chain_without_a_refusal_is_told_before_a_shorter_one_with_it() -> None:
    links = [link("a", "c", is_refused=True), link("a", "b"), link("b", "c")]

    assert chain_of(links, "a", "c") == ["ab", "bc"]


def test_the_refused_link_is_told_where_nothing_else_ties_them() -> None:
    assert chain_of([link("a", "b"), link("b", "c", is_refused=True)], "a", "c") == ["ab", "bc"]


def test_what_nothing_ties_has_no_chain() -> None:
    assert chain_of([link("a", "b")], "a", "z") == []


def test_a_value_may_hold_colons() -> None:
    assert parse_identifier("user_id:urn:7") == Identifier("user_id", "urn:7")


@pytest.mark.parametrize("text", ["joe@elsewhere.example", "email:", ":joe"])
def test_what_is_no_identifier_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_identifier(text)

    assert "joe" not in str(refused.value)
