"""A draft of the tracking plan from the events that arrived."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from homespun.plan.rules import LEVELS, Rule, join_path
from homespun.project import Project

_BATCH = 10_000
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")  # as far as the build reads it


@dataclass
class Seen:
    """What was seen at one path: how often, of which kinds, and an example."""

    count: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    example: str = ""


@dataclass
class SeenEvent:
    """What was seen of one call and event: how many messages arrived, and what those read hold."""

    arrived: int = 0
    count: int = 0
    paths: dict[str, Seen] = field(default_factory=lambda: defaultdict(Seen))

    def take(self, body: Any) -> None:
        """Take in the properties or traits of one message."""
        self.count += 1
        for path, value in _leaves(body, ()):
            at = self.paths[path]
            at.count += 1
            at.kinds[_kind(value)] += 1
            at.example = at.example or _example(value)


def observed(
    connection: duckdb.DuckDBPyConnection, project: Project, *, most: int
) -> dict[tuple[str, str], SeenEvent]:
    """What arrived: each call and event, from at most `most` of its latest messages."""
    relation = f'"{project.layer_schema("staging")}".stg_messages'
    cursor = connection.execute(
        f"""
        select
            type, case when type = 'track' then event else '' end,
            case when type in ('identify', 'group') then traits else properties end,
            count(*) over (partition by type, case when type = 'track' then event end)
        from {relation}
        where type != 'alias'
        qualify row_number() over (
            partition by type, case when type = 'track' then event end
            order by received_at desc, message_id
        ) <= ?
        """,  # noqa: S608 - dbt's own schema name
        [most],
    )
    events: dict[tuple[str, str], SeenEvent] = defaultdict(SeenEvent)
    while rows := cursor.fetchmany(_BATCH):
        for call, event, body, arrived in rows:
            events[call, event].arrived = arrived
            events[call, event].take(json.loads(body or "null"))
    return events


def draft_plan(
    events: Mapping[tuple[str, str], SeenEvent], *, planned: Sequence[Rule] = ()
) -> list[Rule]:
    """The plan, then what was seen and is not in it, events and properties in order."""
    known = {(rule.call_type, rule.event, rule.property) for rule in planned}
    return [*planned, *(rule for rule in _rules(events) if _key(rule) not in known)]


def _key(rule: Rule) -> tuple[str, str, str]:
    return (rule.call_type, rule.event, rule.property)


def _rules(events: Mapping[tuple[str, str], SeenEvent]) -> Iterable[Rule]:
    for (call, event), seen in sorted(events.items()):
        yield Rule(call, event, description=f"Seen {seen.arrived} times")
        opened = {path[:at] for path in seen.paths for at, sign in enumerate(path) if sign == "."}
        for path, at in sorted(seen.paths.items()):
            kinds = {*at.kinds, "object"} if path in opened else set(at.kinds)
            example = f", such as {at.example}" if at.example else ""
            yield Rule(
                call,
                event,
                property=path,
                property_type=_type(kinds),
                is_required=str(at.count == seen.count).lower(),
                description=f"Seen in {at.count} of {seen.count}{example}",
            )


def _leaves(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """The values that a plan can tell of: an empty key has no path, an object too deep is one."""
    if isinstance(value, dict) and len(keys) < LEVELS and (value or not keys):
        for key, inner in value.items():
            yield from _leaves(inner, (*keys, key)) if key else ()
    elif keys and value is not None:
        yield join_path(keys), value


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int() if -(2**63) <= value < 2**63:
            return "integer"
        case int() | float():
            return "number"
        case list():
            return "array"
        case dict():
            return "object"
        case str() if _is_timestamp(value):
            return "timestamp"
    return "string"


def _type(kinds: set[str]) -> str:
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds <= {"integer", "number"}:
        return "number"
    return "string" if kinds <= {"string", "timestamp"} else "any"


def _is_timestamp(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _TIMESTAMP.match(text) is not None


def _example(value: Any) -> str:
    """A value that shows no person: numbers and truths only."""
    return json.dumps(value) if isinstance(value, bool | int | float) else ""
