"""What `homespun status` says of each sync."""

import json
from typing import Any

from tests.harness.receiver import Fault, Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook


def status(shop: Shop, *arguments: str) -> dict[str, dict[str, Any]]:
    done = shop.run("status", "--json", *arguments)
    return {one["sync"]: one for one in json.loads(done.stdout)["syncs"]}


def test_each_sync_has_its_runs_its_counts_and_a_next_step(shop: Shop, receiver: Receiver) -> None:
    receiver.refuses = lambda row: "bad" if row["key"] == "u1" else ""
    shop.write_syncs(
        crm=to_webhook(receiver),
        fresh=to_webhook(receiver),
        broken={"destination": "nowhere", "key": "user_id"},
    )
    shop.write_audience(members(1, 2, 3))
    shop.run("sync", "crm")
    shop.write_audience(members(1, 2, 3, 4))
    shop.run("sync", "crm")

    found = status(shop, "--runs", "1")

    crm = found["crm"]
    assert (crm["state"], crm["acknowledged"], crm["rejected"], crm["held"]) == ("ok", 3, 1, 0)
    assert [(run["status"], run["sent"]) for run in crm["runs"]] == [("done", 1)]
    assert 0 <= crm["lag_seconds"] < 60
    assert "sync_log" in crm["next_step"]
    assert (found["fresh"]["state"], found["fresh"]["lag_seconds"]) == ("new", None)
    assert "--dry-run" in found["fresh"]["next_step"]
    assert found["broken"]["state"] == "critical"
    assert "nowhere" in found["broken"]["next_step"]


def test_a_guard_and_a_destination_that_is_down_say_what_to_do(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver), other=to_webhook(receiver, attempts=1))
    shop.write_audience(members(1, 2, 3))
    shop.run("sync", "crm")
    shop.write_audience([])
    shop.run("sync", "crm")
    shop.write_audience(members(1))
    receiver.will(Fault.TOO_MANY)
    shop.run("sync", "other")

    found = status(shop)

    assert found["crm"]["state"] == "critical"
    assert "--approve" in found["crm"]["next_step"]
    assert found["other"]["state"] == "warning"
    assert "run it again" in found["other"]["next_step"]


def test_it_is_a_table_for_people_and_its_exit_code_says_whether_one_is_needed(
    shop: Shop, receiver: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience(members(1))
    shop.run("sync")

    well = shop.run("status")
    shop.write_syncs(crm={"destination": "nowhere", "key": "user_id"})
    ill = shop.run("status")

    assert (well.returncode, ill.returncode) == (0, 1)
    assert "nothing to do" in well.stdout
    assert "1 sent, 0 rejected, 0 held" in well.stdout
    assert "jane1" not in well.stdout
