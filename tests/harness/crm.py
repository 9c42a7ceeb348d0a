"""A destination of one's own, with every optional ability; it keeps its members in a file."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from reverse_etl.abilities import AnswerLost, Wire
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
    Status,
    SyncInfo,
    for_all,
)


class CrmSettings(BaseModel):
    loses_answers: int = 0  # how many, after the rows were applied


class Crm:
    """Removes by the e-mail address that it was given, as ad platforms do."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NONE), changes_identity=False
    )
    Settings: ClassVar[type[BaseModel]] = CrmSettings
    target = "crm"

    def __init__(self, settings: CrmSettings, info: SyncInfo) -> None:
        self._settings = settings
        self._file = info.directory / "crm.json"

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        for change in changes:
            email = change.fields.get("email") or change.identifiers.get("email")
            yield Prepared(change, json.dumps(email).encode(), {"email": str(email)})

    def encode(self, batch: Batch) -> Request:
        return Request(batch, "POST", "crm:", b"")

    def send(self, request: Request) -> Answer:
        kept = read(self._file)
        for row in request.batch.rows:
            email = json.loads(row.body)
            kept["calls"].append([row.change.operation.value, email])
            if row.change.operation is Operation.REMOVE:
                kept["members"] = [member for member in kept["members"] if member != email]
            elif email not in kept["members"]:
                kept["members"].append(email)
        kept["lost"] += 1
        self._file.write_text(json.dumps(kept))
        if kept["lost"] <= self._settings.loses_answers:
            raise AnswerLost("no answer")
        return Answer(200)

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        return for_all(request, Outcome(Status.DONE))


class BusyCrm(Crm):
    """Leaves removals of the addresses in `busy.json` undone, with the status that stands there."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NATURAL), changes_identity=False
    )

    def send(self, request: Request) -> Answer:
        done = [row for row in request.batch.rows if self._status(row) is Status.DONE]
        return super().send(replace(request, batch=replace(request.batch, rows=tuple(done))))

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        rows = enumerate(request.batch.rows)
        return {place: Outcome(self._status(row)) for place, row in rows}

    def _status(self, row: Prepared) -> Status:
        file = self._file.with_name("busy.json")
        busy = json.loads(file.read_text()) if file.exists() else {}
        is_removal = row.change.operation is Operation.REMOVE
        return Status(busy.get(json.loads(row.body), "done")) if is_removal else Status.DONE


class QuietCrm(Crm):
    """Names nobody in a request's body but by the key."""

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        for change in changes:
            yield Prepared(change, json.dumps(change.key).encode(), {"email": "jane@example.com"})


class BrokenCrm(Crm):
    """Stumbles over every answer."""

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        raise ConnectionResetError("jane@example.com")


class UnmadeCrm(Crm):
    """Cannot be made."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NATURAL), shares_target=False
    )

    def __init__(self, settings: CrmSettings, info: SyncInfo) -> None:
        raise RuntimeError


class KeyedCrm(Crm):
    """Honours a request's key, and nothing else."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.KEYED)
    )


class AskedCrm(Crm):
    """Can be asked who is a member."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.READ_BACK)
    )

    def read_back(self, request: Request, wire: Wire) -> dict[int, Outcome]:
        members = read(self._file)["members"]
        return {
            place: Outcome(
                Status.DONE
                if (json.loads(row.body) in members) != (row.change.operation == "remove")
                else Status.RETRY
            )
            for place, row in enumerate(request.batch.rows)
        }


class SlowCrm(Crm):
    """Accepts jobs, and tells how they went when it is asked the second time."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NATURAL), poll_every=0.01
    )

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        return for_all(request, Outcome(Status.PENDING, job=f"job of {request.batch.id}"))

    def poll(self, request: Request, job: str, wire: Wire) -> dict[int, Outcome]:
        assert job == f"job of {request.batch.id}"
        kept = read(self._file)
        kept["polls"] += 1
        self._file.write_text(json.dumps(kept))
        if kept["polls"] % 2:
            return for_all(request, Outcome(Status.PENDING))
        outcomes = for_all(request, Outcome(Status.DONE))
        return {**outcomes, 0: Outcome(Status.REJECTED, "unsubscribed")}


def read(file: Path) -> dict[str, Any]:
    """What the CRM knows."""
    if not file.exists():
        return {"members": [], "calls": [], "lost": 0, "polls": 0}
    content: dict[str, Any] = json.loads(file.read_text())
    return content
