"""A first run may send everything, ask what is there already, or only take note."""

from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness.crm import read
from tests.harness.receiver import Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook


def run(shop: Shop) -> SyncReport:
    [report] = sync(shop.project)
    return report


def test_a_baseline_sends_nothing_but_what_changes_after_it(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver, first_run="baseline"))
    shop.write_audience(members(1, 2, 3))

    first = run(shop)
    shop.write_audience([*members(1, value=5.0), *members(2, 4)])
    second = run(shop)

    assert (first.exit_code, first.requests) == (0, 0)
    assert "3 rows count as sent" in " ".join(first.notes)
    assert (second.added, second.changed, second.removed) == (1, 1, 1)
    [removal] = [row for row in receiver.rows() if row["operation"] == "remove"]
    assert removal["previous_ids"] == {"email": "jane3@example.com"}
    state = shop.query("select key from main_activation.sync_state order by key")
    assert state == [("u1",), ("u2",), ("u4",)]


def test_who_enters_after_an_empty_first_run_is_sent(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver, first_run="baseline"))
    shop.write_audience([])
    run(shop)

    shop.write_audience(members(1))
    report = run(shop)

    assert report.sent == 1


def test_an_audience_that_was_emptied_is_sent_again_and_not_taken_as_known(
    shop: Shop, receiver: Receiver
) -> None:
    guard = {"allow_empty": True, "max_removed_share": 1}
    shop.write_syncs(crm=to_webhook(receiver, first_run="baseline", guard=guard))
    shop.write_audience(members(1))
    run(shop)
    shop.write_audience([])
    run(shop)

    shop.write_audience(members(1, 2))
    report = run(shop)

    assert report.sent == 2
    assert set(receiver.members) == {"u1", "u2"}


def test_another_target_has_a_first_run_of_its_own(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver, first_run="baseline"))
    run(shop)
    with Receiver() as other:
        shop.write_syncs(crm=to_webhook(other, first_run="baseline"))

        report = run(shop)

        assert (report.requests, other.requests) == (0, [])


def test_a_row_the_destination_would_refuse_is_no_part_of_a_baseline(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver, first_run="baseline"))
    shop.write_audience([*members(1), ("u2", "jane2@example.com", float("nan"))])

    run(shop)

    assert shop.query("select key from main_activation.sync_state") == [("u1",)]
    log = shop.query("select key, status from main_activation.sync_log")
    assert log == [("u2", "rejected")]


def test_what_is_there_already_is_adopted_and_the_rest_is_sent(shop: Shop) -> None:
    (shop.folder / "crm.json").write_text(
        '{"members": ["jane1@example.com", "old@example.com"], "calls": [], "lost": 0, "polls": 0}'
    )
    shop.write_syncs(
        crm={
            "destination": "tests.harness.crm:AskedCrm",
            "key": "user_id",
            "fields": ["email"],
            "first_run": "adopt",
            "backoff": 0.001,
        }
    )
    shop.write_audience(members(1, 2))

    report = run(shop)

    assert report.exit_code == 0
    kept = read(shop.folder / "crm.json")
    assert kept["calls"] == [["add", "jane2@example.com"]]
    assert kept["members"] == ["jane1@example.com", "old@example.com", "jane2@example.com"]
    assert shop.query("select count(*) from main_activation.sync_state") == [(2,)]


def test_adopting_needs_a_destination_that_can_be_read(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver, first_run="adopt"))

    report = run(shop)

    assert report.exit_code == 2
    assert "cannot be read" in report.message


def test_a_baseline_outlives_the_journal(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver, first_run="baseline"))
    shop.write_audience(members(1))
    run(shop)
    for path in shop.folder.glob("*.sync/*"):
        path.unlink()
    shop.write_audience(members(1, 2))

    report = run(shop)

    assert report.sent == 1
    assert set(receiver.members) == {"u2"}
