"""Messages of a shop's web site to measure with, the same ones every time."""

import gzip
import json
import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

SHOP = "https://shop.example.com"


def messages(count: int) -> Iterator[dict[str, Any]]:
    """Messages of a shop's web site, about a kilobyte each, the same ones every time."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    start = datetime(2026, 1, 1)  # noqa: DTZ001
    agents = [
        f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{chance.randint(90, 140)}.0.{chance.randint(1000, 9000)}.1 Safari/537.36"
        for system in ("Windows NT 10.0; Win64; x64", "X11; Linux x86_64", "Macintosh; Intel")
        for _ in range(40)
    ]
    for number in range(count):
        moment = start + timedelta(seconds=number * 0.3)
        path = f"/p/{chance.randint(1, 5000)}"
        sent = moment + timedelta(milliseconds=chance.randint(5, 900))
        message: dict[str, Any] = {
            "messageId": f"ajs-{chance.getrandbits(128):032x}",
            "anonymousId": str(uuid.UUID(int=chance.getrandbits(128))),
            "type": "track",
            **_kind(chance, number, count, path),
            "context": {
                "library": {"name": "analytics.js", "version": "2.11.1"},
                "ip": f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}.1",
                "userAgent": chance.choice(agents),
                "locale": "en-GB",
                "page": {"path": path, "title": "Shop", "url": SHOP + path, "referrer": ""},
                "campaign": {"source": chance.choice(["mail", "ads"]), "medium": "cpc"},
                "screen": {"width": 1920, "height": 1080, "density": 2},
            },
            "integrations": {"All": True},
            "originalTimestamp": _iso(moment),
            "sentAt": _iso(sent),
            "receivedAt": _iso(sent + timedelta(milliseconds=40)),
            "timestamp": _iso(moment + timedelta(milliseconds=40)),
        }
        yield message


def _kind(chance: random.Random, number: int, count: int, path: str) -> dict[str, Any]:
    user = {"userId": f"user_{chance.randint(1, count // 5 + 1)}"} if chance.random() < 0.4 else {}
    product = {
        "product_id": f"sku-{chance.randint(1, 5000)}",
        "price": round(chance.random() * 200, 2),
        "quantity": chance.randint(1, 5),
        "name": f"Thing {chance.getrandbits(32):x}",
    }
    kind = chance.random()
    if kind < 0.5:
        event = chance.choice(["Product Viewed", "Product Added", "Checkout Started"])
        properties = {**product, "currency": "EUR", "url": SHOP + path}
        return {**user, "event": event, "properties": properties}
    if kind < 0.6:
        total = round(chance.random() * 500, 2)
        properties = {"order_id": f"o{number}", "total": total, "products": [product] * 2}
        return {**user, "event": "Order Completed", "properties": properties}
    if kind < 0.7:
        traits = {"email": f"user{chance.randint(1, count)}@example.com", "plan": "pro"}
        return {"type": "identify", "userId": f"user_{number}", "traits": traits}
    title = f"Product {chance.getrandbits(40):x}"
    properties = {"path": path, "title": title, "url": SHOP + path}
    return {**user, "type": "page", "name": "Product", "properties": properties}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds") + "Z"


def write_events(path: Path, count: int) -> None:
    """Write the file to load; `path` says whether it is compressed."""
    with gzip.open(path, "wb", 6) if path.suffix == ".gz" else path.open("wb") as file:
        for message in messages(count):
            file.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
