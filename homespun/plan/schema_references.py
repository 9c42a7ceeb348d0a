"""A node of a JSON Schema with what it refers to, or puts as its only choice, written out in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

Node = Mapping[str, Any]
CHOICES = ("allOf", "anyOf", "oneOf")
_NOTES = {"title", "description"}  # what a choice may hold beside a constant


@dataclass(frozen=True)
class Scope:
    """The schema that a node is part of, and the references that led to it."""

    root: Node
    followed: frozenset[str] = frozenset()


def opened(node: Any, scope: Scope) -> tuple[Node, Scope]:
    """The node written out, and the scope of what is in it.

    What cannot be followed stays as it is: a reference to another document, or to what it is
    itself inside of, and a choice between several things.
    """
    if not isinstance(node, Mapping):
        return ({} if node is True else {"false": True} if node is False else {}), scope
    while (target := _target(node.get("$ref"), scope)) is not None:
        scope = Scope(scope.root, scope.followed | {node["$ref"]})
        node = {**target, **{word: value for word, value in node.items() if word != "$ref"}}
    for word in CHOICES:
        if isinstance(node.get(word), list):
            node, scope = _chosen(node, word, scope)
    return node, scope


def _target(reference: Any, scope: Scope) -> Node | None:
    if not isinstance(reference, str) or reference in scope.followed:
        return None
    start, *steps = unquote(reference).split("/")
    found: Any = scope.root
    for step in steps:
        key = step.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if start == "#" and steps and isinstance(found, Mapping) else None


def _chosen(node: Node, word: str, scope: Scope) -> tuple[Node, Scope]:
    """The node with its only choice in it, or with the constants that it chooses from."""
    rest = {name: value for name, value in node.items() if name != word}
    choices = [choice for choice in node[word] if word == "allOf" or not _is_null(choice)]
    is_nullable = len(choices) < len(node[word])
    if word != "allOf" and "enum" not in rest and all(map(_is_constant, choices)):
        nothing = [None] if is_nullable else []
        return {**rest, "enum": [*(choice["const"] for choice in choices), *nothing]}, scope
    if len(choices) != 1:
        return node, scope
    choice, inner = opened(choices[0], scope)
    if any(rest.get(name, value) != value for name, value in choice.items()):
        return node, scope
    return {**rest, **(_nullable(choice) if is_nullable else choice)}, inner


def _is_null(choice: Any) -> bool:
    return isinstance(choice, Mapping) and choice.get("type") == "null"


def _is_constant(choice: Any) -> bool:
    return isinstance(choice, Mapping) and {"const"} <= choice.keys() <= {"const", *_NOTES}


def _nullable(node: Node) -> Node:
    types = node.get("type", [])
    with_null = [*([types] if isinstance(types, str) else types), "null"]
    enum = {"enum": [*node["enum"], None]} if "enum" in node else {}
    return {**node, **({"type": with_null} if types else {}), **enum}
