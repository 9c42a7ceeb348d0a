"""What may become of a customer: windows in days before midnight, dealt like a deck of cards.

Each deck holds every card, so that each audience has members, gains some and loses some on day two
however small the shop is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from homespun.sample.clock import Window

Size = Literal["small", "large"]  # of revenue: at most 138 euros, or 300 to 420


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order placed somewhere in a window."""

    window: Window
    size: Size = "small"


@dataclass(frozen=True, slots=True)
class Story:
    """When a customer joins, buys, leaves a cart behind and gets the last order's money back."""

    cards: int
    joined: Window
    purchases: tuple[Purchase, ...] = ()
    carts: tuple[Window, ...] = ()
    refund: Window | None = None


EVER = 1_000.0  # cut to the day the shop opened
TOMORROW: Window = (-0.9, -0.2)

STORIES = {
    "buys again and again": Story(
        8, (86, EVER), (Purchase((60, 85)), Purchase((30, 58)), Purchase((2, 28)))
    ),
    "buys once": Story(6, (44, EVER), (Purchase((1, 40)),)),
    "leaves a cart": Story(3, (8, EVER), carts=((0.2, 5.7),)),
    "leaves a cart and buys it": Story(2, (8, EVER), (Purchase(TOMORROW),), carts=((0.2, 5.7),)),
    "leaves a cart for good": Story(1, (8, EVER), carts=((6.2, 6.8),)),
    "will leave a cart": Story(1, (8, EVER), carts=(TOMORROW,)),
    "is lapsing": Story(3, (91, EVER), (Purchase((47, 88)),)),
    "is lapsing and returns": Story(2, (91, EVER), (Purchase((47, 88)), Purchase(TOMORROW))),
    "will be lapsing": Story(1, (91, EVER), (Purchase((44.2, 44.8)),)),
    "has lapsed for good": Story(1, (91, EVER), (Purchase((89.2, 89.8)),)),
    "bought twice long ago": Story(1, (91, EVER), (Purchase((89.2, 89.8)), Purchase((10, 40)))),
    "will buy again": Story(1, (44, EVER), (Purchase((2, 40)), Purchase(TOMORROW))),
    "spends much": Story(2, (86, EVER), (Purchase((50, 85), "large"), Purchase((2, 48), "large"))),
    "wants the money back": Story(
        1,
        (86, EVER),
        (Purchase((50, 85), "large"), Purchase((2, 40), "large")),
        refund=TOMORROW,
    ),
    "will spend much": Story(
        1, (86, EVER), (Purchase((2, 60), "large"), Purchase(TOMORROW, "large"))
    ),
    "is new": Story(2, (0.2, 5.7)),
    "is new no longer": Story(1, (6.2, 6.8)),
    "will be new": Story(1, TOMORROW),
    "only looks": Story(2, (8, EVER)),
}


def deal(rng: Random) -> Iterator[Story]:
    """Deal stories without end, a shuffled deck after another."""
    deck = [story for story in STORIES.values() for _ in range(story.cards)]
    while True:
        rng.shuffle(deck)
        yield from deck
