"""What stops a sync before harm, and what is given up in the end."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness.receiver import Fault, Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook

TEST = "test.shop.unique_vips_user_id.0123456789"


def run(shop: Shop, *approved: str) -> SyncReport:
    [report] = sync(shop.project, approve=approved)
    return report


def write_results(shop: Shop, *, hours_ago: float = 0.0, **statuses: str) -> None:
    """dbt's results of the audience and its test, as its last command left them."""
    path = shop.folder / "target" / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text())
    manifest["nodes"][TEST] = {"depends_on": {"nodes": ["model.shop.vips"]}}
    path.write_text(json.dumps(manifest))
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    ids = {"model": "model.shop.vips", "test": TEST, "other": "model.shop.other"}
    results = {
        "metadata": {"generated_at": at.isoformat().replace("+00:00", "Z")},
        "results": [{"unique_id": ids[one], "status": status} for one, status in statuses.items()],
    }
    (shop.folder / "target" / "run_results.json").write_text(json.dumps(results))


@pytest.mark.parametrize(
    "statuses", [{"model": "success", "test": "fail"}, {"test": "error"}, {"model": "error"}]
)
def test_an_audience_that_dbt_doubts_waits_for_approval(
    shop: Shop, receiver: Receiver, statuses: dict[str, str]
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience(members(1, 2))
    write_results(shop, **statuses)

    stopped = run(shop)
    nothing = len(receiver.requests)
    approved = run(shop, str(stopped.plan))

    assert (stopped.exit_code, nothing) == (5, 0)
    assert "vips" in stopped.message
    assert (approved.exit_code, approved.sent) == (0, 2)


@pytest.mark.parametrize(
    "statuses",
    [{"model": "success", "test": "pass"}, {"test": "warn"}, {"other": "error"}, {}],
)
def test_results_that_say_nothing_against_it_stop_nothing(
    shop: Shop, receiver: Receiver, statuses: dict[str, str]
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience(members(1, 2))
    write_results(shop, hours_ago=1000, **statuses)

    report = run(shop)

    assert (report.exit_code, report.sent) == (0, 2)


@pytest.mark.parametrize(
    ("hours_ago", "statuses", "code"),
    [(1.0, {"model": "success"}, 0), (30.0, {"model": "success"}, 5), (1.0, {}, 5)],
)
def test_an_audience_that_was_not_built_lately_waits_where_that_is_asked_for(
    shop: Shop, receiver: Receiver, hours_ago: float, statuses: dict[str, str], code: int
) -> None:
    shop.write_syncs(crm=to_webhook(receiver, guard={"max_build_age": 24}))
    shop.write_audience(members(1, 2))
    write_results(shop, hours_ago=hours_ago, **statuses)

    assert run(shop).exit_code == code


def test_a_first_batch_that_is_rejected_is_the_last(shop: Shop, receiver: Receiver) -> None:
    receiver.refuses = lambda row: "no such field"
    shop.write_syncs(crm=to_webhook(receiver, batch_rows=30))
    shop.write_audience(members(*range(300)))

    stopped = run(shop)

    assert stopped.exit_code == 5
    assert len(receiver.requests) == 1
    assert stopped.rejected == 30


def test_an_approved_plan_is_sent_to_its_end_whatever_is_rejected(
    shop: Shop, receiver: Receiver
) -> None:
    receiver.refuses = lambda row: "no such field"
    shop.write_syncs(crm=to_webhook(receiver, batch_rows=30))
    shop.write_audience(members(*range(300)))
    [planned] = sync(shop.project, dry_run=True)

    report = run(shop, str(planned.plan))

    assert (report.exit_code, report.rejected) == (1, 300)


def test_a_row_that_fails_run_after_run_is_given_up_until_it_changes(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver, attempts=1, give_up_after=1e-9))
    shop.write_audience(members(1, 2))
    receiver.will(Fault.TOO_MANY, Fault.TOO_MANY)
    failed = run(shop)

    given_up = run(shop)
    shop.write_audience([*members(1), *members(2, value=7.0)])
    changed = run(shop)

    assert failed.status == "unavailable"
    assert (given_up.sent, len(receiver.requests)) == (0, 3)
    assert any("given up" in note for note in given_up.notes)
    assert changed.sent == 1
    log = shop.query("select key, status, error from main_activation.sync_log where key = 'u1'")
    assert [status for _, status, _ in log] == ["retry", "retry", "rejected"]
    assert "HTTP 429" in str(log[-1])


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.DENIED])
def test_a_row_is_tried_again_however_long_ago_it_failed(
    shop: Shop, receiver: Receiver, fault: Fault
) -> None:
    shop.write_syncs(crm=to_webhook(receiver, attempts=1, give_up_after=1e-9))
    shop.write_audience(members(1, 2))
    receiver.will(fault)
    run(shop)

    later = run(shop)

    assert (later.exit_code, later.sent) == (0, 2)


def test_wrong_credentials_use_up_no_rows_patience(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver, attempts=1, give_up_after=1e-9))
    shop.write_audience(members(1, 2))
    receiver.will(Fault.DENIED, Fault.DENIED)
    run(shop), run(shop)

    mended = run(shop)

    assert (mended.exit_code, mended.sent) == (0, 2)


def test_an_answer_that_never_comes_is_given_up_too(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver, attempts=1, give_up_after=1e-9))
    shop.write_audience(members(1))
    receiver.will(Fault.ERROR_BEFORE, Fault.ERROR_BEFORE)
    run(shop)

    given_up = run(shop)

    assert given_up.held == 0
    error = shop.query("select error from main_activation.sync_log where status = 'rejected'")
    assert "it may have been applied" in str(error)
