"""Judges one line: the messages it holds, each with its envelope, or the reason it is refused.

Nothing of a message is rewritten: its payload is the exact text that was read. Only a member of a
batch whose envelope has something to add (see `ingestion.batches`) becomes a new text.
"""

import hashlib
import json
from functools import partial
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import jiter

MAX_LINE_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 64  # objects and arrays within each other, the message itself being the first

Reason: TypeAlias = Literal[
    "invalid_json",
    "not_an_object",
    "too_large",
    "too_deep",
    "duplicate_key",
    "invalid_encoding",
    "missing_type",
    "unknown_type",
    "no_user_anon_id",
    "missing_event",
    "missing_group_id",
    "bad_timestamp",
    "hook_failed",
]

TYPES: Final = ("track", "identify", "page", "screen", "group", "alias")
_parse = partial(
    jiter.from_json,
    allow_inf_nan=False,
    cache_mode="keys",
    catch_duplicate_keys=True,
    float_mode="lossless-float",
)


class Message(NamedTuple):
    """A message and the envelope read from it; its timestamps are still as they were sent."""

    payload: bytes
    message_id: str
    type: str
    event: str | None
    name: str | None
    user_id: str | None
    anonymous_id: str | None
    group_id: str | None
    previous_id: str | None
    original_timestamp: object
    sent_at: object
    received_at: object
    timestamp: object
    raw: bytes  # as it stood in the file
    position_in_batch: int | None = None


class Refusal(Exception):
    """Why a text is not loaded."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def parse(text: bytes) -> Any:
    """The JSON value that the text holds, its floats in their own words.

    Raises Refusal where it holds none, or one that parsers would read differently.
    """
    try:
        value = _parse(text)
    except ValueError as error:
        raise _explain(text, str(error)) from None
    if text.count(b"{") + text.count(b"[") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise Refusal("too_deep", f"nested deeper than {MAX_DEPTH} levels")
    return value


def read_message(value: Any, text: bytes) -> Message:
    """The message that `text` holds, parsed as `value`. Raises Refusal where it breaks a rule."""
    if value.__class__ is not dict:
        raise Refusal("not_an_object", f"the line holds {_kind(value)}")
    if len(text) > MAX_LINE_BYTES:  # by what its batch or the hooks added
        raise Refusal("too_large", f"the message grew to {len(text)} bytes, over {MAX_LINE_BYTES}")
    get = value.get
    type_ = get("type")
    if type_ not in TYPES:
        if type_ is None or type_ == "":
            raise Refusal("missing_type", "the message has no type")
        raise Refusal("unknown_type", f"type is none of {', '.join(TYPES)}")
    user_id, anonymous_id = _text(get("userId")), _text(get("anonymousId"))
    if user_id is None and anonymous_id is None:
        raise Refusal("no_user_anon_id", "neither userId nor anonymousId is a text or a number")
    event, group_id = _text(get("event")), _text(get("groupId"))
    if type_ == "track" and (event is None or event.isspace()):
        raise Refusal("missing_event", "a track message needs the name of its event")
    if type_ == "group" and group_id is None:
        raise Refusal("missing_group_id", "a group message needs a groupId")
    message_id = _text(get("messageId"))
    return Message(
        text.strip(),
        hash_of(value) if message_id is None or message_id.isspace() else message_id,
        type_,
        event,
        _text(get("name")),
        user_id,
        anonymous_id,
        group_id,
        _text(get("previousId")),
        get("originalTimestamp"),
        get("sentAt"),
        get("receivedAt"),
        get("timestamp"),
        text,
    )


def hash_of(value: Any) -> str:
    """An id for a message that brought none: the same for any order of keys and any spacing."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), default=_float_in_words)
    return f"sha256-{hashlib.sha256(canonical.encode()).hexdigest()}"


def _float_in_words(number: jiter.LosslessFloat) -> dict[str, str]:
    return {"float": str(number)}


def _text(value: Any) -> str | None:
    """An identifier or a name as text: numbers in their own words; null for all else."""
    if value is None or value.__class__ is str:
        return value or None
    if value.__class__ is int or value.__class__ is jiter.LosslessFloat:
        return str(value)
    return None


def _explain(text: bytes, error: str) -> Refusal:
    if b"\0" in text:
        return Refusal("invalid_encoding", "a NUL byte: not a text, or one in UTF-16 or UTF-32")
    try:
        text.decode()
    except UnicodeDecodeError as undecodable:
        return Refusal(
            "invalid_encoding", f"not UTF-8: {undecodable.reason} at byte {undecodable.start}"
        )
    if error.startswith("Detected duplicate key"):
        return Refusal("duplicate_key", error)
    if error.startswith("recursion limit exceeded"):
        return Refusal("too_deep", f"nested deeper than {MAX_DEPTH} levels")
    if text.strip() in (b"{", b"["):
        error += ": a value over several lines is read only from a file named .json"
    return Refusal("invalid_json", error)


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [
            child for item in level for child in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a text"
        case list():
            return 'an array: write its messages one a line, or as {"batch": [...]}'
        case _:
            return "a number"
