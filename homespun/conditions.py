"""The conditions of an audience, out of its compiled SQL, asked of one profile."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from homespun.errors import ConfigurationError
from homespun.project import Project

HISTORY = frozenset(
    {
        *("audience_changes", "audience_builds", "audience_memberships"),
        *("audience_sizes", "audience_overlaps"),
    }
)
_MARK = re.compile(r"/\* condition (\{.*?\}) \*/")


@dataclass(frozen=True)
class Condition:
    """A condition as its macro wrote it: in words, as SQL, and the SQL of the value it looks at."""

    says: str
    holds: str
    value: str | None


@dataclass(frozen=True)
class Verdict:
    """A condition asked of a profile."""

    says: str
    holds: bool
    value: str | None


def conditions_of(sql: str) -> list[Condition]:
    """The conditions in an audience's compiled SQL, each once, in their order."""
    told = (json.loads(mark) for mark in _MARK.findall(sql))
    return list(dict.fromkeys(Condition(one["says"], one["holds"], one["value"]) for one in told))


def judge(
    connection: duckdb.DuckDBPyConnection, conditions: Sequence[Condition], member: str
) -> list[Verdict]:
    """Which conditions hold for a profile, or for an account, which they call account_id."""
    return [
        Verdict(
            says=condition.says,
            holds=bool(
                _ask(
                    connection,
                    f"select {condition.holds} "  # noqa: S608
                    "from (select $profile as profile_id, $profile as account_id) as asked",
                    member,
                )
            ),
            value=None if condition.value is None else _ask(connection, condition.value, member),
        )
        for condition in conditions
    ]


def _ask(connection: duckdb.DuckDBPyConnection, sql: str, member: str) -> Any:
    row = connection.execute(sql, {"profile": member}).fetchone()
    return None if row is None else row[0]


def find_audience(manifest: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The audience's node. Raises ConfigurationError on a name that no audience has."""
    audiences = audience_nodes(manifest)
    if name not in audiences:
        raise ConfigurationError(
            f"there is no audience {name!r}; there are: {', '.join(sorted(audiences)) or 'none'}"
        )
    return audiences[name]


def audience_nodes(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The audiences by name: the models whose hook records who enters and exits."""
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["name"] not in HISTORY
        and any("record_audience_changes" in _hook(hook) for hook in _hooks(node))
    }


def member_key(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """What members are known by: profile_id, or account_id in an audience of accounts.

    Raises ConfigurationError when the relation has neither.
    """
    columns = {row[0] for row in connection.execute(f"describe {relation}").fetchall()}
    for key in ("profile_id", "account_id"):
        if key in columns:
            return key
    raise ConfigurationError(f"{relation} has neither profile_id nor account_id")


def _hooks(node: Mapping[str, Any]) -> Sequence[Any]:
    hooks = node["config"].get("post-hook") or node["config"].get("post_hook") or []
    return hooks if isinstance(hooks, list) else [hooks]


def _hook(hook: Any) -> str:
    return str(hook.get("sql", "")) if isinstance(hook, dict) else str(hook)


def compiled_sql(project: Project, node: Mapping[str, Any]) -> str:
    """The SQL that dbt built a model by. Raises ConfigurationError when it was not built here."""
    if node.get("compiled_code"):
        return str(node["compiled_code"])
    path = Path("compiled", node["package_name"], node["original_file_path"])
    try:
        return (project.target_path / path).read_text()
    except FileNotFoundError:
        raise ConfigurationError(
            f"dbt has not compiled {node['name']!r} here: run `dbt build --select {node['name']}`"
        ) from None
