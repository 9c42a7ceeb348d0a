"""Lines that break loaders, and what must become of each: one row of events, or one refusal."""

# ruff: noqa: E501 - a table reads best with one case a line

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Case:
    """A line, and its outcome: a reason, or none and some columns of its row."""

    id: str
    line: bytes
    reason: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    base64: bool = False


def accepted(id_: str, line: str | bytes, **columns: Any) -> Case:
    return Case(id_, line if isinstance(line, bytes) else line.encode(), None, columns)


def refused(id_: str, line: str | bytes, reason: str, *, base64: bool = False) -> Case:
    return Case(id_, line if isinstance(line, bytes) else line.encode(), reason, base64=base64)


def track(id_: str, rest: str) -> str:
    """A track message with the id of its case; `rest` goes on from there."""
    return f'{{"messageId":"{id_}","type":"track","event":"E","userId":"u",{rest}}}'


def at(id_: str, timestamp: str, expected: str | None) -> Case:
    """A timestamp as JSON, and the moment it must become; None when it is refused."""
    line = track(id_, f'"timestamp":{timestamp}')
    if expected is None:
        return refused(id_, line, "bad_timestamp")
    return accepted(id_, line, timestamp=expected)


CASES = [
    # Code of another language in names and values: all of it is text.
    accepted(
        "sql_in_event",
        r'{"messageId":"sql_in_event","type":"track","userId":"u",'
        r'"event":"x\'); drop table raw.events; --"}'.replace(r"\'", "'"),
        event="x'); drop table raw.events; --",
    ),
    accepted("sql_in_key", track("sql_in_key", r'"properties":{"a\" int); drop table t; --":1}')),
    accepted("jinja", track("jinja", r'"properties":{"x":"{{ 7*7 }}{% set x = env_var(\"HOME\") %}"}')),
    accepted(
        "path_in_event",
        '{"messageId":"path_in_event","type":"track","userId":"u","event":"../../etc/cron.d/x"}',
        event="../../etc/cron.d/x",
    ),
    accepted(
        "formula",
        r'{"messageId":"formula","type":"track","event":"E","userId":"=HYPERLINK(\"http://x\",\"y\")"}',
        user_id='=HYPERLINK("http://x","y")',
    ),
    accepted("html", track("html", r'"properties":{"x":"<script>alert(1)</script>"}')),
    accepted(
        "log_forging",
        r'{"messageId":"log_forging","type":"track","userId":"u","event":"a\n2026 ERROR \u001b[2J"}',
        event="a\n2026 ERROR \x1b[2J",
    ),
    # Size and depth.
    refused("long_line", b'{"messageId":"' + b"x" * (16 * 1024 * 1024) + b'"}', "too_large"),
    refused("arrays_5000_deep", "[" * 5000 + "]" * 5000, "too_deep"),
    refused("objects_3000_deep", '{"a":' * 3000 + "1" + "}" * 3000, "too_deep"),
    refused("arrays_65_deep", track("arrays_65_deep", f'"properties":{"[" * 64}{"]" * 64}'), "too_deep"),
    accepted("arrays_64_deep", track("arrays_64_deep", f'"properties":{"[" * 63}{"]" * 63}')),
    accepted("braces_in_text", track("braces_in_text", f'"properties":"{"{[" * 90}"')),
    accepted("many_shallow_arrays", track("many_shallow_arrays", f'"p":[{",".join(["[]"] * 90)}]')),
    accepted(
        "many_properties",
        track("many_properties", f'"properties":{{{",".join(f"{chr(34)}p{i}{chr(34)}:1" for i in range(20_000))}}}'),
    ),
    accepted("long_key", track("long_key", f'"properties":{{"{"k" * 10_000}":1}}')),
    # Texts.
    accepted(
        "escaped_nul",
        r'{"messageId":"escaped_nul","type":"track","event":"E","userId":"a\u0000b"}',
        user_id="a�b",
    ),
    refused("raw_nul", b'{"messageId":"raw_nul","x":"\x00"}', "invalid_encoding", base64=True),
    refused("lone_surrogate", track("lone_surrogate", r'"x":"\ud800"'), "invalid_json"),
    refused("reversed_surrogates", track("reversed_surrogates", r'"x":"\udc00\ud800"'), "invalid_json"),
    accepted(
        "surrogate_pair",
        r'{"messageId":"surrogate_pair","type":"track","userId":"u","event":"\ud83d\udca9"}',
        event="\U0001f4a9",
    ),
    refused("control_character", b'{"messageId":"control_character","x":"\x01"}', "invalid_json"),
    refused("latin_1", b'{"messageId":"latin_1","x":"caf\xe9"}', "invalid_encoding", base64=True),
    refused("windows_1252", b'{"messageId":"w","x":"\x93q\x94"}', "invalid_encoding", base64=True),
    refused("overlong_utf_8", b'{"messageId":"o","x":"\xc0\xaf"}', "invalid_encoding", base64=True),
    refused(
        "utf_16", '{"messageId":"utf_16"}'.encode("utf-16-le"), "invalid_encoding", base64=True
    ),
    refused("bom_inside", b'\xef\xbb\xbf{"messageId":"bom_inside"}', "invalid_json"),
    accepted("carriage_return", track("carriage_return", '"a":1') + "\r"),
    accepted("line_separators", track("line_separators", '"x":"\u2028\u0085\u2029"')),
    accepted("right_to_left", track("right_to_left", '"x":"\u202e\u0301\U000f0000\ufffe"')),
    accepted("white_space_around", "  " + track("white_space_around", '"a":1') + "\t "),
    # Numbers.
    accepted("huge_exponent", track("huge_exponent", '"properties":{"x":1e400}')),
    refused("nan", track("nan", '"x":NaN'), "invalid_json"),
    refused("infinity", track("infinity", '"x":-Infinity'), "invalid_json"),
    accepted(
        "integers",
        track("integers", f'"properties":[{2**53 + 1},{2**63},{-(2**63) - 1},{2**64},{10**40}]'),
    ),
    accepted("floats", track("floats", '"properties":[1.10,1E5,-0,1e-400,12345678901234.123456789]')),
    *(
        refused(f"number_{index}", track(f"number_{index}", f'"x":{number}'), "invalid_json")
        for index, number in enumerate(("01", ".5", "+1", "0x10", "1.", "-"))
    ),
    # JSON that parsers read differently, or not at all.
    refused("duplicate_id", '{"type":"track","event":"E","userId":"a","userId":"b"}', "duplicate_key"),
    refused("duplicate_property", track("duplicate_property", '"properties":{"a":{"b":1,"b":2}}'), "duplicate_key"),
    refused("duplicate_in_escapes", track("duplicate_in_escapes", r'"properties":{"a":1,"\u0061":2}'), "duplicate_key"),
    accepted("same_key_in_siblings", track("same_key_in_siblings", '"properties":[{"a":1},{"a":2}]')),
    *(
        refused(f"syntax_{index}", text, "invalid_json")
        for index, text in enumerate(
            (
                '{"a":1,}',
                "{'a':1}",
                '{"a":1} // no',
                '{"a":1} {"b":2}',
                '{"a":1',
                '{"a"}',
                "hello",
                '"open',
                "{",
                "}",
                "[1,]",
                '{"a":tru}',
            )
        )
    ),
    *(
        refused(f"not_an_object_{index}", text, "not_an_object")
        for index, text in enumerate(("null", "1", "1.5", '"x"', "true", "[]", '[{"type":"track"}]'))
    ),
    accepted(
        "prototype_keys",
        track("prototype_keys", '"properties":{"__proto__":1,"constructor":2,"__class__":3}'),
    ),
    accepted("odd_keys", track("odd_keys", r'"properties":{"":1," ":2,".":3,"$":4,"*":5,"a[0]":6,"%":7,"\\":8}')),
    accepted("keys_by_case", track("keys_by_case", '"properties":{"Total":1,"total":2,"TOTAL":3}')),
    accepted("our_columns", track("our_columns", '"_dlt_load_id":"x","line":"y","payload":"z","source":"s"'), source="events"),
    # Types.
    refused("no_type", '{"userId":"u"}', "missing_type"),
    refused("empty_object", "{}", "missing_type"),
    refused("null_type", '{"type":null,"userId":"u"}', "missing_type"),
    *(
        refused(f"type_{index}", f'{{"type":{type_},"userId":"u","event":"E"}}', "unknown_type")
        for index, type_ in enumerate(('"TRACK"', '"Track "', "1", '"delete"', "{}", "[]", "true"))
    ),
    # Identifiers.
    refused("no_id", '{"type":"track","event":"E"}', "no_user_anon_id"),
    *(
        refused(f"id_{index}", f'{{"type":"track","event":"E","userId":{value}}}', "no_user_anon_id")
        for index, value in enumerate(("null", '""', "true", "[]", "{}"))
    ),
    *(
        accepted(f"id_text_{index}", f'{{"messageId":"id_text_{index}","type":"page","userId":{value}}}', user_id=text)
        for index, (value, text) in enumerate(
            (
                ("42", "42"),
                ("1.0", "1.0"),
                ("1.10", "1.10"),
                ("123456789012345678901234", "123456789012345678901234"),
                ('" "', " "),
                ('"null"', "null"),
                ('"[object Object]"', "[object Object]"),
                (f'"{"x" * 10_000}"', "x" * 10_000),
            )
        )
    ),
    accepted(
        "object_as_user_id",
        '{"messageId":"object_as_user_id","type":"page","userId":{"a":1},"anonymousId":"d"}',
        user_id=None,
        anonymous_id="d",
    ),
    accepted(
        "alias_to_itself",
        '{"messageId":"alias_to_itself","type":"alias","userId":"u","previousId":"u"}',
        previous_id="u",
    ),
    *(
        accepted(f"event_{index}", f'{{"messageId":"event_{index}","type":"track","userId":"u","event":"{name}"}}', event=name)
        for index, name in enumerate(("tracks", "information_schema", "con", "..", "ev\u0301nement", "\u9867\u5ba2", "\u212a"))
    ),
    accepted("long_message_id", f'{{"messageId":"{"m" * 1024}","type":"page","userId":"u"}}', message_id="m" * 1024),
    accepted("message_id_in_capitals", '{"messageId":"MESSAGE_ID_NUMBER","type":"page","userId":"u"}', message_id="MESSAGE_ID_NUMBER"),
    *(
        accepted(f"blank_message_id_{at}", line, message_id=f"sha256-{sha256(line.encode()).hexdigest()}")
        for at, line in enumerate(
            (
                '{"messageId":" ","type":"page","userId":"u"}',
                '{"messageId":"","type":"page","userId":"u"}',
                r'{"messageId":"\u00a0\t","type":"page","userId":"u"}',
                '{"type":"page","userId":"u"}',
            )
        )
    ),
    accepted("message_id_number", '{"messageId":7,"type":"page","userId":"u"}', message_id="7"),
    # What a type needs.
    refused("no_event", '{"type":"track","userId":"u"}', "missing_event"),
    refused("blank_event", '{"type":"track","userId":"u","event":" "}', "missing_event"),
    refused("object_event", '{"type":"track","userId":"u","event":{}}', "missing_event"),
    refused("no_group", '{"type":"group","userId":"u"}', "missing_group_id"),
    accepted("page_without_name", '{"messageId":"page_without_name","type":"page","userId":"u"}', name=None),
    accepted("group_number", '{"messageId":"group_number","type":"group","userId":"u","groupId":3}', group_id="3"),
    accepted(
        "group_with_50000_traits",
        f'{{"messageId":"group_with_50000_traits","type":"group","userId":"u","groupId":"u","traits":{{{",".join(f"{chr(34)}t{i}{chr(34)}:{i}" for i in range(50_000))}}}}}',
        group_id="u",
        user_id="u",
    ),
    accepted(
        "long_screen_name",
        f'{{"messageId":"long_screen_name","type":"screen","userId":"u","name":"{"n" * 5_000}"}}',
        name="n" * 5_000,
    ),
    accepted("context_is_text", track("context_is_text", '"context":"x","integrations":7,"properties":"oops"')),
    # Times.
    refused("bad_time_in_white_space", "  " + track("x", '"timestamp":"no"') + " \r", "bad_timestamp"),
    at("zulu", '"2026-03-29T02:30:00.123Z"', "2026-03-29 02:30:00.123"),
    at("offset", '"2026-03-29T02:30:00+02:00"', "2026-03-29 00:30:00"),
    at("offset_of_hours", '"2026-03-29T02:30:00+02"', "2026-03-29 00:30:00"),
    at("offset_west", '"2026-01-01T00:00:00-12:00"', "2026-01-01 12:00:00"),
    at("offset_furthest_east", '"2026-01-01T00:00:00+14:00"', "2025-12-31 10:00:00"),
    at("hour_that_a_clock_skips", '"2026-03-29T02:30:00Z"', "2026-03-29 02:30:00"),
    at("offset_quarter", '"2026-01-01T00:00:00+05:45"', "2025-12-31 18:15:00"),
    at("no_offset", '"2026-01-01T00:00:00"', "2026-01-01 00:00:00"),
    at("space_and_lower_case", '"2026-01-01 00:00:00z"', "2026-01-01 00:00:00"),
    at("hour", '"2026-01-01T05Z"', "2026-01-01 05:00:00"),
    at("hour_with_offset", '"2026-01-01T05+02:00"', "2026-01-01 03:00:00"),
    at("date", '"2026-01-31"', "2026-01-31 00:00:00"),
    at("nanoseconds", '"2026-01-01T00:00:00.123456789Z"', "2026-01-01 00:00:00.123456"),
    at("leap_second", '"2016-12-31T23:59:60Z"', "2017-01-01 00:00:00"),
    at("midnight_24", '"2026-01-01T24:00:00Z"', "2026-01-02 00:00:00"),
    at("year_1", '"0001-01-01T00:00:00Z"', "0001-01-01 00:00:00"),
    at("last_moment", '"9999-12-31T23:59:59.999999999Z"', "9999-12-31 23:59:59.999999"),
    at("seconds", "1700000000", "2023-11-14 22:13:20"),
    at("milliseconds", "1700000000123", "2023-11-14 22:13:20.123"),
    at("microseconds", "1700000000123456", "2023-11-14 22:13:20.123456"),
    at("nanoseconds_number", "1700000000123456789", "2023-11-14 22:13:20.123456"),
    at("seconds_with_fraction", "1700000000.25", "2023-11-14 22:13:20.25"),
    at("seconds_as_text", '"1700000000"', "2023-11-14 22:13:20"),
    at("microseconds_as_text", '"1700000000123456"', "2023-11-14 22:13:20.123456"),
    at("epoch_zero", "0", "1970-01-01 00:00:00"),
    at("epoch_minus_one", "-1", "1969-12-31 23:59:59"),
    accepted("null_time", track("null_time", '"timestamp":null'), timestamp=None),
    *(
        at(f"no_time_{index}", value, None)
        for index, value in enumerate(
            (
                '""',
                '"now"',
                '"today"',
                '"infinity"',
                '"epoch"',
                '"2026-02-30T00:00:00Z"',
                '"2026-W05-1"',
                '"2026-01-01T00:00:00+99:99"',
                '"2026-01-01T00:00:00 UTC"',
                '"2026-01-01T00:00:00 Europe/Oslo"',
                '"2026-01-01T24:00:01Z"',
                '"2026-01-01T25:00:00Z"',
                '"0000-01-01T00:00:00Z"',
                '"10000-01-01T00:00:00Z"',
                '"+275760-09-13T00:00:00Z"',
                '"-0001-01-01T00:00:00Z"',
                '"20260101"',
                '"1/2/2026"',
                "true",
                "[]",
                "{}",
                "1e400",
                "1e99999999999999999999",
                "-1e-99999999999999999999",
                "99999999999999999999999999",
                '"2026-01-01Z"',
            )
        )
    ),
]  # fmt: skip
