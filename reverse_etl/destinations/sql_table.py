"""SQL table: keeps a table of PostgreSQL, SQLite or DuckDB in step with the audience.

Each batch is one transaction, and the table `_homespun_batches` in it remembers the batch: the
same batch again, after a crash or a lost answer, changes nothing. Its rows in another batch set
what is set already.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from reverse_etl import merge
from reverse_etl.databases import apply_to_duckdb, apply_to_postgres, apply_to_sqlite
from reverse_etl.destination import (
    Answer,
    Batch,
    Capabilities,
    Change,
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
from reverse_etl.vendor import one_by_one

_FILES = ("sqlite:///", "duckdb:///")
_SERVERS = ("postgresql://", "postgres://")


class SqlTableSettings(BaseModel):
    """Which table of which database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str  # sqlite:///folder/file.db or duckdb:///file.duckdb, from the project's folder
    table: str = Field(min_length=1)  # made when it is missing
    delete: Literal["hard", "soft"] = "hard"  # soft sets _homespun_deleted_at
    password: SecretStr | None = None  # of postgresql://user@host/database

    @field_validator("url")
    @classmethod
    def _names_a_database(cls, url: str) -> str:
        if url.startswith(_SERVERS):
            parts = urlsplit(url)
            if parts.password is not None or "password" in parse_qs(parts.query):
                raise ValueError("must not hold a password: it is the setting 'password'")
        elif not url.startswith(_FILES) or url in _FILES:
            raise ValueError("must be postgresql://USER@HOST/DB, sqlite:///FILE or duckdb:///FILE")
        return url


class SqlTable:
    """Writes changes into a table."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NATURAL),
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
        return one_by_one(changes, self._prepare)

    def encode(self, batch: Batch) -> Request:
        """The rows as one JSON array, which the database reads by itself."""
        body = b"[" + b",".join(row.body for row in batch.rows) + b"]"
        return Request(batch, "MERGE", self._settings.url, body)

    def send(self, request: Request) -> Answer:
        """Apply a batch, unless it was applied before."""
        if request.url.startswith(_SERVERS):
            secret = self._settings.password
            password = secret.get_secret_value() if secret else None
            return apply_to_postgres(request.url, self._layout, request, password=password)
        scheme, _, path = request.url.partition(":///")
        file = self._info.directory / Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        apply = apply_to_sqlite if scheme == "sqlite" else apply_to_duckdb
        return apply(str(file), self._layout, request)

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """A batch is applied whole or not at all; the engine finds the row to blame."""
        reason = answer.body.decode()
        match answer.status:
            case 200:
                return for_all(request, Outcome(Status.DONE))
            case 401:
                return for_all(request, Outcome(Status.RETRY, reason, Scope.ACCOUNT))
            case 404:
                return for_all(request, Outcome(Status.RETRY, reason, Scope.TARGET))
            case _:
                return for_all(request, Outcome(Status.REJECTED, reason, Scope.BATCH))

    def _prepare(self, change: Change, fields: dict[str, Any]) -> Prepared:
        row = [change.operation, change.key, *(fields.get(name) for name in self._columns)]
        return Prepared(change, msgspec.json.encode(row), self._info.identifiers_of(fields))
