"""Nobody is sent who did not consent, chose another integration, or is suppressed."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness.receiver import Fault, Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook

CONSENT = {"relation": "main.consents", "by": "user_id", "category": "advertising"}
INTEGRATIONS = {"relation": "main.chosen", "by": "user_id", "name": "Crm"}
SUPPRESSED = [{"relation": "main.suppressed", "by": "email"}]


def run(shop: Shop) -> SyncReport:
    [report] = sync(shop.project)
    return report


def say(warehouse: Path, *statements: str) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def asked(shop: Shop) -> Shop:
    """A shop with five members, of whom some said something."""
    say(
        shop.warehouse,
        "create table consents (user_id varchar, category varchar, granted boolean)",
        "create table chosen (user_id varchar, integration varchar, enabled boolean)",
        "create table suppressed (email varchar)",
        "insert into consents values ('u1', 'advertising', true), ('u2', 'advertising', false), "
        "('u3', 'analytics', true), ('u4', 'advertising', true), ('u4', 'advertising', false)",
        "insert into consents values ('u1', null, false), ('u5', null, false)",
        "insert into chosen values ('u1', 'All', false), ('u2', 'All', false), "
        "('u2', 'Crm', true), ('u3', 'Crm', false), ('u4', 'Other', false)",
        "insert into suppressed values (' JANE1@example.com')",
    )
    shop.write_audience(members(1, 2, 3, 4, 5))
    return shop


@pytest.mark.parametrize(
    ("rules", "sent"),
    [
        ({"consent": CONSENT}, {"u1"}),
        ({"consent": {**CONSENT, "otherwise": "send"}}, {"u1", "u3"}),
        ({"integrations": INTEGRATIONS}, {"u2", "u4", "u5"}),
        ({"suppressed": SUPPRESSED}, {"u2", "u3", "u4", "u5"}),
        ({"integrations": INTEGRATIONS, "suppressed": SUPPRESSED}, {"u2", "u4", "u5"}),
    ],
)
def test_only_who_may_be_sent_is_sent(
    asked: Shop, receiver: Receiver, rules: dict[str, Any], sent: set[str]
) -> None:
    asked.write_syncs(crm=to_webhook(receiver, **rules))

    report = run(asked)

    assert report.exit_code == 0
    assert set(receiver.members) == sent


def test_who_withdraws_consent_is_removed(asked: Shop, receiver: Receiver) -> None:
    asked.write_syncs(crm=to_webhook(receiver, consent={**CONSENT, "otherwise": "send"}))
    run(asked)
    say(asked.warehouse, "insert into consents values ('u1', 'advertising', false)")

    run(asked)

    assert receiver.operations[-1] == ("remove", "u1")
    assert set(receiver.members) == {"u3"}


def test_consent_is_asked_for_again_before_each_window_leaves(
    asked: Shop, receiver: Receiver
) -> None:
    asked.write_audience(members(*range(100, 140)))
    rules = {"suppressed": SUPPRESSED, "timeout": 20}
    changes = to_webhook(receiver, batch_rows=10, concurrency=1, **rules)
    asked.write_syncs(crm=changes)
    late = "insert into suppressed select email from main_audiences.vips where user_id >= 'u120'"

    def withdraw(row: dict[str, Any]) -> str:
        if not receiver.operations:
            say(asked.warehouse, late)
        return ""

    receiver.refuses = withdraw
    report = run(asked)

    assert len(receiver.members) < 40
    assert {key for key in receiver.members if key >= "u120"} <= {
        row["key"] for row in receiver.requests[0].content["rows"]
    }
    assert report.exit_code == 0
    assert any("no longer allowed" in note for note in report.notes)
    log = "select status, count(*), count(distinct change) from main_activation.sync_log group by 1"
    withheld, sent = report.added - report.sent, report.sent
    assert sorted(asked.query(log)) == [("done", sent, sent), ("withheld", withheld, withheld)]


def test_who_was_withheld_is_sent_once_they_may_be(asked: Shop, receiver: Receiver) -> None:
    asked.write_audience(members(101, 102))
    asked.write_syncs(crm=to_webhook(receiver, batch_rows=1, suppressed=SUPPRESSED))
    late = "insert into suppressed values ('jane101@example.com'), ('jane102@example.com')"
    receiver.waits_for = lambda: say(asked.warehouse, late)
    run(asked)
    say(asked.warehouse, "delete from suppressed")

    report = run(asked)

    assert (report.exit_code, set(receiver.members)) == (0, {"u101", "u102"})


def test_what_a_rate_keeps_waiting_is_not_asked_for_long_before_it_leaves(
    asked: Shop, receiver: Receiver
) -> None:
    asked.write_audience(members(*range(100, 116)))
    pace = {"batch_rows": 1, "concurrency": 1, "rate": {"requests": 2, "seconds": 0.1}}
    asked.write_syncs(crm=to_webhook(receiver, suppressed=SUPPRESSED, timeout=20, **pace))

    def withdraw(row: dict[str, Any]) -> str:
        if len(receiver.operations) == 7:
            say(asked.warehouse, "insert into suppressed select email from main_audiences.vips")
        return ""

    receiver.refuses = withdraw
    run(asked)

    assert sum(operation == "add" for operation, _ in receiver.operations) <= 9


def test_consent_is_asked_for_again_before_another_try(asked: Shop, receiver: Receiver) -> None:
    asked.write_audience(members(101, 102))
    asked.write_syncs(crm=to_webhook(receiver, suppressed=SUPPRESSED))
    receiver.will(Fault.UNAVAILABLE, Fault.NONE)
    receiver.waits_for = lambda: say(
        asked.warehouse, "insert into suppressed values ('jane102@example.com')"
    )

    report = run(asked)

    tried = [{row["key"] for row in request.content["rows"]} for request in receiver.requests]
    assert tried[:2] == [{"u101", "u102"}, {"u101"}]
    assert set(receiver.members) == {"u101"}
    assert report.exit_code == 0


def test_what_may_have_arrived_is_removed_when_consent_is_gone(
    asked: Shop, receiver: Receiver
) -> None:
    asked.write_audience(members(2, 3))
    asked.write_syncs(crm=to_webhook(receiver, suppressed=SUPPRESSED))
    asked.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_send=kill"})
    say(asked.warehouse, "insert into suppressed values ('jane3@example.com')")

    report = run(asked)

    assert report.exit_code == 0
    assert receiver.operations[-1] == ("remove", "u3")
    assert set(receiver.members) == {"u2"}


def test_what_only_its_key_makes_safe_to_repeat_waits_as_a_whole(asked: Shop) -> None:
    to_crm = {"destination": "tests.harness.crm:KeyedCrm", "key": "user_id", "fields": ["email"]}
    lost = {"settings": {"loses_answers": 1}, "attempts": 1}
    asked.write_syncs(crm={**to_crm, **lost, "suppressed": SUPPRESSED})
    asked.write_audience(members(2, 3))
    run(asked)
    say(asked.warehouse, "insert into suppressed values ('jane3@example.com')")

    waiting = run(asked)
    say(asked.warehouse, "delete from suppressed where email = 'jane3@example.com'")
    done = run(asked)

    assert (waiting.sent, waiting.held, waiting.exit_code) == (0, 2, 1)
    assert (done.sent, done.held, done.exit_code) == (2, 0, 0)


@pytest.mark.parametrize("point", ["after_intent", "after_send"])
def test_a_table_waits_for_nobody_who_may_no_longer_be_sent(asked: Shop, point: str) -> None:
    table = {"url": "sqlite:///crm.sqlite", "table": "vips"}
    to_table = {"destination": "sql_table", "settings": table, "key": "user_id"}
    asked.write_syncs(crm={**to_table, "fields": ["email"], "suppressed": SUPPRESSED})
    asked.write_audience(members(2, 3))
    asked.run("sync", environment={"HOMESPUN_FAILPOINT": f"sync.{point}=kill"})
    say(asked.warehouse, "insert into suppressed values ('jane3@example.com')")

    report = run(asked)

    assert (report.held, report.exit_code) == (0, 0)
    with closing(sqlite3.connect(asked.folder / "crm.sqlite")) as database:
        assert database.execute("select user_id from vips").fetchall() == [("u2",)]


def test_without_a_relation_the_projects_own_consents_count(
    asked: Shop, receiver: Receiver
) -> None:
    say(
        asked.warehouse,
        "create schema main_traits",
        "create table main_traits.profile_consents as select * from (values "
        "('u1', 'advertising', 'true'), ('u2', 'advertising', 'conflict'), "
        "('u3', 'advertising', 'false')) as t (profile_id, category, preference)",
        "alter table main_audiences.vips add column profile_id varchar",
        "update main_audiences.vips set profile_id = user_id",
    )
    asked.write_syncs(crm=to_webhook(receiver, consent={"category": "advertising"}))
    without = run(asked)
    path = asked.folder / "target" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["nodes"]["model.shop.profile_consents"] = {
        "database": "shop",
        "schema": "main_traits",
        "alias": "profile_consents",
        "name": "profile_consents",
    }
    path.write_text(json.dumps(manifest))

    report = run(asked)

    assert (without.exit_code, "profile_consents" in without.message) == (2, True)
    assert report.exit_code == 0
    assert set(receiver.members) == {"u1"}


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ({"consent": {**CONSENT, "relation": "main.nowhere"}}, "main.nowhere"),
        ({"consent": {**CONSENT, "relation": "main.suppressed"}}, "category"),
        ({"consent": {**CONSENT, "by": "profile"}}, "profile"),
        ({"consent": {**CONSENT, "relation": "consents"}}, "schema.name"),
    ],
)
def test_a_rule_that_cannot_be_checked_stops_the_sync(
    asked: Shop, receiver: Receiver, rules: dict[str, Any], named: str
) -> None:
    asked.write_syncs(crm=to_webhook(receiver, **rules))

    report = run(asked)

    assert report.exit_code == 2
    assert named in report.message
    assert receiver.requests == []
