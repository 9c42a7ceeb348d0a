"""The names that there are: of the plan's events and properties, of traits and of models."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import duckdb

from homespun.manifest import read_manifest
from homespun.plan.rules import Rule, snake_case, split_path
from homespun.project import Project


@dataclass(frozen=True)
class Known:
    """The names that there are. Where nothing of a kind is known, nothing of it is wrong."""

    properties: Mapping[str, Collection[str]]  # by event, in snake case as the macros read them
    events: Collection[str]
    traits: Collection[str]
    models: Collection[str]


def known_names(
    rules: Iterable[Rule], *, traits: Collection[str] = (), models: Collection[str] = ()
) -> Known:
    """What the plan, profile_traits and the project have."""
    planned = [rule for rule in rules if rule.event]
    properties: dict[str, set[str]] = {slug(rule.event): set() for rule in planned}
    for rule in planned:
        if rule.property:
            properties[slug(rule.event)].add(path_slug(rule.property))
    return Known(properties, {rule.event for rule in planned}, traits, models)


def slug(name: str) -> str:
    """A name in snake case, or as it is where that leaves nothing of it."""
    return snake_case(name) or name


def path_slug(path: str) -> str:
    """A property's path with each key in snake case: what all its spellings share."""
    return ".".join(slug(key) for key in split_path(path))


def parsed_models(project: Project) -> dict[str, set[str]]:
    """The columns that each model is described with; none where dbt has not parsed the project."""
    if not project.manifest_path.exists():
        return {}
    parsed = read_manifest(project)["nodes"].values()
    return {
        one["name"]: set(one.get("columns") or {})
        for one in parsed
        if one["resource_type"] == "model"
    }


def built_traits(connection: duckdb.DuckDBPyConnection, project: Project) -> set[str]:
    """The columns that profile_traits has in the warehouse; none where it is not built."""
    rows = connection.execute(
        "select column_name from information_schema.columns "
        "where table_schema = ? and table_name = 'profile_traits'",
        [project.layer_schema("traits")],
    ).fetchall()
    return {name for (name,) in rows}


def is_planned(path: str, planned: Collection[str]) -> bool:
    """Is a path planned? Also what has planned properties inside, and what is inside of one that
    has none.
    """
    outer = {path[:place] for place, letter in enumerate(path) if letter == "."}
    return any(
        one == path
        or one.startswith(f"{path}.")
        or (one in outer and not any(other.startswith(f"{one}.") for other in planned))
        for one in planned
    )
