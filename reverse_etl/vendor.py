"""What destinations that speak a vendor's API share: settings, rows one by one, calls."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypedDict
from urllib.parse import urlsplit

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict

from reverse_etl.abilities import Wire
from reverse_etl.destination import (
    Change,
    Destination,
    Outcome,
    Prepared,
    Request,
    Status,
    SyncInfo,
)
from reverse_etl.http_answers import outcome_of_status, read_object
from reverse_etl.pace import with_wait

_NOT_JSON = Outcome(Status.REJECTED, "a field is not representable in JSON")


def _is_plain_web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http or https address")
    if parts.username is not None:
        raise ValueError("must not hold a user name or password: set the token instead")
    return url


WebAddress = Annotated[str, AfterValidator(_is_plain_web_address)]


class VendorSettings(BaseModel):
    """What the settings of every vendor have; each gives `url` its own default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: WebAddress
    allow_private: bool = False  # a private, link-local or loopback address is meant


def one_by_one(
    changes: Iterable[Change], prepare: Callable[[Change, dict[str, Any]], Prepared | Outcome]
) -> Iterator[Prepared | Outcome]:
    """What `prepare` makes of each change; a row that JSON cannot hold is refused."""
    for change in changes:
        try:
            fields = change.fields
        except ValueError:
            yield _NOT_JSON
        else:
            yield prepare(change, fields)


def identifier_reader(
    info: SyncInfo,
) -> Callable[[Sequence[Change]], Sequence[dict[str, str] | Outcome]]:
    """Reads the identifiers of each change; an outcome where JSON cannot hold a row.

    Where all of them are texts, as they mostly are, the other fields are not decoded.
    """
    make_type: Any = TypedDict  # of names that are known at run time alone
    texts: Any = make_type("texts", dict.fromkeys(info.identifiers, str), total=False)
    decoder: msgspec.json.Decoder[list[dict[str, str]]] = msgspec.json.Decoder(Sequence[texts])

    def read_one(change: Change) -> dict[str, str] | Outcome:
        try:
            return info.identifiers_of(change.fields)
        except ValueError:
            return _NOT_JSON

    def read(changes: Sequence[Change]) -> Sequence[dict[str, str] | Outcome]:
        try:
            return decoder.decode(f"[{','.join([change.document for change in changes])}]")
        except ValueError:
            return [read_one(change) for change in changes]

    return read


def refused(reason: str) -> Outcome:
    """The outcome of a row that the destination would not take."""
    return Outcome(Status.REJECTED, reason)


def with_headers(request: Request, headers: Mapping[str, str]) -> Request:
    """The request with more headers, such as those that hold credentials."""
    return replace(request, headers={**request.headers, **headers})


def basic(user: str, password: str) -> dict[str, str]:
    """The header of basic authentication."""
    coded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"authorization": f"Basic {coded}"}


def send(destination: Destination, request: Request, wire: Wire) -> dict[int, Outcome]:
    """Send one request, and what the destination makes of the answer."""
    answer = wire.send(request)
    return with_wait(destination.classify(request, answer), answer, wire.now())


def ask(request: Request, wire: Wire) -> dict[str, Any] | Outcome:
    """The JSON object that answers a question; an outcome where there is none."""
    answer = wire.send(request)
    outcome = with_wait({0: outcome_of_status(answer)}, answer, wire.now())[0]
    return read_object(answer) if outcome.status is Status.DONE else outcome
