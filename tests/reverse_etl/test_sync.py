"""What a sync sends: exactly what changed, once, and nothing that a guard would stop."""

from typing import Any

import pytest

from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness.receiver import Fault, Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook


def run(shop: Shop, **options: Any) -> SyncReport:
    [report] = sync(shop.project, **options)
    return report


def test_the_first_run_sends_every_member(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2, 3))
    shop.write_syncs(crm=to_webhook(receiver))

    report = run(shop)

    assert (report.status, report.exit_code, report.added, report.sent) == ("done", 0, 3, 3)
    assert receiver.members == {
        f"u{n}": {"email": f"jane{n}@example.com", "ltv": 1.0} for n in (1, 2, 3)
    }


def test_a_second_run_sends_nothing(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(*range(50)))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    receiver.requests.clear()

    report = run(shop)

    assert receiver.requests == []
    assert (report.status, report.added, report.changed, report.removed) == ("done", 0, 0, 0)


def test_only_mapped_columns_make_a_change(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver, fields={"email": "email"}))
    run(shop)
    shop.write_audience(members(1, 2, value=99.0))

    report = run(shop)

    assert report.changed == 0
    assert len(receiver.requests) == 1


def test_what_changed_is_sent_as_what_it_is(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2, 3))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    shop.write_audience([*members(2), *members(3, value=7.0), *members(4)])

    report = run(shop)

    assert (report.added, report.changed, report.removed, report.sent) == (1, 1, 1, 3)
    assert receiver.operations[3:][0] == ("remove", "u1")
    assert set(receiver.operations[3:]) == {("remove", "u1"), ("change", "u3"), ("add", "u4")}


