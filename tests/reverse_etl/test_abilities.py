"""What a destination of one's own may be able to do, and what the engine makes of it."""

import json
from typing import Any

import pytest

from reverse_etl.batches import old_identities
from reverse_etl.destination import Change, Operation, SyncInfo
from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness import crm
from tests.harness.crm import read
from tests.harness.shop import Shop, members


def configure(shop: Shop, destination: str, **changes: Any) -> None:
    shop.write_syncs(
        crm={
            "destination": f"tests.harness.crm:{destination}",
            "key": "user_id",
            "fields": ["email"],
            "backoff": 0.001,
            **changes,
        }
    )


def run(shop: Shop) -> SyncReport:
    [report] = sync(shop.project)
    return report


def test_what_must_not_be_repeated_waits_for_a_person(shop: Shop) -> None:
    shop.write_audience(members(1, 2))
    configure(shop, "Crm", settings={"loses_answers": 1})

    first, second = run(shop), run(shop)

    assert (first.status, first.exit_code, first.held) == ("partial", 1, 2)
    assert (second.exit_code, second.held, second.requests) == (1, 2, 0)
    assert len(read(shop.folder / "crm.json")["calls"]) == 2


def test_a_destination_that_stumbles_over_an_answer_has_given_none(shop: Shop) -> None:
    shop.write_audience(members(1, 2))
    configure(shop, "BrokenCrm")

    report = run(shop)

    assert (report.exit_code, report.held) == (1, 2)
    assert len(read(shop.folder / "crm.json")["calls"]) == 2


def test_what_is_held_is_sent_again_where_that_is_configured(shop: Shop) -> None:
    shop.write_audience(members(1, 2))
    configure(shop, "Crm", settings={"loses_answers": 1})
    run(shop)
    configure(shop, "Crm", settings={"loses_answers": 1}, on_unknown="resend")

    report = run(shop)

    assert (report.status, report.sent, report.held) == ("done", 2, 0)


def test_a_destination_that_can_be_asked_is_asked_before_anything_is_repeated(
    shop: Shop,
) -> None:
    shop.write_audience(members(1, 2))
    configure(shop, "AskedCrm", settings={"loses_answers": 1})

    report = run(shop)

    assert (report.status, report.sent) == ("done", 2)
    assert len(read(shop.folder / "crm.json")["calls"]) == 2


def test_a_job_is_asked_after_until_each_row_is_decided(shop: Shop) -> None:
    shop.write_audience(members(1, 2, 3))
    configure(shop, "SlowCrm")

    report = run(shop)

    assert (report.status, report.sent, report.rejected) == ("partial", 2, 1)
    assert run(shop).requests == 0


def test_a_job_that_is_not_done_is_asked_after_by_the_next_run(shop: Shop) -> None:
    shop.write_audience(members(1, 2, 3))
    configure(shop, "SlowCrm", wait_for_jobs=0)

    first = run(shop)
    configure(shop, "SlowCrm")
    second = run(shop)

    assert (first.sent, first.held) == (0, 3)
    assert (second.sent, second.rejected, second.held) == (2, 1, 0)
    assert len(read(shop.folder / "crm.json")["calls"]) == 3


def test_an_old_identity_is_removed_before_the_new_one_is_added(shop: Shop) -> None:
    shop.write_audience([("u1", "old@example.com", 1.0), *members(2)])
    configure(shop, "Crm")
    run(shop)
    shop.write_audience([("u1", "new@example.com", 1.0), *members(2)])

    report = run(shop)

    kept = read(shop.folder / "crm.json")
    assert kept["calls"][2:] == [["remove", "old@example.com"], ["change", "new@example.com"]]
    assert sorted(kept["members"]) == ["jane2@example.com", "new@example.com"]
    assert report.exit_code == 0
    assert run(shop).requests == 0


@pytest.mark.parametrize("status", ["retry", "unknown"])
def test_a_new_identity_waits_until_the_old_one_is_removed(shop: Shop, status: str) -> None:
    shop.write_audience([("u1", "old@x.io", 1.0), ("u2", "two@x.io", 1.0), *members(3)])
    configure(shop, "BusyCrm", attempts=1)
    run(shop)
    (shop.folder / "busy.json").write_text(json.dumps({"old@x.io": status}))
    shop.write_audience([("u1", "new@x.io", 1.0), ("u2", "zwei@x.io", 1.0), *members(3)])

    waiting = run(shop)
    (shop.folder / "busy.json").unlink()
    shop.write_audience([("u2", "zwei@x.io", 1.0), *members(3)])
    run(shop)

    assert waiting.held >= 1
    assert sorted(read(shop.folder / "crm.json")["members"]) == ["jane3@example.com", "zwei@x.io"]
    assert shop.query("select key from main_activation.sync_state order by 1") == [("u2",), ("u3",)]


def test_an_address_in_other_letters_waits_for_its_removal_too(shop: Shop) -> None:
    shop.write_audience([("u1", "Jane@x.io", 1.0), *members(2, 3)])
    configure(shop, "BusyCrm", attempts=1)
    run(shop)
    (shop.folder / "busy.json").write_text(json.dumps({"Jane@x.io": "unknown"}))
    shop.write_audience([("u9", "jane@x.io", 1.0), *members(3)])

    run(shop)

    assert "jane@x.io" not in read(shop.folder / "crm.json")["members"]


@pytest.mark.parametrize(("destination", "removed"), [("Crm", 0), ("QuietCrm", 1)])
def test_a_body_spares_an_old_identity_only_if_it_names_it(
    shop: Shop, destination: str, removed: int
) -> None:
    before = {"user_id": "u1", "email": "jane@example.com"}
    change = Change("t", Operation.CHANGE, "u1", '{"email":"jane@example.com"}', before)
    info = SyncInfo("crm", "mirror", "user_id", "VARCHAR", {}, (), shop.folder)

    pages = list(old_identities(getattr(crm, destination)(crm.CrmSettings(), info), [[change]]))

    assert sum(map(len, pages)) == removed
