"""Which place a sync keeps in step: one spelling or another, and what follows where it moves."""

from typing import Any

import duckdb
import pytest

from reverse_etl.journal_file import journal_path
from reverse_etl.places import place_of
from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness.receiver import Fault, Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook


def run(shop: Shop, **options: Any) -> SyncReport:
    [report] = sync(shop.project, **options)
    return report


def send_three(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2, 3))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)


def test_a_dry_run_knows_that_another_place_is_sent_everything(
    shop: Shop, receiver: Receiver
) -> None:
    send_three(shop, receiver)
    shop.write_syncs(crm=to_webhook(receiver, settings={"url": f"{receiver.url}/elsewhere"}))

    report = run(shop, dry_run=True)

    assert (report.status, report.added, report.sent) == ("planned", 3, 0)


@pytest.mark.parametrize("is_dry", [True, False])
def test_another_place_is_sent_everything_after_the_journal_is_lost(
    shop: Shop, receiver: Receiver, *, is_dry: bool
) -> None:
    send_three(shop, receiver)
    shop.write_syncs(crm=to_webhook(receiver, settings={"url": f"{receiver.url}/elsewhere"}))
    journal_path(shop.project, "crm").unlink()

    report = run(shop, dry_run=is_dry)

    assert (report.added, report.removed, report.sent) == (3, 0, 0 if is_dry else 3)


def test_the_same_place_is_sent_nothing_after_the_journal_is_lost(
    shop: Shop, receiver: Receiver
) -> None:
    send_three(shop, receiver)
    shop.write_syncs(crm=to_webhook(receiver, settings={"url": f"{receiver.url}/"}))
    journal_path(shop.project, "crm").unlink()

    report = run(shop)

    assert (report.added, report.sent) == (0, 0)


def test_a_ledger_that_knows_no_place_counts_for_the_present_one(
    shop: Shop, receiver: Receiver
) -> None:
    send_three(shop, receiver)
    with duckdb.connect(str(shop.warehouse)) as warehouse:
        warehouse.execute("alter table main_activation.sync_runs drop column target")
    journal_path(shop.project, "crm").unlink()

    report = run(shop)

    assert (report.added, report.sent) == (0, 0)


def test_two_mirrors_of_one_table_are_refused(shop: Shop) -> None:
    shop.write_audience(members(1, 2))
    table = {
        "destination": "sql_table",
        "settings": {"url": "sqlite:///crm.db", "table": "vips"},
        "key": "user_id",
        "fields": {"email": "email"},
    }
    shop.write_syncs(first=table, second=table)

    first, second = sync(shop.project)

    assert (first.exit_code, second.exit_code) == (2, 2)
    assert "'second' mirror into the same place" in first.message
    assert not (shop.project.directory / "crm.db").exists()


def test_another_target_is_sent_everything(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    shop.write_syncs(crm=to_webhook(receiver, settings={"url": receiver.url + "/other"}))

    report = run(shop)

    assert (report.added, report.removed) == (2, 0)
    assert "another" in report.notes[0]


def test_what_waits_at_another_target_holds_up_nothing_and_gets_no_new_secret(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write_audience(members(1, 2))
    with Receiver() as dead:
        dead.will(*[Fault.ERROR_BEFORE] * 3)
        shop.write_syncs(crm=to_webhook(dead, attempts=1))
        down = run(shop)
        shop.write_syncs(crm=to_webhook(receiver))
        monkeypatch.setenv("HOMESPUN_CRM_TOKEN", "of-the-new-target")

        moved = run(shop)

        assert (down.held, moved.exit_code, moved.sent, moved.held) == (2, 0, 2, 0)
        assert len(dead.requests) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sqlite:///crm.db", "sqlite:///./crm.db"),
        ("sqlite:///crm.db", "sqlite:///out/../crm.db"),
        ("postgresql://me@db.example.com/shop", "postgres://me@DB.example.com:5432/shop/"),
    ],
)
def test_two_mirrors_of_one_table_are_refused_however_it_is_written(
    shop: Shop, one: str, other: str
) -> None:
    to_table = {"destination": "sql_table", "key": "user_id", "fields": ["email"]}
    shop.write_syncs(
        first={**to_table, "settings": {"url": one, "table": "vips"}},
        second={**to_table, "settings": {"url": other, "table": "vips", "delete": "soft"}},
        third={**to_table, "settings": {"url": "sqlite:///crm.db", "table": "others"}},
    )

    first, second, third = sync(shop.project)

    assert (first.exit_code, second.exit_code, third.exit_code) == (2, 2, 0)
    assert "mirror into the same place" in first.message


def test_the_same_place_in_other_words_is_not_another(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2))
    address = receiver.url.replace("127.0.0.1", "localhost")
    shop.write_syncs(crm=to_webhook(receiver, settings={"url": address}))
    run(shop)
    again = address.replace("localhost", "LOCALHOST") + "/"
    shop.write_syncs(crm=to_webhook(receiver, settings={"url": again}))

    dry, wet = run(shop, dry_run=True), run(shop)

    assert (dry.added, wet.added, wet.requests) == (0, 0, 0)


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("HTTPS://CRM.example.com:443/Lists/7/", "https://crm.example.com/Lists/7"),
        ("https://crm.example.com:8443#7", "https://crm.example.com:8443#7"),
        ("http://[::1]:80/x?a=B", "http://[::1]/x?a=B"),
        ("s3://Bucket/Prefix/", "s3://Bucket/Prefix"),
        ("crm", "crm"),
    ],
)
def test_a_target_has_one_spelling(shop: Shop, target: str, place: str) -> None:
    assert place_of(target, shop.folder) == place


def test_a_destination_that_cannot_be_made_stops_no_other(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1))
    broken = {"destination": "tests.harness.crm:UnmadeCrm", "key": "user_id", "fields": ["email"]}
    shop.write_syncs(a_broken=broken, b_fine=to_webhook(receiver))

    failed, fine = sync(shop.project)

    assert (failed.exit_code, fine.exit_code) == (1, 0)
    assert "RuntimeError" in failed.message
