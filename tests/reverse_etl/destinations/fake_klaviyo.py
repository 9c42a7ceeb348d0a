"""Klaviyo on loopback: profiles, one list and import jobs, as its OpenAPI document has them."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.reverse_etl.destinations.vendor_server import (
    SECRET,
    Call,
    Reply,
    VendorServer,
    documented,
    now,
)

LIST = "L1st"
MOST_ROWS, MOST_REMOVED = 10_000, 1000
_ANY = re.compile(r"any\((\w+),(\[.*\])\)")
_ROW = "/data/attributes/profiles/data/{}/attributes/{}"

Profile = dict[str, Any]


def as_documented() -> Callable[[Call], str] | None:
    """Checks requests against Klaviyo's own documents, where they are at hand."""
    return documented("https://a.klaviyo.com", "klaviyo/profiles.json", "klaviyo/lists.json")


class FakeKlaviyo(VendorServer):
    """A Klaviyo account."""

    def __init__(self) -> None:
        super().__init__(as_documented() or (lambda call: ""))
        self.profiles: dict[str, Profile] = {}
        self.list: set[str] = set()  # the ids of its members
        self.jobs: dict[str, dict[str, Any]] = {}
        self.refuses: Callable[[Profile], str] = lambda attributes: ""  # while importing
        self.rejects: Callable[[Profile], str] = lambda attributes: ""  # the whole request
        self.polls_needed = 1
        self.names_errors = True
        self.page_size = 100
        self.loses_jobs = 0  # how many are forgotten once they were accepted

    @property
    def members(self) -> set[str]:
        """The e-mail addresses of the list."""
        return {self.profiles[id]["email"] for id in self.list if id in self.profiles}

    def reply(self, call: Call) -> Reply:
        """Route a request."""
        if call.headers.get("authorization") != f"Klaviyo-API-Key {SECRET}":
            return 401, _errors("not_authenticated", "no key")
        if call.path == "/api/profile-bulk-import-jobs":
            return self._import(call.content["data"])
        if call.path.endswith("/import-errors"):
            return self._errors(call)
        if call.path.startswith("/api/profile-bulk-import-jobs/"):
            return self._job(call.path.rpartition("/")[2])
        if call.path == "/api/profiles":
            return self._find(call)
        if call.path == f"/api/lists/{LIST}/relationships/profiles" and call.method == "DELETE":
            ids = {one["id"] for one in call.content["data"]}
            if not 0 < len(ids) <= MOST_REMOVED:
                return 400, _errors("invalid", "too many")
            self.list -= ids
            return 204, None
        return 404, _errors("not_found", "no such resource")

    def _import(self, data: dict[str, Any]) -> Reply:
        rows = [one["attributes"] for one in data["attributes"]["profiles"]["data"]]
        if len(rows) > MOST_ROWS:
            return 400, _errors("invalid", "too many profiles")
        if [one["id"] for one in data["relationships"]["lists"]["data"]] != [LIST]:
            return 400, _errors("invalid", "no such list", "/data/relationships/lists/data/0/id")
        rejected = [
            {**_error("invalid", self.rejects(row)), "source": {"pointer": _ROW.format(n, "email")}}
            for n, row in enumerate(rows)
            if self.rejects(row)
        ]
        if rejected:
            return 400, {"errors": rejected}
        errors = []
        for place, row in enumerate(rows):
            if reason := self.refuses(row):
                errors.append((place, reason))
            else:
                self.list.add(self._upsert(row))
        id = f"job{len(self.jobs) + 1}"
        self.jobs[id] = {"total": len(rows), "errors": errors, "polls": 0}
        answer = self._shown(id)
        if self.loses_jobs:
            self.loses_jobs -= 1
            del self.jobs[id]
        return 202, answer

    def _upsert(self, row: Profile) -> str:
        known = [
            id
            for id, profile in self.profiles.items()
            if any(row.get(n) and profile.get(n) == row[n] for n in ("email", "external_id"))
        ]
        id = known[0] if known else f"P{len(self.profiles) + 1}"
        self.profiles[id] = {**self.profiles.get(id, {}), **row}
        return id

    def _job(self, id: str) -> Reply:
        if id not in self.jobs:
            return 404, _errors("not_found", "no such job")
        self.jobs[id]["polls"] += 1
        return 200, self._shown(id)

    def _shown(self, id: str) -> dict[str, Any]:
        job = self.jobs[id]
        is_done = job["polls"] >= self.polls_needed
        attributes = {
            "status": "complete" if is_done else "processing",
            "created_at": now(),
            "total_count": job["total"],
            "completed_count": job["total"] - len(job["errors"]) if is_done else 0,
            "failed_count": len(job["errors"]) if is_done else 0,
        }
        return {"data": {"type": "profile-bulk-import-job", "id": id, "attributes": attributes}}

    def _errors(self, call: Call) -> Reply:
        job = self.jobs[call.path.split("/")[3]]
        shown = [
            {
                "type": "import-error",
                "id": str(place),
                "attributes": {
                    "code": "invalid",
                    "title": "Invalid input.",
                    "detail": reason,
                    "source": {"pointer": _ROW.format(place, "email")},
                },
            }
            for place, reason in job["errors"]
            if self.names_errors
        ]
        return 200, self._page(call, shown)

    def _find(self, call: Call) -> Reply:
        found = _ANY.fullmatch(call.query["filter"])
        assert found
        values = {value.lower() for value in json.loads(found[2])}
        shown = [
            {"type": "profile", "id": id, "attributes": profile}
            for id, profile in self.profiles.items()
            if str(profile.get(found[1])).lower() in values
        ]
        return 200, self._page(call, shown)

    def _page(self, call: Call, rows: list[Any]) -> dict[str, Any]:
        start = int(call.query.get("page[cursor]", 0))
        end = start + min(self.page_size, int(call.query["page[size]"]))
        elsewhere = f"http://127.0.0.2:9{call.path}?page%5Bcursor%5D={end}"
        links = {"next": elsewhere if end < len(rows) else None}
        return {"data": rows[start:end], "links": links}


def _error(code: str, detail: str) -> dict[str, Any]:
    return {"id": "1", "code": code, "title": "Error", "detail": detail}


def _errors(code: str, detail: str, pointer: str = "/data") -> dict[str, Any]:
    return {"errors": [{**_error(code, detail), "source": {"pointer": pointer}}]}
