"""What the modes are: an upsert never removes, an append never repeats, a refresh sends all."""

from typing import Any

from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness.receiver import Fault, Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook


def run(shop: Shop, **options: Any) -> SyncReport:
    [report] = sync(shop.project, **options)
    return report


def test_upsert_never_removes(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver, mode="upsert"))
    run(shop)
    shop.write_audience(members(2, 3))

    report = run(shop)

    assert (report.added, report.removed) == (1, 0)
    assert set(receiver.members) == {"u1", "u2", "u3"}


def test_append_sends_each_key_once_and_never_again(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver, mode="append"))
    run(shop)
    shop.write_audience(members(2, 3, value=9.0))

    report = run(shop)

    assert (report.added, report.changed, report.removed) == (1, 0, 0)
    assert [key for _, key in receiver.operations] == ["u1", "u2", "u3"]


def test_an_append_reads_on_from_its_cursor(shop: Shop, receiver: Receiver) -> None:
    rows = [(*members(1)[0][:2], 1.0), (*members(2)[0][:2], 2.0), (*members(3)[0][:2], None)]
    shop.write_audience(rows)
    shop.write_syncs(crm=to_webhook(receiver, mode="append", cursor="lifetime_value"))
    run(shop)
    later = [("u4", None, 2.0), ("u5", None, 7.0), ("u6", None, None), ("u7", None, 1.5)]
    shop.write_audience(rows + later)

    report = run(shop)
    shop.write_audience([])
    empty = run(shop)

    assert report.added == 3
    assert [key for _, key in receiver.operations] == ["u1", "u2", "u3", "u4", "u5", "u6"]
    assert (empty.status, empty.requests) == ("done", 0)


def test_a_cursor_stays_where_a_row_waits_and_where_another_column_is_named(
    shop: Shop, receiver: Receiver
) -> None:
    rows = [*members(1, value=1.0), *members(2, value=2.0)]
    shop.write_audience(rows)
    configured = {"mode": "append", "cursor": "lifetime_value", "attempts": 1, "batch_rows": 1}
    shop.write_syncs(crm=to_webhook(receiver, **configured))
    receiver.faults.append(Fault.UNAVAILABLE)
    failed = run(shop)

    report = run(shop)
    shop.write_syncs(crm=to_webhook(receiver, **{**configured, "cursor": "user_id"}))
    shop.write_audience([*members(0, value=1.0), *rows])
    other = run(shop)

    assert (failed.exit_code, report.exit_code, other.added) == (4, 0, 1)
    assert sorted(receiver.members) == ["u0", "u1", "u2"]


def test_an_append_knows_keys_below_its_cursor_in_any_case(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver, mode="append", cursor="lifetime_value"))
    shop.write_audience(members(1, value=1.0))
    run(shop)
    shop.write_audience([*members(1, 2, value=2.0)[1:]])
    run(shop)
    shop.write_audience([("U1", None, 3.0)])

    report = run(shop)

    assert (report.exit_code, report.sent) == (1, 0)
    assert "differ from another in case only" in report.message


def test_a_full_refresh_sends_all_and_removes_only_who_left(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2, 3))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    shop.write_audience(members(2, 3, 4))

    report = run(shop, full_refresh=True)

    assert (report.added, report.changed, report.removed) == (1, 2, 1)
    assert set(receiver.members) == {"u2", "u3", "u4"}
    assert run(shop).requests == 0
