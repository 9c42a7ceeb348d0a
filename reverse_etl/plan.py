"""The plan of a sync: the difference between its relation and what was acknowledged, in SQL.

The relation is read from the warehouse, attached read-only; what differs lands in a temporary
table of the journal's connection, and the warehouse is let go before anything is sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import duckdb
import msgspec

from reverse_etl.config import Sync
from reverse_etl.cursor import last_cursor, read_cursor
from reverse_etl.destination import NOTHING, Change, Operation
from reverse_etl.journal import Journal
from reverse_etl.keys import check_keys
from reverse_etl.source import view_source

PAGE = 20_000  # changes in memory at once
_SENT_IN = {
    "mirror": ["add", "change", "remove"],
    "upsert": ["add", "change"],
    "append": ["add"],
}
_OPERATIONS = {operation.value: operation for operation in Operation}


@dataclass(frozen=True)
class Plan:
    """What a sync would send. `id` is the same for the same changes."""

    id: str
    added: int
    changed: int
    removed: int
    members: int  # rows in the relation
    acknowledged: int  # keys at the destination
    undecided: int  # changes that wait for an earlier answer
    refused: int  # changes that were rejected before and have not changed since
    cursor: str | None = None  # the largest in the relation, of an append that has one
    invalid: str = ""  # why no row may be sent at all

    @property
    def size(self) -> int:
        """How many rows would be sent."""
        return self.added + self.changed + self.removed


def make_plan(
    journal: Journal,
    sync: Sync,
    types: Mapping[str, str],
    *,
    attached: AbstractContextManager[None],
    everything: bool = False,
) -> Plan:
    """Fill the temporary table `plan` with what is to be sent, and count it.

    The warehouse is `attached` for no longer than the relation is read.
    """
    connection = journal.connection
    with attached:
        since = None if everything else read_cursor(journal, sync)
        view_source(connection, sync, types, since=since)
        _take_difference(connection, sync, everything=everything)
        invalid, members, acknowledged = check_keys(connection, sync)
        cursor = last_cursor(connection) if sync.config.cursor else None
    _keep_operations(connection, sync, everything=everything)
    [(added, changed, removed, undecided, refused, digest)] = connection.execute(
        """
        select
            count(*) filter (operation = 'add' and is_sent),
            count(*) filter (operation = 'change' and is_sent),
            count(*) filter (operation = 'remove' and is_sent),
            count(*) filter (is_undecided),
            count(*) filter (is_refused and not is_undecided),
            coalesce(bit_xor(hash(operation, fingerprint, key)) filter (is_sent), 0)
        from (select *, not is_undecided and not is_refused as is_sent from plan)
        """
    ).fetchall()
    return Plan(
        id=f"{digest:016x}{added + changed + removed:x}",
        added=added,
        changed=changed,
        removed=removed,
        members=members,
        acknowledged=acknowledged,
        undecided=undecided,
        refused=refused,
        cursor=cursor,
        invalid=invalid,
    )


def _take_difference(
    connection: duckdb.DuckDBPyConnection, sync: Sync, *, everything: bool
) -> None:
    """Fill the temporary table `difference`: the rows that are not as they were acknowledged."""
    join = "left" if sync.config.mode == "append" else "full"
    connection.execute(
        f"""
        create or replace temp table difference as
        with hashed as (
            select key, document, md5_number_lower($version || document) as fingerprint
            from source
            where key is not null and trim(key) != ''
        )
        select
            case
                when acknowledged.key is null then 'add'
                when hashed.key is null then 'remove'
                else 'change'
            end as operation,
            coalesce(hashed.key, acknowledged.key) as key,
            hashed.document,
            hashed.fingerprint
        from hashed {join} join acknowledged on hashed.key = acknowledged.key
        where hashed.fingerprint is distinct from acknowledged.fingerprint
            or hashed.key is null or $everything
        """,  # noqa: S608 - ours
        {"version": _version(sync), "everything": everything},
    )


def _keep_operations(
    connection: duckdb.DuckDBPyConnection, sync: Sync, *, everything: bool
) -> None:
    """Fill the temporary table `plan` with the rows of `difference` that the mode sends."""
    connection.execute(
        """
        create or replace temp table plan as
        select
            row_number() over () as number,
            difference.*,
            acknowledged.identifiers,
            acknowledged.remote_id,
            undecided.key is not null as is_undecided,
            refused.key is not null as is_refused
        from difference
        left join acknowledged on difference.key = acknowledged.key
        left join undecided on difference.key = undecided.key
        left join refused
            on difference.key = refused.key and not $everything
            and difference.fingerprint is not distinct from refused.fingerprint
            and (difference.operation = 'remove') = (refused.operation = 'remove')
        where list_contains($operations::varchar[], difference.operation)
            or (difference.operation = 'remove' and acknowledged.fingerprint is null)
        """,
        {"everything": everything, "operations": _SENT_IN[sync.config.mode]},
    )
    connection.execute("drop table difference")


def planned_changes(
    connection: duckdb.DuckDBPyConnection, name: str, operations: Sequence[Operation]
) -> Iterator[list[Change]]:
    """The plan's rows with these operations, a page at a time; their tokens begin with `name`."""
    [(last,)] = connection.execute("select coalesce(max(number), 0) from plan").fetchall()
    for start in range(0, last, PAGE):
        rows = connection.sql(
            """
            select
                concat($name::varchar, '-', number), operation, key, coalesce(document, '{}'),
                identifiers, remote_id, fingerprint
            from plan
            where number > $start and number <= $start + $rows
                and list_contains($operations::varchar[], operation)
                and not is_undecided and not is_refused
            order by number
            """,
            params={
                "name": name,
                "start": start,
                "rows": PAGE,
                "operations": [operation.value for operation in operations],
            },
        ).to_arrow_table()
        if rows.num_rows:
            # By columns: half of the time that rows would take.
            tokens, kinds, keys, documents, known, *others = (
                column.to_pylist() for column in rows.itercolumns()
            )
            kinds = map(_OPERATIONS.__getitem__, kinds)
            decoded = [msgspec.json.decode(one) if one else NOTHING for one in known]
            yield list(map(Change, tokens, kinds, keys, documents, decoded, *others))


def _version(sync: Sync) -> str:
    """Part of every fingerprint: another mapping or normalisation sends rows again."""
    capabilities, model = sync.destination_class.capabilities, type(sync.settings)
    values = {name: getattr(sync.settings, name) for name in capabilities.row_settings}
    chosen = {
        name: value for name, value in values.items() if value != model.model_fields[name].default
    }
    parts = [list(sync.config.fields), list(sync.identifiers), capabilities.version]
    return msgspec.json.encode([*parts, chosen] if chosen else parts).decode()
