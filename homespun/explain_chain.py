"""The shortest chain of links between two identifiers."""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Identifier(NamedTuple):
    """A value and what it is, such as an email."""

    id_type: str
    id_value: str

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.id_type}:{self.id_value}"


@dataclass(frozen=True)
class Link:
    """A tie between two identifiers, and the message that tied them first."""

    one: Identifier
    other: Identifier
    message_id: str | None
    source: str | None
    rule: str
    at: datetime
    is_refused: bool


def shortest_chain(links: Iterable[Link], start: Identifier, end: Identifier) -> list[Link]:
    """The fewest links from one identifier to another; refused ones only where there is no other.

    Empty where no links lead there.
    """
    links = list(links)
    admitted = [link for link in links if not link.is_refused]
    return _breadth_first(admitted, start, end) or _breadth_first(links, start, end)


def _breadth_first(links: Iterable[Link], start: Identifier, end: Identifier) -> list[Link]:
    beside: dict[Identifier, list[tuple[Identifier, Link]]] = defaultdict(list)
    for link in links:
        beside[link.one].append((link.other, link))
        beside[link.other].append((link.one, link))
    came_by: dict[Identifier, tuple[Identifier, Link]] = {}
    waiting = deque([start])
    while waiting and end not in came_by:
        here = waiting.popleft()
        for there, link in beside[here]:
            if there not in came_by and there != start:
                came_by[there] = (here, link)
                waiting.append(there)
    chain: list[Link] = []
    here = end
    while here in came_by:
        here, link = came_by[here]
        chain.append(link)
    return chain[::-1]
