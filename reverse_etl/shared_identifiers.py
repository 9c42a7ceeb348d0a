"""Identifiers that two keys share: who leaves does not take along someone who stays.

A list knows e-mails, not our keys: to remove the one row would be to remove the other. A row that
changes stays as long as it keeps its identifier; a row that is only now added does not count, since
its addition follows the removal, nor does an old identity that was left behind: nobody wants it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from reverse_etl.batches import Refusal, prepare_all
from reverse_etl.destination import Change, Destination
from reverse_etl.journal_rows import as_json

_SHARED = """
    with planned as (
        select key, operation, identifiers from plan
        where operation in ('remove', 'change') and not is_undecided and not is_refused
    ),
    rows as (
        select operation, identifiers from planned where identifiers is not null
        union all
        select 'none', identifiers from acknowledged
        where identifiers is not null and exists (select 1 from planned)
            and fingerprint is not null and key not in (select key from planned)
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
            operation,
            coalesce(name, '') as name,
            case
                when name is null then identifiers
                else lower(json_extract_string(identifiers, '$."' || name || '"'))
            end as value
        from named
    )
    select name, value, bool_or(operation = 'none') from known
    group by name, value
    having count(*) > 1 and bool_or(operation != 'none') and bool_or(operation != 'remove')
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
        return _known_by(change.identifiers, self.sole) in self.found


def shared_identifiers(
    connection: duckdb.DuckDBPyConnection,
    destination: Destination,
    changed: Iterable[Sequence[Change]],
) -> SharedIdentifiers:
    """Compare the plan's rows with each other and with the acknowledged ones it leaves alone.

    `changed` are the rows that the plan changes; they are read only where one of them shares.
    """
    sole = destination.capabilities.sole_identifiers
    rows = connection.execute(_SHARED, {"sole": list(sole)}).fetchall()
    found = {(name, value) for name, value, has_unchanged in rows if has_unchanged}
    unsure = {(name, value) for name, value, _ in rows} - found
    if unsure:
        found.update(unsure.intersection(_kept(destination, changed, sole)))
    return SharedIdentifiers(sole, frozenset(found))


def _kept(
    destination: Destination, changed: Iterable[Sequence[Change]], sole: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """What changed rows are known by as before; one that cannot be sent stays as it is."""
    for page in changed:
        for result in prepare_all(destination, page):
            row = result.row if isinstance(result, Refusal) else result
            before = _known_by(row.change.identifiers, sole)
            if isinstance(result, Refusal) or _known_by(row.identifiers, sole) == before:
                yield before


def _known_by(identifiers: Mapping[str, str], sole: Sequence[str]) -> tuple[str, str]:
    name = next((name for name in sole if name in identifiers), "")
    return name, identifiers[name].lower() if name else as_json(identifiers) or ""
