"""The way out: only public addresses, no redirects, bounded answers, nothing leaked."""

import base64
import hashlib
import hmac
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from homespun.errors import ConfigurationError
from reverse_etl.addresses import is_public
from reverse_etl.destination import Answer, Batch, Outcome, Rate, Status, SyncInfo
from reverse_etl.destinations.webhook import Webhook, WebhookSettings
from reverse_etl.http_answers import read_object
from reverse_etl.pace import Pacer, retry_after
from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from reverse_etl.wire import HttpWire
from tests.harness.receiver import MOST_SECONDS, Fault, Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook

INFO = SyncInfo("crm", "mirror", "user_id", "VARCHAR", {}, (), Path())


def run(shop: Shop, receiver: Receiver, **changes: Any) -> SyncReport:
    shop.write_audience(members(1, 2))
    shop.write_syncs(crm=to_webhook(receiver, **changes))
    [report] = sync(shop.project)
    return report


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::169.254.169.254]/",
        "http://[fec0::1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[fe80::1]/",
        "http://[2002:7f00:1::]/",
    ],
)
def test_addresses_that_are_not_the_internets_are_refused(url: str) -> None:
    webhook = Webhook(WebhookSettings(url=url), INFO)
    wire = HttpWire(webhook, timeout=1, allow_private=False, connections=1)
    request = webhook.encode(Batch("run-1", "crm", "run", ()))

    with pytest.raises(ConfigurationError, match=r"allow_private: true|not a valid address"):
        wire.send(request)


def test_the_address_that_was_checked_is_the_one_connected_to(receiver: Receiver) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    url = receiver.url.replace("127.0.0.1", "crm.example.com")
    webhook = Webhook(WebhookSettings(url=url), INFO)
    wire = HttpWire(webhook, timeout=1, allow_private=True, connections=1, resolve=resolve)

    answer = wire.send(webhook.encode(Batch("run-1", "crm", "run", ())))
    wire.close()

    assert (answer.status, asked) == (200, ["crm.example.com"])
    assert receiver.requests[0].headers["host"] == url.split("/")[2]


def test_an_answer_that_only_drips_ends_with_the_time_for_it(
    shop: Shop, receiver: Receiver
) -> None:
    receiver.will(Fault.DRIP)
    begun = time.monotonic()

    report = run(shop, receiver, timeout=0.5, attempts=1)

    assert (report.status, report.held) == ("unavailable", 2)
    assert "no whole answer" in report.message
    assert time.monotonic() - begun < MOST_SECONDS


def test_a_host_is_reached_at_the_next_address_where_the_first_takes_no_connection(
    receiver: Receiver,
) -> None:
    webhook = Webhook(WebhookSettings(url=receiver.url.replace("127.0.0.1", "crm.test")), INFO)
    addresses = ["127.0.0.9", "127.0.0.1"]  # nobody listens at the first
    wire = HttpWire(
        webhook, timeout=2, allow_private=True, connections=1, resolve=lambda host, port: addresses
    )

    answers = [wire.send(webhook.encode(Batch(f"run-{n}", "crm", "run", ()))) for n in (1, 2)]
    wire.close()

    assert [answer.status for answer in answers] == [200, 200]
    assert len(receiver.requests) == 2


def test_an_address_with_a_password_is_refused_and_not_told() -> None:
    webhook = Webhook(WebhookSettings(url="https://crm.example.com/"), INFO)
    wire = HttpWire(webhook, timeout=1, allow_private=True, connections=1)
    request = webhook.encode(Batch("run-1", "crm", "run", ()))

    with pytest.raises(ConfigurationError, match="as a header") as refusal:
        wire.send(replace(request, url="https://jane:hunter2@crm.example.com/"))

    assert "hunter2" not in str(refusal.value)


def test_a_refused_address_ends_the_sync_before_anything_is_sent(
    shop: Shop, receiver: Receiver
) -> None:
    report = run(shop, receiver, settings={"allow_private": False})

    assert (report.status, report.exit_code, report.sent) == ("misconfigured", 2, 0)
    assert report.message.startswith("127.0.0.1 is a private")
    assert "allow_private: true" in report.message
    assert receiver.requests == []


