"""Identifiers that two keys share: who leaves does not take along someone who stays.

A list knows e-mails, not our keys: to remove the one row would be to remove the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from reverse_etl.destination import Change
from reverse_etl.journal_rows import as_json

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
            *,
            [name for name in $sole::varchar[] if list_contains(json_keys(identifiers), name)][1]
                as name
        from rows
    ),
    known as (
        select
            leaves,
            coalesce(name, '') as name,
            case
                when name is null then identifiers
                else lower(json_extract_string(identifiers, '$."' || name || '"'))
            end as value
        from named
    )
    select name, value from known
    group by name, value
    having bool_or(leaves) and not bool_and(leaves)
"""


@dataclass(frozen=True)
class SharedIdentifiers:
    """What rows that leave have in common with rows that stay.

    A row is known by the first of the `sole` identifiers that it has, whatever its casing, since
    lists do not tell casings apart; without one, by all that it has.
    """

    sole: Sequence[str] = ()
    found: frozenset[tuple[str, str]] = frozenset()

    def __bool__(self) -> bool:  # noqa: D105 - as of any container
        return bool(self.found)

    def has(self, change: Change) -> bool:
        """Whether someone who stays would leave with this row."""
        name = next((name for name in self.sole if name in change.identifiers), "")
        value = change.identifiers[name].lower() if name else as_json(change.identifiers) or ""
        return (name, value) in self.found


def shared_identifiers(
    connection: duckdb.DuckDBPyConnection, sole: Sequence[str]
) -> SharedIdentifiers:
    """Compare the plan's rows with the acknowledged ones that the plan leaves alone."""
    rows = connection.execute(_SHARED, {"sole": list(sole)}).fetchall()
    return SharedIdentifiers(sole, frozenset(rows))
