"""Klaviyo: what it is asked is documented, each row is decided, and consent is never touched."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness.receiver import Fault
from tests.harness.shop import members
from tests.reverse_etl.destinations.conftest import Bench, OpenBench
from tests.reverse_etl.destinations.fake_klaviyo import FakeKlaviyo, as_documented
from tests.reverse_etl.destinations.vendor_server import NO_DOCUMENT, Call


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench("klaviyo")


@pytest.fixture
def klaviyo(bench: Bench) -> Iterator[FakeKlaviyo]:
    assert isinstance(bench.kit.far, FakeKlaviyo)
    yield bench.kit.far
    assert bench.kit.problems == []


def paths(klaviyo: FakeKlaviyo) -> list[str]:
    return [f"{call.method} {call.path}" for call in klaviyo.requests]


@pytest.mark.skipif(as_documented() is None, reason=NO_DOCUMENT)
def test_a_whole_life_of_a_list_is_as_klaviyo_documents_it(
    bench: Bench, klaviyo: FakeKlaviyo
) -> None:
    klaviyo.refuses = lambda row: "not deliverable" if row["email"] == "jane3@example.com" else ""
    klaviyo.polls_needed = 2

    bench.run(*members(1, 2, 3))
    report = bench.run(*members(2, 3, value=9.0))

    job = "/api/profile-bulk-import-jobs"
    assert paths(klaviyo) == [
        f"POST {job}",
        *[f"GET {job}/job1"] * 2,
        f"GET {job}/job1/import-errors",
        "GET /api/profiles",
        "DELETE /api/lists/L1st/relationships/profiles",
        f"POST {job}",
        *[f"GET {job}/job2"] * 2,
        f"GET {job}/job2/import-errors",
    ]
    assert (report.sent, report.rejected) == (2, 1)
    assert bench.kit.members() == {"jane2@example.com"}


def test_a_document_that_is_broken_on_purpose_is_noticed(klaviyo: FakeKlaviyo) -> None:
    check = as_documented()
    if check is None:
        pytest.skip(NO_DOCUMENT)
    headers = {
        "authorization": "Klaviyo-API-Key x",
        "revision": "2026-07-15",
        "content-type": "application/vnd.api+json",
    }
    body = json.dumps({"data": {"type": "list"}}).encode()

    problem = check(Call("POST", "/api/profile-bulk-import-jobs", {}, headers, body, Fault.NONE))

    assert "list" in problem


def test_attributes_identifiers_and_properties_go_where_klaviyo_has_them(
    bench: Bench, klaviyo: FakeKlaviyo
) -> None:
    fields = {
        "email": "email",
        "external_id": "user_id",
        "first_name": "user_id",
        "location.city": "email",
        "ltv": "lifetime_value",
    }

    bench.run(("u1", "jane1@example.com", None), fields=fields)

    data = klaviyo.requests[0].content["data"]
    [profile] = data["attributes"]["profiles"]["data"]
    assert profile["attributes"] == {
        "email": "jane1@example.com",
        "external_id": "u1",
        "first_name": "u1",
        "location": {"city": "jane1@example.com"},
        "properties": {"ltv": None},
    }
    assert data["relationships"]["lists"]["data"] == [{"type": "list", "id": "L1st"}]


@pytest.mark.parametrize(
    ("fields", "member", "reason"),
    [
        (["lifetime_value"], ("u1", None, 1.0), "there is none of: email, phone_number"),
        ({"phone_number": "email"}, ("u1", "07911 123456", 1.0), "phone_number is not in the form"),
        ({"external_id": "email"}, ("u1", "x" * 256, 1.0), "external_id is longer than 255"),
        ({"email": "user_id", "a": "email"}, ("u1", "x" * 100_000, 1.0), "larger than 100000"),
    ],
)
def test_a_row_that_klaviyo_would_not_take_is_refused_before_it_is_sent(
    bench: Bench, klaviyo: FakeKlaviyo, fields: Any, member: Any, reason: str
) -> None:
    report = bench.run(member, fields=fields)

    assert (report.rejected, report.requests) == (1, 0)
    assert reason in str(bench.log()[0][3])


def test_who_shares_an_address_with_someone_who_stays_is_not_removed(
    bench: Bench, klaviyo: FakeKlaviyo
) -> None:
    fields = {"email": "email", "external_id": "user_id"}
    one, other = ("u1", "Jane@example.com", None), ("u2", "jane@example.com", None)
    bench.run(one, other, *members(3), fields=fields)

    bench.run(other, *members(3), fields=fields)
    while_one_stays = {email.lower() for email in bench.kit.members()}
    bench.run(*members(3), fields=fields)

    assert while_one_stays == {"jane@example.com", "jane3@example.com"}
    assert bench.kit.members() == {"jane3@example.com"}
    assert ("u1", "remove", "done_with_warning",
            "not removed: a row that stays has the same identifier") in bench.log()  # fmt: skip


@pytest.mark.parametrize("is_refused", [False, True])
def test_who_shares_an_address_with_someone_who_changes_is_not_removed(
    bench: Bench, klaviyo: FakeKlaviyo, is_refused: bool
) -> None:
    bench.run(("u1", "Jane@example.com", 1.0), ("u2", "jane@example.com", 1.0), *members(3))
    if is_refused:
        klaviyo.refuses = lambda row: "not deliverable" if row["properties"]["ltv"] == 2.0 else ""

    report = bench.run(("u2", "jane@example.com", 2.0), *members(3))

    assert not any(path.startswith("DELETE") for path in paths(klaviyo))
    assert (report.removed, report.rejected) == (1, int(is_refused))
    assert {email.lower() for email in bench.kit.members()} == {
        "jane@example.com",
        "jane3@example.com",
    }


def test_an_address_that_nobody_keeps_is_removed_though_one_of_its_rows_stays(
    bench: Bench, klaviyo: FakeKlaviyo
) -> None:
    bench.run(("u1", "jane@example.com", 1.0), ("u2", "jane@example.com", 1.0), *members(3))

    bench.run(("u2", "new@example.com", 2.0), *members(3))

    assert bench.kit.members() == {"new@example.com", "jane3@example.com"}


def test_who_keeps_an_address_is_not_taken_off_the_list_for_a_new_external_id(
    bench: Bench, klaviyo: FakeKlaviyo
) -> None:
    fields = {"email": "email", "external_id": "lifetime_value"}
    bench.run(("u1", "jane@example.com", 1.0), fields=fields)

    report = bench.run(("u1", "jane@example.com", 2.0), fields=fields)

    assert not any(path.startswith("DELETE") for path in paths(klaviyo))
    assert (report.changed, bench.kit.members()) == (1, {"jane@example.com"})


def test_rows_that_a_request_is_refused_for_are_named_and_the_others_sent(
    bench: Bench, klaviyo: FakeKlaviyo
) -> None:
    klaviyo.rejects = lambda row: f"{row['email']} is odd" if row["email"][4] in "25" else ""

    report = bench.run(*members(*range(1, 7)))

    assert (report.sent, report.rejected) == (4, 2)
    assert [line for line in bench.log() if line[3]] == [
        ("u2", "add", "rejected", "invalid: *** is odd"),
        ("u5", "add", "rejected", "invalid: *** is odd"),
    ]
    assert bench.kit.members() == {f"jane{n}@example.com" for n in (1, 3, 4, 6)}


def test_a_list_that_is_not_there_stops_the_sync(bench: Bench, klaviyo: FakeKlaviyo) -> None:
    settings = {**bench.kit.sync["settings"], "list_id": "other"}

    report = bench.run(*members(1, 2), settings=settings)

    assert (report.exit_code, report.rejected) == (2, 0)
    assert "settings.list_id" in report.message


def test_an_import_that_klaviyo_forgets_is_made_again(bench: Bench, klaviyo: FakeKlaviyo) -> None:
    klaviyo.loses_jobs = 1

    report = bench.run(*members(1, 2))

    assert (report.exit_code, report.sent) == (0, 2)
    assert [path for path in paths(klaviyo) if path.startswith("POST")] == [
        "POST /api/profile-bulk-import-jobs"
    ] * 2


def test_import_errors_on_several_pages_are_all_read(bench: Bench, klaviyo: FakeKlaviyo) -> None:
    klaviyo.page_size = 2
    klaviyo.refuses = lambda row: "no" if int(row["external_id"][1:]) % 2 else ""

    report = bench.run(*members(*range(10)))

    assert (report.sent, report.rejected) == (5, 5)
    assert {call.headers["host"] for call in klaviyo.requests} == {klaviyo.url[7:]}


def test_a_member_whose_address_changes_leaves_the_list_under_the_old_one(
    bench: Bench, klaviyo: FakeKlaviyo
) -> None:
    fields = {"email": "email"}
    bench.run(("u1", "old@example.com", 1.0), fields=fields)

    report = bench.run(("u1", "new@example.com", 1.0), fields=fields)

    assert report.exit_code == 0
    assert bench.kit.members() == {"new@example.com"}


def test_a_member_whose_profile_is_gone_is_off_the_list_with_a_warning(
    bench: Bench, klaviyo: FakeKlaviyo
) -> None:
    bench.run(*members(1, 2, 3))
    klaviyo.profiles = {
        id: profile
        for id, profile in klaviyo.profiles.items()
        if profile["email"] != "jane1@example.com"
    }

    report = bench.run(*members(3))

    assert report.exit_code == 0
    assert [line[2:] for line in bench.log() if line[1] == "remove"] == [
        ("done_with_warning", "there is no such profile any more"),
        ("done", None),
    ]


def test_a_web_page_is_no_answer_to_a_removal(bench: Bench, klaviyo: FakeKlaviyo) -> None:
    bench.run(*members(1, 2))
    klaviyo.will(Fault.NONE, Fault.HTML)

    report = bench.run(*members(2))

    assert (report.exit_code, bench.kit.members()) == (0, {"jane2@example.com"})
    assert len([path for path in paths(klaviyo) if path.startswith("DELETE")]) == 2


def test_nobody_is_subscribed_or_unsubscribed(bench: Bench, klaviyo: FakeKlaviyo) -> None:
    bench.run(*members(1, 2, 3))
    bench.run(*members(3))

    assert not [path for path in paths(klaviyo) if "subscription" in path or "suppress" in path]
    assert not [call for call in klaviyo.requests if b"subscri" in call.body]
