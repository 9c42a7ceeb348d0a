"""What people decide about identities, and entities that group profiles without merging them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.identity.project import (
    MODELS,
    REPOSITORY,
    Delivery,
    IdentityProject,
    open_project,
)
from tests.identity.reference import Identifier, Message

ONE, OTHER, THIRD, GUEST, LAST = (
    Identifier("user_id", name) for name in ("one", "other", "third", "visitor", "last")
)
DEVICE, TABLET = (Identifier("anonymous_id", name) for name in ("device", "tablet"))
MAIL = Identifier("email", "jane@example.com")
PHONE = Identifier("phone", "+49301234567")
NOW = "2026-02-01"


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> IdentityProject:
    """Three accounts of one person made one, a borrowed phone kept apart, and mistakes."""
    project = open_project(tmp_path_factory.mktemp("decided"))
    project.load(
        Delivery(message)
        for message in [
            Message("m1", 1, "identify", frozenset({ONE, MAIL, PHONE})),
            Message("m2", 2, "track", frozenset({OTHER, TABLET})),
            Message("m3", 3, "track", frozenset({OTHER})),
            Message("m4", 4, "track", frozenset({THIRD, DEVICE})),
            Message("m5", 5, "track", frozenset({DEVICE})),
            Message("m6", 6, "identify", frozenset({GUEST, MAIL})),
            Message("m7", 7, "track", frozenset({LAST})),
        ]
    )
    project.override([
        ("merge", *ONE, *OTHER, "one account too many", "jane@example.com", NOW),
        ("split", *THIRD, *DEVICE, "a borrowed phone", "jane@example.com", NOW),
        ("merge", *ONE, *MAIL, "to be sure", "jane@example.com", NOW),
        ("merge", *OTHER, *LAST, "one account more", "jane@example.com", NOW),
        ("merge", *THIRD, *GUEST, "a mistake", "jane@example.com", NOW),
        ("split", *THIRD, *GUEST, "two people", "jane@example.com", NOW),
        ("split", *GUEST, *MAIL, "someone else's address", "jane@example.com", NOW),
        ("merge", *ONE, "user_id", "nobody", "a typing error", "jane@example.com", NOW),
    ])  # fmt: skip
    project.build(models=[*MODELS, "profile_traits", "path:models/audiences", "identity_links"])
    return project


def test_the_report_says_what_each_override_moves(decided: IdentityProject) -> None:
    effects = json.loads(decided.run("homespun", "explain", "override", "--json"))["overrides"]

    told = {
        (effect["action"], tuple(effect["other"])): (
            effect["state"], [tuple(each) for each in effect["identifiers"]], effect["messages"]
        )
        for effect in effects
    }  # fmt: skip
    assert told == {
        ("merge", OTHER): ("applied", [TABLET, LAST, OTHER], 3),
        ("merge", LAST): ("applied", [LAST], 1),
        ("split", DEVICE): ("applied", [DEVICE], 1),
        ("merge", GUEST): ("overruled", [], 0),
        ("split", GUEST): ("no effect", [], 0),
        ("split", MAIL): ("no effect", [], 0),
        ("merge", MAIL): ("no effect", [], 0),
        ("merge", ("user_id", "nobody")): ("unknown identifier", [], 0),
    }


def test_user_ids_that_a_person_made_one_break_no_check(decided: IdentityProject) -> None:
    said = decided.run("dbt", "test", "--select", "a_profile_keeps_its_limits")

    assert "PASS a_profile_keeps_its_limits" in said


def test_the_report_names_the_traits_and_audiences_of_whom_it_concerns(
    decided: IdentityProject,
) -> None:
    effects = json.loads(decided.run("homespun", "explain", "override", "--json"))["overrides"]

    [merge] = [effect for effect in effects if tuple(effect["other"]) == OTHER]
    assert list(merge["profiles"]) == [ONE.profile_id]
    assert "email" in merge["profiles"][ONE.profile_id]["traits"]
    assert merge["profiles"][ONE.profile_id]["audiences"] == []


@pytest.mark.parametrize(
    "spelling", ["Email: JANE@Example.com ", "phone:0049 (0)30 123-4567", "user_id: one"]
)
def test_an_identifier_is_found_as_people_write_it(decided: IdentityProject, spelling: str) -> None:
    story = json.loads(decided.run("homespun", "explain", "profile", spelling, "--json"))

    assert story["profile_id"] == ONE.profile_id


def recipe() -> str:
    """The SQL of the README's recipe for an entity of one's own."""
    words = (REPOSITORY / "README.md").read_text()
    [sql] = re.findall(r"```sql\n(-- models/households.sql.*?)```", words, re.DOTALL)
    return sql


def test_the_recipe_for_households_groups_profiles_and_merges_none(tmp_path: Path) -> None:
    project = open_project(tmp_path)
    home = {"street": "1 High Street", "postalCode": "10115"}
    said: list[tuple[str, str, dict[str, Any]]] = [
        ("one", "identify", {"traits": {"address": home}}),
        ("other", "identify", {"traits": {"address": home | {"street": "1 HIGH street "}}}),
        ("third", "track", {"properties": {"payment_id": "card-7"}}),
        ("one", "track", {"properties": {"payment_id": "card-7"}}),
        ("alone", "identify", {"traits": {"address": {"street": "2", "postalCode": "10115"}}}),
    ]  # fmt: skip
    project.load_payloads(said)
    project.build(models=["profiles", "message_profiles", "identifies"])

    shown = project.run(
        "dbt", "--quiet", "show", "--inline", recipe(), "--output", "json", "--limit", "50"
    )

    owner = dict(project.rows("user_id, profile_id", "profiles"))
    households: dict[str, set[str]] = {}
    for row in json.loads(shown)["show"]:
        households.setdefault(row["household_id"], set()).add(row["profile_id"])
    assert sorted(map(sorted, households.values())) == sorted(
        sorted(owner[user] for user in members) for members in ({"one", "other"}, {"one", "third"})
    )
    assert len(owner) == 4
