"""Scratch schemas in the warehouse, in which models are built as each tree has them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from homespun.audience_diff.trees import Model, Tree
from homespun.errors import ConfigurationError
from homespun.manifest import Relation

_SCHEMAS = ("homespun_diff_base", "homespun_diff_head")
_SELECTS = ("table", "view", "incremental")


@dataclass(frozen=True)
class Built:
    """A tree's models: those that differ in a scratch schema, the others at home."""

    tree: Tree
    relations: Mapping[str, Relation]  # by the unique ids of what was built anew

    def relation(self, model: Model) -> Relation:
        """Where the model's rows are."""
        return self.relations.get(model.unique_id, model.relation)

    def rewrite(self, sql: str) -> str:
        """SQL that reads what was built anew instead of what is at home."""
        for unique_id, relation in self.relations.items():
            home = self.tree.models[unique_id].relation
            sql = sql.replace(home.quoted(), relation.quoted())
        return sql


def differing(tree: Tree, other: Tree) -> set[str]:
    """The models of a tree that are not the same in the other, and all that rest on them."""
    found = {
        unique_id
        for unique_id, model in tree.models.items()
        if unique_id not in other.models or other.models[unique_id].sql != model.sql
    }
    while more := {
        unique_id
        for unique_id, model in tree.models.items()
        if unique_id not in found and found.intersection(model.parents)
    }:
        found |= more
    return found


@contextmanager
def scratch_schemas(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """Two empty schemas, gone afterwards; so are those that a killed run has left."""
    _drop(connection)
    try:
        for name in _SCHEMAS:
            connection.execute(f"create schema {name}")
        yield _SCHEMAS
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # what DuckDB makes of Ctrl-C
            raise KeyboardInterrupt from None
        raise
    finally:
        _drop(connection)


def _drop(connection: duckdb.DuckDBPyConnection) -> None:
    for name in _SCHEMAS:
        connection.execute(f"drop schema if exists {name} cascade")


def build(connection: duckdb.DuckDBPyConnection, tree: Tree, names: set[str], schema: str) -> Built:
    """Build these models of a tree (unique ids) in a schema, each after those it rests on.

    Raises ConfigurationError when one is no plain select, reads what was never built, or fails.
    """
    relations: dict[str, Relation] = {}
    built = Built(tree, relations)
    for model in _in_order(tree, names):
        if model.materialized not in _SELECTS:
            raise ConfigurationError(
                f"{model.name!r} differs, and a {model.materialized!r} cannot be built aside: "
                "compare after it is merged"
            )
        relation = Relation(model.relation.database, schema, model.relation.name)
        kind = "view" if model.materialized == "view" else "table"
        try:
            connection.execute(f"create {kind} {relation.quoted()} as {built.rewrite(model.sql)}")
        except duckdb.CatalogException as error:
            raise ConfigurationError(
                f"{model.name!r} reads what is not there: run `dbt build` first ({error})"
            ) from error
        except duckdb.Error as error:
            raise ConfigurationError(
                f"{model.name!r}, as {tree.name} has it, fails ({type(error).__name__}): "
                "see what `dbt build` says of it"
            ) from error
        relations[model.unique_id] = relation
    return built


def _in_order(tree: Tree, names: set[str]) -> Iterator[Model]:
    left = dict.fromkeys(sorted(names))
    while left:
        ready = [name for name in left if not left.keys() & set(tree.models[name].parents)]
        for name in ready:
            del left[name]
            yield tree.models[name]
