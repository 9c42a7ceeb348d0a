"""`homespun load`, as people and schedulers run it."""

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from homespun.cli import app
from tests.ingestion.shop import Shop, track


@pytest.fixture
def run(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in the project's folder."""
    monkeypatch.chdir(shop.folder)
    return lambda *arguments: CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_a_load_says_what_it_did(shop: Shop, run: Callable[..., Result]) -> None:
    shop.write("events/web.jsonl", [track("m1"), b""])

    first = run("load", "events")
    second = run("load", "events")

    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout.startswith("1 events from 1 files (1 lines) in ")
    assert "1 blank lines" in first.stdout
    assert "1 files skipped" in second.stdout


def test_rejections_are_exit_1_with_reasons_and_the_way_to_see_them(
    shop: Shop, run: Callable[..., Result]
) -> None:
    shop.write("events.jsonl", [track("m1"), b"{", b"[", b"{}"])

    result = run("load", "events.jsonl")

    assert result.exit_code == 1
    assert "2 invalid_json" in result.stdout
    assert "1 missing_type" in result.stdout
    assert "raw.rejected_events" in result.stdout


def test_the_way_to_see_rejected_lines_shows_them_whole(
    shop: Shop, run: Callable[..., Result]
) -> None:
    bad = '{"event":"' + "x" * 200
    shop.write("events.jsonl", [track("m1"), *[bad.encode()] * 7])

    words = run("load", "events.jsonl").stdout.rpartition("see them with: ")[2]
    program, *arguments = shlex.split(words)
    shown = subprocess.run(
        [Path(sys.executable).parent / program, "-q", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )

    rows = json.loads(shown.stdout)["show"]
    assert [(row["line"], row["reason"], row["raw"]) for row in rows] == [
        (line, "invalid_json", bad) for line in range(2, 9)
    ]


def test_json_is_one_object_on_stdout(shop: Shop, run: Callable[..., Result]) -> None:
    shop.write("events.jsonl", [track("m1"), b"{"])

    report = json.loads(run("load", "events.jsonl", "--json").stdout)

    assert report.pop("seconds") > 0
    assert report == {
        "files": 1,
        "skipped_files": 0,
        "lines": 2,
        "blank_lines": 0,
        "events": 1,
        "duplicates": 0,
        "rejected": {"invalid_json": 1},
    }


def test_check_says_what_would_be_rejected_and_touches_nothing(
    shop: Shop, run: Callable[..., Result]
) -> None:
    shop.write("events.jsonl", [track("m1"), b"{"])
    before = sorted(shop.folder.iterdir())

    result = run("load", "events.jsonl", "--check")

    assert result.exit_code == 1
    assert "1 invalid_json" in result.stdout
    assert sorted(shop.folder.iterdir()) == before


def test_a_wrong_path_is_exit_2_in_one_line(shop: Shop) -> None:
    run = shop.command("load", "nowhere.jsonl")

    assert run.returncode == 2
    assert run.stderr == "homespun: nowhere.jsonl does not exist: check the path\n"
    assert run.stdout == ""


def test_a_terminal_shows_a_bar_with_rate_and_remaining_time(shop: Shop) -> None:
    shop.write("events.jsonl", [track(f"m{number}") for number in range(1_000)])
    terminal, its_end = pty.openpty()
    program = "from homespun.cli import main; main()"

    with subprocess.Popen(
        [sys.executable, "-c", program, "load", "events.jsonl"],
        cwd=shop.folder,
        env={**os.environ, "DO_NOT_TRACK": "1", "TERM": "xterm", "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=its_end,
    ) as process:
        os.close(its_end)
        shown = b"".join(iter(partial(_read_terminal, terminal), b""))
        result = process.communicate(timeout=60)[0]
    os.close(terminal)

    assert b"1,000 events from 1 files" in result
    for part in (b"reading", b"lines/s", b"writing to the warehouse"):
        assert part in shown
    assert re.search(rb"\d:\d\d:\d\d", shown)


def _read_terminal(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux's way to say that its other end is closed
        return b""


def test_help_ends_in_an_example(run: Callable[..., Result]) -> None:
    assert "Example: homespun load" in run("load", "--help").stdout
