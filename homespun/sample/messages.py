"""A message on its way from a clock that may be wrong to the collector, which stamps it."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from homespun.sample.clock import MINUTE, SECOND, office, utc
from homespun.sample.people import Device, Source, uuid

BLOCKED_USER_IDS = ("null", "anonymous")
BLOCKED_ANONYMOUS_ID = "00000000-0000-0000-0000-000000000000"
BLOCKED = frozenset({*BLOCKED_USER_IDS, BLOCKED_ANONYMOUS_ID})
BLOCKED_SHARE = 0.01

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What one source's file receives at an instant, and what the sample knows about it."""

    source: Source
    happened: int
    received: int
    body: Json
    line: bytes | None = None  # in place of the body, whatever it holds
    repeated: bool = False
    rejected: str | None = None
    violation: str | None = None


@dataclass(slots=True)
class Sitting:
    """Someone at a device: its clock moves on with each message, and signing in sticks."""

    rng: Random
    device: Device
    now: int
    user_id: str | None = None
    offline_until: int = 0

    def say(self, kind: str, *, email: str | None = None, **fields: Any) -> Message:
        """Send one message, now or when the device is online again."""
        rng, device = self.rng, self.device
        happened = self.now
        self.now += rng.randint(2 * SECOND, 40 * SECOND)
        sent = max(happened + rng.randint(50, 8 * SECOND), self.offline_until)
        received = sent + rng.randint(20, 900)
        message_id = uuid(rng)
        body = {
            "type": kind,
            "messageId": message_id.upper() if device.source == "ios" else f"ajs-{message_id}",
            **self._identity(kind),
            **fields,
            "context": device.context | ({"traits": {"email": email}} if email else {}),
            "originalTimestamp": utc(happened + device.skew),
            "sentAt": utc(sent + device.skew),
            "receivedAt": utc(received),
        }
        return Message(device.source, happened, received, body)

    def _identity(self, kind: str) -> Json:
        if kind == "alias":
            return {}
        anonymous_id, user_id = self.device.anonymous_id, self.user_id
        if kind in ("page", "screen") and self.rng.random() < BLOCKED_SHARE:
            if user_id is None:
                user_id = self.rng.choice(BLOCKED_USER_IDS)
            else:
                anonymous_id = BLOCKED_ANONYMOUS_ID
        elif self.device.alias_only and user_id is not None:
            return {"userId": user_id}
        known = {"userId": user_id} if user_id is not None else {}
        return {"anonymousId": anonymous_id} | known


def from_server(
    rng: Random, kind: str, happened: int, *, context: Json | None = None, **fields: Any
) -> Message:
    """Say something from the shop's server, whose clock is right and writes an offset."""
    sent = happened + rng.randint(5, 2 * SECOND)
    received = sent + rng.randint(5, 120)
    body = {
        "type": kind,
        "messageId": f"py-{uuid(rng)}",
        **fields,
        "context": {"library": {"name": "analytics-python", "version": "2.3.4"}} | (context or {}),
        "originalTimestamp": office(happened),
        "sentAt": office(sent),
        "receivedAt": utc(received),
    }
    return Message("server", happened, received, body)


def exported_at_night(message: Message) -> Message:
    """Send the same by a job that says neither when it sent nor which message it is."""
    received = message.received + 20 * MINUTE
    body = {k: v for k, v in message.body.items() if k not in ("messageId", "sentAt")}
    return replace(message, received=received, body=body | {"receivedAt": utc(received)})


def identifiers(body: Json) -> dict[tuple[str, str], None]:
    """List each identifier that a message carries; blocked values are none."""
    context = body.get("context", {})
    traits = context.get("traits", {}) | (body.get("traits", {}) if body["type"] != "group" else {})
    found = {
        "user_id": body.get("userId"),
        "anonymous_id": body.get("anonymousId"),
        "email": traits.get("email"),
        "phone": traits["phone"].replace(" ", "") if "phone" in traits else None,
        "ios.id": context.get("device", {}).get("id"),
    }
    pairs = [(id_type, str(value)) for id_type, value in found.items() if value is not None]
    if body.get("previousId"):
        pairs.append(("anonymous_id", body["previousId"]))
    return {pair: None for pair in pairs if pair[1] not in BLOCKED}
