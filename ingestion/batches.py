"""Takes the messages out of a batch envelope, `{"batch": [...]}`.

The envelope's context and integrations are merged into each member key by key, its sentAt and
writeKey are taken where the member has none; what the member says wins. A member to which the
envelope adds something becomes a new text: its own fields in their own words, then what was added.
Any other member keeps its exact text.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec

from ingestion.messages import Refusal, parse

Fields: TypeAlias = Mapping[str, msgspec.Raw]

_MERGED = ("context", "integrations")
_INHERITED = ("sentAt", "writeKey")
_read_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_read_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)


def is_batch(value: Any) -> bool:
    """Whether a line's value is an envelope: an object whose `batch` is an array."""
    return value.__class__ is dict and value.get("batch").__class__ is list


def split_batch(line: bytes) -> tuple[list[bytes], Fields]:
    """The exact text of each member, and the envelope's own fields.

    Raises Refusal when the envelope is broken outside its members, is none, or is empty.
    """
    try:
        batch = _read_fields(line)["batch"]
        members = [bytes(member) for member in _read_items(batch)]
    except (*_UNREADABLE, KeyError):
        parse(line)
        raise Refusal("invalid_json", "the batch cannot be taken apart") from None
    shell = line.replace(bytes(batch), b"[]", 1)
    parse(shell)
    if not members:
        raise Refusal("missing_type", "the batch is empty: it holds no message")
    return members, _read_fields(shell)


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
