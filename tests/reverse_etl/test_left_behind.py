"""An old identity that cannot be removed stays on record, and is not sent again unasked."""

import json
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from reverse_etl.report import SyncReport
from reverse_etl.status import read_status
from reverse_etl.sync import sync
from tests.harness.crm import read
from tests.harness.shop import Shop, members

ROOT = Path(__file__).parents[2]
OLD = [("u1", "old@x.io", 1.0), *members(2, 3)]
NEW = [("u1", "new@x.io", 1.0), *members(2, 3)]


def run(shop: Shop, **options: bool) -> SyncReport:
    [report] = sync(shop.project, **options)
    return report


def refuse(shop: Shop, **statuses: str) -> None:
    """From now on the removal of an address ends so."""
    said = {f"{name}@x.io": status for name, status in statuses.items()}
    (shop.folder / "busy.json").write_text(json.dumps(said))


@pytest.fixture
def moved(shop: Shop) -> Shop:
    """A shop whose list has refused to let an old address go."""
    crm = {"destination": "tests.harness.crm:BusyCrm", "key": "user_id", "fields": ["email"]}
    shop.write_syncs(crm={**crm, "attempts": 1, "give_up_after": 1})
    shop.write_audience(OLD)
    run(shop)
    shop.write_audience(NEW)
    return shop


def left(shop: Shop) -> list[tuple[str, str]]:
    """What the state keeps that no row of the audience has any more."""
    return shop.query(
        "select key, identifiers from main_activation.sync_state where fingerprint is null"
    )


def test_a_refused_removal_of_an_old_identity_stays_on_record(moved: Shop) -> None:
    refuse(moved, old="rejected")

    first, second = run(moved), run(moved)

    assert set(read(moved.folder / "crm.json")["members"]) >= {"old@x.io", "new@x.io"}
    assert (first.sent, first.rejected, first.exit_code) == (1, 1, 1)
    assert (second.requests, second.exit_code) == (0, 0)
    assert "1 rows were rejected before" in second.notes[0]
    [(key, identifiers)] = left(moved)
    assert (key[:8], json.loads(identifiers)) == ("u1 (was ", {"email": "old@x.io"})
    assert moved.query(
        "select operation, status from main_activation.sync_log where key = ?", key
    ) == [("remove", "rejected")]
    [status] = read_status(moved.project)
    assert (status.acknowledged, status.rejected) == (4, 1)
    assert "1 rows were rejected" in status.next_step


def test_it_stays_on_record_when_its_person_leaves(moved: Shop) -> None:
    refuse(moved, old="rejected")
    run(moved)
    moved.write_audience(members(2, 3))

    report = run(moved)

    assert (report.removed, report.exit_code) == (1, 0)
    assert [identifiers for _, identifiers in left(moved)] == ['{"email":"old@x.io"}']


def test_a_full_refresh_asks_for_it_again(moved: Shop) -> None:
    refuse(moved, old="rejected")
    run(moved)
    refuse(moved)

    report = run(moved, full_refresh=True)

    assert (report.removed, report.exit_code) == (1, 0)
    assert "old@x.io" not in read(moved.folder / "crm.json")["members"]
    assert left(moved) == []
    [status] = read_status(moved.project)
    assert (status.rejected, status.next_step) == (0, "nothing to do")


def test_an_old_identity_that_is_somebodys_again_is_let_be(moved: Shop) -> None:
    refuse(moved, old="rejected")
    run(moved)
    moved.write_audience(OLD)
    refuse(moved)
    run(moved)

    report = run(moved, full_refresh=True)

    assert report.exit_code == 0
    assert "old@x.io" in read(moved.folder / "crm.json")["members"]
    assert left(moved) == []


def test_whoever_has_it_again_and_leaves_is_removed(moved: Shop) -> None:
    refuse(moved, old="rejected")
    run(moved)
    moved.write_audience(OLD)
    refuse(moved)
    run(moved)
    moved.write_audience(members(2, 3))

    report = run(moved)

    assert (report.removed, report.exit_code) == (1, 0)
    assert "old@x.io" not in read(moved.folder / "crm.json")["members"]


def test_a_crash_after_the_refusal_asks_nothing_twice(moved: Shop) -> None:
    refuse(moved, old="rejected")
    environment = {"HOMESPUN_FAILPOINT": "sync.after_outcome=kill", "PYTHONPATH": str(ROOT)}
    killed = moved.run("sync", environment=environment)

    report = run(moved)

    assert killed.returncode == -9
    assert (report.sent, report.rejected, report.exit_code) == (1, 0, 0)
    assert len(left(moved)) == 1


def test_a_lost_journal_remembers_it(moved: Shop) -> None:
    refuse(moved, old="rejected")
    run(moved)
    for file in (moved.folder / "shop.duckdb.sync").iterdir():
        file.unlink()
    refuse(moved)

    report = run(moved)

    assert (report.removed, report.exit_code) == (1, 0)
    assert left(moved) == []


def test_an_old_identity_that_is_given_up_lets_the_new_one_in(moved: Shop) -> None:
    refuse(moved, old="retry")
    run(moved)
    with duckdb.connect(str(moved.folder / "shop.duckdb.sync" / "crm.duckdb")) as journal:
        journal.execute("update retrying set since = since - $1::interval", [timedelta(days=2)])

    given_up, after = run(moved), run(moved)

    assert "given up" in given_up.notes[0]
    assert (after.sent, after.held) == (1, 0)
    assert "new@x.io" in read(moved.folder / "crm.json")["members"]
    assert len(left(moved)) == 1
