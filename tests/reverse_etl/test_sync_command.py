"""`homespun sync`: exit codes, one table or one JSON object on stdout, notes on stderr."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from homespun.cli import app
from tests.harness.receiver import Fault, Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook

CANARY = "canary-4f1d"


def test_it_prints_a_table_and_leaves(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))

    done = shop.run("sync")

    assert (done.returncode, done.stderr) == (0, "")
    head, row = done.stdout.splitlines()
    assert head.split() == [
        "sync", "destination", "added", "changed", "removed", "sent", "rejected", "held", "status",
    ]  # fmt: skip
    assert row.split() == ["crm", "webhook", "2", "0", "0", "2", "0", "0", "done"]


def test_json_is_one_object(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver))

    done = shop.run("sync", "crm", "--json", "--dry-run")

    content = json.loads(done.stdout)
    assert content["dry_run"] is True
    assert content["syncs"][0]["added"] == 2
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nosuch"], "there is no sync 'nosuch'; did you mean: crm"),
        (["--project-dir", "elsewhere"], "is this a dbt project?"),
        (["--target", "prod"], "has no target 'prod'; it has: dev"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_2(
    shop: Shop, receiver: Receiver, arguments: list[str], words: str
) -> None:
    shop.write_syncs(crm=to_webhook(receiver))

    done = shop.run("sync", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_a_manifest_it_says_what_to_run(shop: Shop) -> None:
    done = shop.run("sync")

    assert done.returncode == 2
    assert "run `dbt build` (or `dbt parse`) first" in done.stderr


def test_without_a_warehouse_it_says_what_to_run(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(crm=to_webhook(receiver))
    shop.warehouse.unlink()

    done = shop.run("sync")

    assert done.returncode == 2
    assert "there is no warehouse" in done.stderr


def test_a_project_without_syncs_is_an_error_unless_that_is_meant(shop: Shop) -> None:
    shop.write_syncs()

    assert shop.run("sync").returncode == 2
    assert shop.run("sync", "--allow-empty").returncode == 0


def test_a_missing_secret_is_named_but_a_dry_run_needs_none(shop: Shop) -> None:
    (shop.folder / "acme.py").write_text(_CRM)
    shop.write_audience(members(1))
    shop.write_syncs(crm={"destination": "acme:Crm", "key": "user_id"})

    dry, wet = shop.run("sync", "--dry-run"), shop.run("sync")
    with_secret = shop.run("sync", environment={"HOMESPUN_CRM_API_KEY": CANARY})

    assert dry.returncode == 0
    assert wet.returncode == 2
    assert "set HOMESPUN_CRM_API_KEY in the environment" in wet.stderr
    assert with_secret.returncode == 0
    assert (shop.folder / "sent.txt").read_text() == "u1"


def test_the_holder_of_a_lock_is_named(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1))
    shop.write_syncs(crm=to_webhook(receiver))
    holder = shop.hold_warehouse()

    locked = shop.run("sync", "--lock-timeout", "0.3")
    holder.kill()
    holder.communicate()

    assert locked.returncode == 3
    assert f"process {holder.pid}" in locked.stderr
    assert shop.run("sync").returncode == 0


def test_two_runs_of_one_sync_do_not_overlap(shop: Shop, receiver: Receiver) -> None:
    receiver.answers_after = 3
    shop.write_audience(members(1))
    shop.write_syncs(crm=to_webhook(receiver, timeout=5))
    first = subprocess.Popen(
        [sys.executable, "-c", "from homespun.cli import main; main()", "sync"], cwd=shop.folder
    )
    assert receiver.arrived.wait(20)

    second = shop.run("sync", "--lock-timeout", "0.2")
    receiver.answers_after = 0
    first.wait()

    assert second.returncode == 3
    assert f"sync 'crm' is locked by process {first.pid}" in second.stderr
    assert (first.returncode, len(receiver.requests)) == (0, 1)


def test_an_interrupted_run_records_the_batch_in_flight(shop: Shop, receiver: Receiver) -> None:
    receiver.answers_after = 1
    shop.write_audience(members(*range(50)))
    shop.write_syncs(crm=to_webhook(receiver, batch_rows=1, concurrency=1, timeout=5))
    running = subprocess.Popen(
        [sys.executable, "-c", "from homespun.cli import main; main()", "sync"],
        cwd=shop.folder,
        stderr=subprocess.DEVNULL,
    )
    assert receiver.arrived.wait(20)

    running.terminate()
    running.wait()

    assert running.returncode == 130
    assert shop.query("select status, sent from main_activation.sync_runs") == [
        ("interrupted", len(receiver.members))
    ]
    assert len(receiver.members) == len(receiver.requests) < 50


def test_no_value_and_no_secret_is_in_any_output(shop: Shop, receiver: Receiver) -> None:
    receiver.refuses = lambda row: f"no: {CANARY}-secret" if "u1" in row["key"] else ""
    receiver.will(Fault.ERROR_BEFORE)
    person = f"{CANARY}-person@example.com"
    shop.write_audience([("u1", person, 1.0), ("u2", person, 2.0)])
    shop.write_syncs(
        crm=to_webhook(receiver),
        table={
            "destination": "sql_table",
            "settings": {"url": "sqlite:///crm.db", "table": "vips"},
            "key": "email",
        },
    )
    secrets = {"HOMESPUN_CRM_TOKEN": f"{CANARY}-secret", "HOMESPUN_CRM_SECRET": f"{CANARY}-sign"}

    runs = [
        shop.run("sync", *arguments, environment=secrets)
        for arguments in (["--dry-run"], [], ["--json"], ["--full-refresh"])
    ]

    for run in runs:
        assert CANARY not in run.stdout + run.stderr
    assert receiver.requests[0].headers["authorization"] == f"Bearer {CANARY}-secret"
    assert shop.query("select error from main_activation.sync_log where status = 'rejected'")[
        0
    ] == ("no: ***",)
    for file in shop.folder.rglob("*"):
        if file.is_file():
            assert f"{CANARY}-secret".encode() not in file.read_bytes(), file


def test_what_it_keeps_is_for_its_owner_alone(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1))
    shop.write_syncs(crm=to_webhook(receiver))

    shop.run("sync")

    journals = shop.folder / "shop.duckdb.sync"
    assert journals.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in journals.iterdir()} == {0o600}


def test_help_ends_in_an_example() -> None:
    shown = CliRunner().invoke(app, ["sync", "--help"])

    assert "Example: homespun sync repeat_buyers_to_files --dry-run" in shown.output


_CRM = """
from pathlib import Path

from pydantic import BaseModel, SecretStr

from reverse_etl.destination import *


class Settings(BaseModel):
    api_key: SecretStr


class Crm:
    capabilities = Capabilities(repeat=dict.fromkeys(Operation, Repeat.NATURAL))
    Settings = Settings
    target = "acme"

    def __init__(self, settings, info):
        self.folder = info.directory

    def prepare(self, changes):
        return (Prepared(change, change.key.encode()) for change in changes)

    def encode(self, batch):
        return Request(batch, "PUT", "acme:", b",".join(row.body for row in batch.rows))

    def send(self, request):
        (Path(self.folder) / "sent.txt").write_bytes(request.body)
        return Answer(200)

    def classify(self, request, answer):
        return for_all(request, Outcome(Status.DONE))
"""
