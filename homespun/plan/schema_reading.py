"""The rules of a plan that is written as JSON Schema, as Segment Protocols has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from homespun.errors import ConfigurationError
from homespun.plan.rules import CALLS, Rule, join_path
from homespun.plan.schema import BODY, EXTRA
from homespun.plan.schema_references import Node, Scope, opened
from homespun.plan.schema_words import FRAME, INSIDE, read_words, strange_words

_ENTRY = {"type", "key", "version", "jsonSchema", "createdAt", "updatedAt"}


@dataclass(frozen=True)
class LeftOut:
    """A word of a JSON Schema that the plan has no column for: about what, and which."""

    subject: str
    word: str


@dataclass(frozen=True)
class Imported:
    """The rules of a schema, and what of it they do not hold."""

    rules: list[Rule]
    left_out: list[LeftOut]


def from_segment(document: Any) -> Imported:
    """The rules of a Segment plan, or of one JSON Schema of an event (its title is the name),
    which is about the whole message or about its properties alone.

    No rule is stricter than the schema. Raises ConfigurationError for anything else.
    """
    found = [each for entry, root in _entries(document) for each in _event_rules(entry, root)]
    return Imported(
        [each for each in found if isinstance(each, Rule)],
        [each for each in found if isinstance(each, LeftOut)],
    )


def _entries(document: Any) -> Iterator[tuple[Node, Node]]:
    """Each rule of Segment, and the document that its references are about."""
    if isinstance(document, Mapping) and "data" in document:
        document = document["data"]
    if isinstance(document, Mapping) and "jsonSchema" in document:
        document = {"rules": [document]}
    if isinstance(document, Mapping) and "rules" not in document and "properties" in document:
        yield _of_file(document), document
        return
    if not isinstance(document, Mapping) or not isinstance(document.get("rules"), list):
        raise ConfigurationError("this is no tracking plan: it has no list of rules")
    for entry in document["rules"]:
        if not isinstance(entry, Mapping):
            raise ConfigurationError(f"this is no tracking plan: one of its rules is {entry!r}")
        yield entry, entry.get("jsonSchema") or {}


def _of_file(document: Node) -> Node:
    """The JSON Schema of one event, as a rule of Segment."""
    said, parts = document.get(EXTRA, {}), document["properties"]
    if not isinstance(said, Mapping) or not isinstance(parts, Mapping):
        raise ConfigurationError(f"this is no JSON Schema: its properties or {EXTRA} are no object")
    call = str(said.get("call_type", "track"))
    part = BODY.get(call, "properties")
    inside = parts.get(part)
    schema = {word: value for word, value in document.items() if word != "title"}
    about = {word: schema[word] for word in ("description", EXTRA) if word in schema}
    if not (isinstance(inside, Mapping) and "properties" in inside):
        body = {word: value for word, value in schema.items() if word not in about}
        schema = {**about, "properties": {part: body}}
    entry = {"type": call, "key": document.get("title"), "version": said.get("version")}
    return {**entry, "jsonSchema": schema}


def _event_rules(entry: Node, root: Node) -> Iterator[Rule | LeftOut]:
    call = str(entry.get("type", "")).lower()
    version = str(entry.get("version") or 1)
    about = {
        "call_type": call,
        "event": str(entry.get("key") or ""),
        "version": version if version != "1" else "",
    }
    if call not in CALLS:
        yield LeftOut(_subject(about) or "rule", f"type: {entry.get('type')}")
        return
    schema, scope = opened(entry.get("jsonSchema") or {}, Scope(root))
    yield Rule(**about, description=str(schema.get("description", "")), **_told(schema))
    parts, name = schema.get("properties") or {}, BODY.get(call, "properties")
    body, scope = opened(parts.get(name) or {}, scope)
    beside = [part for part, node in parts.items() if part != name and _says_something(node)]
    demanded = [part for part in schema.get("required", ()) if part != name]
    words = [
        *(word for word in entry if word not in _ENTRY and entry[word] is not None),
        *strange_words(schema, known=FRAME | INSIDE - {"items"}),
        *(f"required: {part}" for part in demanded),
        *beside,
        *strange_words(body, known=FRAME - {"description", EXTRA} | INSIDE - {"items"}),
    ]
    for word in words:
        yield LeftOut(_subject(about), word)
    yield from _inner_rules(body, "", about, scope)


def _says_something(node: Any) -> bool:
    return node is False or (isinstance(node, Mapping) and bool(node.keys() - FRAME - {"type"}))


def _inner_rules(
    node: Node, path: str, about: Mapping[str, str], scope: Scope
) -> Iterator[Rule | LeftOut]:
    prefix = f"{path}." if path else ""
    required = list(node.get("required") or ())
    children = dict(node.get("properties") or {})
    for key in [*children, *(key for key in required if key not in children)]:
        if not key:
            raise ConfigurationError(f"{about['event']}: a plan has no word for an empty name")
        inner = prefix + join_path([key])
        yield from _node_rules(children.get(key, {}), inner, about, scope, required=key in required)
    items = node.get("items")
    if items is False or (isinstance(items, Mapping) and items):
        yield from _node_rules(items, prefix + "$", about, scope, required=False)


def _node_rules(
    node: Any, path: str, about: Mapping[str, str], scope: Scope, *, required: bool
) -> Iterator[Rule | LeftOut]:
    child, scope = opened(node, scope)
    told = read_words(child, where=f"{about['event']} / {path}")
    yield Rule(
        **about,
        property=path,
        property_type=told.property_type,
        is_required=str(required and not told.is_nullable).lower(),
        allowed_values=told.allowed_values,
        pattern=told.pattern,
        minimum=told.minimum,
        maximum=told.maximum,
        description=str(child.get("description", "")),
        **_told(child),
    )
    demanded = ["required (it may be null)"] if required and told.is_nullable else []
    for word in [*told.left_out, *demanded]:
        yield LeftOut(_subject(about, path), word)
    yield from _inner_rules(child, path, about, scope)


def _subject(about: Mapping[str, str], path: str = "") -> str:
    return " / ".join(part for part in (about["call_type"], about["event"], path) if part)


def _told(schema: Node) -> dict[str, str]:
    extra = schema.get(EXTRA, {})
    return {name: str(extra[name]) for name in ("owner", "on_violation") if name in extra}
