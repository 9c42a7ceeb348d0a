"""What a sync sends: exactly what changed, once, and nothing that a guard would stop."""

import subprocess
from typing import Any

import pytest

from homespun.errors import ConfigurationError
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


def test_a_dry_run_knows_that_another_place_is_sent_everything(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_audience(members(1, 2, 3))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    elsewhere = to_webhook(receiver)
    elsewhere["settings"] |= {"url": f"{receiver.url}/elsewhere"}
    shop.write_syncs(crm=elsewhere)

    report = run(shop, dry_run=True)

    assert (report.status, report.added, report.sent) == ("planned", 3, 0)


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


def test_an_old_copy_of_a_journal_takes_the_state_of_the_warehouse(
    shop: Shop, receiver: Receiver
) -> None:
    journal = shop.folder / "shop.duckdb.sync" / "crm.duckdb"
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))
    run(shop)
    old = journal.read_bytes()
    shop.write_audience(members(2, 3, 4))
    run(shop)
    journal.write_bytes(old)
    shop.write_audience(members(2, 3, 5))

    report = run(shop)

    assert (report.added, report.changed, report.removed) == (1, 0, 1)
    assert set(receiver.members) == {"u2", "u3", "u5"}
    assert shop.query("select count(*) from main_activation.sync_log") == [(7,)]


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


def test_a_sync_that_fails_does_not_stop_the_others(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1))
    shop.write_syncs(
        a_broken={**to_webhook(receiver), "destination": "carrier_pigeon"},
        b_fine=to_webhook(receiver),
    )

    broken, fine = sync(shop.project)

    assert (broken.status, broken.exit_code) == ("misconfigured", 2)
    assert "sql_table, webhook" in broken.message
    assert (fine.status, fine.sent) == ("done", 1)


def test_an_unknown_name_stops_everything_and_names_the_nearest(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))

    with pytest.raises(ConfigurationError, match="did you mean: crm"):
        sync(shop.project, names=["crn"])


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"modes": "mirror"}, "unknown key 'modes'; allowed: destination, settings, mode"),
    ({"cursor": "email"}, "a cursor is for mode 'append' alone"),
    ({"mode": "append", "cursor": "loaded"}, "no column 'loaded' for its cursor"),
    ({"mode": "miror"}, "mode: Input should be 'mirror', 'upsert' or 'append'"),
    ({"settings": {"urls": "x"}}, "unknown key 'settings.urls'; allowed: url, allow_private"),
    ({"settings": {"url": "ftp://x"}}, "settings.url: must be an http or https"),
    ({"settings": {"url": "https://a:b@x.io"}}, "must not hold a user name or password"),
    ({"settings": {"secret": "hush"}}, "_SECRET in the environment"),
    (
        {"settings": {"signed": True}},
        "signed needs the setting 'secret': set HOMESPUN_",
    ),
    ({"guard": {"max": 1}}, "unknown key 'guard.max'; allowed: max_removed_share"),
    ({"key": "id"}, "has no key column 'id' in main_audiences.vips; it has: user_id, email"),
    ({"fields": {"a": "b"}}, "has no column 'b' for field 'a' in main_audiences.vips"),
    ({"identifiers": ["x"]}, "identifiers ['x'] are no fields"),
    ({"destination": "nowhere:Crm"}, "'nowhere:Crm' cannot be imported"),
    ({"destination": "json:JSONDecoder"}, "is not a destination"),
]


def test_a_wrong_configuration_is_named_and_nothing_is_sent(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1))
    shop.write_syncs(
        **{f"crm_{n:02}": to_webhook(receiver, **change) for n, (change, _) in enumerate(WRONG)}
    )

    reports = sync(shop.project)

    for report, (_, message) in zip(reports, WRONG, strict=True):
        assert report.exit_code == 2
        assert message in report.message
        assert "hush" not in report.message
    assert receiver.requests == []


def test_a_relation_that_was_not_built_is_named(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience([], name="vips")
    import duckdb

    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("drop table main_audiences.vips")

    report = run(shop)

    assert report.exit_code == 2
    assert "no relation main_audiences.vips: run `dbt build --select +vips`" in report.message


def test_a_setting_comes_from_the_environment_first(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMESPUN_CRM_URL", receiver.url + "/from-environment")
    monkeypatch.setenv("HOMESPUN_CRM_TOKEN", "hush")
    shop.write_audience(members(1))
    shop.write_syncs(crm=to_webhook(receiver))

    run(shop)

    assert receiver.requests[0].path == "/list/from-environment"
    assert receiver.requests[0].headers["authorization"] == "Bearer hush"
