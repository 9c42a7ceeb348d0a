"""Why a profile is, or is not, in an audience."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from homespun.conditions import Verdict, compiled_sql, conditions_of, find_audience, judge
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
    """An audience's conditions and history, as they are for one profile."""

    audience: str
    profile_id: str
    is_member: bool
    conditions: Sequence[Verdict]
    changes: Sequence[Change]


def explain_audience(
    connection: duckdb.DuckDBPyConnection, project: Project, name: str, profile_id: str
) -> AudienceStory:
    """Each condition of the audience, the profile's value and whether it holds.

    Raises ConfigurationError on a name that no audience has, or one that was not built.
    """
    manifest = read_manifest(project)
    node = find_audience(manifest, name)
    relation = Relation(node["database"], node["schema"], node["alias"]).quoted()
    [[is_member]] = connection.execute(
        f"select count(*) > 0 from {relation} where profile_id = ?",  # noqa: S608
        [profile_id],
    ).fetchall()
    history = relation_names(manifest, ["audience_changes"])["audience_changes"]
    changes = connection.execute(
        f"select change, reason, changed_at from {history} "  # noqa: S608
        "where audience = ? and profile_id = ? order by coalesce(build_number, 0), changed_at",
        [name, profile_id],
    ).fetchall()
    return AudienceStory(
        audience=name,
        profile_id=profile_id,
        is_member=is_member,
        conditions=judge(connection, conditions_of(compiled_sql(project, node)), profile_id),
        changes=[Change(*row) for row in changes],
    )
