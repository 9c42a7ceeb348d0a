"""Judges a line: every message it holds, or every refusal, nothing in between."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import jiter
import msgspec

from ingestion.batches import Fields, is_batch, merge_envelope, split_batch, split_broken_batch
from ingestion.floats import Words, encode_exactly, give_words, take_words
from ingestion.messages import Message, Reason, Refusal, parse, read_message

Transform: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]


class Rejected(NamedTuple):
    """A text that is not loaded: the whole line, or one member of its batch."""

    reason: Reason
    detail: str
    raw: bytes
    position_in_batch: int | None


Outcome: TypeAlias = Message | Rejected


def judge_line(line: bytes, transform: Transform | None = None) -> Outcome | list[Outcome]:
    """What the line holds; for a batch, what each of its members is."""
    try:
        value = parse(line)
        if is_batch(value):
            members, envelope = split_batch(line)
        elif transform is None:
            return read_message(value, line)
        else:
            text = _transformed(value, line, transform)
            return read_message(parse(text), text)._replace(raw=line)
    except Refusal as refusal:
        apart = split_broken_batch(line) if b'"batch"' in line else None
        if apart is None:
            return Rejected(refusal.reason, refusal.detail, line, None)
        members, envelope = apart
    return [
        _judge_member(member, position, envelope, transform)
        for position, member in enumerate(members)
    ]


def _judge_member(
    member: bytes, position: int, envelope: Fields, transform: Transform | None
) -> Outcome:
    try:
        parse(member)
        text = merge_envelope(member, envelope)
        if transform is not None:
            text = _transformed(parse(text), text, transform)
        return read_message(parse(text), text)._replace(raw=member, position_in_batch=position)
    except Refusal as refusal:
        return Rejected(refusal.reason, refusal.detail, member, position)


def _transformed(value: Any, text: bytes, transform: Transform) -> bytes:
    """The text of the message that the project's functions made of this one; its own if no other.

    `value` is what `text` holds, and may be theirs afterwards.
    """
    if not isinstance(value, dict):
        return text
    message, words = jiter.from_json(text, cache_mode="keys"), Words()
    before, exactly = msgspec.json.encode(message), encode_exactly(value)
    if before != exactly:
        message = take_words(value, words)
    result = transform(message)
    try:
        after = msgspec.json.encode(result)
        if after == before and words.are_finite:
            return text
        if words:
            after = msgspec.json.encode(give_words(result, words))
    except (TypeError, ValueError, RecursionError) as error:
        raise Refusal("hook_failed", f"what the hooks returned is no JSON: {error}") from None
    return text if after == exactly else after
