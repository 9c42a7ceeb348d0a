"""Who the sample's people are, and who is in an audience by its definition: without SQL."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

Identifier = tuple[str, str]  # type and value
Deed = tuple[datetime, str, Mapping[str, Any]]  # when, which event, its properties

HIGH_VALUE = 500


def truth(folder: Path) -> dict[Identifier, list[str]]:
    """The people behind each identifier; more than one behind a shared browser's."""
    people = defaultdict(list)
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            people[row["id_type"], row["id_value"]].append(row["person"])
    return people


def owners(folder: Path) -> dict[Identifier, str]:
    """One person behind each identifier."""
    return {identifier: people[0] for identifier, people in truth(folder).items()}


def members(
    audience: str, messages: Iterable[Mapping[str, Any]], people: Mapping[Identifier, str]
) -> set[str]:
    """The people in an audience, at the moment the last message was received."""
    messages = list(messages)
    as_of = max(_time(message["receivedAt"]) for message in messages)
    deeds = defaultdict(list)
    for message in messages:
        if message["type"] == "track":
            deed = (_happened(message), message["event"], message.get("properties", {}))
            deeds[_person(message, people)].append(deed)
    return {person for person, done in deeds.items() if _is_member(audience, done, as_of)}


def _person(message: Mapping[str, Any], people: Mapping[Identifier, str]) -> str:
    said = (
        ("user_id", str(message.get("userId"))),
        ("email", message["context"].get("traits", {}).get("email", "")),
        ("anonymous_id", message.get("anonymousId", "")),
    )
    return next(people[identifier] for identifier in said if identifier in people)


def _is_member(audience: str, deeds: Iterable[Deed], as_of: datetime) -> bool:
    times = defaultdict(list)
    value = Decimal(0)
    for at, event, properties in deeds:
        times[event].append(at)
        if event == "Order Completed":
            value += Decimal(str(properties["total"]))
        if event == "Order Refunded":
            value -= Decimal(str(properties["total"]))

    def age(event: str) -> timedelta:
        return as_of - max(times[event]) if times[event] else timedelta.max

    match audience:
        case "repeat_buyers":
            return len(times["Order Completed"]) >= 2
        case "cart_abandoners":
            added = age("Product Added")
            return timedelta(hours=1) <= added < timedelta(7) and added < age("Order Completed")
        case "high_value":
            return value >= HIGH_VALUE
        case "lapsing":
            return timedelta(45) <= age("Order Completed") < timedelta(90)
        case _:
            return age("Signed Up") < timedelta(7)


def _happened(message: Mapping[str, Any]) -> datetime:
    original = _time(message["originalTimestamp"])
    if "sentAt" not in message:
        return original
    return _time(message["receivedAt"]) - (_time(message["sentAt"]) - original)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
