"""Bugs of well-known open connectors, each as a test that would fail with it.

They are numbered as in the review that found them; those of vendors that are not shipped here
are left out.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from reverse_etl import normalise
from reverse_etl.normalise import sha256
from tests.harness.receiver import Fault
from tests.harness.shop import Shop, members
from tests.reverse_etl.destinations.conftest import Bench, OpenBench
from tests.reverse_etl.destinations.fake_customer_io import FakeCustomerIo
from tests.reverse_etl.destinations.fake_klaviyo import FakeKlaviyo
from tests.reverse_etl.destinations.fake_meta import FakeMeta
from tests.reverse_etl.destinations.vendor_server import SECRET


def statuses(bench: Bench) -> dict[str, str]:
    return {key: status for key, _, status, _ in bench.log()}


def test_bug_1_a_phone_number_that_is_none_does_not_fail_its_batch(open_bench: OpenBench) -> None:
    bench = open_bench("meta_audiences")
    rows = [("u1", "+41446681800", 1.0), ("u2", "-", 1.0), ("u3", "+41446681801", 1.0)]

    report = bench.run(*rows, fields={"phone": "email"})

    assert (report.sent, report.rejected) == (2, 1)
    assert statuses(bench) == {"u1": "done", "u2": "rejected", "u3": "done"}


@pytest.mark.parametrize(
    ("name", "code"), [("New York", "ny"), ("west  virginia", "wv"), ("District of Columbia", "dc")]
)
def test_bug_2_a_state_of_several_words_becomes_its_two_letters(name: str, code: str) -> None:
    assert normalise.state(name, "us") == code


@pytest.mark.parametrize(
    ("city", "kept"), [("São Paulo", "sãopaulo"), ("Zürich", "zürich"), ("東京", "東京")]
)
def test_bug_3_letters_with_accents_stay_in_a_city(city: str, kept: str) -> None:
    assert normalise.place(city) == kept


@pytest.mark.parametrize("text", ["1986-13-01", "not a date", "", "NaN"])
def test_bug_3_a_month_that_is_none_is_not_hashed(text: str) -> None:
    assert [sha256(part) for part in normalise.birth_date(text)] == ["", "", ""]


def test_bug_4_rows_that_meta_counts_as_invalid_are_not_simply_done(open_bench: OpenBench) -> None:
    bench = open_bench("meta_audiences")
    meta = bench.kit.far
    assert isinstance(meta, FakeMeta)
    meta.cannot_read = lambda row: row["EMAIL"] == sha256("jane2@example.com")

    bench.run(*members(1, 2, 3))
    some = statuses(bench)
    meta.cannot_read = lambda row: True
    bench.run(*members(1, 2, 3, 4))

    assert set(some.values()) == {"done_with_warning"}
    assert statuses(bench)["u4"] == "rejected"


def test_bug_4_what_is_hashed_is_normalised_first(open_bench: OpenBench) -> None:
    bench = open_bench("meta_audiences")

    bench.run(("u1", "  JANE1@Example.com ", 1.0))

    assert bench.kit.members() == {"jane1@example.com"}


@pytest.mark.parametrize("spelling", ["j.a.n.e@gmail.com", "jane+x@gmail.com", "jane@gmailx.com"])
def test_bug_5_no_rule_for_gmail_where_the_vendor_has_none(spelling: str) -> None:
    assert normalise.email(spelling) == spelling


def test_bug_6_a_failed_removal_is_not_blamed_on_an_addition(open_bench: OpenBench) -> None:
    bench = open_bench("klaviyo")
    klaviyo = bench.kit.far
    assert isinstance(klaviyo, FakeKlaviyo)
    bench.run(*members(1, 2))
    klaviyo.refuses = lambda row: "no" if row["external_id"] == "u4" else ""

    bench.run(*members(2, 3, 4))

    fates = {(key, operation): status for key, operation, status, _ in bench.log()}
    assert fates[("u1", "remove")] == "done"
    assert (fates[("u3", "add")], fates[("u4", "add")]) == ("done", "rejected")


def test_bug_7_additions_and_removals_never_share_a_request(open_bench: OpenBench) -> None:
    bench = open_bench("meta_audiences")
    meta = bench.kit.far
    assert isinstance(meta, FakeMeta)
    bench.run(*members(1, 2))

    bench.run(*members(2, 3))

    assert [call.method for call in meta.requests] == ["POST", "DELETE", "POST"]
    assert [len(call.content["payload"]["data"]) for call in meta.requests] == [2, 1, 1]


def test_bug_8_a_400_that_is_a_passing_fault_is_tried_again(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench("meta_audiences")
    meta = bench.kit.far
    assert isinstance(meta, FakeMeta)
    answers: list[Any] = [(400, {"error": {"code": 2, "is_transient": True}})]
    reply = meta.reply
    monkeypatch.setattr(meta, "reply", lambda call: answers.pop() if answers else reply(call))

    report = bench.run(*members(1, 2))

    assert (report.sent, report.rejected) == (2, 0)


def every_second(row: dict[str, Any]) -> bool:
    return int(row["email"][4]) % 2 == 0


def refuse_at_klaviyo(far: Any) -> None:
    far.refuses = lambda row: f"{row['email']} is not deliverable" if every_second(row) else ""


def refuse_at_customer_io(far: Any) -> None:
    problem = {"reason": "invalid", "field": "email", "message": "{} is not an address"}
    far.refuses = lambda row: (
        {**problem, "message": problem["message"].format(row["email"])}
        if every_second(row)
        else None
    )


def refuse_at_webhook(far: Any) -> None:
    far.refuses = lambda row: (
        f"{row['fields']['email']} is odd" if every_second(row["fields"]) else ""
    )


PARTLY = {
    "customer_io": refuse_at_customer_io,
    "klaviyo": refuse_at_klaviyo,
    "webhook": refuse_at_webhook,
}


@pytest.mark.parametrize("name", PARTLY)
def test_bugs_9_13_and_15_each_row_has_its_own_error_and_no_other_rows(
    open_bench: OpenBench, name: str
) -> None:
    bench = open_bench(name)
    refuse: Callable[[Any], None] = PARTLY[name]
    refuse(bench.kit.far)

    report = bench.run(*members(*range(1, 7)))

    errors = {key: error for key, _, _, error in bench.log()}
    assert (report.sent, report.rejected) == (3, 3)
    assert {key for key, error in errors.items() if error} == {"u2", "u4", "u6"}
    assert bench.kit.members() == {f"jane{n}@example.com" for n in (1, 3, 5)}
    assert all("***" in error and "jane" not in error for error in errors.values() if error)
    assert bench.again().requests == 0


def test_bug_10_a_200_without_success_is_no_success(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench("segment")
    monkeypatch.setattr(bench.kit.far, "reply", lambda call: (200, {"success": False}))

    report = bench.run(*members(1), attempts=2)

    assert (report.sent, report.held) == (0, 1)


def test_bug_11_a_row_that_the_answer_leaves_out_is_not_done(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench("webhook")
    answer = b'{"results": [{"key": "u2", "status": "ok"}]}'
    monkeypatch.setattr(bench.kit.far, "_apply", lambda key, content: (200, answer))

    report = bench.run(*members(1, 2, 3), attempts=2)

    assert (report.sent, report.rejected, report.held) == (1, 0, 2)
    assert statuses(bench) == {"u2": "done"}


def test_bug_12_a_207_without_a_row_in_it_is_not_success(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench("customer_io")
    monkeypatch.setattr(bench.kit.far, "reply", lambda call: (207, {"errors": []}))

    report = bench.run(*members(1, 2), attempts=2)

    assert (report.sent, report.held) == (0, 2)


@pytest.mark.parametrize("place", [-1, 7, None, "0"])
def test_bug_13_an_error_that_names_no_row_is_not_ignored(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, place: Any
) -> None:
    bench = open_bench("customer_io")
    customer_io = bench.kit.far
    assert isinstance(customer_io, FakeCustomerIo)
    answer = {"errors": [{"batch_index": place, "reason": "invalid"}]}
    monkeypatch.setattr(customer_io, "reply", lambda call: (207, answer))

    report = bench.run(*members(1, 2), attempts=2)

    assert (report.sent, report.rejected, report.held) == (0, 0, 2)


def test_bug_14_failures_that_are_counted_and_not_named_are_not_success(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("klaviyo")
    klaviyo = bench.kit.far
    assert isinstance(klaviyo, FakeKlaviyo)
    klaviyo.refuses = lambda row: "no"
    klaviyo.names_errors = False

    report = bench.run(*members(1, 2), attempts=2)

    assert report.sent == 0


def test_bug_15_an_accepted_import_is_not_done_before_it_is_complete(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("klaviyo")
    klaviyo = bench.kit.far
    assert isinstance(klaviyo, FakeKlaviyo)
    klaviyo.polls_needed = 10**6

    report = bench.run(*members(1, 2), wait_for_jobs=0)
    klaviyo.polls_needed = 1
    later = bench.again()

    assert (report.sent, report.held) == (0, 2)
    assert (later.sent, later.held) == (2, 0)
    assert len([call for call in klaviyo.requests if call.method == "POST"]) == 1


def test_bug_16_after_a_refused_row_the_errors_still_meet_their_rows(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("klaviyo")
    klaviyo = bench.kit.far
    assert isinstance(klaviyo, FakeKlaviyo)
    klaviyo.refuses = lambda row: "no" if row["external_id"] == "u3" else ""

    bench.run(
        ("u1", None, 1.0), *members(2, 3, 4), fields={"email": "email", "external_id": "email"}
    )
    klaviyo.refuses = lambda row: "no" if row["email"] == "jane6@example.com" else ""
    bench.run(("u1", None, 1.0), *members(2, 3, 4, 5, 6, 7), fields=["email"])

    fates = statuses(bench)
    assert (fates["u1"], fates["u6"]) == ("rejected", "rejected")
    assert {fates[f"u{n}"] for n in (2, 3, 4, 5, 7)} == {"done"}


def test_bug_17_a_file_written_again_after_a_lost_answer_is_one_file(
    open_bench: OpenBench, shop: Shop
) -> None:
    bench = open_bench("files (csv)")
    bench.configure()
    shop.write_audience(members(1, 2))

    killed = shop.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_send=kill"})
    bench.again()

    assert killed.returncode == -9
    assert len(list(shop.folder.glob("out/sync=crm/run=*/part-*"))) == 1


def test_bug_18_a_job_that_ends_is_asked_which_rows_failed(open_bench: OpenBench) -> None:
    bench = open_bench("klaviyo")
    klaviyo = bench.kit.far
    assert isinstance(klaviyo, FakeKlaviyo)
    klaviyo.refuses = lambda row: "no"

    bench.run(*members(1, 2))

    assert klaviyo.requests[-1].path.endswith("/import-errors")
    assert set(statuses(bench).values()) == {"rejected"}


def test_bug_19_no_list_is_ever_made_so_none_is_made_twice(open_bench: OpenBench) -> None:
    bench = open_bench("klaviyo")
    klaviyo = bench.kit.far
    assert isinstance(klaviyo, FakeKlaviyo)
    klaviyo.will(Fault.ERROR_AFTER)

    bench.run(*members(1, 2))

    assert not [call for call in klaviyo.requests if call.path == "/api/lists"]


@pytest.mark.parametrize("name", ["customer_io", "klaviyo", "meta_audiences", "segment", "webhook"])
def test_bug_20_what_a_vendor_repeats_of_a_row_is_in_no_error(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bench = open_bench(name)
    assert bench.kit.far

    def echo(call: Any, *rest: Any) -> tuple[int, Any]:
        content = {"error": "jane1@example.com", "errors": [], "key": SECRET}
        return 400, json.dumps(content).encode()

    monkeypatch.setattr(bench.kit.far, "_apply" if name == "webhook" else "reply", echo)

    report = bench.run(*members(1))

    told = f"{report} {bench.log()[0][3]}"
    assert report.rejected == 1
    assert "jane" not in told
    assert SECRET not in told


def test_bug_20_a_national_phone_number_gets_no_country_by_a_plus() -> None:
    assert normalise.phone("07911 123456", None) == ""
