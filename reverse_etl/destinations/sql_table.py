"""SQL table: keeps a table of a SQLite or DuckDB file in step with the audience.

Each batch is one transaction, and the table `_homespun_batches` in it remembers the batch: the
same batch again, after a crash or a lost answer, changes nothing.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar, Literal

import duckdb
import msgspec
from pydantic import BaseModel, ConfigDict, Field, field_validator

from reverse_etl import merge
from reverse_etl.destination import (
    Answer,
    Batch,
    Capabilities,
    Change,
    NotSent,
    Operation,
    Outcome,
    Prepared,
    Repeat,
    Request,
    Scope,
    Status,
    SyncInfo,
    for_all,
)

_SCHEMES = ("sqlite:///", "duckdb:///")


class SqlTableSettings(BaseModel):
    """Which table of which database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str  # sqlite:///folder/file.db or duckdb:///file.duckdb, from the project's folder
    table: str = Field(min_length=1)  # made when it is missing
    delete: Literal["hard", "soft"] = "hard"  # soft sets _homespun_deleted_at

    @field_validator("url")
    @classmethod
    def _names_a_file(cls, url: str) -> str:
        if not url.startswith(_SCHEMES) or url in _SCHEMES:
            raise ValueError("must be sqlite:///FILE or duckdb:///FILE")
        return url


class SqlTable:
    """Writes changes into a table."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.KEYED),
        max_rows=10_000,
        max_bytes=32_000_000,
        concurrency=1,
        shares_target=False,
    )
    Settings: ClassVar[type[BaseModel]] = SqlTableSettings

    def __init__(self, settings: SqlTableSettings, info: SyncInfo) -> None:
        self._settings = settings
        self._info = info
        self._columns = [name for name in info.fields if name != info.key]
        self._layout = merge.Layout(
            table=settings.table,
            names=(info.key, *self._columns),
            types=(info.key_type, *(info.fields[name] for name in self._columns)),
            is_soft=settings.delete == "soft",
        )

    @property
    def target(self) -> str:
        """The database and its table."""
        return f"{self._settings.url}#{self._settings.table}"

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        """A row is a list: the operation, the key, then the other columns in their order."""
        for change in changes:
            try:
                fields = change.fields
            except ValueError:
                yield Outcome(Status.REJECTED, "a field is not representable in JSON")
                continue
            row = [change.operation, change.key, *(fields.get(name) for name in self._columns)]
            yield Prepared(change, msgspec.json.encode(row), self._info.identifiers_of(fields))

    def encode(self, batch: Batch) -> Request:
        """The rows as one JSON array, which the database reads by itself."""
        body = b"[" + b",".join(row.body for row in batch.rows) + b"]"
        return Request(batch, "MERGE", self._settings.url, body)

    def send(self, request: Request) -> Answer:
        """Apply a batch, unless it was applied before."""
        scheme, _, path = request.url.partition(":///")
        file = self._info.directory / Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        apply = self._apply_to_sqlite if scheme == "sqlite" else self._apply_to_duckdb
        return apply(str(file), request)

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """A batch is applied whole or not at all; the engine finds the row to blame."""
        reason = answer.body.decode()
        match answer.status:
            case 200:
                return for_all(request, Outcome(Status.DONE))
            case 404:
                return for_all(request, Outcome(Status.RETRY, reason, Scope.TARGET))
            case _:
                return for_all(request, Outcome(Status.REJECTED, reason, Scope.BATCH))

    def _apply_to_sqlite(self, file: str, request: Request) -> Answer:
        try:
            with closing(sqlite3.connect(file, isolation_level=None)) as connection:
                connection.execute(merge.LEDGER)
                connection.execute("begin immediate")
                if connection.execute(*merge.is_applied(request.batch.id)).fetchone():
                    return Answer(200)
                for sql, parameters in merge.statements(self._layout, "sqlite", request):
                    connection.execute(sql, parameters)
                connection.execute("commit")
        except sqlite3.IntegrityError as error:
            return Answer(422, body=f"constraint: {error.sqlite_errorname}".encode())
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise NotSent("the database is locked") from None
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
                return Answer(404, body=self._mismatch().encode())
            raise NotSent(f"the database cannot be written: {error.sqlite_errorname}") from None
        return Answer(200)

    def _apply_to_duckdb(self, file: str, request: Request) -> Answer:
        try:
            with duckdb.connect(file) as connection:
                connection.execute("set timezone = 'UTC'")
                connection.execute(merge.LEDGER)
                connection.begin()
                if connection.execute(*merge.is_applied(request.batch.id)).fetchone():
                    return Answer(200)
                for sql, parameters in merge.statements(self._layout, "duckdb", request):
                    connection.execute(sql, parameters)
                connection.commit()
        except (duckdb.ConstraintException, duckdb.DataError) as error:
            return Answer(422, body=f"refused: {type(error).__name__}".encode())
        except (duckdb.CatalogException, duckdb.BinderException):
            return Answer(404, body=self._mismatch().encode())
        except duckdb.Error as error:
            raise NotSent(f"the database cannot be written: {type(error).__name__}") from None
        return Answer(200)

    def _mismatch(self) -> str:
        columns = ", ".join([self._info.key, *self._columns])
        return f"table {self._settings.table!r} has not the columns it needs: {columns}"
