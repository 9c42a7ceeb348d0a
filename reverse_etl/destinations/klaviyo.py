"""Klaviyo: keeps a list equal to the audience, and its profiles' attributes up to date.

Additions and changes are bulk import jobs, which are asked after until each row is decided.
Removals look the profiles up by the identifiers last acknowledged and take them off the list.
Consent is never touched: nothing here subscribes or unsubscribes anyone.

Fields named as Klaviyo's attributes (`email`, `phone_number`, `external_id`, `first_name`,
`location.city`, ...) become these; all others become custom properties. Null clears a field.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import quote

import msgspec
from pydantic import BaseModel, Field, SecretStr

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
    Scope,
    Status,
    SyncInfo,
    for_all,
)
from reverse_etl.http_answers import outcome_of_status, read_object
from reverse_etl.klaviyo_profiles import (
    IDENTIFIERS,
    blame,
    blamed,
    find_profiles,
    pages,
    prepare_profile,
)
from reverse_etl.vendor import VendorSettings, WebAddress, ask, one_by_one, send, with_headers

REVISION = "2026-07-15"
_JOBS = "/api/profile-bulk-import-jobs"
_LOOKED_UP_AT_ONCE = 50  # identifiers: their question is an address, which must not be long


class KlaviyoSettings(VendorSettings):
    """Which list; the private key needs the scopes lists:write, profiles:read, profiles:write."""

    url: WebAddress = "https://a.klaviyo.com"
    list_id: str = Field(pattern=r"^\w+$")
    api_key: SecretStr
    poll_every: float = Field(5.0, gt=0)  # seconds between two questions about an import


class Klaviyo:
    """Keeps one list."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NATURAL),
        max_rows=10_000,
        max_rows_of={Operation.REMOVE: 5 * _LOOKED_UP_AT_ONCE},
        max_bytes=5_000_000,
        rates=(Rate(10, 1), Rate(150, 60)),
        tells_apart="rows",
        shares_target=False,
        changes_identity=False,
        sole_identifiers=IDENTIFIERS,
    )
    Settings: ClassVar[type[BaseModel]] = KlaviyoSettings

    def __init__(self, settings: KlaviyoSettings, info: SyncInfo) -> None:
        self._settings = settings
        self._url = settings.url.rstrip("/")
        self._list = f"{self._url}/api/lists/{settings.list_id}"

    @property
    def target(self) -> str:
        """The list."""
        return self._list

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        """A row is a profile; of a removal, one identifier."""
        return one_by_one(changes, prepare_profile)

    def encode(self, batch: Batch) -> Request:
        """An import job; for removals, the identifiers of the profiles to look up."""
        rows = b",".join(row.body for row in batch.rows)
        if batch.rows and batch.rows[0].change.operation is Operation.REMOVE:
            return Request(batch, "DELETE", f"{self._list}/relationships/profiles", b"[%s]" % rows)
        lists = {"lists": {"data": [{"type": "list", "id": self._settings.list_id}]}}
        body = b"".join(
            [
                b'{"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{"data":[',
                rows,
                b']}},"relationships":',
                msgspec.json.encode(lists),
                b"}}",
            ]
        )
        return Request(batch, "POST", self._url + _JOBS, body)

    def authorize(self, request: Request, wire: Wire) -> Request:
        """Add the key."""
        headers = {
            "authorization": f"Klaviyo-API-Key {self._settings.api_key.get_secret_value()}",
            "revision": REVISION,
            "accept": "application/vnd.api+json",
        }
        if request.body:
            headers["content-type"] = "application/vnd.api+json"
        return with_headers(request, headers)

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """An accepted job is pending; a refused one is blamed on the rows that it names."""
        outcome = outcome_of_status(answer)
        if outcome.status is Status.REJECTED and answer.status != 413:
            return blame(request, answer)
        if outcome.status is not Status.DONE:
            return for_all(request, outcome)
        content = read_object(answer)
        if isinstance(content, Outcome):
            return for_all(request, content)
        if request.method == "DELETE":
            return for_all(request, outcome)
        return for_all(request, replace(self._pending, job=str(content["data"]["id"])))

    def carry_out(self, request: Request, wire: Wire) -> dict[int, Outcome]:
        """Send an import; look up the profiles of a removal, then remove them."""
        if request.method == "POST":
            return send(self, request, wire)
        wanted: list[list[str]] = msgspec.json.decode(request.body)
        found: dict[tuple[str, str], list[str]] = {}
        for name in IDENTIFIERS:
            values = [value for kind, value in wanted if kind == name]
            for start in range(0, len(values), _LOOKED_UP_AT_ONCE):
                known = find_profiles(
                    self._url, name, values[start : start + _LOOKED_UP_AT_ONCE], wire
                )
                if isinstance(known, Outcome):
                    return for_all(request, known)
                found |= known
        ids = sorted({id for profiles in found.values() for id in profiles})
        removed = Outcome(Status.DONE)
        if ids:
            body = msgspec.json.encode({"data": [{"type": "profile", "id": id} for id in ids]})
            removed = send(self, Request(request.batch, "DELETE", request.url, body), wire)[0]
        absent = Outcome(Status.DONE_WITH_WARNING, "there is no such profile any more")
        return {
            place: removed if (name, value.lower()) in found else absent
            for place, (name, value) in enumerate(wanted)
        }

    def poll(self, request: Request, job: str, wire: Wire) -> dict[int, Outcome]:
        """Ask after an import; once it is complete, read which rows failed."""
        address = f"{self._url}{_JOBS}/{quote(job, safe='')}"
        content = ask(Request(request.batch, "GET", address, b""), wire)
        if isinstance(content, Outcome):
            return for_all(request, self._still_pending(content))
        state = content["data"]["attributes"]
        if state["status"] == "cancelled":
            return for_all(request, Outcome(Status.RETRY, "the import was cancelled"))
        if state["status"] != "complete":
            return for_all(request, self._pending)
        failed = state.get("failed_count") or 0
        if state["total_count"] != len(request.batch.rows):
            reason = "the import is of another number of rows"
            return for_all(request, Outcome(Status.UNKNOWN, reason))
        if not failed:
            return for_all(request, Outcome(Status.DONE))
        errors = pages(f"{address}/import-errors", {}, wire)
        if isinstance(errors, Outcome):
            return for_all(request, self._still_pending(errors))
        rejected = blamed(request, [error["attributes"] for error in errors])
        rest = Status.DONE if len(rejected) == failed else Status.UNKNOWN
        return {**for_all(request, Outcome(rest)), **rejected}

    @property
    def _pending(self) -> Outcome:
        return Outcome(Status.PENDING, retry_after=self._settings.poll_every)

    def _still_pending(self, answer: Outcome) -> Outcome:
        """What an answer that does not tell of an import means for its rows."""
        if answer.scope is Scope.ACCOUNT:
            return answer
        if answer.status is Status.UNKNOWN or answer.retry_after is not None:
            return replace(
                self._pending, retry_after=answer.retry_after or self._settings.poll_every
            )
        return Outcome(Status.RETRY, "the import is not known any more")
