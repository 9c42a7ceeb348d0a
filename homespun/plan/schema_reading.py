"""The rules of a plan that is written as JSON Schema, as Segment Protocols has them."""

from collections.abc import Iterable, Mapping
from typing import Any

from homespun.errors import ConfigurationError
from homespun.plan.rules import TYPES, Rule, join_path
from homespun.plan.schema import BODY, EXTRA


def from_segment(document: Any) -> list[Rule]:
    """The rules of a Segment plan, or of one JSON Schema of an event (its title is the name),
    which is about the whole message or about its properties alone.

    Raises ConfigurationError for anything else.
    """
    if isinstance(document, Mapping) and "data" in document:
        document = document["data"]
    if isinstance(document, Mapping) and "jsonSchema" in document:
        document = {"rules": [document]}
    if isinstance(document, Mapping) and "rules" not in document and "properties" in document:
        inside = document["properties"].get("properties")
        is_whole = isinstance(inside, Mapping) and "properties" in inside
        schema = document if is_whole else {"properties": {"properties": document}}
        schema = {**schema, "description": document.get("description", "")}
        document = {
            "rules": [{"type": "TRACK", "key": document.get("title"), "jsonSchema": schema}]
        }
    if not isinstance(document, Mapping) or not isinstance(document.get("rules"), list):
        raise ConfigurationError("this is no tracking plan: it has no list of rules")
    return [rule for entry in document["rules"] for rule in _event_rules(entry)]


def _event_rules(entry: Any) -> Iterable[Rule]:
    if not isinstance(entry, Mapping):
        raise ConfigurationError(f"this is no tracking plan: one of its rules is {entry!r}")
    call = str(entry.get("type", "")).lower()
    schema = entry.get("jsonSchema") or {}
    version = str(entry.get("version") or 1)
    about = {
        "call_type": call,
        "event": str(entry.get("key") or ""),
        "version": version if version != "1" else "",
    }
    yield Rule(**about, description=str(schema.get("description", "")), **_told(schema))
    body = (schema.get("properties") or {}).get(BODY.get(call, "properties")) or {}
    yield from _inner_rules(body, "", about)


def _inner_rules(node: Mapping[str, Any], path: str, about: Mapping[str, str]) -> Iterable[Rule]:
    prefix = f"{path}." if path else ""
    required = set(node.get("required", ()))
    for key, child in (node.get("properties") or {}).items():
        if not key:
            raise ConfigurationError(f"{about['event']}: a plan has no word for an empty name")
        child = child if isinstance(child, Mapping) else {}  # true and false are schemas, too
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
    kind = told[0] if len(told) == 1 and told[0] in TYPES else "any"
    values = [_text(value) for value in node.get("enum", ()) if value is not None]
    if any("|" in value for value in values):
        raise ConfigurationError(
            f"{about['event']} / {path}: an allowed value holds |, which a plan has between "
            "values; a pattern can say the same"
        )
    if kind == "string" and node.get("format") == "date-time":
        kind = "timestamp"
    return Rule(
        **about,
        property=path,
        property_type=kind,
        is_required=str(required).lower(),
        allowed_values="|".join(values),
        pattern=str(node.get("pattern", "")),
        minimum=_text(node.get("minimum", "")),
        maximum=_text(node.get("maximum", "")),
        description=str(node.get("description", "")),
        **_told(node),
    )


def _told(schema: Mapping[str, Any]) -> dict[str, str]:
    extra = schema.get(EXTRA, {})
    return {name: str(extra[name]) for name in ("owner", "on_violation") if name in extra}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
