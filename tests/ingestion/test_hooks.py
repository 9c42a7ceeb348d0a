"""A project's own functions over messages, before they land."""

import json

import pytest

from homespun.errors import ConfigurationError
from ingestion.masking import hash_fields, mask_fields, remove_fields
from ingestion.parts import LEAST_PART_BYTES
from tests.ingestion.shop import Shop, track

HOOKS = """
import pyarrow
import pyarrow as pa
import pyarrow.compute as pc

def rename(message):
    message["event"] = message["event"].removesuffix(" v2")
    return message

def move(message):
    if "a" in message.get("properties", {}):
        message["properties"]["moved"] = message["properties"].pop("a")
    return message

def bound(message):
    properties = message.get("properties", {})
    if properties.get("x") == float("inf"):
        properties["x"] = None
    return message

def fail_for_bad(message):
    if message["userId"] == "bad":
        raise ValueError("secret@example.com")
    return message

def lose(message):
    return None if message["userId"] == "lost" else message

def grow(message):
    return {**message, "more": "x" * 2**24} if message["userId"] == "big" else message

def grow_rows(batch: pa.Table) -> pa.Table:
    payload = pc.replace_substring(batch["payload"], "big", "x" * 2**24)
    return batch.set_column(0, "payload", payload)

def shout(batch: pa.Table) -> pa.Table:
    payload = pc.replace_substring_regex(batch["payload"], '"event": ?"E"', '"event":"LOUD"')
    return batch.set_column(0, "payload", payload)

def fail_for_bad_rows(batch: pa.Table) -> pa.Table:
    if "bad" in batch["user_id"].to_pylist():
        raise ValueError("secret@example.com")
    return batch

def break_rows(batch: "pyarrow.Table") -> "pyarrow.Table":
    broken = ['{"type":"page"}' if user == "bad" else text
              for text, user in zip(batch["payload"].to_pylist(), batch["user_id"].to_pylist())]
    return batch.set_column(0, "payload", pa.array(broken))

def drop_rows(batch: pa.Table) -> pa.Table:
    return batch.slice(1)

def leave_for_bad(message):
    if message["userId"] == "bad":
        raise SystemExit(0)
    return message

def leave_for_bad_rows(batch: pa.Table) -> pa.Table:
    if "bad" in batch["user_id"].to_pylist():
        raise SystemExit(0)
    return batch

def no_time(message):
    return {**message, "timestamp": "yesterday"}

def no_time_of_rows(batch: pa.Table) -> pa.Table:
    payload = pc.replace_substring_regex(batch["payload"], r"^ *\\{", '{"timestamp":"yesterday",')
    return batch.set_column(0, "payload", payload)

def say(message):
    print("a word from a hook")
    return message

not_a_function = 7
print("a word from a module")
"""


def configure(shop: Shop, *names: str) -> None:
    (shop.folder / "shop_hooks.py").write_text(HOOKS)
    (shop.folder / "dbt_project.yml").write_text(
        f"name: shop\nprofile: shop\nvars: {{homespun_transform_hooks: {json.dumps(names)}}}\n"
    )


def test_hooks_run_in_their_order_and_what_they_return_is_loaded(shop: Shop) -> None:
    configure(shop, "shop_hooks:rename", "shop_hooks:lose")
    batch = b'{"batch":[' + track("m2", event="E v2") + b"]}"

    shop.load(shop.write("events.jsonl", [track("m1", event="E v2", userId=2**70), batch]))

    rows = shop.query("select message_id, event, user_id, payload from raw.events order by line")
    assert [row[:3] for row in rows] == [("m1", "E", str(2**70)), ("m2", "E", "u")]
    assert json.loads(rows[0][3])["event"] == "E"


@pytest.mark.parametrize(
    "number", ["1.10", "1E5", "1e400", "-1e-400", "12345678901234.123456789", "-0.0", "1.5"]
)
def test_a_float_that_a_hook_does_not_change_keeps_its_digits(shop: Shop, number: str) -> None:
    configure(shop, "shop_hooks:move")
    properties = f'{{"a":[{number}],"b":{number}}}'
    line = track("m1")[:-1] + f',"properties":{properties}}}'.encode()

    shop.load(shop.write("events.jsonl", [line, line.replace(b" ", b""), b'{"batch":[%b]}' % line]))

    payloads = shop.column("select payload from raw.events")
    assert len(payloads) == 3
    assert all(f'{{"b":{number},"moved":[{number}]}}' in payload for payload in payloads)


