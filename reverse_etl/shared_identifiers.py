"""Identifiers that two keys share: who leaves does not take along someone who stays.

A list knows e-mails, not our keys: to remove the one row would be to remove the other.
"""

from collections.abc import Sequence
from typing import TypeAlias

import duckdb

from reverse_etl.destination import Change
from reverse_etl.journal_rows import as_json

Identifiers: TypeAlias = frozenset[tuple[str, str]]  # names and values; or "" and all of a row's

_SHARED = """
    with leaving as (
        select key, identifiers from plan
        where operation in ('remove', 'change') and not is_undecided and not is_refused
    ),
    rows as (
        select identifiers, true as leaves from leaving where identifiers is not null
        union all
        select identifiers, false from acknowledged
        where identifiers is not null and exists (select 1 from leaving)
            and key not in (select key from leaving)
    ),
    named as (
        select
            leaves, identifiers, unnest(json_keys(identifiers)) as name,
            unnest(json_extract_string(identifiers, '$.*')) as value
        from rows
    ),
    known as (
        select leaves, name, value from named where list_contains($sole::varchar[], name)
        union all
        select leaves, '', identifiers from rows
        where not list_has_any(json_keys(identifiers), $sole::varchar[])
    )
    select name, value from known
    group by name, value
    having bool_or(leaves) and not bool_and(leaves)
"""


def shared_identifiers(connection: duckdb.DuckDBPyConnection, sole: Sequence[str]) -> Identifiers:
    """What the plan's rows have in common with acknowledged ones that the plan leaves alone.

    Each of the `sole` identifiers names a person; a row without one is known by all that it has.
    """
    rows = connection.execute(_SHARED, {"sole": list(sole)})
    return frozenset(rows.fetchall())


def is_shared(change: Change, shared: Identifiers) -> bool:
    """Whether someone who stays would leave with this row."""
    whole = ("", as_json(change.identifiers) or "")
    return not shared.isdisjoint([*change.identifiers.items(), whole])
