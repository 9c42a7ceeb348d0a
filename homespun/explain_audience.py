"""Why a profile is, or is not, in an audience."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from homespun.conditions import (
    Verdict,
    compiled_sql,
    conditions_of,
    find_audience,
    judge,
    member_key,
)
from homespun.errors import ConfigurationError
from homespun.explain import Explainer
from homespun.explain_chain import Identifier
from homespun.manifest import Relation, read_manifest, relation_names
from homespun.project import Project


@dataclass(frozen=True)
class Change:
    """A change of membership that a build saw."""

    change: str
    reason: str | None
    changed_at: datetime


@dataclass(frozen=True)
class AudienceStory:
    """An audience's conditions and history, as they are for one profile or account."""

    audience: str
    member_key: str  # profile_id or account_id
    member: str
    is_member: bool
    conditions: Sequence[Verdict]
    changes: Sequence[Change]


def explain_audience(
    connection: duckdb.DuckDBPyConnection, project: Project, name: str, identifier: Identifier
) -> AudienceStory:
    """Each condition of the audience, the value of who has the identifier and whether it holds.

    An account is asked for as `account_id`. Raises ConfigurationError on a name that no audience
    has, one that was not built, and an identifier that names nobody.
    """
    manifest = read_manifest(project)
    node = find_audience(manifest, name)
    relation = Relation(node["database"], node["schema"], node["alias"]).quoted()
    key = member_key(connection, relation)
    if key == "profile_id":
        member = Explainer(connection, project).profile_id(identifier)
    elif identifier.id_type == key:
        member = identifier.id_value
    else:
        raise ConfigurationError(f"{name!r} is an audience of accounts: ask for account_id:VALUE")
    [[is_member]] = connection.execute(
        f"select count(*) > 0 from {relation} where {key} = ?",  # noqa: S608
        [member],
    ).fetchall()
    history = relation_names(manifest, ["audience_changes"])["audience_changes"]
    changes = connection.execute(
        f"select change, reason, changed_at from {history} "  # noqa: S608
        "where audience = ? and profile_id = ? order by coalesce(build_number, 0), changed_at",
        [node["alias"], member],
    ).fetchall()
    return AudienceStory(
        audience=name,
        member_key=key,
        member=member,
        is_member=is_member,
        conditions=judge(connection, conditions_of(compiled_sql(project, node)), member),
        changes=[Change(*row) for row in changes],
    )