def test_a_message_that_no_hook_changes_keeps_its_text(shop: Shop) -> None:
    configure(shop, "shop_hooks:move", "shop_hooks:rename")
    lines = [track("m1", x=1.5), track("m2", x="\u00e9"), track("m3") + b" ", b"[1.10, -0]"]
    lines[3] = track("m4").replace(b'"u"', b'"u", "x": ' + lines[3])

    shop.load(shop.write("events.jsonl", lines))

    payloads = shop.column("select payload from raw.events order by line")
    assert payloads == [line.decode().strip() for line in lines]


@pytest.mark.parametrize(("number", "loaded"), [("1e400", "null"), ("-1e400", " -1e400")])
def test_a_number_beyond_all_floats_is_what_a_hook_makes_of_it(
    shop: Shop, number: str, loaded: str
) -> None:
    configure(shop, "shop_hooks:bound")
    line = track("m1")[:-1] + f',"properties":{{"x": {number}}}}}'.encode()

    shop.load(shop.write("events.jsonl", line))

    [payload] = shop.column("select payload from raw.events")
    assert payload.endswith(f":{loaded}}}}}")


def test_a_failing_hook_rejects_the_message_and_tells_no_value(shop: Shop) -> None:
    configure(shop, "shop_hooks:fail_for_bad", "shop_hooks:lose")
    lines = [track("m1"), track("m2", userId="bad"), track("m3", userId="lost")]

    report = shop.load(shop.write("events.jsonl", lines))

    assert report.rejected == {"hook_failed": 2}
    assert shop.query("select line, detail, raw from raw.rejected_events order by 1") == [
        (2, "shop_hooks:fail_for_bad raised ValueError", lines[1].decode()),
        (3, "shop_hooks:lose returned NoneType, not a dict", lines[2].decode()),
    ]


@pytest.mark.parametrize("hook", ["shop_hooks:leave_for_bad", "shop_hooks:leave_for_bad_rows"])
def test_a_hook_that_would_end_the_process_rejects_the_message(shop: Shop, hook: str) -> None:
    configure(shop, hook)

    report = shop.load(shop.write("events.jsonl", [track("m1"), track("m2", userId="bad")]))

    assert (report.events, report.rejected) == (1, {"hook_failed": 1})
    assert shop.column("select detail from raw.rejected_events") == [f"{hook} raised SystemExit"]


