"""Webhook: batches of changes as JSON, signed as Standard Webhooks, to a URL of yours.

Each request carries `Idempotency-Key` and `webhook-id` (its batch's id, the same over every
retry). A 2xx answer acknowledges all rows, unless its body is
`{"results": [{"key": ..., "status": "ok" | "rejected" | "retry", "reason": ...}]}`:
then each row has the outcome that is given for its key.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET, Raw, UnsetType
from pydantic import BaseModel, SecretStr, model_validator

from reverse_etl.abilities import Wire
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
from reverse_etl.http_answers import outcome_of_status, read_object
from reverse_etl.masking import masker
from reverse_etl.vendor import VendorSettings, WebAddress, identifier_reader

_ENCODE = msgspec.json.Encoder().encode
_STATUSES = {
    "ok": Status.DONE,
    "done": Status.DONE,
    "warning": Status.DONE_WITH_WARNING,
    "rejected": Status.REJECTED,
    "retry": Status.RETRY,
}


class _Row(msgspec.Struct, omit_defaults=True, frozen=True, gc=False):
    """What the receiver sees of a change."""

    token: str
    operation: Operation
    key: str
    fields: Raw | UnsetType = UNSET  # none in a removal
    previous_ids: Mapping[str, str] | UnsetType = UNSET


class WebhookSettings(VendorSettings):
    """Where to send, and how the receiver knows that it was us."""

    url: WebAddress
    signed: bool = False  # a missing `secret` is an error
    secret: SecretStr | None = None  # signs each request; `whsec_` and base64, or any text
    token: SecretStr | None = None  # sent as `Authorization: Bearer`

    @model_validator(mode="after")
    def _has_its_secret(self) -> "WebhookSettings":
        if self.signed and self.secret is None:
            raise ValueError("signed needs the setting 'secret'")
        return self


class Webhook:
    """Sends changes to one URL."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.ROW_TOKEN),
        max_rows=500,
        max_bytes=1_000_000,
        tells_apart="rows",
    )
    Settings: ClassVar[type[BaseModel]] = WebhookSettings

    def __init__(self, settings: WebhookSettings, info: SyncInfo) -> None:
        self._settings = settings
        self._identifiers_of = identifier_reader(info)

    @property
    def target(self) -> str:
        """The URL."""
        return self._settings.url

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        """A row is `token`, `operation`, `key`, `fields` and the identifiers last acknowledged."""
        changes, remove = list(changes), Operation.REMOVE  # an enum is slow to ask each time
        for change, identifiers in zip(changes, self._identifiers_of(changes), strict=True):
            if isinstance(identifiers, Outcome):
                yield identifiers
                continue
            row = _Row(
                change.token,
                change.operation,
                change.key,
                UNSET if change.operation is remove else Raw(change.document),
                change.identifiers or UNSET,
            )
            yield Prepared(change, _ENCODE(row), identifiers)

    def encode(self, batch: Batch) -> Request:
        """All rows in one JSON object."""
        head = msgspec.json.encode({"sync": batch.sync, "run": batch.run, "batch_id": batch.id})
        body = head[:-1] + b',"rows":[' + b",".join([row.body for row in batch.rows]) + b"]}"
        headers = {
            "content-type": "application/json",
            "idempotency-key": batch.id,
            "webhook-id": batch.id,
        }
        return Request(batch, "POST", self._settings.url, body, headers)

    def authorize(self, request: Request, wire: Wire) -> Request:
        """Sign with the time of this attempt."""
        headers = dict(request.headers)
        if self._settings.token:
            headers["authorization"] = f"Bearer {self._settings.token.get_secret_value()}"
        if self._settings.secret:
            at = str(int(wire.now().timestamp()))
            headers["webhook-timestamp"] = at
            headers["webhook-signature"] = signature(
                self._settings.secret.get_secret_value(), request.batch.id, at, request.body
            )
        return replace(request, headers=headers)

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """By the status; by the results where the answer has some."""
        outcome = outcome_of_status(answer)
        if outcome.status is not Status.DONE:
            return for_all(request, outcome)
        content = read_object(answer)
        if isinstance(content, Outcome):
            return for_all(request, content)
        if "results" not in content:
            return for_all(request, outcome)
        by_key = {str(result["key"]): result for result in content["results"]}
        masked = masker(request.batch.rows)
        return {
            place: _outcome(by_key[row.change.key], row, masked)
            for place, row in enumerate(request.batch.rows)
            if row.change.key in by_key
        }


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The `webhook-signature` of Standard Webhooks."""
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _outcome(
    result: dict[str, Any], row: Prepared, masked: Callable[[str, Prepared], str]
) -> Outcome:
    status = _STATUSES.get(str(result.get("status")), Status.UNKNOWN)
    reason = str(result.get("reason") or result.get("code") or "")
    if status is not Status.DONE and not reason:
        reason = f"the receiver answered {str(result.get('status'))[:20]!r}"
    return Outcome(status, masked(reason, row))
