"""A change of a sync's state is told once, to whoever asked for it."""

import logging
from collections.abc import Iterator

import pytest

from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness.receiver import Fault, Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook


@pytest.fixture
def listener() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def told(shop: Shop, listener: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    monkeypatch.setenv("HOMESPUN_NOTIFY_URL", listener.url)
    return listener


def run(shop: Shop) -> SyncReport:
    [report] = sync(shop.project)
    return report


def states(listener: Receiver) -> list[str]:
    return [request.content["state"] for request in listener.requests]


def test_each_state_is_told_once_and_its_end_too(
    shop: Shop, receiver: Receiver, told: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver, attempts=1))
    shop.write_audience(members(1, 2))
    told.will(*[Fault.ACCEPTED] * 9)
    run(shop)
    quiet = list(told.requests)
    receiver.will(Fault.DENIED, Fault.DENIED, Fault.TOO_MANY)
    shop.write_audience(members(1, 2, 3))

    for _ in range(5):
        run(shop)

    assert quiet == []
    assert states(told) == ["critical", "warning", "recovered"]
    first = told.requests[0].content
    assert (first["sync"], first["before"], first["status"]) == ("crm", "ok", "misconfigured")
    assert not any(b"jane" in request.body for request in told.requests)


def test_slack_is_told_in_one_line(
    shop: Shop, listener: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMESPUN_NOTIFY_SLACK_URL", listener.url)
    listener.will(Fault.ACCEPTED)
    shop.write_syncs(crm={"destination": "nowhere", "key": "user_id"})

    run(shop)

    [notice] = listener.requests
    assert list(notice.content) == ["text"]
    assert notice.content["text"].startswith("sync crm to nowhere: critical")


def test_who_heard_a_notice_does_not_hear_it_again_because_another_did_not(
    shop: Shop, told: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMESPUN_NOTIFY_SLACK_URL", "http://127.0.0.1:1/closed")
    shop.write_syncs(crm={"destination": "nowhere", "key": "user_id"})
    told.will(Fault.ACCEPTED)

    first = run(shop)
    run(shop)

    assert "HOMESPUN_NOTIFY_SLACK_URL could not be delivered" in " ".join(first.notes)
    assert states(told) == ["critical"]


def test_a_notice_that_was_not_delivered_is_tried_again(shop: Shop, told: Receiver) -> None:
    shop.write_syncs(crm={"destination": "nowhere", "key": "user_id"})
    told.will(Fault.ERROR_BEFORE, Fault.ACCEPTED)

    first = run(shop)
    run(shop)
    run(shop)

    assert "HTTP 500" in " ".join(first.notes)
    assert told.url not in " ".join(first.notes)
    assert states(told) == ["critical", "critical"]


def test_an_answer_without_end_is_not_waited_for(
    shop: Shop, receiver: Receiver, told: Receiver
) -> None:
    shop.write_syncs(crm=to_webhook(receiver, attempts=1))
    shop.write_audience(members(1))
    receiver.will(Fault.DENIED)
    told.will(Fault.BOMB)

    report = run(shop)

    assert states(told) == ["critical"]
    assert not any("notice" in note for note in report.notes)


def test_no_log_names_the_address_that_is_told(
    shop: Shop, told: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    shop.write_syncs(crm={"destination": "nowhere", "key": "user_id"})
    told.will(Fault.ACCEPTED)

    run(shop)

    assert len(told.requests) == 1
    assert told.url not in caplog.text
