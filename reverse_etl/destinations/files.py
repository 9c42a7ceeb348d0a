"""Files: each run's changes as JSON lines, CSV or Parquet, in a folder or at an fsspec URL.

A run makes `sync=<name>/run=<run>/part-<batch>.<format>` and, last, `_MANIFEST.json` beside the
parts (rows and SHA-256 of each), so that a reader who waits for it never sees half a run. Names
come from ids: a part that is written twice is one part. Each row says its operation (`add`,
`change`, `remove`), its key, and its fields; a removal has the identifiers last acknowledged.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from fsspec import available_protocols
from pydantic import AfterValidator, BaseModel, ConfigDict

from homespun.errors import ConfigurationError
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
from reverse_etl.folder import Folder, open_folder
from reverse_etl.parquet import as_parquet
from reverse_etl.vendor import one_by_one

MANIFEST = "_MANIFEST.json"
_COLUMNS = ("operation", "key")  # the first, before the fields'
_FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # and the full-width ones


def _has_a_known_scheme(path: str) -> str:
    scheme, found, _ = path.partition("://")
    if found and scheme.rpartition("::")[2] not in available_protocols():
        raise ValueError(f"there is no kind of storage {scheme!r}; there are s3, gs, az and more")
    return path


class FilesSettings(BaseModel):
    """Where the files go, and how they are written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, AfterValidator(_has_a_known_scheme)]  # a folder, or an fsspec URL
    format: Literal["jsonl", "csv", "parquet"] = "jsonl"
    formulas: Literal["escape", "keep"] = "escape"  # CSV text that a spreadsheet would run
    null: str = ""  # how CSV writes null


class Files:
    """Writes changes as files."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NATURAL),
        max_rows=50_000,
        max_bytes=64_000_000,
        concurrency=2,
    )
    Settings: ClassVar[type[BaseModel]] = FilesSettings

    def __init__(self, settings: FilesSettings, info: SyncInfo) -> None:
        for column in _COLUMNS:
            if column in info.fields and settings.format != "jsonl":
                raise ConfigurationError(
                    f"sync {info.name!r}: a field named {column!r} would be a second column "
                    f"{column!r} of the file: give it another name"
                )
        self._settings = settings
        self._info = info
        is_url = "://" in settings.path
        self._root = settings.path if is_url else str(info.directory / Path(settings.path))

    @property
    def target(self) -> str:
        """The folder."""
        return self._root

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        """A row is one line."""
        return one_by_one(changes, self._prepare)

    def encode(self, batch: Batch) -> Request:
        """One file."""
        rows = [row.body for row in batch.rows]
        match self._settings.format:
            case "csv":
                body = self._row([*_COLUMNS, *self._info.fields]) + b"".join(rows)
            case "parquet":
                first = zip(_COLUMNS, ("VARCHAR", self._info.key_type), strict=True)
                types = {**dict(first), **self._info.fields}
                body = as_parquet(b"[" + b",".join(rows) + b"]", types)
            case _:
                body = b"".join(rows)
        name = f"part-{batch.id.rpartition('-')[2].zfill(6)}.{self._settings.format}"
        url = f"{self._run(batch.sync, batch.run)}/{name}"
        return Request(batch, "PUT", url, body)

    def finish(self, sync: str, run: str) -> Request:
        """The manifest; it is drawn from the parts that are there when it is written."""
        return Request(Batch(f"{run}-manifest", sync, run, ()), "LIST", self._run(sync, run), b"")

    def send(self, request: Request) -> Answer:
        """Write a part, or the manifest of all of them."""
        folder, _, name = request.url.rpartition("/")
        if request.method == "PUT":
            open_folder(folder).write(name, request.body)
        else:
            run = open_folder(request.url)
            if parts := _parts(run):
                run.write(MANIFEST, _manifest(parts, request.batch))
        return Answer(200)

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """A file is written whole or not at all."""
        if answer.status == 200:
            return for_all(request, Outcome(Status.DONE))
        return for_all(request, Outcome(Status.RETRY, f"status {answer.status}", Scope.BATCH))

    def _run(self, sync: str, run: str) -> str:
        return f"{self._root.rstrip('/')}/sync={sync}/run={run}"

    def _prepare(self, change: Change, fields: dict[str, Any]) -> Prepared:
        shown = change.identifiers if change.operation is Operation.REMOVE else fields
        return Prepared(change, self._line(change, shown), self._info.identifiers_of(fields))

    def _line(self, change: Change, fields: Mapping[str, Any]) -> bytes:
        cells = [change.operation.value, change.key, *map(fields.get, self._info.fields)]
        match self._settings.format:
            case "csv":
                return self._row(cells)
            case "parquet":
                return msgspec.json.encode(cells)
            case _:
                row = {"operation": change.operation, "key": change.key, "fields": fields}
                return msgspec.json.encode(row) + b"\n"

    def _row(self, cells: list[Any]) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerow(self._cell(cell) for cell in cells)
        return text.getvalue().encode()

    def _cell(self, value: Any) -> str:
        if value is None:
            return self._settings.null
        if isinstance(value, str):
            escaped = self._settings.formulas == "escape" and value.startswith(_FORMULA_STARTS)
            return f"'{value}" if escaped else value
        return msgspec.json.encode(value).decode()


def _parts(folder: Folder) -> list[dict[str, Any]]:
    """The parts of a run; none where each of its rows was refused, or none could be written."""
    parts = []
    for name in folder.names():
        if name.startswith("part-"):
            content = folder.read(name)
            digest = hashlib.sha256(content).hexdigest()
            parts.append({"name": name, "bytes": len(content), "sha256": digest})
    return parts


def _manifest(parts: list[dict[str, Any]], batch: Batch) -> bytes:
    return msgspec.json.encode({"sync": batch.sync, "run": batch.run, "parts": parts}) + b"\n"
