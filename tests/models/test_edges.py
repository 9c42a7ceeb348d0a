"""The edges of traits' and conditions' meaning that random definitions seldom meet."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.end_to_end.workshop import Workshop
from tests.models.laboratory import open_laboratory, unsaid_errors
from tests.models.reference import AS_OF, Event, Profile

SAID: Mapping[str, Mapping[str, Any]] = {
    "dotted": {"utm.source": "mail", 'a"b': "quote", "back\\slash": "slash"},
    "camel": {"productId": "p1"},
    "snake": {"product_id": "p1"},
    "title": {"Product Id": "p1"},
    "at_eight": {"due": "2026-03-01T08:00:00Z"},
    "at_nine": {"due": "2026-03-01T11:00:00+02:00"},
}
DID = "performed('Product Added', where=[[{}]])"
CONDITIONS = {
    DID.format(r"'utm\\.source', '=', 'mail'"): {"dotted"},
    DID.format("'a\\\"b', '=', 'quote'"): {"dotted"},
    DID.format(r"'back\\\\slash', '=', 'slash'"): {"dotted"},
    DID.format("'product_id', 'exists'"): {"camel", "snake"},
    DID.format("'productId', 'exists'"): {"camel", "snake"},
    DID.format("'Product Id', 'exists'"): {"camel", "snake", "title"},
    DID.format("'due', 'before', '2026-03-01T10:30:00+02:00'"): {"at_eight"},
    DID.format("'due', 'after', '2026-03-01T10:00:00 UTC'"): set(),
    DID.format("'due', 'after', '2026-03-01T03:30:00-0500'"): {"at_nine"},
    "trait_is('plan', '>', 5)": {"title"},
    "trait_is('plan', 'after', '2026-01-01')": {"snake"},
    "top(2, by='spent', among=\"profile_id = 'camel' or profile_id = 'poor'\")": {"camel"},
    "performed('注文', where=[['金額', '>', 1]])": {"poor"},
    "performed('注文 ')": set(),
}
PLANS = {"title": "6", "snake": "2026-03-01", "camel": "gold"}
WRONG = {
    "performed('A', between=['7 days', '1 hour'])": "goes from the nearer moment to the farther",
    "performed('A', where=[['due', 'before', 'soon']])": "'soon' is no moment such as",
}


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    people = [
        Profile(
            name,
            {"plan": PLANS.get(name), "spent": 5 if name == "camel" else None},
            [],
            [Event(name, "Product Added", AS_OF - timedelta(days=1), said)],
        )
        for name, said in SAID.items()
    ]
    order = Event("order", "注文", AS_OF, {"金額": 2})
    people.append(Profile("poor", {"plan": None, "spent": None}, [], [order]))
    workshop = open_laboratory(tmp_path_factory.mktemp("edges"), people)
    columns = "".join(
        f",\n    {{{{ homespun.{call} }}}} as c{place}" for place, call in enumerate(CONDITIONS)
    )
    (workshop.folder / "models/edges.sql").write_text(
        f"{{{{ config(materialized='table') }}}}\nselect profile_id{columns}\n"
        "from {{ ref('profile_traits') }}"
    )
    (workshop.folder / "models/negated.sql").write_text(
        "{{ config(materialized='table') }}\nselect profile_id from {{ ref('profile_events') }}\n"
        "where not {{ homespun.event_condition('Product Added', within='2 days') }}\n"
        "or not {{ homespun.window_condition(between=['2 hours', '2 days']) }}"
    )
    workshop.dbt("run").succeeds()
    return workshop


@pytest.mark.parametrize("place", range(len(CONDITIONS)), ids=list(CONDITIONS))
def test_a_condition_holds_for_whom_its_words_say(laboratory: Workshop, place: int) -> None:
    rows = laboratory.query(f"select profile_id from main.edges where c{place}")

    assert {profile for (profile,) in rows} == list(CONDITIONS.values())[place]


def test_a_condition_on_events_can_be_negated(laboratory: Workshop) -> None:
    assert laboratory.query("select profile_id from main.negated") == [("poor",)]


def test_what_can_never_hold_is_an_error(laboratory: Workshop) -> None:
    assert unsaid_errors(laboratory, WRONG) == []
