"""Applying a batch to a table of SQLite, DuckDB or PostgreSQL: all of it once, or none of it.

Each answers with a status: 200 it is applied, now or before; 401 the login is not accepted;
404 the table is not as it must be; 422 a row is not accepted.
"""

import sqlite3
from contextlib import closing

import duckdb
import psycopg

from reverse_etl import merge
from reverse_etl.abilities import AnswerLost, NotSent
from reverse_etl.destination import Answer, Request

_APPLIED = Answer(200)
_CONNECT_WITHIN = 10  # seconds
_WITHIN_THE_TRANSACTION = (
    "set local client_min_messages = warning",
    "set local timezone = 'UTC'",
    "set local lock_timeout = '30s'",
)
_REFUSED = ("22", "23")  # classes of SQLSTATE: the data, a constraint
_PASSING = ("08", "40", "53", "55", "57")  # the connection, a conflict, resources, locks, shutdown


def apply_to_sqlite(file: str, layout: merge.Layout, request: Request) -> Answer:
    """Apply a batch to a SQLite file. Raises NotSent when it cannot be written."""
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute(merge.LEDGER)
            connection.execute("begin immediate")
            if connection.execute(*merge.is_applied("sqlite", request.batch.id)).fetchone():
                return _APPLIED
            for sql, parameters in merge.statements(layout, "sqlite", request):
                connection.execute(sql, parameters)
            connection.execute("commit")
    except sqlite3.IntegrityError as error:
        return Answer(422, body=f"constraint: {error.sqlite_errorname}".encode())
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise NotSent("the database is locked") from None
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            return Answer(404, body=layout.expectation.encode())
        raise NotSent(f"the database cannot be written: {error.sqlite_errorname}") from None
    return _APPLIED


def apply_to_duckdb(file: str, layout: merge.Layout, request: Request) -> Answer:
    """Apply a batch to a DuckDB file. Raises NotSent when it cannot be written."""
    try:
        with duckdb.connect(file) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(merge.LEDGER)
            connection.begin()
            if connection.execute(*merge.is_applied("duckdb", request.batch.id)).fetchone():
                return _APPLIED
            for sql, parameters in merge.statements(layout, "duckdb", request):
                connection.execute(sql, parameters)
            connection.commit()
    except (duckdb.ConstraintException, duckdb.DataError) as error:
        return Answer(422, body=f"refused: {type(error).__name__}".encode())
    except (duckdb.CatalogException, duckdb.BinderException):
        return Answer(404, body=layout.expectation.encode())
    except duckdb.Error as error:
        raise NotSent(f"the database cannot be written: {type(error).__name__}") from None
    return _APPLIED


def apply_to_postgres(
    url: str, layout: merge.Layout, request: Request, *, password: str | None
) -> Answer:
    """Apply a batch to a PostgreSQL database.

    Raises NotSent when nothing was written, and AnswerLost when the commit went without an answer.
    """
    is_committing = False
    try:
        with psycopg.connect(
            url,
            password=password,
            connect_timeout=_CONNECT_WITHIN,
            autocommit=True,
            prepare_threshold=None,  # a pooler may give each transaction another server
            cursor_factory=psycopg.RawCursor,
        ) as connection:
            connection.execute("begin")
            for setting in _WITHIN_THE_TRANSACTION:
                connection.execute(setting)
            connection.execute(merge.LEDGER)
            if connection.execute(*merge.is_applied("postgresql", request.batch.id)).fetchone():
                return _APPLIED
            for sql, parameters in merge.statements(layout, "postgresql", request):
                connection.execute(sql, parameters)
            is_committing = True
            connection.execute("commit")
    except psycopg.Error as error:
        if is_committing and error.sqlstate is None:
            raise AnswerLost("the connection was lost at the commit") from None
        return _answer_to(error, layout)
    return _APPLIED


def _answer_to(error: psycopg.Error, layout: merge.Layout) -> Answer:
    state = error.sqlstate or ""
    if error.diag.schema_name == "pg_catalog":
        raise NotSent("another connection makes the same table") from None
    if error.diag.table_name == merge.LEDGER_TABLE:
        return _APPLIED  # another connection, thought lost, was quicker with the same batch
    if state.startswith(_REFUSED):
        return Answer(422, body=f"refused: SQLSTATE {state}".encode())
    if state.startswith("28") or (not state and error.pgconn and error.pgconn.used_password):
        return Answer(401, body=b"PostgreSQL does not accept the login: check user and password")
    if state and not state.startswith(_PASSING):
        return Answer(404, body=f"SQLSTATE {state}: {layout.expectation}".encode())
    raise NotSent(f"PostgreSQL cannot be written: {state or 'no connection'}") from None
