"""The sample's people: customers with their devices and accounts, and visitors nobody knows."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from homespun.sample.clock import CLOSE, DAY, HOUR, MIDNIGHT, MINUTE, moment
from homespun.sample.stories import Story

Source = Literal["web", "ios", "server"]

FIRST_NAMES = (
    *("Ada", "Amélie", "Björn", "Carla", "Dmitri", "Elif", "Femi", "Grace", "Hiro", "Inês"),
    *("Jonas", "Kavya", "Lea", "Mateo", "Noor", "Olu", "Priya", "Renée", "Sanna", "Zoë"),
)
LAST_NAMES = (
    *("Adeyemi", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanova"),
    *("Jensen", "Kowalski", "Lindqvist", "Müller", "Nakamura", "O'Neill", "Patel", "Rossi", "Sato"),
)
CITIES = (("Köln", "50667", "DE"), ("Gent", "9000", "BE"), ("Lyon", "69001", "FR"))
INDUSTRIES = ("retail", "education", "hospitality")
PHONES = ("iPhone14,5", "iPhone15,2", "iPhone16,1")
SKEWS = (-3 * HOUR, 2 * HOUR, 26 * HOUR, -5 * 365 * DAY, 4 * 365 * DAY)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser or a phone, whose clock may be wrong by `skew`."""

    source: Source
    anonymous_id: str
    context: dict[str, Any]
    skew: int = 0
    shared: bool = False  # two customers sign in here, and neither signs out
    email_only: bool = False  # its owner leaves an email address, but never signs in
    alias_only: bool = False  # an old app: once signed in it forgets the anonymous id
    usable_from: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """A company that customers belong to."""

    group_id: str
    name: str
    industry: str
    employees: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who signs up, and lives a story."""

    key: str
    user_id: str
    first_name: str
    last_name: str
    email: str
    later_email: str | None
    plan: str
    city: tuple[str, str, str]
    account: Account | None
    devices: tuple[Device, ...]
    joined: int
    story: Story


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who never signs up; a few leave an email address."""

    key: str
    device: Device
    email: str | None
    visits: tuple[int, ...]
    offline: tuple[int, int] = (0, 0)  # what is said between these is sent at the second


def customers(rng: Random, stories: Iterator[Story], numbers: range, days: int) -> list[Customer]:
    """Make one customer a number; every 25th also uses the browser of the one before."""
    people: list[Customer] = []
    for number in numbers:
        person = _customer(rng, next(stories), number, days)
        if number % 25 == 24 and people and people[-1].devices[0].source == "web":
            person, people[-1] = _share_browser(person, people[-1])
        people.append(person)
    return people


def visitor(rng: Random, number: int, days: int) -> Visitor:
    """Make a visitor; the first makes both days end in a visit, the second is late for day one."""
    device = _phone(rng) if rng.random() < 0.25 else _browser(rng)
    email = f"guest{number}@example.com" if number % 8 == 5 else None
    if number == 0:
        return Visitor("visitor-0", device, email, (MIDNIGHT - 10 * MINUTE, CLOSE - 10 * MINUTE))
    if number == 1:
        evening, morning = MIDNIGHT - 3 * HOUR, MIDNIGHT + 7 * HOUR
        return Visitor("visitor-1", device, email, (evening,), offline=(evening, morning))
    first = moment(rng, (-0.95, days))
    later = [first + rng.randint(1, 6 * DAY) for _ in range(rng.randint(0, 1))]
    visits = tuple(at for at in (first, *later) if at < CLOSE - HOUR)
    return Visitor(f"visitor-{number}", device, email, visits)


def uuid(rng: Random) -> str:
    """Draw a UUID that the seed decides."""
    digits = f"{rng.getrandbits(128):032x}"
    parts = (digits[:8], digits[8:12], f"4{digits[13:16]}", f"a{digits[17:20]}", digits[20:])
    return "-".join(parts)


def _customer(rng: Random, story: Story, number: int, days: int) -> Customer:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    latest, earliest = story.joined
    return Customer(
        key=f"customer-{number}",
        user_id=str(10_000 + number),
        first_name=first,
        last_name=last,
        email=f"{_plain(first)}.{_plain(last)}{number}@example.com",
        later_email=f"{_plain(first)}{number}@mail.example.com" if number % 40 == 7 else None,
        plan=rng.choice(("free", "free", "plus")) if number % 8 else "business",
        city=rng.choice(CITIES),
        account=_account(number // 24) if number % 8 == 0 else None,
        devices=tuple(_devices(rng)),
        joined=moment(rng, (latest, min(earliest, days))),
        story=story,
    )


def _devices(rng: Random) -> Iterator[Device]:
    first_is_phone = rng.random() < 0.2
    yield _phone(rng) if first_is_phone else _browser(rng)
    if rng.random() < 0.4:
        yield replace(_browser(rng), email_only=rng.random() < 0.2)
    if not first_is_phone and rng.random() < 0.35:
        yield _phone(rng)


def _browser(rng: Random) -> Device:
    context = {
        "library": {"name": "analytics.js", "version": "2.11.1"},
        "ip": f"203.0.113.{rng.randint(1, 254)}",
        "locale": rng.choice(("de-DE", "fr-FR", "en-GB")),
        "userAgent": f"Mozilla/5.0 (X11; Linux x86_64; rv:{rng.randint(115, 148)}.0) Firefox",
    }
    return Device("web", uuid(rng), context, _skew(rng))


def _phone(rng: Random) -> Device:
    context = {
        "library": {"name": "analytics-swift", "version": "1.9.1"},
        "app": {"name": "Homespun", "version": rng.choice(("3.1.0", "3.2.4")), "build": "412"},
        "device": {
            "id": uuid(rng).upper(),
            "type": "ios",
            "manufacturer": "Apple",
            "model": rng.choice(PHONES),
        },
        "os": {"name": "iOS", "version": "18.3"},
        "network": {"cellular": rng.random() < 0.5, "wifi": True},
        "locale": "de-DE",
        "timezone": "Europe/Berlin",
    }
    return Device("ios", uuid(rng), context, _skew(rng), alias_only=rng.random() < 0.15)


def _skew(rng: Random) -> int:
    return rng.choice(SKEWS) if rng.random() < 0.1 else rng.randint(-900, 900)


def _account(number: int) -> Account:
    return Account(
        group_id=f"account-{number}",
        name=f"{LAST_NAMES[number % len(LAST_NAMES)]} & Co {number}",
        industry=INDUSTRIES[number % len(INDUSTRIES)],
        employees=8 + number * 7 % 240,
    )


def _share_browser(person: Customer, owner: Customer) -> tuple[Customer, Customer]:
    browser = replace(owner.devices[0], shared=True)
    borrowed = replace(browser, usable_from=owner.joined + HOUR)
    return (
        replace(person, devices=(*person.devices, borrowed)),
        replace(owner, devices=(browser, *owner.devices[1:])),
    )


def _plain(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ascii_name.replace("'", "").lower()
