"""What a destination is: what it can do, and three pure functions; the engine does all the rest.

It is a class with `capabilities`, a pydantic model `Settings`, a constructor `(settings, info)` and
`prepare`, `encode`, `classify`; what only some need is in `reverse_etl.abilities`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import msgspec
from pydantic import BaseModel

NOTHING: Mapping[str, str] = {}


def for_all(request: "Request", outcome: "Outcome") -> dict[int, "Outcome"]:
    """The same outcome for every row of a request."""
    return dict.fromkeys(range(len(request.batch.rows)), outcome)


class Operation(StrEnum):
    """What happens to a row at the destination."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


class Repeat(StrEnum):
    """What a second delivery of the same request does."""

    NATURAL = "natural"  # set by key: nothing more happens
    KEYED = "keyed"  # the server honours a request key
    ROW_TOKEN = "row_token"  # noqa: S105 - the server honours a token per row
    READ_BACK = "read_back"  # it can be asked whether the first arrived
    NONE = "none"  # a second effect: held for a person, or sent again, as configured


class Status(StrEnum):
    """How a row fared."""

    DONE = "done"
    DONE_WITH_WARNING = "done_with_warning"
    REJECTED = "rejected"  # not applied, and would not be if it were sent again
    WITHHELD = "withheld"  # not sent, since it may not be: a later plan has it if it may
    RETRY = "retry"  # not applied; may be later
    UNKNOWN = "unknown"  # perhaps applied
    PENDING = "pending"  # accepted; `job` tells later


class Scope(StrEnum):
    """How far an outcome other than done reaches."""

    ROW = "row"
    BATCH = "batch"  # one row of the batch is to blame, the answer does not say which
    TARGET = "target"  # the list, table or address is not usable: the sync stops
    ACCOUNT = "account"  # the credentials are not accepted: the sync stops


@dataclass(frozen=True)
class Rate:
    """At most `requests` in any `seconds`."""

    requests: int
    seconds: float


@dataclass(frozen=True)
class Capabilities:
    """What a destination can do, and within which limits."""

    repeat: Mapping[Operation, Repeat]  # an operation that is missing is not supported
    max_rows: int = 500
    max_rows_of: Mapping[Operation, int] = field(default_factory=dict)  # where one takes fewer
    max_bytes: int = 1_000_000
    rates: tuple[Rate, ...] = ()
    concurrency: int = 4
    mixed: bool = True  # additions and changes may share a request; removals never share theirs
    digest: bool = False  # but all operations of a run share one, which only tells of them
    tells_apart: Literal["rows", "identities", "counts", "nothing"] = "nothing"
    shares_target: bool = True  # False: of two mirrors in one place, each removes the other's rows
    changes_identity: bool = True  # else a row's old identifiers are removed before it is changed
    sole_identifiers: tuple[str, ...] = ()  # the first that a row has says who is removed
    poll_every: float = 5.0  # seconds between two questions about an asynchronous job
    version: int = 1  # of `prepare`: a higher one sends every row again
    row_settings: tuple[str, ...] = ()  # those that `prepare` reads: another value, likewise


@dataclass(frozen=True)
class SyncInfo:
    """What a destination may know about the sync it serves."""

    name: str
    mode: str
    key: str  # its name at the destination: the field of the key's column, else the column
    key_type: str
    fields: Mapping[str, str]  # name at the destination -> type in the warehouse
    identifiers: tuple[str, ...]  # the fields to keep for a later removal
    directory: Path  # of the project: relative paths in settings start here

    def identifiers_of(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """The identifiers among a row's fields, as text."""
        found = ((name, fields.get(name)) for name in self.identifiers)
        return {name: str(value) for name, value in found if value is not None}


class Change(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row to deliver. A struct: there are as many as rows; `msgspec.structs.replace` copies."""

    token: str  # the same over every retry of this change, and no other change's
    operation: Operation
    key: str
    document: str = "{}"  # the mapped fields as JSON text; empty for a removal
    identifiers: Mapping[str, str] = NOTHING  # as last acknowledged
    remote_id: str | None = None  # as last acknowledged
    fingerprint: int | None = None  # of the mapped fields; none for a removal

    @property
    def fields(self) -> dict[str, Any]:
        """The mapped fields, decoded. Raises ValueError on a number that JSON has no word for."""
        decoded: dict[str, Any] = msgspec.json.decode(self.document)
        return decoded


class Prepared(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A change as the destination wants it: its part of a request's body."""

    change: Change
    body: bytes
    identifiers: Mapping[str, str] = NOTHING  # to keep once acknowledged
    group: str = ""  # rows of one request agree on it


@dataclass(frozen=True)
class Batch:
    """Rows that travel in one request."""

    id: str  # the request's idempotency key: the same over every retry
    sync: str
    run: str
    rows: tuple[Prepared, ...]


@dataclass(frozen=True)
class Request:
    """A request as it is stored before it is sent: without credentials, always the same bytes."""

    batch: Batch
    method: str
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    truncated: bool = False  # the body was longer than the engine reads


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a row fared, and why; `reason` is short and holds no value of any row."""

    status: Status
    reason: str = ""
    scope: Scope = Scope.ROW
    retry_after: float | None = None  # seconds
    remote_id: str | None = None
    job: str | None = None


@runtime_checkable
class Destination(Protocol):
    """What every destination has. `prepare` gives one result per change, in their order."""

    capabilities: ClassVar[Capabilities]
    Settings: ClassVar[type[BaseModel]]

    def __init__(self, settings: Any, info: SyncInfo) -> None: ...

    @property
    def target(self) -> str:
        """Names the place that is kept in step; another place is sent everything."""

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        """Normalise, hash, validate; a bad row is an outcome. Pure."""

    def encode(self, batch: Batch) -> Request:
        """The request of a batch: the same batch, the same bytes. Pure."""

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """An outcome per row, by its position; a row without one is unknown. Pure."""
