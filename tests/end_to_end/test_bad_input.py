"""What people and schedulers get wrong: one line that names the thing and the remedy, an exit code,
and nothing lost."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.workshop import Done, Workshop
from tests.harness.shop import Shop, make_shop

GOOD = (
    b'{"type":"track","event":"Signed Up","messageId":"m1","userId":"u1",'
    b'"timestamp":"2026-01-01T00:00:00Z"}\n'
)


@pytest.fixture
def small(tmp_path: Path) -> Shop:
    """A project with a warehouse and an audience, which needs no dbt."""
    return make_shop(tmp_path)


def test_a_missing_path_is_named(workshop: Workshop) -> None:
    done = workshop.homespun("load", "no/such/folder")

    says(done.ends_in(2), "no/such/folder", "does not exist", "check the path")
    assert not workshop.warehouse.exists()


def test_an_error_is_json_too_where_it_is_asked_for(workshop: Workshop) -> None:
    done = workshop.homespun("load", "no/such/folder", "--json")

    error = done.ends_in(2).json()
    assert error["exit_code"] == 2
    assert "no/such/folder" in error["error"]


def test_a_build_before_any_load_says_what_to_do(workshop: Workshop) -> None:
    built = workshop.dbt("build")
    run = workshop.homespun("run").ends_in(2)

    assert built.exit_code != 0
    assert "run `homespun load PATH` first" in built.words
    assert "run `homespun load PATH` first" in run.words


def test_an_empty_folder_is_an_error_unless_it_is_allowed(workshop: Workshop) -> None:
    (workshop.folder / "events").mkdir()

    refused = workshop.homespun("load", "events")
    allowed = workshop.homespun("load", "events", "--allow-empty")

    says(refused.ends_in(2), "events holds no event file", ".jsonl", "--allow-empty")
    allowed.succeeds()
    assert workshop.query("select count(*) from raw.events") == [(0,)]


def test_an_empty_file_is_no_error(workshop: Workshop) -> None:
    (workshop.folder / "web.jsonl").touch()

    report = workshop.load(workshop.folder / "web.jsonl")

    assert (report["files"], report["lines"], report["events"]) == (1, 0, 0)


def test_only_bad_lines_are_kept_and_the_build_still_passes(workshop: Workshop) -> None:
    lines = [b"502 upstream connect error", b'{"type":"track","userId":"u1"}', b"\xff\xfe", b"[]"]
    (workshop.folder / "web.jsonl").write_bytes(b"\n".join(lines))

    done = workshop.homespun("load", "web.jsonl").ends_in(1)
    workshop.dbt("build", "--exclude-resource-type", "unit_test").succeeds()

    assert "4 rejected" in done.stdout
    assert "missing_event" in done.stdout
    assert workshop.query("select count(*) from raw.rejected_events") == [(4,)]
    assert workshop.query("select count(*) from main_traits.profile_traits") == [(0,)]


def test_a_sync_before_the_first_build_says_what_to_run(workshop: Workshop) -> None:
    done = workshop.homespun("sync")

    says(done.ends_in(2), "no manifest", "dbt build")


@pytest.mark.parametrize("command", [("load", "web.jsonl"), ("sync",)])
def test_a_warehouse_held_by_another_process_is_left_and_its_holder_named(
    small: Shop, command: tuple[str, ...]
) -> None:
    small.write_audience([("u1", "jane@example.com", 1.0)])
    small.write_syncs(vips=to_files())
    (small.folder / "web.jsonl").write_bytes(GOOD)

    with holder_of(small.warehouse) as pid:
        done = run(small, *command, "--lock-timeout", "0.3")

    says(done.ends_in(3), "shop.duckdb", f"process {pid}", "--lock-timeout")
    run(small, *command).ends_in(0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"destination": "carrier_pigeon"}, ("'carrier_pigeon'", "webhook", "acme.crm:Crm")),
        ({"key": "no_such_column"}, ("'vips'", "no_such_column", "user_id, email")),
        ({"speed": "fast"}, ("'vips'", "speed", "destination, settings, mode")),
        (
            {
                "destination": "webhook",
                "settings": {"url": "https://crm.example.com", "signed": True},
            },
            ("'vips'", "HOMESPUN_VIPS_SECRET"),
        ),
    ],
    ids=["unknown_destination", "unknown_column", "unknown_key", "missing_secret"],
)
def test_a_wrong_sync_is_named_with_what_would_be_right(
    small: Shop, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    small.write_audience([("u1", "jane@example.com", 1.0)])
    small.write_syncs(vips=to_files() | changes)

    done = run(small, "sync")

    says(done.ends_in(2), *words)
    assert "jane@example.com" not in done.words


def test_an_unknown_sync_is_answered_with_the_nearest(small: Shop) -> None:
    small.write_syncs(vips=to_files())

    done = run(small, "sync", "vip")

    says(done.ends_in(2), "'vip'", "did you mean: vips")


def test_a_folder_without_a_project_is_named(tmp_path: Path) -> None:
    done = run(Shop(tmp_path), "sync")

    says(done.ends_in(2), str(tmp_path / "dbt_project.yml"), "--project-dir")


def test_an_unknown_target_is_answered_with_those_there_are(small: Shop) -> None:
    done = run(small, "load", "web.jsonl", "--target", "prod")

    says(done.ends_in(2), "'shop'", "'prod'", "it has: dev")


def test_a_build_whose_selection_matches_nothing_fails(workshop: Workshop) -> None:
    done = workshop.dbt("build", "--select", "no_such_model")

    assert done.exit_code != 0
    assert "no_such_model" in done.words


def says(done: Done, *words: str) -> None:
    """One line, and these words in it."""
    [line] = done.stderr.splitlines()
    assert line.startswith("homespun: ")
    assert [word for word in words if word not in line] == [], line


def run(shop: Shop, *arguments: str) -> Done:
    done = shop.run(*arguments)
    return Done(done.returncode, done.stdout, done.stderr)


def to_files() -> dict[str, Any]:
    return {
        "destination": "files",
        "settings": {"path": "exports/vips", "format": "csv"},
        "key": "user_id",
        "fields": {"email": "email"},
    }


@contextmanager
def holder_of(warehouse: Path) -> Iterator[int]:
    """Another process that has the warehouse open; its id."""
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.stdin.write(b"\n")
