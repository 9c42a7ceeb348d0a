"""What anybody does at a device: look around, fill a cart, start to pay."""

from collections.abc import Iterator, Sequence
from typing import Any

from homespun.sample.catalogue import CURRENCY, SMALL, Line, Product, euros
from homespun.sample.messages import Message, Sitting

SHOP = "https://shop.example.com"


def look_around(sitting: Sitting, products: int) -> Iterator[Message]:
    """Open the app or the home page, perhaps search, and look at some products."""
    rng = sitting.rng
    if sitting.device.source == "ios":
        start = {"version": sitting.device.context["app"]["version"], "from_background": False}
        yield sitting.say("track", event="Application Opened", properties=start)
    yield view(sitting, "Home", "/")
    if rng.random() < 0.3:
        query = {"query": rng.choice(SMALL).category}
        yield sitting.say("track", event="Products Searched", properties=query)
    for product in rng.sample(SMALL, products):
        yield view(sitting, "Product", f"/products/{product.product_id}")
        yield sitting.say("track", event="Product Viewed", properties=viewed(product))


def viewed(product: Product) -> dict[str, Any]:
    """Describe a product as `Product Viewed` does."""
    return product.properties() | {"currency": CURRENCY, "value": euros(product.cents)}


def view(sitting: Sitting, name: str, path: str) -> Message:
    """See a page in a browser or a screen on a phone."""
    if sitting.device.source == "ios":
        return sitting.say("screen", name=name, properties={"path": path})
    page = {"path": path, "url": SHOP + path, "title": f"{name} | Homespun"}
    return sitting.say("page", name=name, properties=page)


def fill_cart(sitting: Sitting, lines: Sequence[Line]) -> Iterator[Message]:
    """Add each line to a new cart."""
    cart_id = f"cart-{sitting.rng.getrandbits(32):08x}"
    for line in lines:
        added = {"cart_id": cart_id} | line.properties()
        yield sitting.say("track", event="Product Added", properties=added)
