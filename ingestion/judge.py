"""Judges a line: every message it holds, or every refusal, nothing in between."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from ingestion.batches import Fields, is_batch, merge_envelope, split_batch
from ingestion.messages import Message, Reason, Refusal, parse, read_message

Transform: TypeAlias = Callable[[bytes], bytes]


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
        if not is_batch(value):
            if transform is None:
                return read_message(value, line)
            text = transform(line)
            return read_message(parse(text), text)
    except Refusal as refusal:
        if refusal.reason not in ("duplicate_key", "too_deep") or b'"batch"' not in line:
            return Rejected(refusal.reason, refusal.detail, line, None)
    try:
        members, envelope = split_batch(line)
    except Refusal as refusal:
        return Rejected(refusal.reason, refusal.detail, line, None)
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
            text = transform(text)
        return read_message(parse(text), text)._replace(position_in_batch=position)
    except Refusal as refusal:
        return Rejected(refusal.reason, refusal.detail, member, position)
