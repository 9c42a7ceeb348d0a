"""The keys of a relation: one row each, none blank, none that differ in case only."""

import duckdb

from reverse_etl.config import Sync


def check_keys(connection: duckdb.DuckDBPyConnection, sync: Sync) -> tuple[str, int, int]:
    """Why the keys cannot be used, if so; the relation's rows; the acknowledged keys.

    Keys that were acknowledged are unique, so a duplicate among them shows in the counts alone.
    """
    [(members, keyed, acknowledged, added, added_keys, known_keys)] = connection.execute(
        """
        select
            count(*),
            count(*) filter (key is not null and trim(key) != ''),
            (select count(*) from acknowledged),
            (select count(*) from difference where operation = 'add'),
            (select count(distinct key) from difference where operation = 'add'),
            (select count(*) from acknowledged where not $is_append or key in (
                select key from source
            )) - (select count(*) from difference where operation = 'remove')
        from source
        """,
        {"is_append": sync.config.mode == "append"},
    ).fetchall()
    relation, key = sync.exposure.relation, sync.config.key
    where = f"{key!r} of {relation.schema}.{relation.name}"
    if keyed < members and not sync.config.skip_null_keys:
        return f"{members - keyed} rows have no {where}", members, acknowledged
    duplicates = (added - added_keys) + (keyed - added) - known_keys
    if duplicates:
        return f"{duplicates} rows repeat a key in {where}", members, acknowledged
    if not sync.config.case_sensitive_keys and added:
        [(colliding,)] = connection.execute(
            """
            select count(*) from (
                select lower(key) from (
                    select key from source
                    union all
                    select key from acknowledged where $is_append
                )
                where lower(key) in (select lower(key) from difference where operation = 'add')
                group by 1
                having count(distinct key) > 1
            )
            """,
            {"is_append": sync.config.mode == "append"},
        ).fetchall()
        if colliding:
            return (
                f"{colliding} keys in {where} differ from another in case only",
                members,
                acknowledged,
            )
    return "", members, acknowledged
