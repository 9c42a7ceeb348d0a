"""What traits and audiences mean, said once more in plain Python, and random ones to compare."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

AS_OF = datetime(2026, 3, 31, 12)  # noqa: DTZ001 - all times are UTC


@dataclass(frozen=True)
class Event:
    """Something that a profile did."""

    message_id: str
    name: str
    at: datetime
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Profile:
    """A profile, its traits, what it did, in order, and the accounts that it belongs to."""

    id: str
    traits: Mapping[str, Any]
    emails: Sequence[str]
    events: Sequence[Event]
    accounts: Sequence[str] = ()


def text(value: Any) -> str | None:
    """A value of JSON as text; null is none."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def number(value: Any) -> Decimal | None:
    """A value of JSON as a number."""
    try:
        return None if value is None or isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None


def moment(value: Any) -> datetime | None:
    """A value of JSON as a time."""
    try:
        return None if value is None else datetime.fromisoformat(str(value))
    except ValueError:
        return None


def compares(value: Any, operator: str, operands: Sequence[Any]) -> bool:
    """Whether a value compares so; what is not there is unlike everything and contains nothing."""
    said = text(value)
    if operator in ("exists", "does not exist"):
        return (said is not None) == (operator == "exists")
    if operator in ("none of", "!="):
        return said is not None and not _any(value, "=", operands)
    if operator == "does not contain":
        return not _any(value, "contains", operands)
    return _any(value, "=" if operator == "one of" else operator, operands)


def _is_number(operand: Any) -> bool:
    return isinstance(operand, int | float) and not isinstance(operand, bool)


def _any(value: Any, operator: str, operands: Sequence[Any]) -> bool:
    return any(_one(value, operator, operand) for operand in operands)


def _one(value: Any, operator: str, operand: Any) -> bool:
    if operator in ("before", "after"):
        at, limit = moment(value), datetime.fromisoformat(operand)
        return at is not None and (at < limit if operator == "before" else at > limit)
    if operator == "within":
        at = moment(value)
        return at is not None and AS_OF - span(operand) < at <= AS_OF
    is_number = _is_number(operand)
    mine: Any = number(value) if is_number else text(value)
    theirs: Any = Decimal(str(operand)) if is_number else text(operand)
    if mine is None:
        return False
    tests: dict[str, Callable[[], bool]] = {
        "=": lambda: mine == theirs,
        "<": lambda: mine < theirs,
        "<=": lambda: mine <= theirs,
        ">": lambda: mine > theirs,
        ">=": lambda: mine >= theirs,
        "contains": lambda: theirs in mine,
        "starts with": lambda: mine.startswith(theirs),
        "ends with": lambda: mine.endswith(theirs),
    }
    return tests[operator]()


def span(words: str) -> timedelta:
    """A length of time such as '36 hours'."""
    count, unit = words.split()
    return timedelta(**{unit.rstrip("s") + "s": int(count)})


@dataclass(frozen=True)
class Asked:
    """The events that a trait or a condition asks for."""

    events: Sequence[str] = ()  # none: any
    where: Sequence[Sequence[Any]] = ()
    within: str | None = None
    between: Sequence[str] | None = None

    def of(self, profile: Profile) -> list[Event]:
        """Those that the profile has."""
        return [event for event in profile.events if self.takes(event)]

    def takes(self, event: Event) -> bool:
        """Whether this is one."""
        near, far = self.between or (None, self.within)
        return (
            (not self.events or event.name in self.events)
            and (far is None or event.at > AS_OF - span(far))
            and (near is None or event.at <= AS_OF - span(near))
            and all(
                compares(event.properties.get(name), operator, operands)
                for name, operator, *operands in self.where
            )
        )


def followed(first: Asked, then: Asked, within: str | None, profile: Profile) -> set[bool]:
    """Of each first thing, whether the other came after it, in time."""

    def place(event: Event) -> tuple[datetime, bool, str]:
        return event.at, then.takes(event), event.message_id

    return {
        any(
            place(later) > place(start) and (within is None or later.at <= start.at + span(within))
            for later in then.of(profile)
        )
        for start in first.of(profile)
    }


def share(profile_id: str, salt: str) -> float:
    """Where the profile stands in a random order, from 0 to 100."""
    digest = hashlib.md5(f"{salt}:{profile_id}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) * 100 / 2**32


def most_frequent(values: Sequence[Any], minimum: int) -> str | None:
    """The value that occurs most often, and so often at least; ties go by the alphabet."""
    counts = Counter(said for value in values if (said := text(value)) is not None)
    enough = [(-count, said) for said, count in counts.items() if count >= minimum]
    return min(enough)[1] if enough else None


def first_by(
    profiles: Sequence[Profile], by: str, per: str | None, *, ascending: bool
) -> dict[str, int]:
    """The place of each profile that has the traits, from 1, of all or of its group."""
    ranked = [one for one in profiles if one.traits[by] is not None]
    ranked.sort(key=lambda one: one.id)
    ranked.sort(key=lambda one: one.traits[by], reverse=not ascending)
    places: dict[str, int] = {}
    counts: Counter[Any] = Counter()
    for one in ranked:
        group = "" if per is None else one.traits[per]
        if group is not None:
            counts[group] += 1
            places[one.id] = counts[group]
    return places
