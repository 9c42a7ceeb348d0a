"""The plan as JSON Schema, in the shape of Segment Protocols' rules, and back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from homespun.errors import ConfigurationError
from homespun.plan.rules import Rule, join_path, split_path

DRAFT = "http://json-schema.org/draft-07/schema#"
_BODY = {"identify": "traits", "group": "traits"}
_EXTRA = "x-homespun"  # what JSON Schema has no word for


def to_segment(rules: Iterable[Rule]) -> dict[str, Any]:
    """The plan as Segment's Public API takes it: one rule per call, event and version."""
    events: dict[tuple[str, str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        events[rule.about].append(rule)
    return {
        "rules": [
            {
                "type": call.upper(),
                "key": event or None,
                "version": int(version),
                "jsonSchema": event_schema(call, own),
            }
            for (call, event, version), own in events.items()
        ]
    }


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
    schema["properties"] = {_BODY.get(call, "properties"): body}
    if body.get("required"):
        schema["required"] = [_BODY.get(call, "properties")]
    return schema


def from_segment(document: Any) -> list[Rule]:
    """The rules of a Segment plan, or of one JSON Schema of an event (its title is the name).

    Raises ConfigurationError for anything else.
    """
    if isinstance(document, Mapping) and "data" in document:
        document = document["data"]
    if isinstance(document, Mapping) and "jsonSchema" in document:
        document = {"rules": [document]}
    if isinstance(document, Mapping) and "rules" not in document and "properties" in document:
        document = {
            "rules": [{"type": "TRACK", "key": document.get("title"), "jsonSchema": document}]
        }
    if not isinstance(document, Mapping) or not isinstance(document.get("rules"), list):
        raise ConfigurationError("this is no tracking plan: it has no list of rules")
    return [rule for entry in document["rules"] for rule in _event_rules(entry)]


def _place(body: dict[str, Any], rule: Rule) -> None:
    node, steps = body, split_path(rule.property)
    for step, raw in zip(steps[:-1], _raw_steps(rule.property)[:-1], strict=True):
        node = _child(node, step, raw == "$")
    last, is_item = steps[-1], _raw_steps(rule.property)[-1] == "$"
    leaf = _child(node, last, is_item)
    leaf |= _constraints(rule)
    if rule.required and not is_item:
        node.setdefault("required", []).append(last)
    elif "type" in leaf:
        _let_null_in(leaf)


def _let_null_in(leaf: dict[str, Any]) -> None:
    leaf["type"] = [leaf["type"], "null"]
    if "enum" in leaf:
        leaf["enum"].append(None)


def _raw_steps(path: str) -> list[str]:
    return path.replace("\\\\", "").replace("\\.", "").replace("\\$", "k").split(".")


def _child(node: dict[str, Any], key: str, is_item: bool) -> dict[str, Any]:
    if is_item:
        node.setdefault("type", "array")
        holder, key = node, "items"
    else:
        node.setdefault("type", "object")
        holder = node.setdefault("properties", {})
    child: dict[str, Any] = holder.setdefault(key, {})
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
    return {_EXTRA: kept} if kept else {}


def _typed(value: str, rule: Rule) -> Any:
    if rule.property_type in ("number", "integer"):
        return _number(value)
    return value == "true" if rule.property_type == "boolean" else value


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


def _event_rules(entry: Mapping[str, Any]) -> Iterable[Rule]:
    call = str(entry.get("type", "")).lower()
    schema = entry.get("jsonSchema") or {}
    about = {
        "call_type": call,
        "event": str(entry.get("key") or ""),
        "version": str(entry["version"]) if int(entry.get("version") or 1) != 1 else "",
    }
    yield Rule(**about, description=str(schema.get("description", "")), **schema.get(_EXTRA, {}))
    body = (schema.get("properties") or {}).get(_BODY.get(call, "properties")) or {}
    yield from _inner_rules(body, "", about)


def _inner_rules(node: Mapping[str, Any], path: str, about: Mapping[str, str]) -> Iterable[Rule]:
    prefix = f"{path}." if path else ""
    required = set(node.get("required", ()))
    for key, child in (node.get("properties") or {}).items():
        inner = prefix + join_path([key])
        yield _rule(child, inner, about, key in required)
        yield from _inner_rules(child, inner, about)
    items = node.get("items")
    if isinstance(items, Mapping) and items:
        yield _rule(items, prefix + "$", about, False)
        yield from _inner_rules(items, prefix + "$", about)


def _rule(
    node: Mapping[str, Any],
    path: str,
    about: Mapping[str, str],
    required: bool,
) -> Rule:
    types = node.get("type", "any")
    told = [types] if isinstance(types, str) else [name for name in types if name != "null"]
    kind = told[0] if len(told) == 1 else "any"
    if kind == "string" and node.get("format") == "date-time":
        kind = "timestamp"
    return Rule(
        **about,
        property=path,
        property_type=kind,
        is_required=str(required).lower(),
        allowed_values="|".join(
            _text(value) for value in node.get("enum", ()) if value is not None
        ),
        pattern=str(node.get("pattern", "")),
        minimum=_text(node.get("minimum", "")),
        maximum=_text(node.get("maximum", "")),
        description=str(node.get("description", "")),
        **node.get(_EXTRA, {}),
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
