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
    }
    workshop = open_laboratory(tmp_path_factory.mktemp("definitions"), people)
    write_models(workshop, "condition", asked["condition"], "ref('profile_traits')", "")
    write_models(workshop, "trait", asked["trait"], "ref('profile_events')", "group by 1")
    workshop.dbt("run").succeeds()
    return {kind: Trial(made, results(workshop, kind, len(made))) for kind, made in asked.items()}


def test_an_audience_has_the_members_that_plain_python_finds(
    trials: dict[str, Trial], people: list[Profile]
) -> None:
    trial = trials["condition"]

    wrong = [
        (definition.call, profile)
        for place, definition in enumerate(trial.definitions)
        for profile in people
        if trial.results[profile.id][place] != definition.expected(profile)
    ]

    assert wrong[:3] == []
    shares = [sum(column) / len(people) for column in zip(*trial.results.values(), strict=True)]
    assert sum(0.05 < found < 0.95 for found in shares) > CONDITIONS / 3  # not all or none


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
    workshop: Workshop, kind: str, made: Sequence[Definition], source: str, end: str
) -> None:
    for start in range(0, len(made), PER_MODEL):
        columns = "".join(
            f",\n    {definition.call} as c{start + place}"
            for place, definition in enumerate(made[start : start + PER_MODEL])
        )
        (workshop.folder / "models" / f"{kind}_{start}.sql").write_text(
            "{{ config(materialized='table') }}\n"
            f"select\n    profile_id{columns}\nfrom {{{{ {source} }}}}\n{end}\n"
        )


def results(workshop: Workshop, kind: str, count: int) -> dict[str, list[Any]]:
    """The values by profile, in the order of the definitions."""
    found: dict[str, list[Any]] = {}
    for start in range(0, count, PER_MODEL):
        for profile_id, *values in workshop.query(f"select * from main.{kind}_{start}"):
            found.setdefault(profile_id, []).extend(values)
    return found
