"""Meta: keeps a custom audience equal to the audience; personal fields are hashed before they go.

Fields are named `email`, `phone`, `external_id`, `mobile_id`, `first_name`, `last_name`, `city`,
`state`, `zip`, `country`, `date_of_birth` and `gender`. Meta's answer counts what it could not
read without saying which rows these were: such a batch is done with a warning.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

import msgspec
from pydantic import BaseModel, Field, SecretStr

from homespun.errors import ConfigurationError
from reverse_etl import normalise
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
from reverse_etl.meta_errors import outcome_of_error
from reverse_etl.vendor import VendorSettings, WebAddress, one_by_one, refused, with_headers

_KEYS = {
    "external_id": ("EXTERN_ID",),
    "email": ("EMAIL",),
    "phone": ("PHONE",),
    "mobile_id": ("MADID",),
    "first_name": ("FN",),
    "last_name": ("LN",),
    "city": ("CT",),
    "state": ("ST",),
    "zip": ("ZIP",),
    "country": ("COUNTRY",),
    "date_of_birth": ("DOBY", "DOBM", "DOBD"),
    "gender": ("GEN",),
}
_PLAIN = frozenset({"EXTERN_ID", "MADID"})  # not hashed
_SUFFICIENT = ("EXTERN_ID", "EMAIL", "PHONE", "MADID")  # each finds a person by itself


class MetaAudiencesSettings(VendorSettings):
    """Which custom audience, of an ad account that accepted Meta's terms for them."""

    url: WebAddress = "https://graph.facebook.com"
    version: str = Field("v25.0", pattern=r"^v\d+\.\d+$")
    audience_id: str = Field(pattern=r"^\d+$")
    country: str | None = Field(None, pattern="^[A-Z]{2}$")  # of national phone numbers and states
    access_token: SecretStr


class MetaAudiences:
    """Keeps one custom audience."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NATURAL),
        max_rows=10_000,
        max_bytes=4_000_000,
        tells_apart="counts",
        shares_target=False,
        changes_identity=False,
        sole_identifiers=_SUFFICIENT,
        row_settings=("country",),
    )
    Settings: ClassVar[type[BaseModel]] = MetaAudiencesSettings

    def __init__(self, settings: MetaAudiencesSettings, info: SyncInfo) -> None:
        unknown = sorted(set(info.fields) - set(_KEYS))
        if unknown:
            raise ConfigurationError(
                f"sync {info.name!r}: Meta takes no field {unknown[0]!r}; "
                f"it takes: {', '.join(_KEYS)}"
            )
        self._settings = settings
        self._schema = [
            key for field, keys in _KEYS.items() if field in info.fields for key in keys
        ]

    @property
    def target(self) -> str:
        """The custom audience, whichever version of the API it is reached by."""
        return f"{self._settings.url}#{self._settings.audience_id}"

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        """A row is a list of hashes; of a removal, those that were last acknowledged."""
        return one_by_one(changes, self._prepare)

    def encode(self, batch: Batch) -> Request:
        """A session of one request; its id comes from the batch's."""
        session = {
            "session_id": int.from_bytes(hashlib.sha256(batch.id.encode()).digest()[:8]) >> 1,
            "batch_seq": 1,
            "last_batch_flag": True,
            "estimated_num_total": len(batch.rows),
        }
        schema = batch.rows[0].group.split(",") if batch.rows else []
        head = msgspec.json.encode({"session": session, "payload": {"schema": schema}})
        body = head[:-2] + b',"data":[' + b",".join(row.body for row in batch.rows) + b"]}}"
        removes = batch.rows and batch.rows[0].change.operation is Operation.REMOVE
        headers = {"content-type": "application/json"}
        method = "DELETE" if removes else "POST"
        place = f"{self._settings.version}/{self._settings.audience_id}/users"
        return Request(batch, method, f"{self._settings.url.rstrip('/')}/{place}", body, headers)

    def authorize(self, request: Request, wire: Wire) -> Request:
        """Add the token."""
        token = self._settings.access_token.get_secret_value()
        return with_headers(request, {"authorization": f"Bearer {token}"})

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """By Meta's own error code where there is one; by the counts where all went through."""
        outcome = outcome_of_error(answer) or outcome_of_status(answer)
        if outcome.status is not Status.DONE:
            return for_all(request, outcome)
        content = read_object(answer)
        if isinstance(content, Outcome):
            return for_all(request, content)
        rows, invalid = len(request.batch.rows), int(content["num_invalid_entries"])
        if int(content["num_received"]) != rows:
            outcome = Outcome(Status.UNKNOWN, "Meta received another number of rows")
        elif invalid >= rows:
            outcome = refused("Meta cannot read any of its identifiers")
        elif invalid:
            reason = f"Meta cannot read {invalid} of the {rows} rows of this request"
            outcome = Outcome(Status.DONE_WITH_WARNING, reason)
        return for_all(request, outcome)

    def _prepare(self, change: Change, fields: Mapping[str, Any]) -> Prepared | Outcome:
        if change.operation is Operation.REMOVE:
            values = dict(change.identifiers)
            if not values:
                return refused("no identifier was acknowledged that it could be removed by")
            return Prepared(
                change, msgspec.json.encode(list(values.values())), {}, ",".join(values)
            )
        values = {key: value for key, value in self._values(fields).items() if value}
        if not values:
            return refused("no field holds an identifier that Meta could use")
        row = [values.get(key, "") for key in self._schema]
        kept = {key: values[key] for key in _SUFFICIENT if key in values} or values
        return Prepared(change, msgspec.json.encode(row), kept, ",".join(self._schema))

    def _values(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Each key's value, normalised and hashed; nothing where a field holds nothing usable."""
        given = {name: str(value) for name, value in fields.items() if value is not None}
        country = normalise.country_code(given.get("country", "")) or self._settings.country
        values: dict[str, str] = {}
        for name, text in given.items():
            for key, value in zip(_KEYS[name], self._normalised(name, text, country), strict=True):
                values[key] = value if key in _PLAIN else normalise.sha256(value)
        return values

    def _normalised(self, name: str, text: str, country: str | None) -> tuple[str, ...]:
        match name:
            case "external_id":
                return (text.strip(),)
            case "mobile_id":
                return (text.strip().lower(),)
            case "email":
                return (normalise.email(text),)
            case "phone":
                return (normalise.phone(text, country and country.upper()),)
            case "first_name" | "last_name":
                return (normalise.name(text),)
            case "city":
                return (normalise.place(text),)
            case "state":
                return (normalise.state(text, country),)
            case "zip":
                return (normalise.postal_code(text, country),)
            case "country":
                return (normalise.country_code(text),)
            case "gender":
                return (normalise.gender(text),)
            case _:
                return normalise.birth_date(text)
