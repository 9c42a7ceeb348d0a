"""What a load reads, skips, counts and refuses."""

import gzip
import json
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from homespun.errors import ConfigurationError, Unavailable
from ingestion.all_files import Reading, start_readers
from ingestion.files import find_files
from ingestion.parts import LEAST_PART_BYTES
from ingestion.sources import read_source_rule
from ingestion.tasks import Hooks
from tests.ingestion.shop import Shop, make_shop, track

AS_ANYONE = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
)
needs_setpriv = pytest.mark.skipif(
    shutil.which("setpriv") is None, reason="it takes setpriv to be less than root"
)


@contextmanager
def mode_of(folder: Path, mode: int) -> Iterator[None]:
    """A folder that has these permissions for a while."""
    folder.chmod(mode)
    try:
        yield
    finally:
        folder.chmod(0o755)


def test_both_tables_exist_after_a_load_of_an_empty_file(shop: Shop) -> None:
    report = shop.load(shop.write("events.jsonl", b""))

    assert (report.files, report.lines, report.events) == (1, 0, 0)
    assert shop.column("select count(*) from raw.events") == [0]
    assert shop.column("select count(*) from raw.rejected_events") == [0]


def test_a_file_of_only_bad_lines_is_all_rejected(shop: Shop) -> None:
    report = shop.load(shop.write("events.jsonl", [b"{", b"1", b"{}"]))

    assert report.rejected == {"invalid_json": 1, "not_an_object": 1, "missing_type": 1}
    assert shop.column("select count(*) from raw.events") == [0]


def test_columns_are_in_the_order_of_the_contract(shop: Shop) -> None:
    shop.load(shop.write("events.jsonl", [track("m1")]))

    columns = shop.query(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = 'raw' and table_name = 'events' order by ordinal_position"
    )

    assert [name for name, _ in columns] == [
        "payload",
        "message_id",
        "type",
        "event",
        "name",
        "user_id",
        "anonymous_id",
        "group_id",
        "previous_id",
        "original_timestamp",
        "sent_at",
        "received_at",
        "timestamp",
        "source",
        "loaded_at",
        "file",
        "line",
        "_dlt_load_id",
    ]
    assert {type_ for _, type_ in columns} == {"VARCHAR", "TIMESTAMP", "BIGINT"}


def test_a_row_says_which_line_of_which_file_it_was(shop: Shop) -> None:
    path = shop.write("day/web.jsonl", [track("m1"), b"", b"  \r", track("m2")])

    report = shop.load(path)

    assert (report.lines, report.blank_lines) == (2, 2)
    assert shop.query("select message_id, file, line, source from raw.events order by line") == [
        ("m1", "day/web.jsonl", 1, "web"),
        ("m2", "day/web.jsonl", 4, "web"),
    ]


def test_a_last_line_without_a_line_feed_is_read(shop: Shop) -> None:
    shop.load(shop.write("events.jsonl", track("m1") + b"\n" + track("m2")))

    assert shop.column("select message_id from raw.events order by line") == ["m1", "m2"]


def test_a_byte_order_mark_at_the_start_is_dropped(shop: Shop) -> None:
    shop.load(shop.write("events.jsonl", b"\xef\xbb\xbf" + track("m1")))

    assert shop.column("select payload from raw.events") == [track("m1").decode()]


def test_content_decides_the_compression_not_the_name(shop: Shop) -> None:
    lines = [track("m1"), track("m2")]
    content = b"\n".join(lines)
    packed = {
        "plain": content,
        "gzip": gzip.compress(content),
        "gzip_members": b"".join(gzip.compress(line + b"\n") for line in lines),
        "zstd": pa.compress(content, "zstd", asbytes=True),
        "zstd_frames": b"".join(pa.compress(line + b"\n", "zstd", asbytes=True) for line in lines),
    }
    for codec, data in packed.items():
        for name in ("events.jsonl", "events.ndjson.gz", "events.json.zst"):
            shop.write(f"landing/{codec}/{name}", data)

    report = shop.load(str(shop.folder / "landing"))

    assert (report.files, report.events, report.rejected) == (15, 30, {})
    assert shop.query("select distinct line, payload from raw.events order by line") == [
        (1, lines[0].decode()),
        (2, lines[1].decode()),
    ]


def test_dlt_is_not_even_imported_where_nothing_is_new(shop: Shop) -> None:
    path = shop.write("events.jsonl", [track("m1")])

    first, second = (
        shop.command("load", path, PYTHONPROFILEIMPORTTIME="1").stderr for _ in range(2)
    )

    assert "| dlt\n" in first.replace("  ", "")
    assert "| dlt\n" not in second.replace("  ", "")