@pytest.mark.parametrize("lines", [2, 2 * LEAST_PART_BYTES // 60_000])
def test_what_hooks_print_is_no_part_of_the_result(shop: Shop, lines: int) -> None:
    configure(shop, "shop_hooks:say")
    shop.write("events.jsonl", [track(f"m{n}", x="x" * 60_000) for n in range(lines)])

    run = shop.command("load", "events.jsonl", "--json")

    assert json.loads(run.stdout)["events"] == lines
    assert run.stderr.count("a word from a hook") == lines
    assert "a word from a module" in run.stderr


def test_hooks_over_arrow_tables_come_after_those_over_dicts(shop: Shop) -> None:
    configure(shop, "shop_hooks:shout", "shop_hooks:lose")
    batch = b'{"batch":[' + track("m2") + b',{"userId":"u"}]}'
    lines = [track("m1"), batch, track("m3", userId="lost"), b"", track("m4", userId=7)]

    report = shop.load(shop.write("events.jsonl", lines))

    assert (report.events, report.blank_lines) == (3, 1)
    assert report.rejected == {"hook_failed": 1, "missing_type": 1}
    assert shop.query("select line, message_id, event, user_id from raw.events order by 1, 2") == [
        (1, "m1", "LOUD", "u"),
        (2, "m2", "LOUD", "u"),
        (5, "m4", "LOUD", "7"),
    ]


def test_an_arrow_hook_that_fails_rejects_only_the_messages_that_it_fails_for(shop: Shop) -> None:
    configure(shop, "shop_hooks:fail_for_bad_rows")
    lines = [track(f"m{number}", userId="bad" if number in (3, 8) else "u") for number in range(9)]

    report = shop.load(shop.write("events.jsonl", lines))

    assert (report.events, report.rejected) == (7, {"hook_failed": 2})
    assert shop.query("select line, detail, raw from raw.rejected_events order by 1") == [
        (4, "shop_hooks:fail_for_bad_rows raised ValueError", lines[3].decode()),
        (9, "shop_hooks:fail_for_bad_rows raised ValueError", lines[8].decode()),
    ]


def test_what_an_arrow_hook_returns_is_judged_as_any_line(shop: Shop) -> None:
    configure(shop, "shop_hooks:break_rows")
    lines = [track("m1"), track("m2", userId="bad")]

    report = shop.load(shop.write("events.jsonl", lines))

    assert (report.events, report.rejected) == (1, {"no_user_anon_id": 1})
    assert shop.query("select line, raw from raw.rejected_events") == [(2, lines[1].decode())]


@pytest.mark.parametrize("hook", ["shop_hooks:no_time", "shop_hooks:no_time_of_rows"])
def test_what_is_refused_after_the_hooks_is_kept_as_it_stood_in_the_file(
    shop: Shop, hook: str
) -> None:
    configure(shop, hook)
    members = [track("m2"), track("m3")]
    batch = b'{"batch":[' + b",".join(members) + b'],"context":{"ip":"1.1.1.1"}}'
    spaced = b"  " + track("m1") + b"\r"

    shop.load(shop.write("events.jsonl", [spaced, batch]))

    rejected = shop.query(
        "select line, position_in_batch, reason, raw from raw.rejected_events order by all"
    )
    assert rejected == [
        (1, None, "bad_timestamp", spaced.decode()),
        (2, 0, "bad_timestamp", members[0].decode()),
        (2, 1, "bad_timestamp", members[1].decode()),
    ]


def test_an_arrow_hook_may_not_lose_a_message(shop: Shop) -> None:
    configure(shop, "shop_hooks:drop_rows")

    report = shop.load(shop.write("events.jsonl", [track("m1"), track("m2")]))

    assert (report.events, report.rejected) == (0, {"hook_failed": 2})


@pytest.mark.parametrize("hook", ["shop_hooks:grow", "shop_hooks:grow_rows"])
def test_a_message_that_outgrew_a_line_is_rejected_as_it_was(shop: Shop, hook: str) -> None:
    configure(shop, hook)
    spaced = track("m2", userId="big")
    lines = [track("m1"), spaced, spaced.replace(b" ", b"")]

    report = shop.load(shop.write("events.jsonl", lines))

    assert (report.events, report.rejected) == (1, {"too_large": 2})
    assert shop.column("select raw from raw.rejected_events order by line") == [
        line.decode() for line in lines[1:]
    ]


@pytest.mark.parametrize(
    "name", ["shop_hooks", "shop_hooks:missing", "no_such_module:f", "shop_hooks:not_a_function"]
)
def test_a_hook_that_is_not_there_stops_before_anything_is_touched(shop: Shop, name: str) -> None:
    configure(shop, name)

    with pytest.raises(ConfigurationError, match=name):
        shop.load(shop.write("events.jsonl", [track("m1")]))

    assert not (shop.folder / "shop.duckdb").exists()


@pytest.mark.parametrize("content", ["def f(:", "1 / 0", "raise SystemExit(0)"])
def test_a_module_that_cannot_be_imported_stops_before_anything_is_touched(
    shop: Shop, content: str
) -> None:
    configure(shop, "broken_hooks:f")
    (shop.folder / "broken_hooks.py").write_text(content)

    run = shop.command("load", shop.write("events.jsonl", [track("m1")]))

    assert run.returncode == 2
    assert "'broken_hooks' cannot be imported: it raised" in run.stderr
    assert not (shop.folder / "shop.duckdb").exists()


def test_personal_fields_are_hashed_removed_or_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMESPUN_HASH_KEY", "a long secret")
    message = {
        "traits": {"email": " Jane@Example.com", "name": "Jane"},
        "context": {"ip": "1.2.3.4", "traits": {"email": "jane@example.com"}},
    }

    for hook in (
        hash_fields("traits.email", "context.traits.email", "traits.phone"),
        remove_fields("context.ip", "context.ip.deeper"),
        mask_fields("traits.name"),
    ):
        message = hook(message)

    hashed = message["traits"].pop("email")
    assert len(hashed) == 64
    assert message == {"traits": {"name": "***"}, "context": {"traits": {"email": hashed}}}


def test_hashing_needs_a_key_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOMESPUN_HASH_KEY", raising=False)

    with pytest.raises(ConfigurationError, match="HOMESPUN_HASH_KEY"):
        hash_fields("traits.email")
