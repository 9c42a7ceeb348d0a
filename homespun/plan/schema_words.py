"""What one node of a JSON Schema says, in a plan's words, and the words that a plan has not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

from homespun.errors import ConfigurationError
from homespun.plan.rules import TYPES
from homespun.plan.schema import EXTRA
from homespun.plan.schema_references import Node

FRAME = frozenset({"$schema", "$id", "id", "$defs", "definitions", "description", EXTRA})
INSIDE = frozenset({"type", "properties", "required", "items"})
_VALUE = {"enum", "const", "pattern", "format", "minLength", "maxLength"}
_RANGE = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_LONGEST = 1000  # how often a pattern of RE2 may repeat something


@dataclass(frozen=True)
class Told:
    """What a node says of its value, as the plan's columns have it, and the words left out."""

    property_type: str
    is_nullable: bool
    allowed_values: str
    pattern: str
    minimum: str
    maximum: str
    left_out: tuple[str, ...]


def read_words(node: Node, *, where: str) -> Told:
    """Raises ConfigurationError where an allowed value holds what the plan has between values."""
    left_out = list(strange_words(node, known=FRAME | INSIDE | _VALUE | _RANGE))
    kind, is_nullable = _kind(node, left_out)
    values, has_null = _values(node, where, left_out)
    pattern = _pattern(node, kind, left_out)
    limits = {name: _limit(node, name, kind, left_out) for name in ("minimum", "maximum")}
    if kind == "string" and node.get("format") == "date-time":
        kind = "timestamp"
    elif "format" in node:
        left_out.append(f"format: {node['format']}")
    return Told(kind, is_nullable or has_null, values, pattern, **limits, left_out=tuple(left_out))


def strange_words(node: Node, *, known: Iterable[str]) -> Iterator[str]:
    """The words of a node that a plan has no column for.

    additionalProperties is none of them: every plan says that what it does not name is unplanned.
    """
    for word, value in node.items():
        is_default = word == "additionalProperties" and value in (True, False, {})
        is_empty = word == "labels" and not value
        is_tuple = word == "items" and not isinstance(value, Mapping | bool)
        if (word not in known or is_tuple) and not is_default and not is_empty:
            yield word


def _kind(node: Node, left_out: list[str]) -> tuple[str, bool]:
    said = node.get("type", [])
    types = [said] if isinstance(said, str) else list(said)
    names = [name for name in types if name != "null"]
    if set(names) == {"integer", "number"}:
        names = ["number"]
    if len(names) == 1 and names[0] in TYPES:
        return names[0], "null" in types
    if types:
        left_out.append(f"type: {' or '.join(map(str, types))}")
    return "any", "null" in types


def _values(node: Node, where: str, left_out: list[str]) -> tuple[str, bool]:
    word = "const" if "const" in node else "enum"
    values = [node["const"]] if "const" in node else list(node.get("enum", ()))
    texts = [_text(value) for value in values if value is not None]
    if any("|" in text for text in texts):
        raise ConfigurationError(
            f"{where}: an allowed value holds |, which a plan has between values; "
            "a pattern can say the same"
        )
    joined = "|".join(texts)
    if any(isinstance(value, list | dict) for value in values) or (values and not joined):
        left_out.append(word)
        joined = ""
    return joined, None in values


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _pattern(node: Node, kind: str, left_out: list[str]) -> str:
    """The pattern, or one that says how long a text may be."""
    pattern = str(node.get("pattern", ""))
    bounds = {word: int(node[word]) for word in ("minLength", "maxLength") if word in node}
    if not bounds:
        return pattern
    if pattern or kind != "string" or max(bounds.values()) > _LONGEST:
        left_out.extend(bounds)
        return pattern
    return rf"^[\s\S]{{{bounds.get('minLength', 0)},{bounds.get('maxLength', '')}}}$"


def _limit(node: Node, name: str, kind: str, left_out: list[str]) -> str:
    """The limit; of two, the narrower. A plan says `less than` of whole numbers alone."""
    word = f"exclusive{name.capitalize()}"
    limit, strict = _number(node.get(name)), _number(node.get(word))
    if node.get(word) is True:  # as draft 4 has it
        limit, strict = None, limit
    if strict is None:
        return "" if limit is None else str(limit)
    narrower = max if name == "minimum" else min
    if kind == "integer":
        step, rounding = (1, ROUND_FLOOR) if name == "minimum" else (-1, ROUND_CEILING)
        strict = strict.to_integral_value(rounding) + step
    elif limit is None or narrower(limit, strict) == strict:
        left_out.append(f"{word} (kept as {name})")
    return str(strict if limit is None else narrower(limit, strict))


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None or isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation as error:
        raise ConfigurationError(f"a limit in the schema, {value!r}, is no number") from error
