"""Identity resolution as a person would do it: one message after the other, one edge at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import NamedTuple

PRIORITIES = {"user_id": 1, "email": 2, "anonymous_id": 3}


class Identifier(NamedTuple):
    id_type: str
    value: str

    @property
    def strength(self) -> tuple[int, str]:
        return PRIORITIES[self.id_type], self.value

    @property
    def profile_id(self) -> str:
        return md5(f"{self.id_type}:{self.value}".encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Message:
    """What identity resolution reads of a message."""

    message_id: str
    at: int  # seconds
    kind: str
    identifiers: frozenset[Identifier]
    blocked: str | None = None  # said as its user id, and no identity


@dataclass(frozen=True)
class Resolution:
    """The rows of id_graph, message_profiles, profile_merges and identity_conflicts."""

    graph: set[tuple[str, str, str]]
    messages: set[tuple[str, str]]
    merges: set[tuple[str, str, str, str]]
    conflicts: set[tuple[str, str, str, str, str]]


def resolve(messages: Iterable[Message]) -> Resolution:
    """Take each edge in its order unless both sides hold a user_id; the elder lives on."""
    in_order = sorted(messages, key=lambda message: (message.at, message.message_id))
    first: dict[Identifier, str] = {}
    for message in in_order:
        for identifier in sorted(message.identifiers, key=lambda one: one.strength):
            first.setdefault(identifier, message.message_id)
    age = {identifier: number for number, identifier in enumerate(first)}
    eldest = {identifier: identifier for identifier in first}
    merges: list[tuple[Identifier, str, str]] = []
    refused: dict[tuple[Identifier, Identifier], str] = {}
    for message in in_order:
        deciding, *others = sorted(message.identifiers, key=lambda one: one.strength)
        for other in sorted(others, key=lambda one: (PRIORITIES[one.id_type], age[one])):
            elder, younger = sorted((eldest[deciding], eldest[other]), key=age.__getitem__)
            if elder == younger:
                continue
            sides = [{one for one in eldest if eldest[one] == end} for end in (elder, younger)]
            if all(any(one.id_type == "user_id" for one in side) for side in sides):
                refused.setdefault((deciding, other), message.message_id)
                continue
            if first[younger] != message.message_id:
                rule = "alias" if message.kind == "alias" else "same_message"
                merges.append((younger, message.message_id, rule))
            eldest |= dict.fromkeys(sides[1], elder)
    profile = {identifier: eldest[identifier].profile_id for identifier in eldest}
    return Resolution(
        graph={(*identifier, profile[identifier]) for identifier in profile},
        messages={(m.message_id, profile[_deciding(m)]) for m in in_order},
        merges={(profile[one], one.profile_id, where, rule) for one, where, rule in merges},
        conflicts={(profile[a], profile[b], where, *b) for (a, b), where in refused.items()},
    )


def _deciding(message: Message) -> Identifier:
    return min(message.identifiers, key=lambda one: one.strength)


def chain(name: str, places: Sequence[int]) -> list[Message]:
    """Messages that tie e0-a0-e1-a1-..., said in the order of `places`."""
    return [
        Message(
            f"{name}-{place:04}",
            at,
            "identify",
            frozenset(
                {
                    Identifier("email", f"{name}-{(place + 1) // 2}@example.com"),
                    Identifier("anonymous_id", f"{name}-{place // 2}"),
                }
            ),
        )
        for at, place in enumerate(places)
    ]
