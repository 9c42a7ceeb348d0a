"""The journal lost, old, empty or damaged: the state comes back, or the message says how."""

import os
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reverse_etl.report import SyncReport
from reverse_etl.status import read_status
from reverse_etl.sync import sync
from tests.harness.receiver import Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook


def journal_of(shop: Shop) -> Path:
    return shop.folder / "shop.duckdb.sync" / "crm.duckdb"


def run(shop: Shop, **options: Any) -> SyncReport:
    [report] = sync(shop.project, **options)
    return report


def test_a_warehouse_locked_at_the_end_leaves_the_ledger_to_the_next_run(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))
    holders: list[subprocess.Popen[str]] = []

    def hold(row: dict[str, Any]) -> str:
        if not holders:
            holders.append(shop.hold_warehouse())
        return ""

    receiver.refuses = hold

    locked = run(shop, lock_timeout=0.3)
    holders[0].kill()
    holders[0].communicate()
    run(shop)

    assert (locked.status, locked.exit_code, locked.sent) == ("done", 0, 2)
    assert "published by the next run" in locked.notes[0]
    assert shop.query("select count(*) from main_activation.sync_log") == [(2,)]
    assert shop.query("select count(*) from main_activation.sync_runs") == [(2,)]


def test_a_lost_journal_is_restored_from_the_warehouse(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2, 3))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    for file in (shop.folder / "shop.duckdb.sync").iterdir():
        file.unlink()
    shop.write_audience(members(2, 3))

    report = run(shop)

    assert (report.added, report.removed) == (0, 1)
    assert set(receiver.members) == {"u2", "u3"}


def sync_and_put_back_an_old_journal(shop: Shop, receiver: Receiver) -> None:
    """Members 2, 3 and 4 were sent; the journal is from when it was 1 and 2."""
    journal = shop.folder / "shop.duckdb.sync" / "crm.duckdb"
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    old = journal.read_bytes()
    shop.write_audience(members(2, 3, 4))
    run(shop)
    journal.write_bytes(old)


def test_an_old_copy_of_a_journal_takes_the_state_of_the_warehouse(
    shop: Shop, receiver: Receiver
) -> None:
    sync_and_put_back_an_old_journal(shop, receiver)
    shop.write_audience(members(2, 3, 5))

    report = run(shop)

    assert (report.added, report.changed, report.removed) == (1, 0, 1)
    assert set(receiver.members) == {"u2", "u3", "u5"}
    assert shop.query("select count(*) from main_activation.sync_log") == [(7,)]


def test_a_dry_run_beside_an_old_copy_of_a_journal_shows_what_a_run_would_send(
    shop: Shop, receiver: Receiver
) -> None:
    sync_and_put_back_an_old_journal(shop, receiver)

    dry, wet = run(shop, dry_run=True), run(shop)

    assert (dry.added, dry.removed, dry.requests) == (0, 0, 0)
    assert (wet.added, wet.removed, wet.requests) == (0, 0, 0)


@pytest.mark.parametrize(
    "content", [b"", b"no journal" * 1000, None], ids=["empty", "other", "torn"]
)
def test_a_damaged_journal_says_what_to_do_and_that_helps(
    shop: Shop, receiver: Receiver, content: bytes | None
) -> None:
    shop.write_audience(members(1, 2, 3))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    shop.write_audience(members(2, 3, 4))
    if content is None:
        os.truncate(journal_of(shop), 5000)
    else:
        journal_of(shop).write_bytes(content)

    damaged, [status] = run(shop), read_status(shop.project)
    journal_of(shop).rename(shop.folder / "away")
    mended = run(shop)

    assert (damaged.status, damaged.exit_code) == ("misconfigured", 2)
    assert "is damaged: move it away" in damaged.message
    assert (status.state, status.next_step) == ("critical", damaged.message)
    assert (mended.added, mended.removed, mended.exit_code) == (1, 1, 0)
    assert set(receiver.members) == {"u2", "u3", "u4"}


def test_a_journal_without_its_tables_is_one_of_a_sync_that_never_ran(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))
    journal_of(shop).parent.mkdir()
    duckdb.connect(str(journal_of(shop))).close()

    [status], dry, wet = read_status(shop.project), run(shop, dry_run=True), run(shop)

    assert (status.state, dry.added, wet.sent) == ("new", 2, 2)
