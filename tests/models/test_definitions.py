"""The macros of traits and audiences against plain Python, on random definitions and profiles."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from random import Random
from typing import Any

import pytest

from tests.end_to_end.workshop import Workshop
from tests.models import definitions
from tests.models.definitions import Definition
from tests.models.laboratory import open_laboratory
from tests.models.reference import Profile

SEED = 5
POPULATIONS, PEOPLE, CONDITIONS, TRAITS = 4, 40, 340, 160  # 2,000 definitions on populations
RANKINGS, OF_ACCOUNTS, OTHERS, OF_OTHERS = 40, 60, 5, 20
PER_MODEL = 50


@dataclass(frozen=True)
class Trial:
    """Definitions, and what the warehouse made of them: a value for each by profile."""

    definitions: Sequence[Definition]
    results: dict[str, list[Any]]


@pytest.fixture(scope="module")
def people() -> list[Profile]:
    return definitions.profiles(Random(SEED), POPULATIONS * PEOPLE)  # noqa: S311


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory, people: list[Profile]) -> dict[str, Trial]:
    """All definitions, built by dbt in a project of our macros and these profiles alone."""
    rng = Random(SEED)  # noqa: S311
    asked = {
        "condition": list(islice(definitions.conditions(rng), CONDITIONS)),
        "trait": list(islice(definitions.traits(rng), TRAITS)),
        "ranking": list(islice(definitions.rankings(rng, people), RANKINGS)),
        "account": list(islice(definitions.of_accounts(rng), OF_ACCOUNTS)),
    }
    others = {f"other_{place}": one for place, one in enumerate(asked["condition"][:OTHERS])}
    asked["member"] = list(islice(definitions.of_others(rng, others), OF_OTHERS))
    workshop = open_laboratory(tmp_path_factory.mktemp("definitions"), people)
    for name, other in others.items():
        (workshop.folder / "models" / f"{name}.sql").write_text(
            f"select profile_id from {{{{ ref('profile_traits') }}}} where {other.call}"
        )
    accounts = ", ".join(f"('{account}')" for account in definitions.ACCOUNTS)
    (workshop.folder / "models/accounts.sql").write_text(
        f"select * from (values {accounts}) as accounts (account_id)"
    )
    for kind in ("condition", "ranking", "member"):
        write_models(workshop, kind, asked[kind], "ref('profile_traits')")
    write_models(workshop, "trait", asked["trait"], "ref('profile_events')", end="group by 1")
    write_models(workshop, "account", asked["account"], "ref('accounts')", key="account_id")
    workshop.dbt("run").succeeds()
    return {kind: Trial(made, results(workshop, kind, len(made))) for kind, made in asked.items()}


@pytest.mark.parametrize("kind", ["condition", "ranking", "member"])
def test_an_audience_has_the_members_that_plain_python_finds(
    trials: dict[str, Trial], people: list[Profile], kind: str
) -> None:
    trial = trials[kind]

    wrong = [
        (definition.call, profile)
        for place, definition in enumerate(trial.definitions)
        for profile in people
        if trial.results[profile.id][place] != definition.expected(profile)
    ]

    assert wrong[:3] == []
    shares = [sum(column) / len(people) for column in zip(*trial.results.values(), strict=True)]
    assert sum(0.05 < found < 0.95 for found in shares) > len(shares) / 3  # not all or none


def test_an_audience_of_accounts_has_those_that_plain_python_finds(
    trials: dict[str, Trial], people: list[Profile]
) -> None:
    trial = trials["account"]
    members = {
        account: [one for one in people if account in one.accounts]
        for account in definitions.ACCOUNTS
    }

    wrong = [
        (definition.call, account)
        for place, definition in enumerate(trial.definitions)
        for account in definitions.ACCOUNTS
        if trial.results[account][place] != definition.expected(members[account])
    ]

    assert wrong[:3] == []
    assert any(len(set(column)) == 2 for column in zip(*trial.results.values(), strict=True))


def test_a_trait_has_the_value_that_plain_python_finds(
    trials: dict[str, Trial], people: list[Profile]
) -> None:
    trial = trials["trait"]
    active = [profile for profile in people if profile.events]

    wrong = [
        (definition.call, profile, trial.results[profile.id][place], expected)
        for place, definition in enumerate(trial.definitions)
        for profile in active
        if not same(trial.results[profile.id][place], expected := definition.expected(profile))
    ]

    assert wrong[:3] == []


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return bool(json.loads(found) == expected)
    if isinstance(expected, Decimal):
        return found is not None and abs(found - expected) < Decimal("1e-8")
    return bool(found == expected)


def write_models(
    workshop: Workshop,
    kind: str,
    made: Sequence[Definition],
    source: str,
    *,
    key: str = "profile_id",
    end: str = "",
) -> None:
    for start in range(0, len(made), PER_MODEL):
        columns = "".join(
            f",\n    {definition.call} as c{start + place}"
            for place, definition in enumerate(made[start : start + PER_MODEL])
        )
        (workshop.folder / "models" / f"{kind}_{start}.sql").write_text(
            "{{ config(materialized='table') }}\n"
            f"select\n    {key}{columns}\nfrom {{{{ {source} }}}}\n{end}\n"
        )


def results(workshop: Workshop, kind: str, count: int) -> dict[str, list[Any]]:
    """The values by profile or account, in the order of the definitions."""
    found: dict[str, list[Any]] = {}
    for start in range(0, count, PER_MODEL):
        for profile_id, *values in workshop.query(f"select * from main.{kind}_{start}"):
            found.setdefault(profile_id, []).extend(values)
    return found
