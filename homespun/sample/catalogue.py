"""What the shop sells, and orders whose money is exact: counted in cents, said in euros."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from homespun.sample.stories import Size

CURRENCY = "EUR"
VAT_PERCENT = 19
COUPON, COUPON_PERCENT = "WELCOME10", 10
SHIPPING, FREE_SHIPPING_FROM = 490, 5_000


def euros(cents: int) -> float:
    """Say cents as the number whose shortest decimal form is the exact amount."""
    return cents / 100


@dataclass(frozen=True, slots=True)
class Product:
    """One thing for sale."""

    product_id: str
    sku: str
    name: str
    brand: str
    category: str
    cents: int

    def properties(self) -> dict[str, Any]:
        """Describe the product as the Spec's e-commerce events do."""
        return {
            "product_id": self.product_id,
            "sku": self.sku,
            "name": self.name,
            "brand": self.brand,
            "category": self.category,
            "price": euros(self.cents),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A product and how many of it."""

    product: Product
    quantity: int

    @property
    def cents(self) -> int:
        """The line's price."""
        return self.product.cents * self.quantity

    def properties(self) -> dict[str, Any]:
        """Describe the line as `Product Added` and `products` arrays do."""
        return self.product.properties() | {"quantity": self.quantity}


@dataclass(frozen=True, slots=True)
class Order:
    """A basket with its number; revenue is without shipping and tax, the total is what is paid."""

    order_id: str
    lines: Sequence[Line]
    discount_percent: int = 0

    def properties(self) -> dict[str, Any]:
        """Describe the order as `Checkout Started` and `Order Completed` do."""
        subtotal = sum(line.cents for line in self.lines)
        discount = subtotal * self.discount_percent // 100
        revenue = subtotal - discount
        shipping = 0 if revenue >= FREE_SHIPPING_FROM else SHIPPING
        tax = (revenue * VAT_PERCENT + 50) // 100
        coupon = {"coupon": COUPON} if self.discount_percent else {}
        return {
            "order_id": self.order_id,
            "subtotal": euros(subtotal),
            "discount": euros(discount),
            "revenue": euros(revenue),
            "shipping": euros(shipping),
            "tax": euros(tax),
            "total": euros(revenue + shipping + tax),
            "currency": CURRENCY,
            **coupon,
            "products": [line.properties() for line in self.lines],
        }

    def refund(self, lines: Sequence[Line]) -> dict[str, Any]:
        """Describe the return of some of the order's lines, at the price paid."""
        subtotal = sum(line.cents for line in lines)
        revenue = subtotal - subtotal * self.discount_percent // 100
        tax = (revenue * VAT_PERCENT + 50) // 100
        return {
            "order_id": self.order_id,
            "revenue": euros(revenue),
            "tax": euros(tax),
            "total": euros(revenue + tax),
            "currency": CURRENCY,
            "products": [line.properties() for line in lines],
        }


def _products(category: str, *rows: tuple[str, str, int]) -> tuple[Product, ...]:
    return tuple(
        Product(f"{category}-{i}", f"{category[:3].upper()}{i:03}", name, brand, category, cents)
        for i, (name, brand, cents) in enumerate(rows, start=1)
    )


SMALL = (
    *_products(
        "yarn",
        ("Merino skein", "Moorland", 1290),
        ("Lambswool ball", "Moorland", 895),
        ("Alpaca lace", "Altiplano", 1849),
        ("Organic cotton", "Plain Thread", 699),
        ("Sock yarn", "Plain Thread", 1075),
        ("Undyed linen", "Flaxfield", 1420),
    ),
    *_products(
        "needles",
        ("Bamboo needles 4 mm", "Reed & Co", 799),
        ("Circular needle 80 cm", "Reed & Co", 1349),
        ("Crochet hook set", "Reed & Co", 2199),
    ),
    *_products(
        "patterns",
        ("Fisherman's jumper", "Homespun", 650),
        ("Baby blanket", "Homespun", 450),
        ("Märchen shawl", "Homespun", 720),
    ),
    *_products(
        "clothing",
        ("Ribbed beanie", "Homespun", 2890),
        ("Tweed scarf", "Moorland", 3995),
    ),
)
LARGE = _products(
    "looms",
    ("Spinning wheel", "Wheelwright", 32900),
    ("Drum carder", "Wheelwright", 34900),
    ("Table loom", "Wheelwright", 37900),
)


def fill_basket(rng: Random, size: Size) -> tuple[Line, ...]:
    """Choose some lines; a large basket is one dear thing and a small one."""
    if size == "large":
        return Line(rng.choice(LARGE), 1), Line(rng.choice(SMALL), 1)
    products = rng.sample(SMALL, rng.randint(1, 2))
    return tuple(Line(product, rng.choice((1, 1, 2))) for product in products)
