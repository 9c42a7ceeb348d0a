"""What the quick reader takes is what the judge makes of it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingestion.judge import judge_line
from ingestion.messages import Message
from ingestion.plain import read_plain
from ingestion.shapes import Shapes
from ingestion.tables import message_columns
from tests.ingestion.hostile import CASES
from tests.ingestion.shop import track

BASES = [
    b'{"messageId":"m","type":"track","event":"E","userId":"u","timestamp":"2026-01-01T00:00:00Z"}',
    b'{"messageId":"m","type":"group","groupId":"g","anonymousId":"d","sentAt":1700000000,"a":{"a":1}}',
    b'{"messageId": "m", "type": "page", "userId": "u", "a": [{"a": 1.50, "b": "x"}], "b": null}\r',
]
FRAGMENTS = [
    *(b'"a":1,', b'"a":"",', b'"type":"page",', b'"event":" ",', b'"userId":7,', b'"batch":[],'),
    *(b'"\\u0061":1,', b"\\u0022", b'\\"', b'"', b"\\", b"{", b"}", b"[", b"]", b",", b" ", b":"),
    *(b"1", b"1E5", b"-0", b"0", b"null", b"\0", b"\\u0000", b"\xc3\xa9", b"\xff", b"\x1d", b""),
]


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A good message with a few pieces of it replaced."""
    line = draw(st.sampled_from(BASES))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(line)))
        end = start + draw(st.integers(0, 3))
        line = line[:start] + draw(st.sampled_from(FRAGMENTS)) + line[end:]
    return line


def assert_as_judged(written: list[bytes], *, before: list[bytes] | None = None) -> list[int]:
    """What is plain equals the judge's rows; returns where it was."""
    shapes = Shapes()
    read_plain(before or [], shapes=shapes)
    plain = read_plain(written, shapes=shapes)
    judged: list[Any] = [judge_line(written[position]) for position in plain.positions]

    assert sorted([*plain.positions, *plain.others]) == list(range(len(written)))
    if judged:
        assert all(isinstance(outcome, Message) for outcome in judged)
        columns, _, rejected = message_columns(judged, plain.positions)
        assert rejected == []
        assert {name: column.to_pylist() for name, column in plain.columns.items()} == {
            name: column.to_pylist() for name, column in columns.items()
        }
    return list(plain.positions)


@given(st.lists(lines(), max_size=4))
def test_what_is_plain_is_what_the_judge_makes_of_it(written: list[bytes]) -> None:
    assert_as_judged(written)


@given(st.lists(lines(), max_size=4), st.lists(lines(), max_size=2))
def test_a_message_like_earlier_ones_is_what_the_judge_makes_of_it(
    written: list[bytes], before: list[bytes]
) -> None:
    assert_as_judged(written, before=[*BASES, *before, *BASES])


def test_hostile_lines_are_plain_only_where_the_judge_accepts_them() -> None:
    positions = assert_as_judged([case.line for case in CASES if case.id != "long_line"])

    assert positions


def test_hostile_lines_like_earlier_ones_are_as_the_judge_has_them() -> None:
    hostile = [case.line for case in CASES if case.id != "long_line"]

    positions = assert_as_judged(hostile, before=hostile * 2)

    assert positions


def test_ordinary_messages_are_plain() -> None:
    compact = track("m1", price=1.5, name='"quoted" \\ é').replace(b", ", b",").replace(b": ", b":")
    written = [compact, track("m2"), b"{", track("m3", sentAt=1_700_000_000) + b"\r", b""]

    assert assert_as_judged(written) == [0, 1, 3]


def test_a_message_like_earlier_ones_is_read_by_its_shape() -> None:
    shapes = Shapes()
    lines = [
        b'{"messageId":"m1","type":"page","userId":"u","properties":{"a":1,"b":"x","d":[1]}}',
        b'{"messageId":"m2","type":"page","userId":"u","properties":{"b":"x","c":null},"name":"n"}',
    ]

    read_plain(lines, shapes=shapes)

    assert all(shapes.read(line) for line in lines)
    assert shapes.read(lines[0].replace(b'"b":', b'"e":')) is None
