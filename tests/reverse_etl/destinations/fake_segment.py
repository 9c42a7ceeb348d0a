"""Segment's tracking API on loopback: keeps users' traits and events, each message once."""

from typing import Any

from tests.reverse_etl.destinations.vendor_server import SECRET, Call, Reply, VendorServer

MOST_MESSAGES, MOST_BYTES, LARGEST_MESSAGE = 2500, 500_000, 32_768


class FakeSegment(VendorServer):
    """A source."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}  # by message id, in order of arrival
        self.traits: dict[str, dict[str, Any]] = {}  # by user id

    @property
    def members(self) -> set[str]:
        """The e-mail addresses of those who are in the audience `vip`."""
        return {traits["email"] for traits in self.traits.values() if traits["vip"]}

    @property
    def events(self) -> list[tuple[str, str]]:
        """Who entered and exited, in order."""
        tracks = [message for message in self.messages.values() if message["type"] == "track"]
        return [(message["userId"], message["event"]) for message in tracks]

    def reply(self, call: Call) -> Reply:
        """Take a batch."""
        if call.path != "/v1/batch":
            return 404, None
        if call.basic != f"{SECRET}:":
            return 401, None
        batch = call.content["batch"]
        if len(call.body) > MOST_BYTES or len(batch) > MOST_MESSAGES:
            return 413, None
        for message in batch:
            if message["messageId"] not in self.messages:
                self.messages[message["messageId"]] = message
                if message["type"] == "identify":
                    self.traits.setdefault(message["userId"], {}).update(message["traits"])
        return 200, {"success": True}
