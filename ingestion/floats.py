"""Lets a project's functions see floats as Python's, and keeps the words they were written in.

Python writes 1.10 as 1.1 and takes 1e400 for infinite: a message would lose what no function
touched. A float that comes back from them is known by its identity, wherever they moved it.
"""

from math import isfinite
from typing import Any, Final

import jiter
import msgspec


class Words(dict[int, tuple[float, msgspec.Raw]]):
    """The words of floats by their identity; each is kept, so that no other takes its place."""

    @property
    def are_finite(self) -> bool:
        """Whether JSON has a number for each, and not null."""
        return all(isfinite(number) for number, _ in self.values())


def _in_words(value: Any) -> msgspec.Raw:
    return msgspec.Raw(bytes(value))


encode_exactly: Final = msgspec.json.Encoder(enc_hook=_in_words).encode


def take_words(value: Any, words: Words) -> Any:
    """The value with floats that Python knows, changed in place; their words are in `words`."""
    if value.__class__ is dict:
        value.update({key: take_words(child, words) for key, child in value.items()})
    elif value.__class__ is list:
        value[:] = [take_words(child, words) for child in value]
    elif value.__class__ is jiter.LosslessFloat:
        number = float(value)
        words[id(number)] = number, _in_words(value)
        return number
    return value


def give_words(value: Any, words: Words) -> Any:
    """The value with its floats in their words again, to be encoded."""
    if value.__class__ is dict:
        return {key: give_words(child, words) for key, child in value.items()}
    if value.__class__ is list:
        return [give_words(child, words) for child in value]
    return words[id(value)][1] if id(value) in words else value
