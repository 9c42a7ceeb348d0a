"""A load may die at any moment: the same command again ends as one that did not."""

import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from homespun.errors import LockHeld, Unavailable
from ingestion.locks import hold_lock
from tests.ingestion.shop import Shop, make_shop, track

POINTS = [
    "load.before_read",
    "load.mid_file@3",
    "load.after_extract",
    "load.after_normalize",
    "load.between_jobs@4",
    "load.after_load",
]
KILLED = -9


def fill(shop: Shop) -> str:
    """Three files to load, a line in one of them broken."""
    for name in ("a", "b", "c"):
        lines = [track(f"{name}{number}") for number in range(50)]
        shop.write(f"events/{name}.jsonl", [*lines, b"{" if name == "b" else b""])
    return str(shop.folder / "events")


def rows(shop: Shop) -> list[tuple[object, ...]]:
    """Everything in raw that does not change from load to load."""
    return shop.query(
        "select file, line, payload from raw.events "
        "union all select file, line, reason from raw.rejected_events "
        "union all select file, lines, fingerprint[:-20] from raw.loaded_files order by all"
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    shop = make_shop(tmp_path_factory.mktemp("undisturbed"))
    shop.load(fill(shop))
    return rows(shop)


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_load_run_again_equals_one_that_was_not(
    shop: Shop, undisturbed: list[tuple[object, ...]], point: str
) -> None:
    events = fill(shop)

    killed = shop.command("load", events, HOMESPUN_FAILPOINT=f"{point}=kill")
    shop.load(events)

    assert killed.returncode == KILLED
    assert rows(shop) == undisturbed
    again = shop.load(events)
    assert (again.files, again.skipped_files) == (0, 3)


def test_what_a_killed_load_left_is_gone_even_without_its_working_folder(
    shop: Shop, undisturbed: list[tuple[object, ...]]
) -> None:
    events = fill(shop)
    for nth in range(4, 20):  # dlt says when it likes how its jobs are; some pass has rows to leave
        point = f"load.between_jobs@{nth}=kill"
        killed = shop.command("load", events, HOMESPUN_FAILPOINT=point)
        left = shop.column("select count(*) from raw.events")
        if left == [150]:
            break
    subprocess.run(["rm", "-r", str(shop.folder / "shop.duckdb.load")], check=True)  # noqa: S607

    shop.load(events)

    assert (killed.returncode, left) == (KILLED, [150])
    assert rows(shop) == undisturbed


def test_rows_that_another_loader_wrote_are_left_alone(shop: Shop) -> None:
    shop.load(shop.write("a.jsonl", [track("a")]))
    with duckdb.connect(str(shop.folder / "shop.duckdb")) as connection:
        connection.execute("insert into raw.events (message_id) values ('theirs')")

    shop.load(shop.write("b.jsonl", [track("b")]))

    assert shop.column("select message_id from raw.events order by 1") == ["a", "b", "theirs"]


def test_a_load_waits_for_the_one_before_it_and_then_says_who_holds_it(shop: Shop) -> None:
    path = shop.write("events.jsonl", [track("m1")])

    with hold_lock(shop.folder / "shop.duckdb.load" / "lock", lock_timeout=0):
        other = shop.command("load", path, "--lock-timeout", "0.3")

    assert other.returncode == 3
    assert "another load holds" in other.stderr
    assert "process" in other.stderr


def test_two_loads_at_once_load_each_file_once(shop: Shop) -> None:
    events = fill(shop)
    command = [sys.executable, "-c", "from homespun.cli import main; main()", "load", events]

    both = [subprocess.Popen(command, cwd=shop.folder, stdout=subprocess.DEVNULL) for _ in "ab"]
    codes = [process.wait(timeout=60) for process in both]

    assert sorted(codes) == [0, 1]
    assert shop.column("select count(*) from raw.events") == [150]


def test_a_warehouse_that_another_process_uses_is_exit_3(shop: Shop) -> None:
    path = shop.write("events.jsonl", [track("m1")])
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb; c = duckdb.connect('shop.duckdb'); print(flush=True); input()",
        ],
        cwd=shop.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()

    with pytest.raises(LockHeld, match=f"process {holder.pid}"):
        shop.load(path, lock_timeout=0.3)

    holder.communicate(b"\n")
    assert shop.load(path).events == 1


def test_an_interrupt_while_files_are_read_is_exit_130(shop: Shop) -> None:
    (shop.folder / "dbt_project.yml").write_text(
        "name: shop\nprofile: shop\nvars: {homespun_transform_hooks: ['interrupt:hook']}\n"
    )
    (shop.folder / "interrupt.py").write_text(
        "import os, signal\ndef hook(message):\n    os.kill(os.getpid(), signal.SIGTERM)\n"
    )

    run = shop.command("load", shop.write("events.jsonl", [track("m1")]))

    assert (run.returncode, run.stdout) == (130, "")
    assert run.stderr.splitlines()[-1] == "homespun: interrupted"
    assert "Traceback" not in run.stderr
    assert not (shop.folder / "shop.duckdb").exists()


def test_a_place_that_cannot_be_written_is_exit_4_in_one_line(shop: Shop) -> None:
    profiles = shop.folder / "profiles.yml"
    profiles.write_text(profiles.read_text().replace("shop.duckdb", "profiles.yml/shop.duckdb"))

    run = shop.command("load", shop.write("events.jsonl", [track("m1")]))

    assert (run.returncode, run.stdout) == (4, "")
    [line] = run.stderr.splitlines()
    assert "cannot be written: Not a directory" in line


def test_a_place_whose_name_dlt_cannot_take_stops_before_anything_is_touched(shop: Shop) -> None:
    profiles = shop.folder / "profiles.yml"
    profiles.write_text(profiles.read_text().replace("shop.duckdb", "100%/shop.duckdb"))
    path = shop.write("events.jsonl", [track("m1")])
    before = sorted(shop.folder.iterdir())

    run = shop.command("load", path)

    assert (run.returncode, run.stdout) == (2, "")
    assert "has a % in its name: choose a path without one" in run.stderr
    assert sorted(shop.folder.iterdir()) == before


def test_a_file_that_is_gone_when_it_is_checked_is_exit_4(shop: Shop) -> None:
    (shop.folder / "dbt_project.yml").write_text(
        "name: shop\nprofile: shop\nvars: {homespun_transform_hooks: ['gone:hook']}\n"
    )
    (shop.folder / "gone.py").write_text(
        "import pathlib\npathlib.Path('events.jsonl').unlink()\ndef hook(message): ...\n"
    )
    shop.write("events.jsonl", [track("m1")])

    run = shop.command("load", "events.jsonl", "--check")

    assert (run.returncode, run.stdout) == (4, "")
    assert "events.jsonl'; run it again" in run.stderr


def test_a_full_disk_is_exit_4_and_loses_nothing(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(small)],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        shop = make_shop(small)
        events = tmp_path / "events.jsonl"
        noise = random.Random(7)  # noqa: S311
        lines = [track(f"m{number}", noise=noise.randbytes(200).hex()) for number in range(40_000)]
        events.write_bytes(b"\n".join(lines))

        with pytest.raises(Unavailable, match="disk is full"):
            shop.load(str(events))

        (small / "small.jsonl").write_bytes(track("m1"))
        assert shop.load(str(small / "small.jsonl")).events == 1
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)  # noqa: S607
