"""Masks customers' values in a destination's words, which are kept in the ledger."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from reverse_etl.destination import Prepared

_SHORTEST = 3  # characters; a shorter value says nothing, and is found in any sentence
_MOST_WORDS = 8  # of a value that another row has
_WORD = re.compile(r"[^\s\"'<>()\[\]{},;:=/|#]+")
_LOOKS_PERSONAL = re.compile(  # in time that grows with the words alone, however they are made
    r"(?<![^\s\"'<>()\[\]{},;:=])[^\s\"'<>()\[\]{},;:=]+@[\w.-]+"  # an e-mail address
    r"|\+\d[\d ().-]{6,30}\d"  # a phone number, as it is dialled from abroad
    r"|(?<![\w.-])"  # and from at home, but for an internet address or a date
    r"(?!(?:\d{1,3}\.){3}\d{1,3}(?![\d.-]))(?!\d{4}-\d\d-\d\d(?!\d|-))"
    r"\(?\d[\d ().-]{7,30}\d(?![\w-])"
    r"|\b[0-9a-f]{64}\b",  # a hash of either
    re.IGNORECASE,
)


def without_personal(reason: str) -> str:
    """Words without what looks like an e-mail address, a phone number or a hash of one."""
    return _LOOKS_PERSONAL.sub("***", reason)


def masker(rows: Sequence[Prepared]) -> Callable[[str, Prepared], str]:
    """Masks words about a row of a batch: its own values anywhere, the others' as whole words."""

    @cache
    def values() -> dict[str, set[str]]:  # by their first word
        found = defaultdict(set)
        for value in {value for row in rows for value in _values(row)}:
            if words := list(_WORD.finditer(value.lower())):
                run = value.lower()[words[0].start() : words[-1].end()]
                found[_bare(words[0][0])].add(_bare(run))
        return found

    def mask(reason: str, row: Prepared) -> str:
        for value in sorted(_values(row), key=len, reverse=True):
            reason = _without(reason, value)
        return _without_words(reason, values()) if reason else ""

    return mask


def _values(row: Prepared) -> Iterable[str]:
    change = row.change
    known = [change.key, *row.identifiers.values(), *change.identifiers.values()]
    return {value for value in [*known, *_said(change.fields)] if len(value) >= _SHORTEST}


def _said(value: Any) -> Iterator[str]:
    """The values in a field as text, however deep they lie."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _said(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _bare(words: str) -> str:
    return words.rstrip(".!?")


def _without_words(text: str, values: Mapping[str, set[str]]) -> str:
    """`text` with `***` in place of each run of words that is one of the `values`."""
    words = list(_WORD.finditer(text))
    parts, start, place = [], 0, 0
    while place < len(words):
        known = values.get(_bare(words[place][0].lower()), ())
        for last in reversed(words[place : place + _MOST_WORDS] if known else ()):
            if _bare(text[words[place].start() : last.end()].lower()) in known:
                parts.append(text[start : words[place].start()])
                start = last.end()
                break
        place += 1
        while place < len(words) and words[place].start() < start:
            place += 1
    return "***".join([*parts, text[start:]])


def _without(text: str, value: str) -> str:
    """`text` with `***` in place of `value`, however its letters are written."""
    lowered, searched = text.lower(), value.lower()
    if len(lowered) != len(text):
        return text.replace(value, "***")
    parts, start = [], 0
    while (found := lowered.find(searched, start)) >= 0:
        parts.append(text[start:found])
        start = found + len(searched)
    return "***".join([*parts, text[start:]])
