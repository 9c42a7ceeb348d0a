"""Keeps other loads, from whatever machine, out of a PostgreSQL warehouse during one."""

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, Final

import psycopg2

from homespun.errors import LockHeld, Unavailable
from homespun.project import Target
from ingestion.targets import postgres_credentials

_POLL_EVERY: Final = 0.2  # seconds
_HOLDERS: Final = """
select activity.application_name
from pg_locks as locks
inner join pg_stat_activity as activity on locks.pid = activity.pid
where
    locks.locktype = 'advisory' and locks.granted
    and activity.datname = current_database()
    and (cast(locks.classid as bigint) << 32) + cast(locks.objid as bigint) = %s
"""


@contextmanager
def hold_postgres(target: Target, schema: str, *, lock_timeout: float) -> Iterator[None]:
    """Hold the schema's advisory lock, which the server frees when its holder dies.

    Raises LockHeld, naming the holder, after the wait; Unavailable where no server answers.
    """
    key = int.from_bytes(hashlib.sha256(schema.encode()).digest()[:8]) >> 1
    with ExitStack() as connected:
        try:
            connection = connected.enter_context(closing(_connect(target)))
            holder = _wait_for_lock(connection, key, lock_timeout)
        except psycopg2.OperationalError as error:
            raise Unavailable(
                f"target {target.name!r} does not answer: {_first_line(error)}"
            ) from error
        if holder is not None:
            raise LockHeld(
                f"{holder} holds schema {schema!r} of target {target.name!r}; "
                f"waited {lock_timeout:g} s: try again when it is done, "
                "or wait longer with --lock-timeout"
            )
        yield


def _wait_for_lock(connection: Any, key: int, lock_timeout: float) -> str | None:
    """Take the lock; who holds it, where that was in vain."""
    give_up_at = time.monotonic() + lock_timeout
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select pg_try_advisory_lock(%s)", [key])
            if cursor.fetchone() == (True,):
                return None
            if time.monotonic() >= give_up_at:
                cursor.execute(_HOLDERS, [key])
                holder = cursor.fetchone()
                return str(holder[0]) if holder else "another load"
            time.sleep(_POLL_EVERY)


def _connect(target: Target) -> Any:
    credentials = postgres_credentials(target)
    connection = psycopg2.connect(
        host=credentials["host"],
        port=credentials["port"],
        user=credentials["username"],
        password=credentials["password"],
        dbname=credentials["database"],
        connect_timeout=credentials["connect_timeout"],
        application_name=f"homespun load, process {os.getpid()} on {socket.gethostname()}",
        **credentials["query"],
    )
    connection.autocommit = True
    return connection


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
