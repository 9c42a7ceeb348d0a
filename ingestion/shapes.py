"""Reads messages that look like earlier ones, in half of the time that any message takes.

The fields that messages had, and the kinds of their values, become a type. A message that is
decoded into it, and encoded again to the same bytes, holds no other field, each one once, and
nothing deeper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final, Union

import msgspec
from msgspec import UNSET, UnsetType

from ingestion.columns import ENVELOPE, FIELDS

_MOST_FIELDS: Final = 2_000  # a message with more is read as any other, and so are those below
_MOST_LEVELS: Final = 16
_MOST_LESSONS: Final = 4_096
_TRIAL: Final = 2_000  # messages, half of which must have fitted
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)


@dataclass
class _Seen:
    """What stood at one place of the messages; the fields as the last of them has them."""

    scalars: set[type] = field(default_factory=set)
    fields: dict[str, "_Seen"] | None = None
    items: "_Seen | None" = None


class Shapes:
    """What the messages of one reader looked like so far."""

    def __init__(self) -> None:
        self._seen = _Seen(fields={})
        self._fields = self._lessons = self._tried = self._fitted = 0
        self._decode: Callable[[bytes], Any] | None = None
        self._encode = msgspec.json.Encoder().encode
        self._envelope = attrgetter(*ENVELOPE)
        self._has_nulls = False

    def read(self, line: bytes) -> tuple[Any, ...] | None:
        """The message's envelope; None for a line that does not fit."""
        if self._decode is None:
            return None
        self._tried += 1
        try:
            message = self._decode(line)
            is_same = self._encode(message) == line
        except _UNREADABLE:
            is_same = False
        if not is_same:
            if self._tried >= _TRIAL and self._fitted * 2 < self._tried:
                self._lessons, self._decode = _MOST_LESSONS, None  # they are all different
            return None
        self._fitted += 1
        envelope: tuple[Any, ...] = self._envelope(message)
        if self._has_nulls:
            return tuple([None if value is UNSET else value for value in envelope])
        return envelope

    def learn(self, message: dict[str, Any]) -> None:
        """Take in a compact message that did not fit; twice as many make the next type."""
        if self._lessons == _MOST_LESSONS:
            return
        self._lessons += 1
        self._see(self._seen, message, _MOST_LEVELS)
        if self._lessons.bit_count() == 1:
            fields = _message_fields(self._seen)
            self._has_nulls = any(type(None) in fields[name].scalars for name in FIELDS)
            self._decode = msgspec.json.Decoder(_message_type(fields)).decode

    def _see(self, seen: _Seen, value: Any, levels: int) -> None:
        if value.__class__ is dict and levels:
            names = [name for name in value if _is_plain(name)]
            new = len(names) - len((seen.fields or {}).keys() & names)
            if self._fields + new > _MOST_FIELDS:
                return
            self._fields += new
            seen.fields = _ordered(seen.fields or {}, names)
            for name in names:
                self._see(seen.fields[name], value[name], levels - 1)
        elif value.__class__ is list and levels:
            seen.items = seen.items or _Seen()
            for item in value:
                self._see(seen.items, item, levels - 1)
        else:
            seen.scalars.add(value.__class__)


def _is_plain(name: str) -> bool:
    return name.isprintable() and name.isascii() and '"' not in name and "\\" not in name


def _ordered(fields: dict[str, _Seen], names: Sequence[str]) -> dict[str, _Seen]:
    """The fields with those of the names, as they come there; each other one after its former."""
    followers: dict[str | None, list[str]] = {name: [] for name in (None, *names)}
    former = None
    for name in fields:
        if name in followers:
            former = name
        else:
            followers[former].append(name)
    order = [*followers[None], *(each for name in names for each in (name, *followers[name]))]
    return {name: fields.get(name) or _Seen() for name in order}


def _message_fields(seen: _Seen) -> dict[str, _Seen]:
    """What was seen of messages, but no batch, and the whole envelope."""
    fields = {name: child for name, child in (seen.fields or {}).items() if name != "batch"}
    return fields | {name: _Seen() for name in FIELDS if name not in fields}


def _message_type(fields: dict[str, _Seen]) -> type:
    """The type of messages, whose envelope is None where there is none and no null either."""
    attributes = dict(zip(FIELDS, ENVELOPE, strict=True))
    named = {attributes.get(name, f"field_{at}"): name for at, name in enumerate(fields)}
    defaults = {
        attribute: None
        for name, attribute in attributes.items()
        if type(None) not in fields[name].scalars
    }
    return _struct(fields, named, defaults)


def _struct(fields: dict[str, _Seen], named: dict[str, str], defaults: dict[str, None]) -> type:
    return msgspec.defstruct(
        "Shape",
        [
            (attribute, _type(fields[name], UnsetType), defaults.get(attribute, UNSET))
            for attribute, name in named.items()
        ],
        rename=named,
        omit_defaults=True,
        gc=False,
    )


def _type(seen: _Seen, *others: type) -> Any:
    kinds: list[Any] = [*(seen.scalars - {dict, list}), *others]
    if seen.fields is not None:
        named = {f"field_{at}": name for at, name in enumerate(seen.fields)}
        kinds.append(_struct(seen.fields, named, {}))
    if seen.items is not None:
        kinds.append(list[_type(seen.items)])  # type: ignore[misc]
    return Union[tuple(kinds or [None])]  # noqa: UP007 - made of what was seen
