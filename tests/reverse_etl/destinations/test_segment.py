"""Segment's tracking API: membership as traits and as events, each message once."""

import json

import pytest

from ingestion.load import load
from tests.harness.receiver import Fault
from tests.harness.shop import members
from tests.reverse_etl.destinations.conftest import Bench, OpenBench
from tests.reverse_etl.destinations.fake_segment import FakeSegment


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench("segment")


@pytest.fixture
def segment(bench: Bench) -> FakeSegment:
    assert isinstance(bench.kit.far, FakeSegment)
    return bench.kit.far


def test_who_enters_changes_and_exits_is_told_as_segment_tells_it(
    bench: Bench, segment: FakeSegment
) -> None:
    bench.run(*members(1))
    bench.run(*members(1, value=2.0))
    bench.run(*members(2))

    told = [
        (message["userId"], message.get("event"), message.get("traits"), message.get("properties"))
        for message in segment.messages.values()
    ]
    entered = {"audience_key": "vip", "vip": True}
    assert told == [
        ("u1", None, {"email": "jane1@example.com", "ltv": 1.0, "vip": True}, None),
        ("u1", "Audience Entered", None, entered),
        ("u1", None, {"email": "jane1@example.com", "ltv": 2.0, "vip": True}, None),
        ("u1", None, {"vip": False}, None),
        ("u1", "Audience Exited", None, {"audience_key": "vip", "vip": False}),
        ("u2", None, {"email": "jane2@example.com", "ltv": 1.0, "vip": True}, None),
        ("u2", "Audience Entered", None, entered),
    ]


def test_a_message_that_arrives_twice_has_the_same_id(bench: Bench, segment: FakeSegment) -> None:
    segment.will(Fault.ERROR_AFTER, Fault.RESET_AFTER)

    bench.run(*members(1, 2))

    first, second, third = [call.body for call in segment.requests]
    assert first == second == third
    assert sorted(segment.events) == [("u1", "Audience Entered"), ("u2", "Audience Entered")]


def test_entering_again_is_another_message(bench: Bench, segment: FakeSegment) -> None:
    bench.run(*members(1, 2))
    bench.run(*members(2))
    bench.run(*members(1, 2))

    assert [event for user, event in segment.events if user == "u1"] == [
        "Audience Entered",
        "Audience Exited",
        "Audience Entered",
    ]


def test_a_200_that_does_not_say_success_is_sent_again(
    bench: Bench, segment: FakeSegment, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [{"success": False}, {}, {"success": True}]
    monkeypatch.setattr(segment, "reply", lambda call: (200, answers.pop(0)))

    report = bench.run(*members(1))

    assert (report.sent, answers, len(segment.requests)) == (1, [], 3)


def test_a_message_too_large_for_segment_is_refused_alone(
    bench: Bench, segment: FakeSegment
) -> None:
    report = bench.run(("u1", "x" * 40_000, 1.0), *members(2))

    assert (report.sent, report.rejected) == (1, 1)
    assert segment.events == [("u2", "Audience Entered")]


def test_our_own_loader_takes_what_is_sent(bench: Bench, segment: FakeSegment) -> None:
    bench.run(*members(1, 2))
    file = bench.shop.folder / "sent.jsonl"
    file.write_text("\n".join(map(json.dumps, segment.messages.values())))

    report = load([str(file)], project=bench.shop.project)

    assert (report.events, report.rejected) == (4, {})


def test_people_known_by_another_id_from_now_on_are_sent_again(
    bench: Bench, segment: FakeSegment
) -> None:
    bench.run(*members(1))

    report = bench.run(*members(1), settings={**bench.kit.sync["settings"], "id": "anonymous_id"})

    assert (report.changed, report.sent) == (1, 1)
    assert list(segment.messages.values())[-1]["anonymousId"] == "u1"
