"""Customer.io: keeps a manual segment equal to the audience, and its people's attributes.

An addition identifies the person and then adds them to the segment, since Customer.io silently
ignores whom it does not know there. Times go as seconds since 1970, as Customer.io wants them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

import msgspec
from pydantic import BaseModel, Field, SecretStr

from reverse_etl.abilities import AnswerLost, NotSent, Wire
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
from reverse_etl.masking import masker
from reverse_etl.vendor import (
    VendorSettings,
    WebAddress,
    basic,
    one_by_one,
    refused,
    send,
    with_headers,
)

_LARGEST_ROW = 32_000  # bytes
_LONGEST_ID = 150  # bytes
_LONGEST_VALUE = 1000  # bytes
_MOST_ATTRIBUTES = 300


class CustomerIoSettings(VendorSettings):
    """Which manual segment of which workspace; in the EU, `url` is https://track-eu.customer.io."""

    url: WebAddress = "https://track.customer.io"
    site_id: str
    segment_id: int = Field(ge=1)
    id_type: Literal["id", "email"] = "id"  # the sync's key, or the field `email`
    api_key: SecretStr


class CustomerIo:
    """Keeps one manual segment."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NATURAL),
        max_rows=1000,
        max_bytes=490_000,
        rates=(Rate(50, 1),),  # of two calls each
        tells_apart="rows",
        shares_target=False,
        changes_identity=False,
        sole_identifiers=("id", "email"),
        row_settings=("id_type",),
    )
    Settings: ClassVar[type[BaseModel]] = CustomerIoSettings

    def __init__(self, settings: CustomerIoSettings, info: SyncInfo) -> None:
        self._settings = settings
        self._url = settings.url.rstrip("/")
        self._times = frozenset(
            name for name, kind in info.fields.items() if kind.startswith(("TIMESTAMP", "DATE"))
        )

    @property
    def target(self) -> str:
        """The segment."""
        return f"{self._url}#{self._settings.site_id}/{self._settings.segment_id}"

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        """A row is a person to identify; of a removal, the person's id."""
        return one_by_one(changes, self._prepare)

    def encode(self, batch: Batch) -> Request:
        """The people to identify; of removals, those to take out of the segment."""
        rows = b",".join(row.body for row in batch.rows)
        if batch.rows and batch.rows[0].change.operation is Operation.REMOVE:
            id_type = next(iter(batch.rows[0].change.identifiers))
            url = self._segment("remove", id_type)
            return self._request(batch, url, b'{"ids":[%s]}' % rows)
        return self._request(batch, f"{self._url}/api/v2/batch", b'{"batch":[%s]}' % rows)

    def authorize(self, request: Request, wire: Wire) -> Request:
        """Add the site's id and key."""
        key = self._settings.api_key.get_secret_value()
        return with_headers(request, basic(self._settings.site_id, key))

    def carry_out(self, request: Request, wire: Wire) -> dict[int, Outcome]:
        """Identify, then add whoever was identified; a removal is one call."""
        outcomes = send(self, request, wire)
        known = [place for place, outcome in outcomes.items() if outcome.status is Status.DONE]
        if not known or request.batch.rows[0].change.operation is Operation.REMOVE:
            return outcomes
        id_type = next(iter(request.batch.rows[0].identifiers))  # as it was sent
        ids = [request.batch.rows[place].identifiers[id_type] for place in known]
        body = msgspec.json.encode({"ids": ids})
        try:
            url = self._segment("add", id_type)
            added = send(self, self._request(request.batch, url, body), wire)[0]
        except NotSent as error:
            raise AnswerLost(str(error)) from None
        return {**outcomes, **dict.fromkeys(known, added)}

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """By the status; a 207 says which rows it did not take."""
        outcome = outcome_of_status(answer)
        if outcome.status is not Status.DONE:
            return for_all(request, outcome)
        content = read_object(answer)
        if isinstance(content, Outcome):
            return for_all(request, content)
        if answer.status != 207:
            return for_all(request, outcome)
        return _blamed(request, content["errors"])

    def _request(self, batch: Batch, url: str, body: bytes) -> Request:
        return Request(batch, "POST", url, body, {"content-type": "application/json"})

    def _segment(self, verb: str, id_type: str) -> str:
        segment = f"{self._url}/api/v1/segments/{self._settings.segment_id}"
        return f"{segment}/{verb}_customers?id_type={id_type}"

    def _prepare(self, change: Change, fields: Mapping[str, Any]) -> Prepared | Outcome:
        id_type = self._settings.id_type
        if change.operation is Operation.REMOVE:
            for kind, known in change.identifiers.items():  # one, of the type it was sent by
                return Prepared(change, msgspec.json.encode(known), group=kind)
            return refused("no identifier was acknowledged that it could be removed by")
        id = change.key if id_type == "id" else fields.get("email")
        if not isinstance(id, str) or not 0 < len(id.encode()) <= _LONGEST_ID:
            return refused(f"the {id_type} is missing, or longer than {_LONGEST_ID} bytes")
        attributes = {name: self._value(name, value) for name, value in fields.items()}
        if problem := _problem(attributes):
            return refused(problem)
        person = {
            "type": "person",
            "action": "identify",
            "identifiers": {id_type: id},
            "attributes": attributes,
        }
        body = msgspec.json.encode(person)
        if len(body) > _LARGEST_ROW:
            return refused(f"the person is larger than {_LARGEST_ROW} bytes")
        return Prepared(change, body, {id_type: id})

    def _value(self, name: str, value: Any) -> Any:
        """A time as seconds; all else as it is."""
        if name not in self._times or not isinstance(value, str):
            return value
        moment = datetime.fromisoformat(value)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _problem(attributes: Mapping[str, Any]) -> str:
    """Why Customer.io would not take a person's attributes; empty where it would."""
    if len(attributes) > _MOST_ATTRIBUTES:
        return f"there are more than {_MOST_ATTRIBUTES} attributes"
    for name, value in attributes.items():
        if isinstance(value, str) and len(value.encode()) > _LONGEST_VALUE:
            return f"{name} is longer than {_LONGEST_VALUE} bytes"
    return ""


def _blamed(request: Request, errors: list[dict[str, Any]]) -> dict[int, Outcome]:
    """The rows that errors name, rejected; done are the others only where every error names one."""
    rows = request.batch.rows
    masked = masker(rows)
    rejected: dict[int, Outcome] = {}
    for error in errors:
        place = error.get("batch_index")
        if isinstance(place, int) and 0 <= place < len(rows):
            words = " ".join(
                str(error[part]) for part in ("reason", "field", "message") if part in error
            )
            rejected[place] = refused(masked(words, rows[place]))
    is_clear = errors and all(error.get("batch_index") in rejected for error in errors)
    rest = Outcome(Status.DONE) if is_clear else Outcome(Status.UNKNOWN, "an error names no row")
    return {**for_all(request, rest), **rejected}
