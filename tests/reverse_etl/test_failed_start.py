"""A sync that fails before its run begins is seen: in sync_runs, in the status, by dbt's tests."""

from typing import Any

import duckdb
import pytest

from reverse_etl.status import read_status
from reverse_etl.sync import sync
from tests.harness.receiver import Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook

FAILURES: list[tuple[dict[str, Any], str, str]] = [
    ({"settings": {"signed": True}}, "misconfigured", "HOMESPUN_CRM_SECRET"),
    ({"mode": "miror"}, "misconfigured", "mode"),
    ({"fields": {"a": "b"}}, "misconfigured", "no column 'b'"),
    ({"destination": "nowhere"}, "misconfigured", "nowhere"),
    ({"key": "lifetime_value"}, "failed", "repeat a key"),
]
LAST = "select status, error, sent, requests from main_activation.sync_runs order by started_at"


@pytest.mark.parametrize(("change", "status", "words"), FAILURES)
def test_a_failure_of_every_kind_is_a_failed_run(
    shop: Shop, receiver: Receiver, change: dict[str, Any], status: str, words: str
) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))
    sync(shop.project)
    shop.write_syncs(crm=to_webhook(receiver, **change))

    [report] = sync(shop.project)

    done, failed = shop.query(LAST)
    assert (done[0], failed[0], failed[2:]) == ("done", status, (0, 0))
    assert words in failed[1]
    assert "example.com" not in failed[1]
    assert shop.query("select run from main_activation.sync_runs where status != 'done'") == [
        (report.run,)
    ]
    [stands] = read_status(shop.project)
    assert (stands.state, stands.runs[0].status) == ("critical", status)


def test_a_relation_that_is_gone_is_a_failed_run_of_a_sync_that_never_ran(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    with duckdb.connect(str(shop.warehouse)) as warehouse:
        warehouse.execute("drop table main_audiences.vips")

    sync(shop.project)

    [(status, error, *_)] = shop.query(LAST)
    assert (status, "no relation main_audiences.vips" in error) == ("misconfigured", True)


def test_a_dry_run_that_fails_records_nothing(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver, destination="nowhere"))

    sync(shop.project, dry_run=True)

    assert (
        shop.query("select 1 from information_schema.tables where table_name = 'sync_runs'") == []
    )


def test_a_warehouse_that_is_locked_then_is_told(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver, destination="nowhere"))
    holder = shop.hold_warehouse()

    [report] = sync(shop.project, lock_timeout=0.1)
    holder.kill()
    holder.communicate()

    assert report.status == "misconfigured"
    assert "the failure is not in sync_runs" in report.notes[0]


def test_a_run_that_breaks_off_is_recorded_once_and_says_why(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))

    shop.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_plan=raise"})

    [(status, error, *_)] = shop.query(LAST)
    assert (status, error) == ("failed", "broke off: FailPointReached")
