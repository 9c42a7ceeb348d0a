"""Who would enter and leave an audience, why, and what its syncs would send."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from homespun.audience_diff.scratch import Built, build, differing, scratch_schemas
from homespun.audience_diff.trees import Model, both_trees
from homespun.conditions import Condition, audience_nodes, conditions_of, judge, member_key
from homespun.errors import ConfigurationError
from homespun.manifest import Exposure, sync_exposures
from homespun.project import Project
from homespun.warehouse import LOCK_TIMEOUT, connect

EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """A profile, or an account, that would enter or leave, and the conditions in which the two
    sides differ.
    """

    profile_id: str
    change: str
    reasons: Sequence[str]


@dataclass(frozen=True)
class SyncCost:
    """What a sync of the audience would send."""

    sync: str
    added: int
    removed: int
    requests: int


@dataclass(frozen=True)
class AudienceDiff:
    """An audience on a Git ref against the audience now."""

    audience: str
    base: int
    head: int
    entered: int
    left: int
    unchanged: int
    examples: Sequence[Example]
    syncs: Sequence[SyncCost]
    is_new: bool  # the ref does not have it

    @property
    def overlap(self) -> float:
        """The share of all who are a member on either side that is one on both."""
        union = self.entered + self.left + self.unchanged
        return self.unchanged / union if union else 1.0

    @property
    def change(self) -> float:
        """How many would enter or leave, as a share of the members on the ref."""
        return (self.entered + self.left) / max(self.base, 1)


def compare(
    project: Project, names: Sequence[str], base: str, *, lock_timeout: float = LOCK_TIMEOUT
) -> list[AudienceDiff]:
    """Compare audiences, all of them without names, on a Git ref and in the working tree.

    Both are built from the warehouse as it is, in scratch schemas that are gone afterwards. Raises
    ConfigurationError on a name that neither side has.
    """
    with connect(project, read_only=False, lock_timeout=lock_timeout):
        pass  # dbt would not wait
    with both_trees(project, base, names) as (base_tree, head_tree):
        known = sorted({*audience_nodes(base_tree.manifest), *audience_nodes(head_tree.manifest)})
        unknown = sorted(set(names) - set(known))
        if unknown:
            raise ConfigurationError(
                f"there is no audience {unknown[0]!r}; there are: {', '.join(known) or 'none'}"
            )
        exposures = sync_exposures(head_tree.manifest)
        with (
            connect(project, read_only=False, lock_timeout=lock_timeout) as connection,
            scratch_schemas(connection) as (base_schema, head_schema),
        ):
            sides = (
                build(connection, base_tree, differing(base_tree, head_tree), base_schema),
                build(connection, head_tree, differing(head_tree, base_tree), head_schema),
            )
            return [
                _compare(connection, project, name, sides, exposures) for name in names or known
            ]


def _compare(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    name: str,
    sides: tuple[Built, Built],
    exposures: Sequence[Exposure],
) -> AudienceDiff:
    for side, table in zip(sides, ("base_members", "head_members"), strict=True):
        model = side.tree.named(name)
        connection.execute(
            f"create or replace temp table {table} as " + _members(connection, side, model)
        )
    rows = connection.execute(
        """
        select
            case when base.profile_id is null then 'entered'
                when head.profile_id is null then 'left' else 'unchanged' end,
            count(*), list(coalesce(base.profile_id, head.profile_id) order by 1)[:$1]
        from base_members as base
        full join head_members as head on base.profile_id = head.profile_id
        group by 1
        """,
        [EXAMPLES],
    ).fetchall()
    counts = {change: count for change, count, _ in rows}
    examples = [
        Example(profile_id, change, _reasons(connection, sides, name, profile_id))
        for change, _, profiles in sorted(rows)
        if change != "unchanged"
        for profile_id in profiles
    ]
    entered, left, unchanged = (counts.get(key, 0) for key in ("entered", "left", "unchanged"))
    return AudienceDiff(
        audience=name,
        base=left + unchanged,
        head=entered + unchanged,
        entered=entered,
        left=left,
        unchanged=unchanged,
        examples=examples,
        syncs=[
            _cost(project, exposure, entered, left)
            for exposure in exposures
            if exposure.model == name
        ],
        is_new=sides[0].tree.named(name) is None,
    )


def _members(connection: duckdb.DuckDBPyConnection, side: Built, model: Model | None) -> str:
    if model is None:
        return "select cast(null as varchar) as profile_id where false"
    relation = side.relation(model).quoted()
    try:
        key = member_key(connection, relation)
    except duckdb.CatalogException as error:
        raise ConfigurationError(
            f"audience {model.name!r} is not built yet: run `dbt build` first"
        ) from error
    return (
        f"select distinct {key} as profile_id from {relation} "  # noqa: S608
        f"where {key} is not null"
    )


def _reasons(
    connection: duckdb.DuckDBPyConnection, sides: tuple[Built, Built], name: str, profile_id: str
) -> list[str]:
    """The conditions that one side has and the other has not, or that hold on one side only."""
    told: list[dict[str, bool]] = []
    for side in sides:
        model = side.tree.named(name)
        asked = conditions_of(model.sql) if model else []
        verdicts = judge(connection, [_rewritten(one, side) for one in asked], profile_id)
        told.append({verdict.says: verdict.holds for verdict in verdicts})
    base, head = told
    return [
        f"{words}: {_said(base.get(words))} before, {_said(head.get(words))} now"
        for words in dict.fromkeys((*base, *head))
        if base.get(words) != head.get(words)
    ]


def _rewritten(condition: Condition, side: Built) -> Condition:
    value = None if condition.value is None else side.rewrite(condition.value)
    return Condition(condition.says, side.rewrite(condition.holds), value)


def _said(holds: bool | None) -> str:
    return {True: "yes", False: "no", None: "not asked"}[holds]


def _cost(project: Project, exposure: Exposure, entered: int, left: int) -> SyncCost:
    from reverse_etl.config import configure

    sync = configure(exposure, [str(project.directory)], needs_secrets=False)
    limit = sync.destination_class.capabilities.max_rows
    rows = min(limit, sync.config.batch_rows or limit)
    removed = left if sync.config.mode == "mirror" else 0
    requests = -(-entered // rows) + -(-removed // rows)
    return SyncCost(exposure.name, added=entered, removed=removed, requests=requests)
