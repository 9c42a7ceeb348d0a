"""Hostile lines: each is one row of events or one refusal, and harms no other line."""

import base64
import json
from datetime import datetime
from typing import Any

import pytest

from tests.ingestion.hostile import CASES, Case
from tests.ingestion.shop import Shop, make_shop, track

ORDINARY = [track(f"ordinary {number}") for number in range(200)]
LINES = [case.line for case in CASES]
REFUSED = sum(case.reason is not None for case in CASES)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A project that has loaded one file of all the cases."""
    shop = make_shop(tmp_path_factory.mktemp("together"))
    shop.load(shop.write("events.jsonl", LINES))
    return shop


@pytest.mark.parametrize(
    ("number", "case"), list(enumerate(CASES, 1)), ids=[case.id for case in CASES]
)
def test_each_line_has_its_one_outcome(together: Shop, number: int, case: Case) -> None:
    columns = ", ".join(f'"{column}"' for column in ("payload", *case.columns))

    rows = together.query(f"select {columns} from raw.events where line = {number}")
    refusals = together.query(
        f"select reason, detail, raw from raw.rejected_events where line = {number}"
    )

    if case.reason is None:
        assert refusals == []
        assert rows == [(case.line.decode().strip(), *map(_typed, case.columns.items()))]
    else:
        assert rows == []
        [(reason, detail, raw)] = refusals
        assert reason == case.reason
        assert ("raw is base64" in detail) == case.base64
        kept = base64.b64decode(raw) if case.base64 else raw.encode()
        assert kept == (case.line[: len(kept)] if reason == "too_large" else case.line)


def test_lines_in_are_rows_out(together: Shop) -> None:
    [counts] = together.query("select lines, blank_lines, events, rejected from raw.loaded_files")

    rows = together.column(
        "select line from raw.events union all select line from raw.rejected_events"
    )

    assert counts == (len(CASES), 0, len(CASES) - REFUSED, REFUSED)
    assert sorted(rows) == list(range(1, len(CASES) + 1))


def test_a_hostile_line_alone_has_the_same_outcome(shop: Shop, together: Shop) -> None:
    for number, line in enumerate(LINES, 1):
        shop.write(f"events/{number:03}.jsonl", b"\n" + line)

    report = shop.load(str(shop.folder / "events"), source="events")

    assert (report.files, report.lines) == (len(CASES), len(CASES))
    assert _outcomes(shop, "split_part(parse_filename(file), '.', 1)::int") == _outcomes(
        together, "line"
    )


def test_ordinary_lines_around_hostile_ones_load_as_without_them(shop: Shop) -> None:
    for name, before in (("start", 0), ("middle", 100), ("end", 200)):
        lines = ORDINARY[:before] + LINES + ORDINARY[before:]
        shop.write(f"{name}/events.jsonl", lines)
    shop.write("without/events.jsonl", ORDINARY)

    report = shop.load(*(str(shop.folder / name) for name in ("start", "middle", "end", "without")))

    assert report.lines == 3 * (len(CASES) + 200) + 200
    ordinary = shop.query(
        "select parse_dirname(file), list((payload, message_id, event) order by payload) "
        "from raw.events where message_id like 'ordinary %' group by 1"
    )
    assert len(ordinary) == 4
    assert len({str(rows) for _, rows in ordinary}) == 1
    assert len(ordinary[0][1]) == 200


def test_a_second_load_changes_nothing(together: Shop) -> None:
    before = _outcomes(together, "line")

    report = together.load(str(together.folder / "events.jsonl"))

    assert (report.files, report.skipped_files) == (0, 1)
    assert _outcomes(together, "line") == before


def test_neither_what_lines_hold_nor_the_environment_is_told(shop: Shop) -> None:
    lines = [line.replace(b'"u"', b'"canary"') for line in LINES if len(line) < 100_000]
    lines.append(track("m1", x="{{ env_var('HOMESPUN_CANARY') }}", userId="canary"))
    (shop.folder / "dbt_project.yml").write_text(
        "name: shop\nprofile: shop\nvars: {homespun_transform_hooks: ['failing:hook']}\n"
    )
    (shop.folder / "failing.py").write_text("def hook(message):\n    raise ValueError(message)\n")

    run = shop.command(
        "load", shop.write("events.jsonl", lines), "--json", HOMESPUN_CANARY="canary of outside"
    )

    assert (run.returncode, run.stderr) == (1, "")
    assert json.loads(run.stdout)["rejected"]["hook_failed"] > 50
    assert "canary" not in run.stdout
    assert not shop.column(
        "select detail from raw.rejected_events where contains(detail, 'canary')"
    )
    assert not shop.column("select raw from raw.rejected_events where contains(raw, 'outside')")


def test_names_in_events_make_no_table_and_no_column(together: Shop) -> None:
    tables = together.column(
        "select table_name from information_schema.tables where table_schema = 'raw'"
    )
    columns = together.column(
        "select column_name from information_schema.columns where table_name = 'events'"
    )

    assert {table for table in tables if not table.startswith("_dlt")} == {
        "events",
        "rejected_events",
        "loaded_files",
    }
    assert len(columns) == 18


def _outcomes(shop: Shop, number: str) -> list[tuple[Any, ...]]:
    return shop.query(
        f"select {number} as number, message_id, null as reason, md5(payload) from raw.events "
        f"union all select {number}, null, reason, md5(raw) from raw.rejected_events order by all"
    )


def _typed(column: tuple[str, Any]) -> Any:
    name, value = column
    return datetime.fromisoformat(value) if name == "timestamp" and value else value
