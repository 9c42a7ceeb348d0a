"""The digest of a period: violations, new unplanned events, volumes against the period before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from homespun.project import Project

EXAMPLES = 3


@dataclass(frozen=True)
class Digest:
    """What the last `days` days brought, measured back from the latest message received: of those
    with a credible clock, where there are any.
    """

    days: int
    until: str
    violations: Sequence[Mapping[str, Any]]
    unplanned: Sequence[Mapping[str, Any]]
    volumes: Sequence[Mapping[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """The digest for `--json`."""
        return asdict(self)

    def as_markdown(self) -> str:
        """The digest for a pull request."""
        return "\n".join(
            [
                f"# Tracking plan, {self.days} days until {self.until}",
                *_table("Violations", self.violations),
                *_table("New unplanned events", self.unplanned),
                *_table("Volumes", self.volumes),
                "",
            ]
        )


def read_digest(connection: duckdb.DuckDBPyConnection, project: Project, *, days: int) -> Digest:
    """Ask the warehouse. An event is new when it came in the period and never before."""
    spec, staging = (f'"{project.layer_schema(layer)}"' for layer in ("spec", "staging"))
    credible = "max(received_at) filter (where not is_from_the_future)"
    latest = f"(select coalesce({credible}, max(received_at)) from {staging}.stg_messages)"  # noqa: S608
    start = f"{latest} - to_days(cast($days as integer))"
    start_before = f"{latest} - to_days(2 * cast($days as integer))"
    period = f"received_at > {start} and received_at <= {latest}"
    before = f"received_at > {start_before} and received_at <= {start}"
    examples = f"list(message_id order by received_at, message_id)[:{EXAMPLES}] as examples"
    parameters = {"days": days}

    def rows(sql: str) -> list[dict[str, Any]]:
        cursor = connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    violations = rows(
        f"""
        select
            type as call, event, violation, field, count(*) as messages, {examples}
        from {spec}.plan_violations
        where violation != 'unplanned_event' and {period}
        group by all
        order by messages desc, call, event, violation, field
        """  # noqa: S608 - dbt's own schema names
    )
    unplanned = rows(
        f"""
        select event, count(*) as messages, {examples}
        from {spec}.plan_violations
        where violation = 'unplanned_event' and received_at <= {latest}
        group by all
        having min(received_at) > {start}
        order by messages desc, event
        """  # noqa: S608
    )
    volumes = rows(
        f"""
        select
            type as call, case when type = 'track' then event end as event,
            count(*) filter (where {period}) as messages,
            count(*) filter (where {before}) as before
        from {staging}.stg_messages
        group by all
        having messages + before > 0
        order by messages desc, call, event
        """  # noqa: S608
    )
    until = connection.execute(f"select cast({latest} as varchar)").fetchone()
    return Digest(days, str(until[0] if until else None), violations, unplanned, volumes)


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return ["", f"## {title}", "", "None."]
    names = list(rows[0])
    return [
        *("", f"## {title}", ""),
        f"| {' | '.join(names)} |",
        f"|{'---|' * len(names)}",
        *(f"| {' | '.join(_cell(row[name]) for name in names)} |" for row in rows),
    ]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