def test_a_removal_carries_the_identifiers_last_acknowledged(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_audience([("u1", "old@example.com", 1.0), *members(2, 3, 4)])
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    shop.write_audience([("u1", "new@example.com", 1.0), *members(2, 3, 4)])
    run(shop)
    shop.write_audience(members(2, 3, 4))

    run(shop)

    last = receiver.rows()[-1]
    assert last["operation"] == "remove"
    assert last["previous_ids"] == {"email": "new@example.com"}
    assert "fields" not in last


def test_removals_go_before_additions_when_an_identifier_moves(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_audience([("old", "jane@example.com", 1.0), *members(2, 3)])
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    shop.write_audience([("new", "jane@example.com", 1.0), *members(2, 3)])

    run(shop)

    assert receiver.operations[3:] == [("remove", "old"), ("add", "new")]


def test_an_addition_waits_for_the_removal_of_its_identifier(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_audience([("old", "jane@example.com", 1.0), *members(2, 3)])
    shop.write_syncs(crm=to_webhook(receiver, attempts=1, batch_rows=1))
    run(shop)
    receiver.refuses = lambda row: "later" if row["key"] == "old" else ""
    shop.write_audience([("new", "jane@example.com", 1.0), *members(2, 3)])
    receiver.will(Fault.RESET_BEFORE)
    run(shop)

    receiver.refuses = lambda row: ""
    run(shop)

    assert receiver.operations[3:] == [("remove", "old"), ("add", "new")]
    assert set(receiver.members) == {"new", "u2", "u3"}


def test_a_person_who_comes_back_is_sent_again(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    for people in (members(1, 2), members(2), members(1, 2)):
        shop.write_audience(people)
        run(shop)

    assert set(receiver.members) == {"u1", "u2"}
    assert len({request.key for request in receiver.requests}) == len(receiver.requests) == 3


def test_what_changes_while_a_run_sends_is_sent_by_the_same_run(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))

    def build_meanwhile(row: dict[str, Any]) -> str:
        if len(receiver.requests) == 1:
            shop.write_audience(members(2, 3))
        return ""

    receiver.refuses = build_meanwhile

    report = run(shop)

    assert (report.added, report.removed, report.sent) == (3, 1, 4)
    assert set(receiver.members) == {"u2", "u3"}
    tokens = [row["token"] for row in receiver.rows()]
    assert len(set(tokens)) == len(tokens) == 4


def test_rows_the_destination_rejects_are_kept_until_they_change(
    shop: Shop, receiver: Receiver
) -> None:
    receiver.refuses = lambda row: "no such plan" if row["fields"]["ltv"] == 13 else ""
    shop.write_audience([*members(1, 2), *members(3, value=13)])
    shop.write_syncs(crm=to_webhook(receiver))

    first, second = run(shop), run(shop)
    shop.write_audience([*members(1, 2), *members(3, value=14)])
    third = run(shop)

    assert (first.status, first.exit_code, first.sent, first.rejected) == ("partial", 1, 2, 1)
    assert (second.exit_code, second.requests) == (0, 0)
    assert "1 rows were rejected before" in second.notes[0]
    assert (third.sent, set(receiver.members)) == (1, {"u1", "u2", "u3"})
    assert shop.query(
        "select key, operation, status, error from main_activation.sync_log where key = 'u3' "
        "order by sequence"
    ) == [("u3", "add", "rejected", "no such plan"), ("u3", "add", "done", None)]


@pytest.mark.parametrize("bad", [(0,), (99,), (3, 50, 51), (10, 20, 30, 40, 50)])
def test_a_failing_batch_is_halved_until_the_bad_rows_are_alone(
    shop: Shop, receiver: Receiver, bad: tuple[int, ...]
) -> None:
    receiver.tells_rows_apart = False
    receiver.refuses = lambda row: "bad" if row["fields"]["ltv"] == 13 else ""
    good = [n for n in range(100) if n not in bad]
    shop.write_audience([*members(*good), *members(*bad, value=13)])
    shop.write_syncs(crm=to_webhook(receiver))

    report = run(shop)

    assert set(receiver.members) == {f"u{n}" for n in good}
    assert (report.sent, report.rejected) == (len(good), len(bad))
    assert len(receiver.requests) <= len(bad) * 2 * 7 + 1


def test_a_batch_that_is_too_large_makes_the_next_ones_smaller(
    shop: Shop, receiver: Receiver
) -> None:
    receiver.most_rows = 30
    shop.write_audience(members(*range(200)))
    shop.write_syncs(crm=to_webhook(receiver, batch_rows=100, concurrency=1))

    report = run(shop)

    assert len(receiver.members) == report.sent == 200
    assert len(receiver.requests) <= 200 / 25 + 8


def test_an_endpoint_that_rejects_everything_is_left_alone_soon(
    shop: Shop, receiver: Receiver
) -> None:
    receiver.tells_rows_apart = False
    receiver.refuses = lambda row: "bad"
    shop.write_audience(members(*range(2000)))
    shop.write_syncs(crm=to_webhook(receiver))

    report = run(shop)

    assert (report.status, report.exit_code) == ("guarded", 5)
    assert len(receiver.requests) < 120


def test_a_mass_removal_waits_for_approval_of_exactly_that_plan(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_audience(members(*range(20)))
    shop.write_syncs(crm=to_webhook(receiver, guard={"max_removed_share": 0.3}))
    run(shop)
    shop.write_audience(members(*range(4)))
    stopped = run(shop)
    shop.write_audience(members(*range(3)))

    other = run(shop, approve=[stopped.plan])
    approved = run(shop, approve=[other.plan])

    assert (stopped.status, stopped.exit_code) == ("guarded", 5)
    assert "16 of 20 would be removed" in stopped.message
    assert other.exit_code == 5
    assert (approved.exit_code, approved.removed) == (0, 17)
    assert len(receiver.members) == 3


def test_an_empty_audience_stops_before_anything_is_removed(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    shop.write_audience([])

    report = run(shop)

    assert (report.exit_code, report.sent, len(receiver.members)) == (5, 0, 2)
    assert run(shop, approve=[report.plan]).removed == 2


def test_an_audience_that_was_always_empty_is_done(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver))

    report = run(shop)

    assert (report.status, receiver.requests) == ("done", [])


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ((None, "x@example.com", 1.0), "1 rows have no 'user_id'"),
        (("  ", "x@example.com", 1.0), "1 rows have no 'user_id'"),
        (("u1", "jane1@example.com", 1.0), "1 rows repeat a key"),
        (("u1", "other@example.com", 1.0), "1 rows repeat a key"),
        (("U1", "other@example.com", 1.0), "1 keys in 'user_id' of main_audiences.vips differ"),
    ],
)
def test_keys_that_name_no_one_or_two_stop_the_sync_before_anything_is_sent(
    shop: Shop, receiver: Receiver, extra: Any, reason: str
) -> None:
    shop.write_syncs(crm=to_webhook(receiver), fresh=to_webhook(receiver))
    shop.write_audience(members(1, 2, 3))
    run(shop, names=["crm"])
    receiver.requests.clear()
    shop.write_audience([*members(1, 2, 3), extra])

    known, fresh = sync(shop.project)

    for report in (known, fresh):
        assert (report.status, report.exit_code) == ("failed", 1)
        assert reason in report.message
    assert receiver.requests == []


def test_keys_may_differ_in_case_only_where_that_is_meant(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience([("aB", None, 1.0), ("Ab", None, 1.0), (None, None, 1.0)])
    shop.write_syncs(crm=to_webhook(receiver, case_sensitive_keys=True, skip_null_keys=True))

    assert run(shop).sent == 2


def test_a_value_json_has_no_word_for_is_rejected_alone(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience([*members(1, 2), ("u3", "c@example.com", float("nan"))])
    shop.write_syncs(crm=to_webhook(receiver))

    report = run(shop)

    assert (report.sent, report.rejected, report.exit_code) == (2, 1, 1)
    assert run(shop).requests == 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_that_fits_in_no_request_does_not_hold_up_the_others(
    shop: Shop, receiver: Receiver, place: int
) -> None:
    rows = members(1, 2, 3)
    rows[place] = (rows[place][0], "j" * 1_000_000, 1.0)
    shop.write_audience(rows)
    shop.write_syncs(crm=to_webhook(receiver, batch_rows=1, guard={"max_rejected_share": 1}))

    report = run(shop)

    assert (report.sent, report.rejected) == (2, 1)


def test_a_dry_run_shows_the_plan_and_changes_no_file(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2, 3))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    shop.write_audience([*members(2, 3, 4), ("u5", "zoe@example.com", 13.0)])
    before = {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()}

    report = run(shop, dry_run=True)

    after = {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()}
    assert after == before
    assert (report.status, report.added, report.removed, report.sent) == ("planned", 2, 1, 0)
    assert report.requests == 2
    assert "zoe" not in str(report)
    assert {example.operation for example in report.examples} == {"add", "remove"}
    assert report.plan == run(shop).plan
