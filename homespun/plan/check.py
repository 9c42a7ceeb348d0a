"""What is wrong with the tracking plan itself, and with the names of the events that arrived."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import duckdb

from homespun.plan.rules import (
    CALLS,
    LEVELS,
    LONGEST_NAME,
    REACTIONS,
    TYPES,
    Rule,
    column_name,
    snake_case,
    split_path,
)

_WORD = "[A-Z0-9][A-Za-z0-9]*"
_SMALL = "an?|and|as|at|by|for|from|in|into|of|on|or|the|to|via|with"
CASINGS = {
    "title": re.compile(rf"{_WORD}( ({_WORD}|{_SMALL}))+"),
    "snake": re.compile(r"[a-z0-9]+(_[a-z0-9]+)+"),
    "camel": re.compile(r"[a-z]+[a-z0-9]*([A-Z][a-z0-9]*)+"),
    "any": re.compile(r".+"),
}
_LOOK_AROUND = re.compile(r"\(\?(=|!|<)")
_DYNAMIC = re.compile(
    r"\d{4}([-/._])\d\d?\1\d\d?|\d\d?([-/._])\d\d?\2\d{4}|\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}-"
    r"|(?<![0-9a-z])[0-9a-f]{16,}(?![0-9a-z])|@",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Complaint:
    """One thing that a person should mend: where, and what."""

    subject: str
    message: str


def check_plan(
    rules: Sequence[Rule], *, casing: str = "title", observed: Iterable[str] = ()
) -> list[Complaint]:
    """All complaints about the plan, and about event names that arrived, in order."""
    return [
        *_values(rules),
        *_casing(rules, casing),
        *_duplicates(rules),
        *_structure(rules),
        *_dynamic(sorted(set(observed))),
    ]


def is_dynamic(name: str) -> bool:
    """Does an event's name hold an id, a date or an address?"""
    return _DYNAMIC.search(name) is not None


def _subject(rule: Rule) -> str:
    return " / ".join(part for part in (rule.call_type, rule.event, rule.property) if part)


def _values(rules: Iterable[Rule]) -> Iterator[Complaint]:
    for rule in rules:
        subject = _subject(rule)
        if rule.call_type not in CALLS:
            yield Complaint(subject, f"unknown call type: use {', '.join(CALLS)}")
        if rule.property and rule.property_type not in TYPES:
            yield Complaint(subject, f"unknown type {rule.property_type!r}: use {', '.join(TYPES)}")
        if rule.on_violation and rule.on_violation not in REACTIONS:
            yield Complaint(subject, f"unknown reaction: use {', '.join(REACTIONS)}")
        if rule.call_type == "track" and not rule.event:
            yield Complaint(subject, "a track rule needs its event's name")
        if rule.call_type != "track" and rule.event:
            yield Complaint(subject, "only a track rule has an event: it holds for no message")
        if rule.version and not rule.version.isdigit():
            yield Complaint(subject, "a version is a whole number")
        if rule.is_required.lower() not in ("", "true", "false"):
            yield Complaint(subject, "is_required is true or false")
        yield from _limits(rule, subject)
        if rule.property and ".$" not in f".{rule.property}" and not column_name(rule):
            yield Complaint(
                subject,
                f"no column: its name has no letter or digit, or over {LONGEST_NAME} of them",
            )
        if len(split_path(rule.property)) > LEVELS:
            yield Complaint(subject, f"too deep: the build looks {LEVELS} levels into a message")
        yield from _pattern(rule.pattern, subject)


def _pattern(pattern: str, subject: str) -> Iterator[Complaint]:
    if _LOOK_AROUND.search(pattern):
        yield Complaint(subject, "look-around does not work in every warehouse's patterns")
    elif pattern:
        try:
            with duckdb.connect() as connection:
                connection.execute(
                    "select regexp_matches('', text) from (select ? as text)", [pattern]
                )
        except duckdb.Error as error:
            yield Complaint(subject, f"its pattern cannot be read: {error}")


def _limits(rule: Rule, subject: str) -> Iterator[Complaint]:
    is_number = rule.property_type in ("number", "integer")
    values = rule.allowed_values.split("|") if is_number and rule.allowed_values else []
    if not all(_is_number(value) for value in values):
        yield Complaint(subject, "its allowed values are no numbers")
    limits = [Decimal(text) for text in (rule.minimum, rule.maximum) if _is_number(text)]
    if len(limits) < bool(rule.minimum) + bool(rule.maximum):
        yield Complaint(subject, "minimum and maximum are numbers")
        return
    if len(limits) == 2 and limits[0] > limits[1]:
        yield Complaint(subject, "its minimum is greater than its maximum")
    if limits and not is_number:
        yield Complaint(subject, f"a range needs a number, not {rule.property_type or 'no type'}")


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _casing(rules: Iterable[Rule], casing: str) -> Iterator[Complaint]:
    for event in dict.fromkeys(rule.event for rule in rules if rule.call_type == "track"):
        if event and not CASINGS[casing].fullmatch(event):
            yield Complaint(f"track / {event}", f"not an object and an action in {casing} case")
        if event and not snake_case(event):
            yield Complaint(f"track / {event}", "no letter or digit is left for its table's name")
        if len(snake_case(event)) > LONGEST_NAME:
            yield Complaint(f"track / {event}", f"its table's name is over {LONGEST_NAME} bytes")


def _duplicates(rules: Sequence[Rule]) -> Iterator[Complaint]:
    events: dict[tuple[str, str], set[str]] = defaultdict(set)
    properties: dict[tuple[tuple[str, str, str], str], set[str]] = defaultdict(set)
    rows = Counter((rule.about, rule.property) for rule in rules)
    for rule in dict.fromkeys(rules):
        if rows.pop((rule.about, rule.property), 1) > 1:
            yield Complaint(_subject(rule), "the plan has more than one row of it")
    for rule in rules:
        events[rule.call_type, snake_case(rule.event)].add(rule.event)
        if rule.property and ".$" not in rule.property:
            properties[rule.about, snake_case(rule.property)].add(rule.property)
    for (call, _), names in events.items():
        if len(names) > 1:
            listed = ", ".join(sorted(names))
            yield Complaint(f"{call} / {listed}", "these events would share one table")
    for ((call, event, _), column), same in properties.items():
        if len(same) > 1 and column:
            listed = ", ".join(sorted(same))
            yield Complaint(f"{call} / {event} / {listed}", "these properties share one column")


def _structure(rules: Sequence[Rule]) -> Iterator[Complaint]:
    types = {(rule.about, rule.property): rule.property_type for rule in rules if rule.property}
    for rule in rules:
        parent, _, key = rule.property.rpartition(".")
        if not parent or parent.endswith("\\"):
            continue
        expected = "array" if key == "$" else "object"
        if types.get((rule.about, parent), expected) not in (expected, "any"):
            yield Complaint(_subject(rule), f"{parent} must be an {expected} to have it inside")


def _dynamic(names: Iterable[str]) -> Iterator[Complaint]:
    for name in names:
        if is_dynamic(name):
            yield Complaint(f"track / {name}", "a name with an id or a date in it: make a property")
