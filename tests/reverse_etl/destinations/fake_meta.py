"""Meta's Graph API on loopback: one custom audience of hashed rows."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from tests.reverse_etl.destinations.vendor_server import SECRET, Call, Reply, VendorServer

AUDIENCE = "23842"
MOST_ROWS = 10_000
_KNOWN = {
    hashlib.sha256(f"jane{n}@example.com".encode()).hexdigest(): f"jane{n}@example.com"
    for n in range(20)
}
_HASH = re.compile("[0-9a-f]{64}|")
_PLAIN = {"EXTERN_ID", "MADID"}

Row = dict[str, str]


class FakeMeta(VendorServer):
    """An ad account."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.cannot_read: Callable[[Row], bool] = lambda row: False

    @property
    def members(self) -> set[str]:
        """The e-mail addresses of the audience."""
        return {_KNOWN[row["EMAIL"]] for row in self.rows}

    def reply(self, call: Call) -> Reply:
        """Add or remove users."""
        if call.headers.get("authorization") != f"Bearer {SECRET}":
            return 400, error(190)
        if call.path != f"/v25.0/{AUDIENCE}/users" or call.method not in ("POST", "DELETE"):
            return 400, error(100, 33)
        session, payload = call.content["session"], call.content["payload"]
        rows = [dict(zip(payload["schema"], row, strict=True)) for row in payload["data"]]
        is_session = 0 <= session["session_id"] < 2**63 and session["batch_seq"] == 1
        if len(rows) > MOST_ROWS or not is_session or not all(map(_is_hashed, rows)):
            return 400, error(100)
        read = [row for row in rows if not self.cannot_read(row)]
        for row in read:
            self.rows = [known for known in self.rows if not _matches(known, row)]
        if call.method == "POST":
            self.rows += read
        return 200, {
            "audience_id": AUDIENCE,
            "session_id": str(session["session_id"]),
            "num_received": len(rows),
            "num_invalid_entries": len(rows) - len(read),
            "invalid_entry_samples": {},
        }


def _is_hashed(row: Row) -> bool:
    return all(key in _PLAIN or _HASH.fullmatch(value) for key, value in row.items())


def _matches(known: Row, row: Row) -> bool:
    return any(row.get(key) and row[key] == known.get(key) for key in ("EXTERN_ID", "EMAIL"))


def error(code: int, subcode: int = 0) -> dict[str, Any]:
    """Meta's error, whose words repeat what was sent."""
    words = "(#100) jane1@example.com is not valid"
    return {"error": {"message": words, "code": code, "error_subcode": subcode}}
