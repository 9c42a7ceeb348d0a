"""Whom a sync may send: consent, the integrations that a person chose, and suppressions.

Each rests on a relation of the warehouse that the sync's configuration names, such as a model of
yours with the latest word of each person. A column of the audience, `by`, finds the person there.
Whoever may not be sent is no member: a mirror removes them, and nothing else sends them.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import duckdb
from pydantic import BaseModel, ConfigDict, field_validator

from homespun.errors import ConfigurationError
from homespun.sql import literal, quoted


class Rule(BaseModel):
    """Where it says who may be sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    relation: str  # schema.name, or database.schema.name
    by: str  # the audience's column that names the person, and the relation's

    @field_validator("relation")
    @classmethod
    def _has_a_schema(cls, name: str) -> str:
        if name.count(".") not in (1, 2) or not all(name.split(".")):
            raise ValueError("must be schema.name or database.schema.name")
        return name


class Consent(Rule):
    """The relation has the columns `by`, `category` and `column`, which is true where granted.
    A row without a category stands for all that the person did not name.

    Without a relation it is the project's model `profile_consents`.
    """

    relation: str = ""
    by: str = "profile_id"
    category: str
    column: str = "granted"
    otherwise: Literal["withhold", "send"] = "withhold"  # where nothing was said of the category


class Integrations(Rule):
    """The relation has the columns `by`, `integration` and `enabled`; `All` stands for the rest."""

    name: str


class Suppressed(Rule):
    """The relation has the column `by`, with every value that must not be sent, in any case."""


def conditions(rules: Iterable[Rule], database: str) -> list[str]:
    """What a row of `audience` must meet to be sent, in SQL."""
    return [_condition(rule, database) for rule in rules]


def require_relations(
    connection: duckdb.DuckDBPyConnection, rules: Iterable[Rule], *, sync: str, database: str
) -> None:
    """Raises ConfigurationError that names the relation or column that is not there."""
    for rule in rules:
        try:
            rows = connection.execute(f"describe {_relation(rule, database)}").fetchall()
        except (duckdb.CatalogException, duckdb.BinderException):
            raise ConfigurationError(
                f"sync {sync!r}: the warehouse has no relation {rule.relation}, which says who "
                "may be sent: build it first"
            ) from None
        columns = [str(row[0]) for row in rows]
        missing = sorted({rule.by, *_columns(rule)} - set(columns))
        if missing:
            raise ConfigurationError(
                f"sync {sync!r}: {rule.relation} lacks {', '.join(missing)}; "
                f"it has: {', '.join(columns)}"
            )


def withheld(connection: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> set[str]:
    """Which of the keys no row of the view `source` has: they left, or may not be sent."""
    rows = connection.execute(
        "select unnest($1::varchar[]) as key except select key from source", [list(keys)]
    ).fetchall()
    return {str(row[0]) for row in rows}


def _columns(rule: Rule) -> tuple[str, ...]:
    match rule:
        case Consent():
            return ("category", rule.column)
        case Integrations():
            return ("integration", "enabled")
        case _:
            return ()


def _condition(rule: Rule, database: str) -> str:
    relation, by = _relation(rule, database), quoted(rule.by)
    person = f"cast(said.{by} as varchar) = cast(audience.{by} as varchar)"
    match rule:
        case Consent():
            category = literal(rule.category)
            words = f"select 1 from {relation} as said where {person} and said.category"  # noqa: S608
            said = f"{words} = {category}"
            is_granted = f"lower(cast(said.{quoted(rule.column)} as varchar)) = 'true'"
            denied = f"not exists ({said} and not {is_granted})"
            granted = f"exists ({said} and {is_granted})"
            if rule.otherwise == "send":
                granted = f"({granted} or not exists ({words} is null and not {is_granted}))"
            return f"{granted} and {denied}"
        case Integrations():
            said = f"select 1 from {relation} as said where {person} and said.integration"  # noqa: S608
            name = literal(rule.name)
            return (
                f"not exists ({said} = {name} and not said.enabled) and ("
                f"exists ({said} = {name} and said.enabled) "
                f"or not exists ({said} = 'All' and not said.enabled))"
            )
        case _:
            return (
                f"not exists (select 1 from {relation} as said where "  # noqa: S608
                f"lower(trim(cast(said.{by} as varchar))) "
                f"= lower(trim(cast(audience.{by} as varchar))))"
            )


def _relation(rule: Rule, database: str) -> str:
    parts = rule.relation.split(".")
    return quoted(*parts) if len(parts) == 3 else quoted(database, *parts)
