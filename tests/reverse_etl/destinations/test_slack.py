"""Slack: one message a run, never a second one by accident, and no row's values in it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness.receiver import Fault
from tests.harness.shop import Shop, members
from tests.reverse_etl.destinations.conftest import Bench
from tests.reverse_etl.destinations.kits import Kit
from tests.reverse_etl.destinations.vendor_server import SECRET, Call, Reply, VendorServer


class FakeSlack(VendorServer):
    """A workspace with one channel, and one incoming webhook into it."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []
        self.error = ""

    def reply(self, call: Call) -> Reply:
        """Post a message."""
        if call.path == f"/services/{SECRET}":
            self.messages.append(call.content["text"])
            return 200, b"ok"
        if call.headers.get("authorization") != f"Bearer {SECRET}":
            return 200, {"ok": False, "error": "invalid_auth"}
        if call.content["channel"] != "#crm":
            return 200, {"ok": False, "error": "channel_not_found"}
        if self.error:
            return 200, {"ok": False, "error": self.error}
        self.messages.append(call.content["text"])
        return 200, {"ok": True}


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as running:
        yield running


@pytest.fixture
def bench(shop: Shop, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("HOMESPUN_CRM_TOKEN", SECRET)
    settings = {"url": slack.url, "allow_private": True, "channel": "#crm", "name": "A & B"}
    sync = {"destination": "slack", "settings": settings, "fields": ["email"]}
    return Bench(shop, Kit(sync, members=set, far=slack))


def test_a_run_is_one_message(bench: Bench, slack: FakeSlack) -> None:
    bench.run(*members(1, 2, 3))

    report = bench.run(("u1", "other@example.com", 1.0), *members(4, 5))

    assert slack.messages == ["*A &amp; B*: 3 entered", "*A &amp; B*: 2 entered, 1 changed, 2 left"]
    assert (report.sent, report.requests) == (5, 1)
    assert bench.again().requests == 0


def test_no_row_is_told_of(bench: Bench, slack: FakeSlack) -> None:
    bench.run(*members(1, 2, 3))

    assert b"jane" not in slack.requests[0].body


def test_a_secret_address_will_do_and_is_stored_nowhere(
    bench: Bench, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMESPUN_CRM_WEBHOOK_URL", f"{slack.url}/services/{SECRET}")
    slack.will(Fault.DENIED)
    settings = {"allow_private": True}

    bench.run(*members(1), settings=settings)
    report = bench.again()

    assert slack.messages == ["*crm*: 1 entered"]
    assert report.exit_code == 0
    for file in bench.shop.folder.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes()


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.UNAVAILABLE, Fault.RESET_BEFORE])
def test_a_message_that_did_not_arrive_is_sent_again(
    bench: Bench, slack: FakeSlack, fault: Fault
) -> None:
    slack.will(fault)

    report = bench.run(*members(1), on_unknown="resend")

    assert (report.exit_code, len(slack.messages)) == (0, 1)


@pytest.mark.parametrize(
    "fault",
    [Fault.ERROR_AFTER, Fault.CLOSED_AFTER, Fault.BROKEN_JSON],
)
def test_a_message_whose_answer_was_lost_is_held(
    bench: Bench, slack: FakeSlack, fault: Fault
) -> None:
    slack.will(fault)

    first = bench.run(*members(1, 2), timeout=0.3)
    second = bench.again()

    assert (first.held, second.held, len(slack.messages)) == (2, 2, 1)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        ("channel_is_archived", 2, "Slack refuses: channel_is_archived"),
        ("token_revoked", 2, "Slack refuses: token_revoked"),
        ("ratelimited", 4, "ratelimited"),
    ],
)
def test_a_refusal_inside_a_200_is_no_delivery(
    bench: Bench, slack: FakeSlack, error: str, code: int, words: str
) -> None:
    slack.error = error

    report = bench.run(*members(1, 2), attempts=2)

    assert (report.exit_code, report.sent) == (code, 0)
    assert words in report.message


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "set HOMESPUN_CRM_WEBHOOK_URL in the environment"),
        ({"channel": "#crm"}, "set HOMESPUN_CRM_TOKEN in the environment"),
    ],
)
def test_without_its_secret_nothing_is_sent_and_the_variable_is_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], words: str
) -> None:
    monkeypatch.delenv("HOMESPUN_CRM_TOKEN")

    report = bench.run(*members(1), settings=settings)

    assert report.exit_code == 2
    assert words in report.message
