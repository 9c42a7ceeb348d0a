"""What holds for every destination, through the engine: no row lost, none twice, none told."""

import logging
from collections import Counter

import pytest

from tests.harness.receiver import Fault
from tests.harness.shop import members
from tests.reverse_etl.destinations.conftest import Bench, OpenBench
from tests.reverse_etl.destinations.kits import KITS, ONLY_FORMATS, OVER_HTTP, POSTGRES
from tests.reverse_etl.destinations.vendor_server import SECRET

BEFORE = members(1, 2, 3, 4)
AFTER = [*members(2, 3), ("u4", "jane4@example.com", 7.5), *members(5)]
KEPT = {"jane2@example.com", "jane3@example.com", "jane4@example.com", "jane5@example.com"}

FAULTS = {
    "an answer that is lost": [
        Fault.ERROR_BEFORE,
        Fault.ERROR_AFTER,
        Fault.RESET_BEFORE,
        Fault.RESET_AFTER,
        Fault.CLOSED_AFTER,
        Fault.NO_ANSWER,
    ],
    "an answer that says no, or nothing": [
        Fault.TOO_MANY,
        Fault.UNAVAILABLE,
        Fault.TOO_LARGE,
        Fault.HTML,
        Fault.BROKEN_JSON,
        Fault.HALF_JSON,
        Fault.BOMB,
    ],
}


@pytest.fixture(params=[*(name for name in KITS if name not in ONLY_FORMATS), POSTGRES])
def bench(request: pytest.FixtureRequest, open_bench: OpenBench) -> Bench:
    return open_bench(request.param)


@pytest.fixture(params=OVER_HTTP)
def http_bench(request: pytest.FixtureRequest, open_bench: OpenBench) -> Bench:
    return open_bench(request.param)


def test_every_row_has_one_outcome_and_nothing_is_sent_again(bench: Bench) -> None:
    bench.run(*BEFORE)

    report = bench.run(*AFTER)
    again = bench.again()

    outcomes = Counter((key, operation, status) for key, operation, status, _ in bench.log())
    assert outcomes == Counter(
        {
            **{(f"u{n}", "add", "done"): 1 for n in (1, 2, 3, 4, 5)},
            ("u1", "remove", "done"): 1,
            ("u4", "change", "done"): 1,
        }
    )
    assert (report.exit_code, report.sent) == (0, 3)
    assert (again.exit_code, again.requests, again.sent) == (0, 0, 0)
    assert bench.kit.members() == KEPT
    assert bench.kit.problems == []


@pytest.mark.parametrize(
    "name", ["files (csv)", "klaviyo", "sql_table (duckdb)", "sql_table (sqlite)", POSTGRES]
)
def test_a_run_killed_once_the_destination_accepted_ends_as_if_it_had_not_been(
    open_bench: OpenBench, name: str
) -> None:
    bench = open_bench(name)
    bench.run(*BEFORE)
    bench.shop.write_audience(AFTER)

    killed = bench.shop.run("sync", environment={"HOMESPUN_FAILPOINT": "sync.after_send=kill"})
    report = bench.again()

    assert killed.returncode == -9
    assert report.exit_code == 0
    assert bench.kit.members() == KEPT


def test_more_rows_than_a_request_may_hold_go_in_several(bench: Bench) -> None:
    report = bench.run(*members(*range(7)), batch_rows=3)

    assert (report.exit_code, report.sent, report.requests >= 3) == (0, 7, True)
    assert bench.kit.members() == {f"jane{n}@example.com" for n in range(7)}


def test_a_row_that_json_cannot_hold_is_refused_alone(bench: Bench) -> None:
    report = bench.run(*members(1), ("u2", "jane2@example.com", float("nan")), *members(3))

    assert (report.exit_code, report.sent, report.rejected) == (1, 2, 1)
    assert bench.kit.members() == {"jane1@example.com", "jane3@example.com"}
    assert [(key, status) for key, _, status, error in bench.log() if error] == [("u2", "rejected")]


@pytest.mark.parametrize("faults", FAULTS)
def test_what_goes_wrong_for_a_while_is_mended_in_the_run(http_bench: Bench, faults: str) -> None:
    assert http_bench.kit.far
    http_bench.kit.far.will(*FAULTS[faults])

    report = http_bench.run(*members(1, 2), timeout=0.3, attempts=10)

    assert (report.exit_code, report.sent, report.rejected) == (0, 2, 0)
    assert http_bench.kit.members() == {"jane1@example.com", "jane2@example.com"}


def test_removals_survive_what_goes_wrong(http_bench: Bench) -> None:
    assert http_bench.kit.far
    http_bench.run(*BEFORE)
    http_bench.kit.far.will(Fault.TOO_MANY, Fault.HTML, Fault.RESET_AFTER, Fault.ERROR_AFTER)

    report = http_bench.run(*AFTER, attempts=6)

    assert report.exit_code == 0
    assert http_bench.kit.members() == KEPT
    assert http_bench.again().requests == 0


def test_what_a_retry_cannot_mend_stops_the_sync_and_a_later_run_goes_on(
    http_bench: Bench,
) -> None:
    assert http_bench.kit.far
    http_bench.kit.far.will(Fault.DENIED, Fault.REDIRECT, Fault.PARK)

    reports = [http_bench.run(*members(1, 2)), *(http_bench.again() for _ in range(3))]

    assert [report.exit_code for report in reports] == [2, 2, 4, 0]
    assert [report.sent for report in reports] == [0, 0, 0, 2]
    assert http_bench.kit.members() == {"jane1@example.com", "jane2@example.com"}


def test_no_value_of_a_row_and_no_secret_is_told(
    http_bench: Bench, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    assert http_bench.kit.far
    caplog.set_level(logging.DEBUG)
    http_bench.run(*BEFORE)
    http_bench.kit.far.will(Fault.HTML, Fault.BROKEN_JSON, Fault.TOO_LARGE, Fault.DENIED)

    reports = [http_bench.run(*AFTER), http_bench.again()]

    errors = [error or "" for *_, error in http_bench.log()]
    told = "\n".join([caplog.text, *capfd.readouterr(), *map(str, reports), *errors])
    assert "jane" not in told
    assert SECRET not in told
    for file in http_bench.shop.folder.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes()
