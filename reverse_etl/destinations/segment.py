"""Segment: membership as traits and track calls, to any server that speaks its tracking API.

A row that is added becomes an `identify` call whose traits are its fields and `<audience>: true`,
and a track call `Audience Entered`; one that is removed becomes `<audience>: false` and
`Audience Exited`; one that changes becomes an `identify` call alone. The ids of the messages come
from the change, so that a message that arrives twice is one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

import msgspec
from pydantic import BaseModel, SecretStr

from reverse_etl.abilities import Wire
from reverse_etl.destination import (
    Answer,
    Batch,
    Capabilities,
    Change,
    Operation,
    Outcome,
    Prepared,
    Rate,
    Repeat,
    Request,
    Status,
    SyncInfo,
    for_all,
)
from reverse_etl.http_answers import outcome_of_status, read_object
from reverse_etl.vendor import (
    VendorSettings,
    WebAddress,
    basic,
    one_by_one,
    refused,
    with_headers,
)

_LARGEST_MESSAGE = 32_000  # bytes
_EVENTS = {Operation.ADD: "Audience Entered", Operation.REMOVE: "Audience Exited"}


class SegmentSettings(VendorSettings):
    """Which source; the sync's key is its user id, or its anonymous id."""

    url: WebAddress = "https://api.segment.io"
    audience: str | None = None  # its key in traits; the sync's name where none is given
    id: Literal["user_id", "anonymous_id"] = "user_id"
    write_key: SecretStr


class Segment:
    """Sends membership as events."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.ROW_TOKEN),
        max_rows=1000,  # of two messages; the API takes 2,500
        max_bytes=490_000,
        rates=(Rate(500, 1),),
        tells_apart="nothing",
        row_settings=("id",),
    )
    Settings: ClassVar[type[BaseModel]] = SegmentSettings

    def __init__(self, settings: SegmentSettings, info: SyncInfo) -> None:
        self._settings = settings
        self._audience = settings.audience or info.name
        self._id = "userId" if settings.id == "user_id" else "anonymousId"
        self._keeps = info.identifiers_of

    @property
    def target(self) -> str:
        """The server and the audience; a source is known by its write key alone."""
        return f"{self._settings.url}#{self._audience}"

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        """A row is one message or two."""
        return one_by_one(changes, self._prepare)

    def encode(self, batch: Batch) -> Request:
        """All messages in one call of the batch endpoint."""
        body = b'{"batch":[' + b",".join(row.body for row in batch.rows) + b"]}"
        url = f"{self._settings.url.rstrip('/')}/v1/batch"
        return Request(batch, "POST", url, body, {"content-type": "application/json"})

    def authorize(self, request: Request, wire: Wire) -> Request:
        """Add the write key."""
        return with_headers(request, basic(self._settings.write_key.get_secret_value(), ""))

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """A batch is accepted whole; a web page, or a refusal in a 200, is no acceptance."""
        outcome = outcome_of_status(answer)
        if outcome.status is Status.DONE:
            content = read_object(answer)
            if isinstance(content, Outcome):
                outcome = content
            elif content.get("success") is not True:
                outcome = Outcome(Status.UNKNOWN, "the answer does not say that it succeeded")
        return for_all(request, outcome)

    def _prepare(self, change: Change, fields: Mapping[str, Any]) -> Prepared | Outcome:
        is_member = change.operation is not Operation.REMOVE
        sender = {
            self._id: change.key,
            "context": {
                "library": {"name": "homespun"},
                "personas": {"computation_class": "audience", "computation_key": self._audience},
            },
        }
        traits = {**fields, self._audience: is_member}
        messages: list[dict[str, Any]] = [
            {
                "type": "identify",
                "messageId": f"{change.token}-identify",
                **sender,
                "traits": traits,
            }
        ]
        if change.operation in _EVENTS:
            properties = {"audience_key": self._audience, self._audience: is_member}
            messages.append(
                {
                    "type": "track",
                    "messageId": f"{change.token}-track",
                    **sender,
                    "event": _EVENTS[change.operation],
                    "properties": properties,
                }
            )
        parts = [msgspec.json.encode(message) for message in messages]
        if max(map(len, parts)) > _LARGEST_MESSAGE:
            return refused(f"the message is larger than {_LARGEST_MESSAGE} bytes")
        return Prepared(change, b",".join(parts), self._keeps(fields))
