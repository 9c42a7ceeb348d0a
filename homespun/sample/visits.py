"""A customer's diary: each visit of a story and the looking around between them, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from homespun.sample.clock import CLOSE, DAY, HOUR, MIDNIGHT, moment
from homespun.sample.people import Customer, Device
from homespun.sample.stories import Size

DAY_TWO_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Visit:
    """One sitting at one device, and what it is for."""

    at: int
    device: Device
    purpose: Literal["look", "join", "leave a cart", "order"]
    size: Size = "small"
    offline_until: int = 0


def diary(rng: Random, customer: Customer, opening: int) -> list[Visit]:
    """List every visit, first to last; none before the shop opened or after day two."""
    return sorted(_visits(rng, customer, opening), key=lambda visit: visit.at)


def _visits(rng: Random, customer: Customer, opening: int) -> Iterator[Visit]:
    home, joined, story = customer.devices[0], customer.joined, customer.story
    for _ in range(rng.randint(0, 2)):
        before = joined - round(rng.uniform(0.05, 12) * DAY)
        if before > opening:
            yield Visit(before, home, "look")
    yield Visit(joined, home, "join")
    for purchase in story.purchases:
        at = moment(rng, purchase.window)
        yield Visit(at, _device(rng, customer, at), "order", purchase.size)
    for window in story.carts:
        at = moment(rng, window)
        yield Visit(at, _device(rng, customer, at), "leave a cart")
    for at in _idle_moments(rng, joined):
        device = rng.choice([d for d in customer.devices if d.usable_from <= at])
        yield Visit(at, device, "look", offline_until=_offline_until(rng, device, at))


def _device(rng: Random, customer: Customer, at: int) -> Device:
    usable = [d for d in customer.devices if d.usable_from <= at and not d.email_only]
    return rng.choice(usable)


def _idle_moments(rng: Random, joined: int) -> Iterator[int]:
    if joined < MIDNIGHT - HOUR:
        for _ in range(rng.randint(0, 3)):
            yield rng.randint(joined + HOUR, MIDNIGHT)
        if rng.random() < DAY_TWO_SHARE:
            yield rng.randint(MIDNIGHT, CLOSE - HOUR)


def _offline_until(rng: Random, device: Device, at: int) -> int:
    """Decide when a phone out of reach, or a laptop closed too soon, sends what it holds."""
    is_last_evening = MIDNIGHT - 12 * HOUR < at < MIDNIGHT
    if is_last_evening:
        share, until = (
            (0.8 if device.source == "ios" else 0.2),
            MIDNIGHT + rng.randint(1, 20) * HOUR,
        )
    else:
        share, until = (0.06 if device.source == "ios" else 0.01), at + rng.randint(1, 14) * HOUR
    return until if rng.random() < share and until < CLOSE - HOUR else 0
