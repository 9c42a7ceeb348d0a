"""Meta: hashes only, removals by what was acknowledged, counts taken at their word."""

import json
from typing import Any

import pytest

from reverse_etl.destination import Answer, Scope, Status
from reverse_etl.meta_errors import outcome_of_error
from tests.harness.shop import members
from tests.reverse_etl.destinations.conftest import Bench, OpenBench
from tests.reverse_etl.destinations.fake_meta import FakeMeta, error


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench("meta_audiences")


@pytest.fixture
def meta(bench: Bench) -> FakeMeta:
    assert isinstance(bench.kit.far, FakeMeta)
    return bench.kit.far


def test_no_personal_field_leaves_unhashed_or_stays_in_the_state(
    bench: Bench, meta: FakeMeta
) -> None:
    bench.run(*members(1, 2))
    bench.run(*members(2))

    sent = b"".join(call.body for call in meta.requests)
    state = bench.shop.query("select identifiers from main_activation.sync_state")
    assert b"jane" not in sent
    assert "jane" not in str(state)
    assert [call.method for call in meta.requests] == ["POST", "DELETE"]


def test_a_person_without_a_telling_field_is_known_by_all_of_them(
    bench: Bench, meta: FakeMeta
) -> None:
    fields = {"first_name": "email", "city": "lifetime_value"}
    same, other = ("Jane", 1.0), ("Joan", 1.0)
    bench.run(("u1", *same), ("u2", *same), ("u3", *other), ("u4", "Ann", 1.0), fields=fields)

    bench.run(("u2", *same), ("u4", "Ann", 1.0), fields=fields)

    removed = [call.content["payload"]["data"] for call in meta.requests if call.method == "DELETE"]
    assert [len(rows) for rows in removed] == [1]
    assert [line[0] for line in bench.log() if line[2] == "done_with_warning"] == ["u1"]


def test_all_of_a_persons_fields_go_under_metas_names(bench: Bench, meta: FakeMeta) -> None:
    fields = dict.fromkeys(
        ("first_name", "last_name", "city", "state", "zip", "date_of_birth", "country"),
        "user_id",
    )

    bench.run(*members(1), fields={"email": "email", "phone": "user_id", **fields})

    payload = meta.requests[0].content["payload"]
    keys = ["EMAIL", "PHONE", "FN", "LN", "CT", "ST", "ZIP", "COUNTRY", "DOBY", "DOBM", "DOBD"]
    assert payload["schema"] == keys
    usable = {key for key, value in zip(keys, payload["data"][0], strict=True) if value}
    assert usable == {"EMAIL", "FN", "LN", "CT", "ST", "ZIP"}


def test_a_field_that_meta_does_not_take_is_a_configuration_error(bench: Bench) -> None:
    report = bench.run(*members(1), fields={"email": "email", "ltv": "lifetime_value"})

    assert report.exit_code == 2
    assert "Meta takes no field 'ltv'; it takes: external_id, email" in report.message


def test_a_changed_address_replaces_the_old_one(bench: Bench, meta: FakeMeta) -> None:
    bench.run(("u1", "jane1@example.com", 1.0), fields=["email"])

    bench.run(("u1", "jane9@example.com", 1.0), fields=["email"])

    assert bench.kit.members() == {"jane9@example.com"}


@pytest.mark.parametrize(
    ("code", "subcode", "status", "scope"),
    [
        (1, 0, Status.UNKNOWN, Scope.BATCH),
        (2, 0, Status.UNKNOWN, Scope.BATCH),
        (17, 0, Status.RETRY, Scope.BATCH),
        (80003, 0, Status.RETRY, Scope.BATCH),
        (190, 463, Status.RETRY, Scope.ACCOUNT),
        (200, 0, Status.RETRY, Scope.ACCOUNT),
        (368, 0, Status.RETRY, Scope.ACCOUNT),
        (100, 33, Status.RETRY, Scope.TARGET),
        (100, 1713230, Status.RETRY, Scope.TARGET),
        (2655, 0, Status.RETRY, Scope.TARGET),
        (100, 0, Status.REJECTED, Scope.BATCH),
    ],
)
def test_metas_own_code_says_what_to_do(
    code: int, subcode: int, status: Status, scope: Scope
) -> None:
    outcome = outcome_of_error(answer(400, error(code, subcode)))

    assert outcome is not None
    assert (outcome.status, outcome.scope) == (status, scope)
    assert "jane" not in outcome.reason


def test_a_throttled_account_waits_as_long_as_the_header_says() -> None:
    usage = '{"1": [{"type": "custom_audience", "estimated_time_to_regain_access": 19}]}'

    outcome = outcome_of_error(answer(400, error(80003), {"x-business-use-case-usage": usage}))

    assert outcome is not None
    assert outcome.retry_after == 19 * 60


def test_a_later_version_of_the_api_is_no_other_place(bench: Bench, meta: FakeMeta) -> None:
    bench.run(*members(1, 2))
    settings = {**bench.kit.sync["settings"], "version": "v26.0"}

    report = bench.run(*members(1, 2), settings=settings)

    assert (report.exit_code, report.requests) == (0, 0)


def test_an_audience_that_is_gone_stops_the_sync(bench: Bench) -> None:
    settings = {**bench.kit.sync["settings"], "audience_id": "1"}

    report = bench.run(*members(1), settings=settings)

    assert (report.exit_code, report.sent) == (2, 0)
    assert "settings.audience_id" in report.message


def answer(status: int, content: Any, headers: dict[str, str] | None = None) -> Answer:
    kind = {"content-type": "application/json"}
    return Answer(status, {**kind, **(headers or {})}, json.dumps(content).encode())


def test_another_country_for_national_numbers_sends_rows_again(
    bench: Bench, meta: FakeMeta
) -> None:
    configured = {"fields": {"phone": "email"}}
    abroad, at_home = ("u1", "+41446681800", 1.0), ("u2", "0446681801", 1.0)
    bench.run(abroad, at_home, **configured)

    settings = {**bench.kit.sync["settings"], "country": "CH"}
    report = bench.run(abroad, at_home, settings=settings, **configured)

    assert (report.changed + report.added, report.sent, report.rejected) == (2, 2, 0)
