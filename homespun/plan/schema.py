"""The plan as JSON Schema: in the shape of Segment Protocols' rules, or a file for each event."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain, count
from typing import Any

from homespun.errors import ConfigurationError
from homespun.plan.rules import LONGEST_NAME, Rule, snake_case, split_path

DRAFT = "http://json-schema.org/draft-07/schema#"
BODY = {"identify": "traits", "group": "traits"}
EXTRA = "x-homespun"  # what JSON Schema has no word for


def to_segment(rules: Iterable[Rule]) -> dict[str, Any]:
    """The plan as Segment's Public API takes it: one rule per call, event and version."""
    return {
        "rules": [
            {
                "type": call.upper(),
                "key": event or None,
                "version": _number(version),
                "jsonSchema": event_schema(call, own),
            }
            for (call, event, version), own in _by_event(rules).items()
        ]
    }


def to_files(rules: Iterable[Rule]) -> dict[str, dict[str, Any]]:
    """The plan as JSON Schemas by file name, one per call, event and version: its title is the
    event's name.
    """
    files: dict[str, dict[str, Any]] = {}
    for (call, event, version), own in _by_event(rules).items():
        schema = event_schema(call, own)
        said = {} if call == "track" else {"call_type": call}
        said |= {} if version == "1" else {"version": version}
        if said:
            schema[EXTRA] = schema.get(EXTRA, {}) | said
        slug = (snake_case(event) or call)[:LONGEST_NAME]
        names = (f"{slug}{suffix}.json" for suffix in chain([""], (f"_{n}" for n in count(2))))
        title = {"title": event} if event else {}
        files[next(name for name in names if name not in files)] = title | schema
    return files


def _by_event(rules: Iterable[Rule]) -> dict[tuple[str, str, str], list[Rule]]:
    events: dict[tuple[str, str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        events[rule.about].append(rule)
    return events


def event_schema(call: str, rules: Sequence[Rule]) -> dict[str, Any]:
    """The JSON Schema (draft 7) of a whole message of one event."""
    body: dict[str, Any] = {"type": "object", "properties": {}}
    schema: dict[str, Any] = {"$schema": DRAFT, "type": "object"}
    for rule in sorted(rules, key=lambda rule: len(split_path(rule.property))):
        if not rule.property:
            schema |= {"description": rule.description} if rule.description else {}
            schema |= _extra(rule, "owner", "on_violation")
        else:
            _place(body, rule)
    schema["properties"] = {BODY.get(call, "properties"): body}
    if body.get("required"):
        schema["required"] = [BODY.get(call, "properties")]
    return schema


def _place(body: dict[str, Any], rule: Rule) -> None:
    node, steps, raws = body, split_path(rule.property), _raw_steps(rule.property)
    for step, raw, next_raw in zip(steps, raws, raws[1:], strict=False):
        # What no rule tells of is, for the build, an object or array that may be null.
        implied = {"type": ["array" if next_raw == "$" else "object", "null"]}
        node = _child(node, step, raw == "$", implied)
    last, is_item = steps[-1], raws[-1] == "$"
    leaf = _child(node, last, is_item, {})
    leaf |= _constraints(rule)
    if rule.required and not is_item:
        node.setdefault("required", []).append(last)
    else:
        _let_null_in(leaf)


def _let_null_in(leaf: dict[str, Any]) -> None:
    if "type" in leaf:
        leaf["type"] = [leaf["type"], "null"]
    if "enum" in leaf:
        leaf["enum"].append(None)


def _raw_steps(path: str) -> list[str]:
    return path.replace("\\\\", "").replace("\\.", "").replace("\\$", "k").split(".")


def _child(
    node: dict[str, Any], key: str, is_item: bool, unknown: dict[str, Any]
) -> dict[str, Any]:
    holder = node if is_item else node.setdefault("properties", {})
    child: dict[str, Any] = holder.setdefault("items" if is_item else key, unknown)
    return child


def _constraints(rule: Rule) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rule.property_type == "timestamp":
        found |= {"type": "string", "format": "date-time"}
    elif rule.property_type != "any":
        found["type"] = rule.property_type
    if rule.description:
        found["description"] = rule.description
    if rule.allowed_values:
        found["enum"] = [_typed(value, rule) for value in rule.allowed_values.split("|")]
    if rule.pattern:
        found["pattern"] = rule.pattern
    for name in ("minimum", "maximum"):
        if getattr(rule, name):
            found[name] = _number(getattr(rule, name))
    return found | _extra(rule, "owner", "on_violation")


def _extra(rule: Rule, *names: str) -> dict[str, Any]:
    kept = {name: getattr(rule, name) for name in names if getattr(rule, name)}
    return {EXTRA: kept} if kept else {}


def _typed(value: str, rule: Rule) -> Any:
    if rule.property_type in ("number", "integer"):
        return _number(value)
    return value == "true" if rule.property_type == "boolean" else value


def _number(text: str) -> int | float:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ConfigurationError(
            f"{text!r} is no number; `homespun plan check` says whose"
        ) from error
    return int(number) if number == number.to_integral_value() else float(number)
