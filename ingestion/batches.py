"""Takes the messages out of a batch envelope, `{"batch": [...]}`.

The envelope's context and integrations are merged into each member key by key, its sentAt and
writeKey are taken where the member has none; what the member says wins. A member to which the
envelope adds something becomes a new text: its own fields in their own words, then what was added.
Any other member keeps its exact text.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from ingestion.messages import TYPES, Refusal, parse

Fields: TypeAlias = Mapping[str, msgspec.Raw]

_MERGED = ("context", "integrations")
_INHERITED = ("sentAt", "writeKey")
_read_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_read_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|["\[\]{},:]', re.DOTALL)
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)


def is_batch(value: Any) -> bool:
    """Whether a line's value is an envelope: it has an array `batch`, and no message's type."""
    return (
        value.__class__ is dict
        and value.get("batch").__class__ is list
        and value.get("type") not in TYPES
    )


def split_batch(line: bytes) -> tuple[list[bytes], Fields]:
    """The exact text of each member of a good envelope, and the envelope's own fields.

    Raises Refusal when it is empty.
    """
    try:
        fields = dict(_read_fields(line))
        members = [bytes(member) for member in _read_items(fields.pop("batch"))]
    except _UNREADABLE:
        raise Refusal("invalid_json", "the batch cannot be taken apart") from None
    if not members:
        raise Refusal("missing_type", "the batch is empty: it holds no message")
    return members, fields


def split_broken_batch(line: bytes) -> tuple[list[bytes], Fields] | None:
    """The same of an envelope that only its members break; None where it is none."""
    found = _find_batch(line)
    if found is None:
        return None
    members, start, end = found
    shell = line[:start] + line[end:]
    try:
        return (members, _read_fields(shell)) if is_batch(parse(shell)) else None
    except (Refusal, *_UNREADABLE):
        return None


def merge_envelope(member: bytes, envelope: Fields) -> bytes:
    """The member with what the envelope adds; its exact text where that is nothing."""
    try:
        fields = _read_fields(member)
    except _UNREADABLE:
        return member
    added = {key: envelope[key] for key in _INHERITED if key in envelope and key not in fields}
    for key in _MERGED:
        if key in envelope and (merged := _merge_objects(envelope[key], fields.get(key))):
            added[key] = merged
    return msgspec.json.encode({**fields, **added}) if added else member


def _merge_objects(outer: msgspec.Raw, inner: msgspec.Raw | None) -> msgspec.Raw | None:
    """Both objects' keys, the inner ones winning; None where the outer one adds nothing."""
    if inner is None or bytes(inner) == b"null":
        return outer
    try:
        ours, theirs = _read_fields(outer), _read_fields(inner)
    except _UNREADABLE:
        return None
    if ours.keys() <= theirs.keys():
        return None
    return msgspec.Raw(msgspec.json.encode({**ours, **theirs}))


def _find_batch(line: bytes) -> tuple[list[bytes], int, int] | None:
    """The members by their brackets and commas alone, and where in the line they start and end."""
    members: list[bytes] = []
    depth, start, member_start = 0, -1, -1
    key = former = b""
    for token in _TOKEN.finditer(line):
        text = token[0]
        if text in (b"[", b"{"):
            depth += 1
            if start < 0 and depth == 2 and text == b"[" and key == b'"batch"':
                start = member_start = token.end()
        elif text in (b"]", b"}"):
            depth -= 1
            if start >= 0 and depth == 1:
                members.append(line[member_start : token.start()].strip())
                return (members, start, token.start()) if any(members) else None
        elif text == b"," and start >= 0 and depth == 2:
            members.append(line[member_start : token.start()].strip())
            member_start = token.end()
        elif text == b":" and depth == 1:
            key = former
        elif text == b'"':
            return None
        former = text
    return None
