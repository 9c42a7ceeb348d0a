"""Random messages in which few identifiers meet often and at the same time, and chains and hubs."""

from collections.abc import Iterator, Sequence
from random import Random

from tests.identity.reference import DAY, Identifier, Message

Decision = tuple[str, Identifier, Identifier]


def by_chance(rng: Random, name: str) -> list[Message]:
    """A dozen messages of a few people, devices and addresses."""
    users = [Identifier("user_id", f"{name}-u{n}") for n in range(rng.randint(1, 5))]
    emails = [Identifier("email", f"{name}-e{n}@example.com") for n in range(rng.randint(1, 5))]
    devices = [Identifier("anonymous_id", f"{name}-a{n}") for n in range(rng.randint(1, 8))]
    moment = rng.choice((1, 5 * DAY))
    messages = []
    for number in range(rng.randint(2, 24)):
        kind = rng.choices(("track", "identify", "alias"), (4, 3, 1))[0]
        said = {rng.choice(devices)}
        if kind == "alias":
            said.add(rng.choice(devices))
        elif rng.random() < 0.4:
            said.add(rng.choice(emails))
        if rng.random() < 0.4:
            said.add(rng.choice(users))
        message_id = f"{name}-{rng.randrange(10)}{number}"
        messages.append(Message(message_id, rng.randrange(12) * moment, kind, frozenset(said)))
    return messages


def decisions(rng: Random, messages: Sequence[Message]) -> list[Decision]:
    """What a person might have decided about identifiers of these messages, in order."""
    known = sorted({each for message in messages for each in message.identifiers})
    if len(known) < 2 or rng.random() < 0.5:
        return []
    return [
        (rng.choice(("merge", "split")), *rng.sample(known, 2)) for _ in range(rng.randint(1, 3))
    ]


def star(name: str, size: int) -> Iterator[Message]:
    """An address that many devices name, of which every other was seen alone before."""
    hub = Identifier("email", f"{name}@example.com")
    for number in range(size):
        device = Identifier("anonymous_id", f"{name}-{number}")
        if number % 2:
            yield Message(f"{name}-{number:06}-alone", number, "track", frozenset({device}))
        yield Message(f"{name}-{number:06}", size + number, "identify", frozenset({hub, device}))


def chain(name: str, places: Sequence[int]) -> Iterator[Message]:
    """Messages that tie e0-a0-e1-a1-..., said in the order of `places`."""
    for at, place in enumerate(places):
        ends = (
            Identifier("email", f"{name}-{(place + 1) // 2}@example.com"),
            Identifier("anonymous_id", f"{name}-{place // 2}"),
        )
        yield Message(f"{name}-{place:05}", at, "identify", frozenset(ends))


def chain_against_ages(name: str, length: int) -> list[Message]:
    """A chain whose links come in order while its identifiers' ages decrease along it."""
    alone = [
        Message(f"{name}-{n:05}-alone", length - n, "track", frozenset({end}))
        for n in range(length)
        for end in [Identifier("anonymous_id", f"{name}-{n}")]
    ]
    links = [
        Message(
            f"{name}-{n:05}-link",
            length + n,
            "alias",
            frozenset(Identifier("anonymous_id", f"{name}-{end}") for end in (n, n + 1)),
        )
        for n in range(length - 1)
    ]
    return alone + links