def test_public_addresses_are_allowed() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert is_public("64:ff9b::93.184.215.14")  # as an IPv6-only network has it


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (Fault.REDIRECT, 2, "a redirect, which is not followed"),
        (Fault.DENIED, 2, "the credentials are not accepted"),
        (Fault.GONE, 2, "there is no such target"),
        (Fault.PARK, 4, "the destination is unavailable: HTTP 429"),
    ],
)
def test_what_a_retry_cannot_mend_ends_the_sync_with_one_clear_line(
    shop: Shop, receiver: Receiver, fault: Fault, code: int, words: str
) -> None:
    receiver.will(fault)

    report = run(shop, receiver)
    [again] = sync(shop.project)

    assert (report.exit_code, report.sent) == (code, 0)
    assert words in report.message
    assert (again.exit_code, again.sent, len(receiver.members)) == (0, 2, 2)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.HTML,
        Fault.BOMB,
        Fault.BROKEN_JSON,
        Fault.HALF_JSON,
        Fault.ERROR_AFTER,
        Fault.NO_ANSWER,
        Fault.RESET_AFTER,
        Fault.CLOSED_AFTER,
    ],
)
def test_an_answer_that_says_nothing_is_asked_for_again_under_the_same_key(
    shop: Shop, receiver: Receiver, fault: Fault
) -> None:
    receiver.will(fault)

    report = run(shop, receiver, timeout=0.5)

    first, second = receiver.requests
    assert (first.key, first.body) == (second.key, second.body)
    assert (report.exit_code, report.sent, len(receiver.operations)) == (0, 2, 2)


def test_a_destination_that_is_down_is_tried_and_then_left(shop: Shop) -> None:
    with Receiver() as gone:
        settings = to_webhook(gone, attempts=3)
    shop.write_audience(members(1))
    shop.write_syncs(crm=settings)

    [report] = sync(shop.project)

    assert (report.status, report.exit_code, report.requests) == ("unavailable", 4, 3)
    assert "no connection" in report.message


def test_a_request_is_signed_as_standard_webhooks(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = b"0123456789abcdef01234567"
    monkeypatch.setenv("HOMESPUN_CRM_SECRET", "whsec_" + base64.b64encode(key).decode())
    receiver.will(Fault.ERROR_BEFORE)

    run(shop, receiver, settings={"signed": True})

    assert len(receiver.requests) == 2
    for request in receiver.requests:
        signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}."
        digest = hmac.new(key, signed.encode() + request.body, hashlib.sha256).digest()
        expected = "v1," + base64.b64encode(digest).decode()
        assert hmac.compare_digest(request.headers["webhook-signature"], expected)
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


def test_two_processes_share_the_rate_of_one_account(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(*range(6)))
    rate = {"requests": 2, "seconds": 1.0}
    one = to_webhook(receiver, batch_rows=1, rate=rate)
    shop.write_syncs(first=one, second=one)
    command = [sys.executable, "-c", "from homespun.cli import main; main()", "sync"]

    runs = [subprocess.Popen([*command, name], cwd=shop.folder) for name in ("first", "second")]
    codes = [run.wait(60) for run in runs]

    assert codes == [0, 0]
    times = sorted(request.at for request in receiver.requests)
    assert len(times) == 12
    assert times[-1] - times[0] > 4  # seconds; alone, each would be done after two


def test_no_more_requests_than_the_rate_allows(shop: Shop, receiver: Receiver) -> None:
    shop.write_audience(members(1, 2, 3))
    rate = {"requests": 1, "seconds": 0.3}
    shop.write_syncs(crm=to_webhook(receiver, batch_rows=1, rate=rate))
    start = time.monotonic()

    sync(shop.project)

    third = sorted(request.at for request in receiver.requests)[2]
    assert third - start > 0.6


def test_a_clock_that_was_set_back_holds_up_nothing(tmp_path: Path) -> None:
    file, rates = tmp_path / "rates.sqlite", [Rate(1, 3600.0)]
    with closing(Pacer(rates, file=file, account="crm")) as pacer:
        assert pacer.may_send()
    with closing(sqlite3.connect(file)) as database, database:
        [(table,)] = database.execute("select name from sqlite_master where type = 'table'")
        database.execute(f"update {table} set item_timestamp = item_timestamp + 10000000")

    with closing(Pacer(rates, file=file, account="crm")) as pacer:
        may_send = pacer.may_send()

    assert may_send


@pytest.mark.parametrize("token", ["abc\n", "ключ"])
def test_a_secret_that_no_header_can_hold_is_told_so(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("HOMESPUN_CRM_TOKEN", token)

    report = run(shop, receiver)

    assert (report.exit_code, report.held, len(receiver.requests)) == (2, 0, 0)
    assert "no HTTP header" in report.message
    assert token.strip() not in report.message


def test_an_answer_of_endless_brackets_is_no_answer() -> None:
    body = b'{"results": ' + b"[" * 200_000

    outcome = read_object(Answer(200, body=body))

    assert outcome == Outcome(Status.UNKNOWN, "the answer is not valid JSON")


def test_a_date_beyond_all_years_asks_for_no_wait() -> None:
    answer = Answer(429, {"retry-after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"})

    assert retry_after(answer, datetime.now(UTC)) is None
