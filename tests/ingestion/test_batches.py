"""Batch envelopes: each member is a message of its own."""

import base64
import json
from typing import Any

import pytest

from tests.ingestion.shop import Shop, track


def batch(*members: str, **envelope: Any) -> bytes:
    """An envelope around members that are given in their own words."""
    fields = "".join(f",{json.dumps(key)}:{json.dumps(value)}" for key, value in envelope.items())
    return f'{{"batch":[{", ".join(members)}]{fields}}}'.encode()


def member(message_id: str, rest: str = "") -> str:
    """A member in its own words."""
    return f'{{ "messageId":"{message_id}", "type":"page","userId":"u"{rest}}}'


def test_a_member_without_anything_to_merge_keeps_its_exact_text(shop: Shop) -> None:
    members = (member("m1", ', "properties":{"x":1.10}'), member("m2"))

    shop.load(shop.write("events.jsonl", [batch(*members)]))

    assert shop.query("select payload, line from raw.events order by message_id") == [
        (members[0], 1),
        (members[1], 1),
    ]


def test_the_envelope_adds_what_a_member_does_not_say(shop: Shop) -> None:
    members = (
        member("m1", ',"context":{"ip":"1.1.1.1"},"properties":{"x":1.10}'),
        member("m2", ',"sentAt":"2026-01-01T00:00:02Z"'),
    )
    envelope = {
        "context": {"ip": "2.2.2.2", "locale": "en"},
        "integrations": {"All": True},
        "sentAt": "2026-01-01T00:00:01Z",
        "writeKey": "w",
    }

    shop.load(shop.write("events.jsonl", [batch(*members, **envelope)]))

    rows = shop.query("select payload, sent_at::varchar from raw.events order by message_id")
    first, second = (json.loads(payload) for payload, _ in rows)
    assert '"x":1.10' in rows[0][0]
    assert first["context"] == {"ip": "1.1.1.1", "locale": "en"}
    assert first["integrations"] == {"All": True}
    assert second["context"] == {"ip": "2.2.2.2", "locale": "en"}
    assert second["writeKey"] == "w"
    assert [sent_at for _, sent_at in rows] == ["2026-01-01 00:00:01", "2026-01-01 00:00:02"]


def test_bad_members_are_refused_alone_with_their_place(shop: Shop) -> None:
    members = (
        member("m1"),
        '{"type":"track","userId":"u"}',
        '{"type":"page","userId":"a","userId":"b"}',
        "7",
        "[" * 65 + "]" * 65,
        member("m2", ',"timestamp":"yesterday"'),
        member("m3"),
    )

    shop.load(shop.write("events.jsonl", [batch(*members, context={"ip": "1"})]))

    assert shop.column("select message_id from raw.events order by 1") == ["m1", "m3"]
    refused = shop.query(
        "select position_in_batch, reason, line from raw.rejected_events order by 1"
    )
    assert refused == [
        (1, "missing_event", 1),
        (2, "duplicate_key", 1),
        (3, "not_an_object", 1),
        (4, "too_deep", 1),
        (5, "bad_timestamp", 1),
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (rb'{"event":"\ud83d","type":"track","userId":"u"}', "invalid_json"),
        (b'{"event":"caf\xe9","type":"track","userId":"u"}', "invalid_encoding"),
        (b'{"a":"]}\\"[,","b":NaN}', "invalid_json"),
        (b'{"a":1,}', "invalid_json"),
        (b'{"a":[1,2],"a":3}', "duplicate_key"),
        (b'{"messageId":"x"} {"messageId":"y"}', "invalid_json"),
    ],
)
def test_a_member_that_is_no_json_is_refused_alone(shop: Shop, bad: bytes, reason: str) -> None:
    members = [member("m1").encode(), bad, member("m2").encode()]

    shop.load(
        shop.write(
            "events.jsonl", [b'{"sentAt":"2026-01-01", "batch": [' + b" , ".join(members) + b"] }"]
        )
    )

    assert shop.query("select message_id, sent_at::date::varchar from raw.events order by 1") == [
        ("m1", "2026-01-01"),
        ("m2", "2026-01-01"),
    ]
    [(place, why, raw, detail)] = shop.query(
        "select position_in_batch, reason, raw, detail from raw.rejected_events"
    )
    assert (place, why) == (1, reason)
    assert (base64.b64decode(raw) if "raw is base64" in detail else raw.encode()) == bad


def test_a_text_of_the_envelope_that_equals_its_batch_is_kept(shop: Shop) -> None:
    members = f"[{member('m1')}]"
    line = f'{{"context":{{"copy":{members}}},"batch":{members}}}'.encode()

    shop.load(shop.write("events.jsonl", [line]))

    [payload] = shop.column("select payload from raw.events")
    assert json.loads(payload)["context"] == {"copy": json.loads(members)}


def test_a_message_may_have_a_field_called_batch(shop: Shop) -> None:
    lines = [track("m1", batch=["A1", "A2"]), track("m2", userId="", batch=[1])]

    shop.load(shop.write("events.jsonl", lines))

    assert shop.column("select payload from raw.events") == [lines[0].decode()]
    assert shop.query("select reason, raw from raw.rejected_events") == [
        ("no_user_anon_id", lines[1].decode())
    ]


def test_a_broken_envelope_is_one_refusal(shop: Shop) -> None:
    lines = [
        b'{"batch":[]}',
        b'{"batch":[{"type":"page","userId":"u"}],"batch":[]}',
        b'{"batch":[{"type":"page","userId":"u"}],"sentAt":1,"sentAt":2}',
        b'{"batch":[{"type":"page","userId":"u"}}',
        b'{"batch":{"type":"page","userId":"u"}}',
    ]

    shop.load(shop.write("events.jsonl", lines))

    assert shop.query(
        "select line, reason, position_in_batch from raw.rejected_events order by 1"
    ) == [
        (1, "missing_type", None),
        (2, "duplicate_key", None),
        (3, "duplicate_key", None),
        (4, "invalid_json", None),
        (5, "missing_type", None),
    ]
    assert shop.column("select count(*) from raw.events") == [0]


def test_a_json_file_may_be_one_pretty_printed_envelope(shop: Shop) -> None:
    envelope = json.dumps(json.loads(batch(member("m1"), member("m2"))), indent=2).encode()

    report = shop.load(shop.write("batch.json", envelope))

    assert (report.lines, report.events) == (1, 2)
