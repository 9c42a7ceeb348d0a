"""A run that is killed at any step, and the same command again, end as if nothing had happened."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import reverse_etl
from reverse_etl.status import read_status
from reverse_etl.sync import sync
from tests.harness.receiver import Receiver
from tests.harness.shop import Shop, members
from tests.harness.tables import table_hashes
from tests.reverse_etl.conftest import to_webhook

POINTS = (
    "sync.after_lock",
    "sync.after_plan",
    "sync.after_intent",
    "sync.after_send",
    "sync.after_answer",
    "sync.after_outcome",
    "sync.after_fold",
    "sync.before_publish",
    "sync.after_publish",
)
BEFORE = members(*range(60))
AFTER = [*members(*range(10, 50)), *members(50, 51, value=2.0), *members(70, 71, 72)]


def test_every_fail_point_is_tested() -> None:
    folder = Path(reverse_etl.__file__).parent
    code = "".join(path.read_text() for path in folder.rglob("*.py"))

    found = set(re.findall(r'failpoint\("(\S+?)"\)', code))

    assert found == {*POINTS, "sync.after_finish"}


@pytest.mark.parametrize("point", [*POINTS, "sync.after_send@3", "sync.after_outcome@2"])
def test_a_run_that_is_killed_is_completed_by_the_next(
    shop: Shop, receiver: Receiver, point: str
) -> None:
    shop.write_syncs(crm=to_webhook(receiver, batch_rows=10, concurrency=1))
    shop.write_audience(BEFORE)
    sync(shop.project)
    shop.write_audience(AFTER)

    killed = shop.run("sync", environment={"HOMESPUN_FAILPOINT": f"{point}=kill"})
    [report] = sync(shop.project)

    assert killed.returncode == -9
    assert report.exit_code == 0
    assert receiver.members == {key: {"email": email, "ltv": value} for key, email, value in AFTER}
    twice = [change for change, times in Counter(receiver.operations).items() if times > 1]
    assert twice == []
    state = shop.query("select key from main_activation.sync_state order by 1")
    assert [key for (key,) in state] == sorted(receiver.members)
    log = shop.query(
        "select key, operation, count(*) from main_activation.sync_log "
        "where status = 'done' group by 1, 2 having count(*) > 1"
    )
    assert log == []


def test_a_killed_run_is_seen_as_interrupted(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience(BEFORE)

    shop.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_send=kill"})
    sync(shop.project)

    runs = shop.query("select status from main_activation.sync_runs order by started_at")
    assert runs == [("interrupted",), ("done",)]


def test_what_may_have_arrived_goes_again_with_the_same_bytes_and_key(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience(members(1, 2))
    shop.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_send=kill"})
    shop.write_audience(members(2, 3))

    sync(shop.project)

    first, again, *rest = receiver.requests
    assert (first.key, first.body) == (again.key, again.body)
    assert [row["operation"] for request in rest for row in request.content["rows"]] == [
        "remove",
        "add",
    ]
    assert set(receiver.members) == {"u2", "u3"}


@pytest.mark.parametrize("url", ["sqlite:///crm.db", "duckdb:///crm.duckdb"])
def test_a_table_gets_an_identical_batch_once(shop: Shop, url: str) -> None:
    shop.write_syncs(
        crm={
            "destination": "sql_table",
            "settings": {"url": url, "table": "vips"},
            "key": "user_id",
            "fields": ["email", "lifetime_value"],
            "batch_rows": 10,
        }
    )
    shop.write_audience(members(*range(30)))
    shop.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_send@2=kill"})

    [report] = sync(shop.project)

    assert report.exit_code == 0
    assert _rows(shop, url, "select count(*), count(distinct user_id) from vips") == [(30, 30)]
    assert _rows(shop, url, "select count(*) from _homespun_batches") == [(3,)]


def test_a_run_of_files_that_was_cut_short_gets_its_manifest(shop: Shop) -> None:
    shop.write_syncs(crm={"destination": "files", "settings": {"path": "out"}, "key": "user_id"})
    shop.write_audience(members(1, 2))
    shop.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_send@2=kill"})
    without = list((shop.folder / "out").rglob("_MANIFEST.json"))

    sync(shop.project)

    assert without == [] or sys.platform == "win32" or len(without) == 1
    assert len(list((shop.folder / "out").rglob("part-*"))) == 1
    assert len(list((shop.folder / "out").rglob("_MANIFEST.json"))) == 1


def test_the_warehouse_holds_the_same_ledger_with_and_without_a_crash(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory, receiver: Receiver
) -> None:
    from tests.harness.shop import make_shop

    other = make_shop(tmp_path_factory.mktemp("other"))
    with Receiver() as second:
        for place, destination in ((shop, receiver), (other, second)):
            place.write_syncs(crm=to_webhook(destination, batch_rows=10, concurrency=1))
            place.write_audience(BEFORE)
        shop.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_outcome@3=kill"})
        sync(shop.project)
        sync(other.project)

    table = "main_activation.sync_state"
    assert table_hashes(shop.warehouse)[table] == table_hashes(other.warehouse)[table]


def _rows(shop: Shop, url: str, sql: str) -> list[tuple[object, ...]]:
    import sqlite3
    from contextlib import closing

    import duckdb

    if url.startswith("sqlite"):
        with closing(sqlite3.connect(shop.folder / "crm.db")) as connection:
            return connection.execute(sql).fetchall()
    with duckdb.connect(str(shop.folder / "crm.duckdb")) as database:
        return database.execute(sql).fetchall()


def test_a_disk_that_is_full_at_the_first_run_leaves_nothing_torn(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience(members(1, 2))
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
    start = f"{full}; from homespun.cli import main; main()"

    failed = subprocess.run(
        [sys.executable, "-c", start, "sync"], cwd=shop.folder, capture_output=True, check=False
    )
    [report] = sync(shop.project)

    assert failed.returncode == 4
    assert (report.exit_code, report.sent) == (0, 2)
    assert [path.name for path in (shop.folder / "shop.duckdb.sync").iterdir()] == ["crm.duckdb"]


@pytest.mark.parametrize("runs_before", [0, 1])
def test_a_killed_run_is_in_the_status_before_the_next(
    shop: Shop, receiver: Receiver, runs_before: int
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    for number in range(runs_before):
        shop.write_audience(members(number))
        sync(shop.project)
    shop.write_audience(members(1, 2, 3))
    shop.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_send=kill"})

    [status] = read_status(shop.project)

    assert status.state == "warning"
    assert "run it again: homespun sync crm" in status.next_step
