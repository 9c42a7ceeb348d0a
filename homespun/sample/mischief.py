"""What goes wrong on the way: lines that cannot be read, broken plans and messages sent again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import msgspec

from homespun.sample.catalogue import SMALL, Order, fill_basket
from homespun.sample.clock import CLOSE, HOUR, MIDNIGHT, MINUTE, SECOND, utc
from homespun.sample.messages import Json, Message, Sitting, from_server
from homespun.sample.people import Source, Visitor
from homespun.sample.steps import viewed

REPEATED_SHARE = 0.012
FOREIGN_PRODUCT = next(product for product in SMALL if not product.name.isascii())


def trouble(rng: Random, visitors: Sequence[Visitor], opening: int) -> Iterator[Message]:
    """Do each kind of harm on both days, and twice on day one."""
    for times, start, end in ((2, opening, MIDNIGHT), (1, MIDNIGHT, CLOSE)):
        for _ in range(times):
            yield from _unreadable(_stranger(rng, visitors, start, end))
            yield from _unplanned(_stranger(rng, visitors, start, end))


def repeat(rng: Random, message: Message) -> Message | None:
    """Send a message again, now and then: copied, retried, forwarded or replayed a day later."""
    body = message.body
    if message.rejected or "messageId" not in body or rng.random() > REPEATED_SHARE:
        return None
    way = rng.choice(("copied", "retried", "forwarded", "replayed"))
    if way == "copied":
        return replace(message, repeated=True)
    if way == "forwarded" and message.source != "server":
        received = _later(rng, message.received)
        again = body | {"receivedAt": utc(received)}
        return replace(message, source="server", received=received, body=again, repeated=True)
    received = _later(rng, message.received)
    if way == "replayed" and message.received < MIDNIGHT:
        received = rng.randint(MIDNIGHT, CLOSE - HOUR)
    again = body | {"receivedAt": utc(received)}
    return replace(message, received=received, body=again, repeated=True)


def _later(rng: Random, received: int) -> int:
    return min(received + rng.randint(SECOND, 5 * MINUTE), CLOSE - SECOND)


def _stranger(rng: Random, visitors: Sequence[Visitor], start: int, end: int) -> Sitting:
    return Sitting(rng, rng.choice(visitors).device, rng.randint(start, end - HOUR))


def _unreadable(sitting: Sitting) -> Iterator[Message]:
    def bad(reason: str, source: Source, **changes: object) -> Message:
        message = _look(sitting)
        body = {k: v for k, v in (message.body | changes).items() if v is not ...}
        return replace(message, source=source, body=body, rejected=reason)

    def bad_line(reason: str, source: Source, line: bytes) -> Message:
        return replace(_look(sitting), source=source, line=line, rejected=reason)

    whole = msgspec.json.encode(_look(sitting).body)
    yield bad_line("invalid_json", "web", whole[: len(whole) // 2])
    yield bad_line("invalid_json", "server", b"502 upstream connect error")
    yield bad_line("invalid_encoding", "web", whole.replace("ä".encode(), b"\xe4"))
    yield bad_line("duplicate_key", "web", b'{"userId":"10001","userId":"10002",' + whole[1:])
    yield bad_line("not_an_object", "ios", b'"ping"')
    yield bad_line("not_an_object", "web", b"[]")
    yield bad("missing_type", "ios", type=...)
    yield bad("unknown_type", "server", type="purchase")
    yield bad("missing_event", "server", event=...)
    yield bad("missing_group_id", "web", type="group")
    yield bad("no_user_anon_id", "web", anonymousId=...)
    yield bad("no_user_anon_id", "server", anonymousId=None)
    yield bad("bad_timestamp", "ios", originalTimestamp="yesterday")


def _unplanned(sitting: Sitting) -> Iterator[Message]:
    def track(violation: str, event: str, properties: Json) -> Message:
        message = sitting.say("track", event=event, properties=properties)
        return replace(message, violation=violation)

    product = viewed(FOREIGN_PRODUCT)
    yield track("unplanned_event", "Wishlist Opened", {"items": 3})
    yield track("unplanned_property", "Product Viewed", product | {"mood": "cosy"})
    yield track("wrong_type", "Product Viewed", product | {"price": "7,20"})
    yield track("not_in_enum", "Product Viewed", product | {"currency": "euro"})
    yield replace(_free_test_order(sitting), violation="missing_required")


def _look(sitting: Sitting) -> Message:
    return sitting.say("track", event="Product Viewed", properties=viewed(FOREIGN_PRODUCT))


def _free_test_order(sitting: Sitting) -> Message:
    """Order for nothing and without a number; sums of revenue need not know of it."""
    order = Order("", fill_basket(sitting.rng, "small"), discount_percent=100).properties()
    nothing = {"order_id": ..., "shipping": 0.0, "tax": 0.0, "total": 0.0}
    properties = {k: v for k, v in (order | nothing).items() if v is not ...}
    return from_server(
        sitting.rng,
        "track",
        sitting.now,
        event="Order Completed",
        anonymousId=sitting.device.anonymous_id,
        properties=properties,
    )
