"""Klaviyo's profiles: a row as one of them, finding them, and the rows that errors are about."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from reverse_etl.abilities import Wire
from reverse_etl.destination import (
    Answer,
    Batch,
    Change,
    Operation,
    Outcome,
    Prepared,
    Request,
    Scope,
    Status,
    for_all,
)
from reverse_etl.http_answers import read_object
from reverse_etl.masking import masker
from reverse_etl.vendor import ask, refused

IDENTIFIERS = ("email", "phone_number", "external_id")
_TEXTS = frozenset({"first_name", "last_name", "organization", "locale", "image"})
_PLACES = frozenset(
    f"location.{name}"
    for name in ("address1", "address2", "city", "country", "region", "zip", "timezone")
)
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_POINTER = re.compile(r"/data/attributes/profiles/data/(\d+)(?:/|$)")
_LARGEST = 100_000  # bytes of a profile
_LONGEST_ID = 255


def prepare_profile(change: Change, fields: Mapping[str, Any]) -> Prepared | Outcome:
    """A profile as an import takes it; of a removal, one identifier to look it up by."""
    if change.operation is Operation.REMOVE:
        found = [
            [name, change.identifiers[name]] for name in IDENTIFIERS if name in change.identifiers
        ]
        if not found:
            return refused("no identifier was acknowledged that it could be removed by")
        return Prepared(change, msgspec.json.encode(found[0]))
    identifiers = {name: str(fields[name]) for name in IDENTIFIERS if fields.get(name) is not None}
    problem = _problem(identifiers)
    if problem:
        return refused(problem)
    profile = {"type": "profile", "attributes": {**identifiers, **_attributes(fields)}}
    body = msgspec.json.encode(profile)
    if len(body) > _LARGEST:
        return refused(f"the profile is larger than {_LARGEST} bytes")
    return Prepared(change, body, identifiers)


def _problem(identifiers: Mapping[str, str]) -> str:
    """Why Klaviyo would not know whom a row is about; empty where it does."""
    if not identifiers:
        return f"there is none of: {', '.join(IDENTIFIERS)}"
    if not _E164.fullmatch(identifiers.get("phone_number", "+1000000")):
        return "phone_number is not in the form +15551234567"
    if len(identifiers.get("external_id", "")) > _LONGEST_ID:
        return f"external_id is longer than {_LONGEST_ID} characters"
    return ""


def _attributes(fields: Mapping[str, Any]) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    places: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _TEXTS:
            texts[name] = None if value is None else str(value)
        elif name in _PLACES:
            places[name.removeprefix("location.")] = None if value is None else str(value)
        elif name not in IDENTIFIERS:
            properties[name] = value
    return {
        **texts,
        **({"location": places} if places else {}),
        **({"properties": properties} if properties else {}),
    }


def blamed(request: Request, errors: Iterable[Mapping[str, Any]]) -> dict[int, Outcome]:
    """The rows that errors point at, rejected, each for the first of its errors."""
    rows = request.batch.rows
    outcomes: dict[int, Outcome] = {}
    masked = masker(rows)
    for error in errors:
        found = _POINTER.match(str((error.get("source") or {}).get("pointer")))
        place = int(found[1]) if found else len(rows)
        if place < len(rows):
            words = f"{error['code']}: {error['detail']}"
            outcomes.setdefault(place, refused(masked(words, rows[place])))
    return outcomes


def blame(request: Request, answer: Answer) -> dict[int, Outcome]:
    """The outcomes where Klaviyo took none of a request's rows."""
    content = read_object(answer)
    errors = [] if isinstance(content, Outcome) else content.get("errors", [])
    rejected = blamed(request, errors)
    if rejected:
        rest = Outcome(Status.RETRY, "another row of the request was rejected")
        return {**for_all(request, rest), **rejected}
    if any("relationships" in str((error.get("source") or {}).get("pointer")) for error in errors):
        reason = "Klaviyo does not accept the list: check settings.list_id"
        return for_all(request, Outcome(Status.RETRY, reason, Scope.TARGET))
    codes = ", ".join(sorted({str(error.get("code")) for error in errors}))
    reason = f"HTTP {answer.status}" + (f": {codes}" if codes else "")
    return for_all(request, Outcome(Status.REJECTED, reason, Scope.BATCH))


def find_profiles(
    url: str, name: str, values: list[str], wire: Wire
) -> dict[tuple[str, str], list[str]] | Outcome:
    """The ids of the profiles that have one of these identifiers, its letters lower case."""
    listed = msgspec.json.encode(values).decode()
    query = {"filter": f"any({name},{listed})", "fields[profile]": ",".join(IDENTIFIERS)}
    profiles = pages(f"{url}/api/profiles", query, wire)
    if isinstance(profiles, Outcome):
        return profiles
    found: dict[tuple[str, str], list[str]] = {}
    for profile in profiles:
        value = str(profile["attributes"][name]).lower()
        found.setdefault((name, value), []).append(str(profile["id"]))
    return found


def pages(address: str, query: Mapping[str, str], wire: Wire) -> list[dict[str, Any]] | Outcome:
    """What all pages of a collection hold; of the link to the next, only the cursor is used."""
    rows: list[dict[str, Any]] = []
    cursors: list[str] = []
    while True:
        parts = {**query, "page[size]": "100"}
        if cursors:
            parts["page[cursor]"] = cursors[-1]
        asked = "&".join(f"{quote(name)}={quote(value)}" for name, value in parts.items())
        content = ask(Request(Batch("", "", "", ()), "GET", f"{address}?{asked}", b""), wire)
        if isinstance(content, Outcome):
            return content
        rows += content["data"]
        following = (content.get("links") or {}).get("next")
        if not following:
            return rows
        [cursor] = parse_qs(urlsplit(following).query)["page[cursor]"]
        if cursor in cursors:
            return Outcome(Status.UNKNOWN, "the pages go round in a circle")
        cursors.append(cursor)
