"""Customer.io's Track API on loopback: people, and one manual segment."""

from collections.abc import Callable
from typing import Any

from tests.reverse_etl.destinations.vendor_server import SECRET, Call, Reply, VendorServer

MOST_BYTES, MOST_IDS = 500_000, 1000

Person = dict[str, Any]


class FakeCustomerIo(VendorServer):
    """A workspace."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, Person] = {}  # attributes by id
        self.segment: set[str] = set()
        self.refuses: Callable[[Person], dict[str, Any] | None] = lambda attributes: None

    @property
    def members(self) -> set[str]:
        """The e-mail addresses of the segment."""
        return {self.people[id]["email"] for id in self.segment}

    def reply(self, call: Call) -> Reply:
        """Route a request."""
        if call.basic != f"site:{SECRET}":
            return 401, {"meta": {"error": "unauthorized"}}
        if call.path == "/api/v2/batch":
            return self._identify(call)
        if call.path in ("/api/v1/segments/7/add_customers", "/api/v1/segments/7/remove_customers"):
            ids = call.content["ids"]
            if call.query["id_type"] not in ("id", "email") or len(ids) > MOST_IDS:
                return 400, {"meta": {"error": "bad request"}}
            if "add" in call.path:
                self.segment |= {id for id in ids if id in self.people}
            else:
                self.segment -= set(ids)
            return 200, {}
        return 404, {"meta": {"error": "not found"}}

    def _identify(self, call: Call) -> Reply:
        if len(call.body) >= MOST_BYTES:
            return 413, None
        errors = []
        for place, row in enumerate(call.content["batch"]):
            assert (row["type"], row["action"]) == ("person", "identify")
            [id] = row["identifiers"].values()
            if problem := self.refuses(row["attributes"]):
                errors.append({"batch_index": place, **problem})
            else:
                self.people[id] = {**self.people.get(id, {}), **row["attributes"]}
        return (207, {"errors": errors}) if errors else (200, {})