@pytest.mark.parametrize("name", ["RawEvents", "raw events"])
def test_the_raw_schema_is_the_one_that_is_named(shop: Shop, name: str) -> None:
    (shop.folder / "dbt_project.yml").write_text(
        f"name: shop\nprofile: shop\nvars: {{homespun_raw_schema: {name}}}\n"
    )
    path = shop.write("events.jsonl", [track("m1"), b"{"])

    first, second = shop.load(path), shop.load(path)

    assert (first.events, second.skipped_files) == (1, 1)
    schemas = shop.column("select distinct table_schema from information_schema.tables")
    assert schemas == [name]
    assert shop.column(f'select message_id from "{name}".events') == ["m1"]


def test_a_load_goes_on_from_the_state_of_dlt_that_the_one_before_it_left(shop: Shop) -> None:
    for name in ("a", "b", "c"):
        shop.load(shop.write(f"{name}.jsonl", [track(name)]))

    assert shop.column("select count(*) from raw._dlt_loads where status = 0") == [3]
    assert shop.column("select count(*) from raw._dlt_pipeline_state") == [1]
    assert shop.column("select count(*) from raw._dlt_version") == [1]


def test_a_folder_may_be_named_as_a_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "of [2026]"
    folder.mkdir()
    shop = make_shop(folder)

    shop.load(shop.write("events.jsonl", [track("m1")]))

    assert shop.column("select message_id from raw.events") == ["m1"]


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_a_damaged_file_gives_its_good_beginning_and_one_refusal(shop: Shop, codec: str) -> None:
    chance = random.Random(7)  # noqa: S311
    lines = [track(f"m{number}", noise=chance.randbytes(60).hex()) for number in range(5_000)]
    content = b"\n".join(lines)
    packed = (
        gzip.compress(content) if codec == "gzip" else pa.compress(content, codec, asbytes=True)
    )

    report = shop.load(shop.write("events.jsonl", packed[: len(packed) // 2]))

    assert report.events > 0
    assert report.rejected == {"invalid_encoding": 1}
    assert report.lines == report.events + 1
    [detail] = shop.column("select detail from raw.rejected_events")
    assert "damaged or ends early" in detail


def test_a_json_file_may_be_one_pretty_printed_message(shop: Shop) -> None:
    pretty = json.dumps(json.loads(track("m1")), indent=2).encode()

    report = shop.load(shop.write("event.json", pretty + b"\n"))

    assert (report.lines, report.events) == (1, 1)
    assert shop.query("select message_id, line, payload from raw.events") == [
        ("m1", 1, pretty.decode())
    ]


def test_a_json_file_may_hold_a_message_a_line(shop: Shop) -> None:
    shop.load(shop.write("events.json", [track("m1"), b"{", track("m2")]))

    assert shop.column("select message_id from raw.events order by line") == ["m1", "m2"]
    assert shop.column("select line from raw.rejected_events") == [2]


def test_a_value_over_several_lines_says_what_would_read_it(shop: Shop) -> None:
    pretty = json.dumps([json.loads(track("m1"))], indent=2).encode()

    shop.load(shop.write("array.json", pretty), shop.write("array.jsonl", pretty))

    details = shop.column("select detail from raw.rejected_events where line = 1 order by file")
    assert 'an array: write its messages one a line, or as {"batch": [...]}' in details[0]
    assert "a value over several lines is read only from a file named .json" in details[1]


def test_names_that_look_like_patterns_are_names_where_they_exist(shop: Shop) -> None:
    names = ["[ab]/c*.jsonl", "[ab]/new\nline.jsonl", "a/c1.jsonl", "-x;rm.jsonl"]
    for name in names:
        shop.write(f"landing/{name}", track(name))

    one = shop.load(str(shop.folder / "landing/[ab]/c*.jsonl"))
    folder = shop.load(str(shop.folder / "landing/[ab]"))
    everything = shop.load(str(shop.folder / "landing"))

    assert (one.events, folder.events, everything.events) == (1, 1, 2)
    assert shop.column("select message_id from raw.events order by 1") == sorted(names)


def test_a_file_is_skipped_until_it_changes(shop: Shop) -> None:
    path = shop.write("events.jsonl", [track("m1")])
    shop.load(path)

    again = shop.load(path)
    shop.write("events.jsonl", [track("m1"), track("m2")])
    changed = shop.load(path)

    assert (again.files, again.skipped_files, again.events) == (0, 1, 0)
    assert (changed.files, changed.skipped_files, changed.events) == (1, 0, 2)
    assert changed.duplicates == 1


def test_messages_known_by_id_are_counted(shop: Shop) -> None:
    shop.load(shop.write("a.jsonl", [track("m1"), track("m2")]))

    report = shop.load(shop.write("b.jsonl", [track("m2"), track("m3"), track("m3")]))

    assert (report.events, report.duplicates) == (3, 2)


def test_a_deleted_warehouse_is_filled_again(shop: Shop) -> None:
    path = shop.write("events.jsonl", [track("m1")])
    shop.load(path)
    (shop.folder / "shop.duckdb").unlink()

    report = shop.load(path)

    assert report.events == 1


def test_a_missing_message_id_is_the_same_however_the_message_is_written(shop: Shop) -> None:
    message = {"type": "page", "userId": "u", "properties": {"a": 1, "b": [1.10, "x"]}}
    backwards = {key: message[key] for key in reversed(message)}
    other = {**message, "userId": "v"}
    lines = [json.dumps(message), json.dumps(backwards, indent=None, separators=(",", ":"))]

    shop.load(shop.write("events.jsonl", [line.encode() for line in (*lines, json.dumps(other))]))

    first, second, third = shop.column("select message_id from raw.events order by line")
    assert first == second != third
    assert len(first) == len("sha256-") + 64


def test_folders_are_searched_for_event_files_only(shop: Shop) -> None:
    for name in (
        "a.jsonl",
        "b/c.ndjson.gz",
        "b/d.json.zst",
        "b/e.csv",
        ".hidden.jsonl",
        ".h/f.json",
    ):
        shop.write(f"events/{name}", track(name))
    outside = shop.write("outside.jsonl", track("outside"))
    (shop.folder / "events" / "link.jsonl").symlink_to(outside)
    (shop.folder / "events" / "inside.jsonl").symlink_to(shop.folder / "events" / "a.jsonl")
    os.mkfifo(shop.folder / "events" / "pipe.jsonl")

    shop.load(str(shop.folder / "events"))

    files = shop.column("select file from raw.events order by file")
    assert files == [
        "events/a.jsonl",
        "events/b/c.ndjson.gz",
        "events/b/d.json.zst",
        "events/inside.jsonl",
    ]


def test_names_that_are_no_utf_8_are_names_all_the_same(shop: Shop) -> None:
    names = [os.fsdecode(b"landing/" + byte + b".jsonl") for byte in (b"\xfe", b"\xff")]
    for name in names:
        shop.write(name, [track(f"{name!a} {n}", x="x" * 60_000) for n in range(600)])

    report = shop.load(str(shop.folder / "landing"))

    assert (report.files, report.events) == (2, 1_200)
    files = shop.column("select distinct file from raw.events order by file")
    assert files == [r"landing/\xfe.jsonl", r"landing/\xff.jsonl"]


def test_a_pattern_takes_each_file_once_and_neither_pipes_nor_broken_links(shop: Shop) -> None:
    shop.write("events/a.jsonl", [track("a")])
    (shop.folder / "events" / "again").symlink_to(".")
    (shop.folder / "events" / "broken.jsonl").symlink_to("nowhere")
    os.mkfifo(shop.folder / "events" / "pipe.jsonl")

    shop.load(str(shop.folder / "events" / "**" / "*.jsonl"))

    assert shop.column("select file from raw.events") == ["events/a.jsonl"]


def test_the_folder_above_a_link_is_that_of_what_it_leads_to(shop: Shop) -> None:
    shop.write("other/x.jsonl", [track("right")])
    shop.write("x.jsonl", [track("wrong")])
    (shop.folder / "other" / "inner").mkdir()
    (shop.folder / "link").symlink_to("other/inner")

    shop.load(f"{shop.folder}/link/../x.jsonl")

    assert shop.query("select message_id, file from raw.events") == [("right", "other/x.jsonl")]


def test_a_file_behind_a_link_has_one_name_however_its_path_is_written(shop: Shop) -> None:
    shop.write("other/x.jsonl", [track("m1")])
    (shop.folder / "link").symlink_to("other")

    first = shop.load(f"{shop.folder}/link")
    second = shop.load(f"{shop.folder}/other/../link")

    assert (first.events, second.skipped_files) == (1, 1)


def test_a_pattern_takes_a_file_by_its_own_name_and_not_by_a_link(shop: Shop) -> None:
    shop.write("events/b.jsonl", [track("m1")])
    for link in ("a.jsonl", "c.jsonl"):
        (shop.folder / "events" / link).symlink_to("b.jsonl")

    shop.load(f"{shop.folder}/events/*.jsonl")

    assert shop.column("select file from raw.events") == ["events/b.jsonl"]


def test_a_name_that_starts_like_a_user_is_a_name(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop.folder)
    shop.write("~before.jsonl", [track("m1")])

    assert shop.load("~before.jsonl").events == 1


@needs_setpriv
@pytest.mark.parametrize(("mode", "told"), [(0, "events/closed"), (0o444, "events/closed/b.jsonl")])
def test_a_folder_that_may_not_be_read_is_an_error_and_not_passed_over(
    shop: Shop, mode: int, told: str
) -> None:
    shop.write("events/a.jsonl", [track("a")])
    shop.write("events/closed/b.jsonl", [track("b")])
    with mode_of(shop.folder / "events" / "closed", mode):
        run = shop.command("load", "events", before=AS_ANYONE)
        file = shop.command("load", "events/closed/b.jsonl", before=AS_ANYONE)

    assert (run.returncode, file.returncode) == (2, 2)
    assert run.stderr.endswith(f"{told} cannot be read: Permission denied\n")
    assert "b.jsonl cannot be read: Permission denied" in file.stderr


@needs_setpriv
@pytest.mark.parametrize(
    ("pattern", "mode"),
    [
        ("events/*/*.jsonl", 0),
        ("events/**/*.jsonl", 0o444),
        ("events/*/b.jsonl", 0o444),
        ("events/**/b.jsonl", 0o111),
    ],
)
def test_a_pattern_passes_over_no_folder_that_may_not_be_read(
    shop: Shop, pattern: str, mode: int
) -> None:
    shop.write("events/open/b.jsonl", [track("a")])
    shop.write("events/closed/b.jsonl", [track("b")])
    with mode_of(shop.folder / "events" / "closed", mode):
        run = shop.command("load", pattern, before=AS_ANYONE)

    assert run.returncode == 2
    assert run.stderr == "homespun: events/closed cannot be read: Permission denied\n"


@needs_setpriv
def test_a_pattern_needs_no_more_of_a_folder_than_its_way_through(shop: Shop) -> None:
    shop.write("events/hidden/open/b.jsonl", [track("a")])
    with mode_of(shop.folder / "events" / "hidden", 0o111):
        run = shop.command("load", "events/hidden/open/*.jsonl", "--check", before=AS_ANYONE)

    assert run.returncode == 0


def test_a_glob_takes_what_it_matches(shop: Shop) -> None:
    for name in ("a/1.jsonl", "a/2.jsonl", "b/1.jsonl", "b/1.txt"):
        shop.write(f"events/{name}", track(name))

    shop.load(str(shop.folder / "events" / "*" / "1.*"))

    assert shop.column("select message_id from raw.events order by 1") == ["a/1.jsonl", "b/1.jsonl"]


@pytest.mark.parametrize(
    ("file", "rule", "source"),
    [
        ("web.jsonl", None, "web"),
        ("web-2026-01-31.jsonl.gz", None, "web"),
        ("ios/2026-01-31T10:00.jsonl", None, "ios"),
        ("logs/server/dt=2026-01-31/0001.jsonl", None, "server"),
        ("segment-logs/web/1440460800000/1440547200000.eebf2cb95f2e.1.2.abcd.gz", None, "web"),
        ("a/b/c.jsonl", "a/{source}/{file}", "b"),
        ("a/b/c.jsonl", "{source}.jsonl", "c"),
        ("a/b/c.jsonl", "shop", "shop"),
    ],
)
def test_the_source_is_given_or_read_from_the_path(
    file: str, rule: str | None, source: str
) -> None:
    assert read_source_rule(rule).source_of(f"landing/{file}") == source


@pytest.mark.parametrize(
    ("path", "source", "words"),
    [
        ("nowhere.jsonl", None, "nowhere.jsonl does not exist"),
        ("", None, "an empty path does not exist"),
        ("x" * 300, None, "cannot be read: File name too long"),
        ("empty", None, "--allow-empty"),
        ("*.jsonl", None, "--allow-empty"),
        ("present.json", "logs/{day}", "without {source}"),
        ("present.json", "x/{source}/y", "does not match --source"),
        ("nosuch://bucket/key", None, "nosuch://bucket/key cannot be opened"),
    ],
)
def test_a_path_that_stands_for_nothing_is_an_error_with_a_remedy(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, path: str, source: str | None, words: str
) -> None:
    monkeypatch.chdir(shop.folder)
    Path("empty").mkdir()
    shop.write("present.json", track("m1"))

    with pytest.raises(ConfigurationError) as error:
        shop.load(path, source=source)

    assert words in str(error.value)
    assert not Path("shop.duckdb").exists()


def test_nothing_to_load_may_be_allowed(shop: Shop) -> None:
    (shop.folder / "empty").mkdir()

    report = shop.load(str(shop.folder / "empty"), allow_empty=True)

    assert report.files == 0
    assert shop.column("select count(*) from raw.rejected_events") == [0]


def test_a_file_that_is_gone_when_it_is_divided_ends_the_load_and_names_it(shop: Shop) -> None:
    path = shop.write("events.jsonl", track("m1"))
    [found] = find_files([path], base=shop.folder, source=read_source_rule(None))
    large = replace(found, size=4 * LEAST_PART_BYTES)
    Path(path).unlink()

    with start_readers([large]) as workers, pytest.raises(Unavailable, match=r"events\.jsonl"):
        Reading([large], folder=shop.folder, workers=workers, hooks=Hooks([], ""), progress=print)
