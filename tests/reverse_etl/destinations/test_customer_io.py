"""Customer.io: people are identified before they are added, and a 207 is read row by row."""

import pytest

from tests.harness.receiver import Fault
from tests.harness.shop import members
from tests.reverse_etl.destinations.conftest import Bench, OpenBench
from tests.reverse_etl.destinations.fake_customer_io import FakeCustomerIo


@pytest.fixture
def bench(open_bench: OpenBench) -> Bench:
    return open_bench("customer_io")


@pytest.fixture
def customer_io(bench: Bench) -> FakeCustomerIo:
    assert isinstance(bench.kit.far, FakeCustomerIo)
    return bench.kit.far


def test_people_are_identified_and_then_added(bench: Bench, customer_io: FakeCustomerIo) -> None:
    bench.run(*members(1, 2))
    bench.run(*members(2))

    assert [f"{call.path}?{call.query.get('id_type')}" for call in customer_io.requests] == [
        "/api/v2/batch?None",
        "/api/v1/segments/7/add_customers?id",
        "/api/v1/segments/7/remove_customers?id",
    ]
    assert customer_io.people["u1"] == {"email": "jane1@example.com", "ltv": 1.0}


def test_a_person_can_be_known_by_their_address(bench: Bench, customer_io: FakeCustomerIo) -> None:
    settings = {**bench.kit.sync["settings"], "id_type": "email"}
    bench.run(("u1", "old@example.com", 1.0), *members(2), settings=settings)

    report = bench.run(("u1", "new@example.com", 1.0), *members(2), settings=settings)

    assert report.exit_code == 0
    assert customer_io.segment == {"new@example.com", "jane2@example.com"}


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.TOO_MANY, Fault.RESET_BEFORE])
def test_who_was_identified_and_not_yet_added_is_added_after_all(
    bench: Bench, customer_io: FakeCustomerIo, fault: Fault
) -> None:
    customer_io.will(Fault.NONE, fault)

    report = bench.run(*members(1, 2))

    assert (report.exit_code, report.sent) == (0, 2)
    assert bench.kit.members() == {"jane1@example.com", "jane2@example.com"}


def test_a_segment_that_is_gone_stops_the_sync(bench: Bench) -> None:
    settings = {**bench.kit.sync["settings"], "segment_id": 8}

    report = bench.run(*members(1, 2), settings=settings)

    assert (report.exit_code, report.sent, report.rejected) == (2, 0, 0)


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (("u" * 151, "jane1@example.com", 1.0), "the id is missing, or longer than 150 bytes"),
        (("u1", "x" * 1001, 1.0), "email is longer than 1000 bytes"),
    ],
)
def test_what_customer_io_does_not_take_is_refused_before_it_is_sent(
    bench: Bench, member: tuple[str, str, float], reason: str
) -> None:
    report = bench.run(member)

    assert (report.rejected, report.requests) == (1, 0)
    assert bench.log()[0][3] == reason


def test_people_known_by_another_identifier_from_now_on_are_sent_again(
    bench: Bench, customer_io: FakeCustomerIo
) -> None:
    settings = {**bench.kit.sync["settings"], "id_type": "email"}
    bench.run(*members(1, 2))

    report = bench.run(*members(1, 2), settings=settings)

    assert (report.changed, report.rejected, report.exit_code) == (2, 0, 0)
    assert customer_io.segment == {"jane1@example.com", "jane2@example.com"}
    removed = [call for call in customer_io.requests if "remove" in call.path]
    assert [call.query["id_type"] for call in removed] == ["id"]


def test_what_is_on_its_way_as_the_identifier_changes_is_finished_as_it_was(
    bench: Bench, customer_io: FakeCustomerIo
) -> None:
    customer_io.will(Fault.NONE, Fault.ERROR_BEFORE)
    bench.run(*members(1, 2), attempts=1)
    settings = {**bench.kit.sync["settings"], "id_type": "email"}

    report = bench.run(*members(1, 2), settings=settings)

    assert (report.exit_code, report.held) == (0, 0)
    assert customer_io.segment == {"jane1@example.com", "jane2@example.com"}
