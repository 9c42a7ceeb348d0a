"""Identity resolution as a person would do it: one message after the other, one edge at a time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5
from typing import NamedTuple

PRIORITIES = {"user_id": 1, "email": 2, "phone": 3, "anonymous_id": 4}
DAY = 86_400


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

    @property
    def in_order(self) -> list[Identifier]:
        """The strongest first: it says whose the message is."""
        return sorted(self.identifiers, key=lambda one: one.strength)


@dataclass(frozen=True)
class Rules:
    """The settings."""

    limits: Mapping[str, int] = field(default_factory=lambda: {"user_id": 1})
    shared_device_limit: int = 3
    window: int = 30 * DAY
    merges: Sequence[tuple[Identifier, Identifier]] = ()
    splits: Sequence[tuple[Identifier, Identifier]] = ()


@dataclass(frozen=True)
class Resolution:
    """The rows of id_graph, message_profiles, profile_merges and identity_conflicts."""

    graph: set[tuple[str, str, str]]
    messages: set[tuple[str, str]]
    merges: set[tuple[str, str, str | None, str]]
    conflicts: set[tuple[str, str, str, str, str]]


def resolve(messages: Iterable[Message], rules: Rules) -> Resolution:
    """Take each edge in its order unless it breaks a limit; the elder profile lives on."""
    in_order = sorted(
        (message for message in messages if message.identifiers),
        key=lambda message: (message.at, message.message_id),
    )
    people = _Profiles(in_order, rules)
    for one, other in rules.merges:
        people.merge(one, other, None, "override")
    for message in in_order:
        deciding, *others = message.in_order
        rule = "alias" if message.kind == "alias" else "same_message"
        for other in sorted(others, key=lambda one: (PRIORITIES[one.id_type], people.age[one])):
            people.merge(deciding, other, message.message_id, rule)
    profile = {identifier: people.eldest[identifier].profile_id for identifier in people.age}
    return Resolution(
        graph={(*identifier, profile[identifier]) for identifier in profile},
        messages={(m.message_id, profile[people.owner(m)]) for m in in_order},
        merges={(profile[one], one.profile_id, where, rule) for one, where, rule in people.merges},
        conflicts={
            (profile[a], profile[b], where, *b)
            for (a, b), where in people.seen_together.items()
            if profile[a] != profile[b]
        },
    )


class _Profiles:
    """Who is who after the edges that were taken so far."""

    def __init__(self, in_order: Sequence[Message], rules: Rules) -> None:
        self._in_order, self._rules = in_order, rules
        self._first: dict[Identifier, str] = {}
        self.seen_together: dict[tuple[Identifier, Identifier], str] = {}
        for message in in_order:
            deciding, *others = message.in_order
            for identifier in message.in_order:
                self._first.setdefault(identifier, message.message_id)
            for other in others:
                self.seen_together.setdefault((deciding, other), message.message_id)
        self.age = {identifier: number for number, identifier in enumerate(self._first)}
        self.eldest = {identifier: identifier for identifier in self._first}
        self.merges: list[tuple[Identifier, str | None, str]] = []
        self._users = Counter(
            (device, person.id_type)
            for person, device in self.seen_together
            if device.id_type == "anonymous_id" and person.id_type in ("user_id", "email")
        )

    def merge(self, one: Identifier, other: Identifier, where: str | None, rule: str) -> None:
        ends = self.eldest.get(one), self.eldest.get(other)
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            return
        if rule != "override" and (self._is_shared(one) or self._is_shared(other)):
            return
        elder, younger = sorted((ends[0], ends[1]), key=self.age.__getitem__)
        sides = [{each for each in self.eldest if self.eldest[each] == end}
                 for end in (elder, younger)]  # fmt: skip
        if self._is_split(*sides) or (rule != "override" and self._is_too_much(*sides)):
            return
        if rule == "override" or self._first[younger] != where:
            self.merges.append((younger, where, rule))
        self.eldest |= dict.fromkeys(sides[1], elder)

    def owner(self, message: Message) -> Identifier:
        """Whose the message is: on a device of several, of who was named nearest in time."""
        deciding = message.in_order[0]
        if max(self._users[deciding, kind] for kind in ("user_id", "email")) < 2:
            return deciding
        here = self._in_order.index(message)
        named = [
            (abs(other.at - message.at), there > here, abs(there - here), other.in_order[0])
            for there, other in enumerate(self._in_order)
            if deciding in other.identifiers and other.in_order[0].id_type in ("user_id", "email")
        ]
        distance, _, _, nearest = min(named)
        return nearest if distance <= self._rules.window else deciding

    def _is_shared(self, identifier: Identifier) -> bool:
        most = self._rules.shared_device_limit
        return any(self._users[identifier, kind] > most for kind in ("user_id", "email"))

    def _is_too_much(self, one: set[Identifier], other: set[Identifier]) -> bool:
        held, more = (Counter(each.id_type for each in side) for side in (one, other))
        return any(
            held[kind] and more[kind] and held[kind] + more[kind] > limit
            for kind, limit in self._rules.limits.items()
        )

    def _is_split(self, one: set[Identifier], other: set[Identifier]) -> bool:
        return any(
            (a in one and b in other) or (b in one and a in other) for a, b in self._rules.splits
        )
