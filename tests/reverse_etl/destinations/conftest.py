"""What the tests of destinations share: a shop with an audience, set up for one of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reverse_etl.report import SyncReport
from reverse_etl.sync import sync
from tests.harness.shop import Member, Shop, make_shop
from tests.reverse_etl.destinations.kits import KITS, POSTGRES, Kit, postgres_table
from tests.reverse_etl.destinations.postgres import (
    NO_POSTGRES,
    Postgres,
    binaries,
    running_postgres,
)


@dataclass(frozen=True)
class Bench:
    """A shop whose audience goes to one destination."""

    shop: Shop
    kit: Kit

    def run(self, *members: Member, **changes: Any) -> SyncReport:
        """Make these the audience, and sync it; the configuration may differ from the kit's."""
        self.shop.write_audience(members)
        self.configure(**changes)
        return self.again()

    def configure(self, **changes: Any) -> None:
        """Write the sync."""
        quick = {"key": "user_id", "backoff": 0.001, "timeout": 2}
        guard = {"guard": {"min_removed": 10**6, "min_rejected": 10**6}}
        self.shop.write_syncs(crm={**quick, **guard, **self.kit.sync, **changes})

    def again(self) -> SyncReport:
        """Sync once more."""
        [report] = sync(self.shop.project)
        return report

    def log(self) -> list[tuple[str, str, str, str | None]]:
        """How each row fared: its key, what was to happen, how it ended, and why."""
        return self.shop.query(
            "select key, operation, status, error from main_activation.sync_log order by 1, 2, 3"
        )


OpenBench = Callable[[str], Bench]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests; it takes seconds to make."""
    programs = binaries()
    if programs is None:
        pytest.skip(NO_POSTGRES)
    with running_postgres(programs) as server:
        yield server


@pytest.fixture
def open_bench(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[OpenBench]:
    """Sets up a destination by the name that it has among the kits."""
    with ExitStack() as stack:

        def open_one(name: str) -> Bench:
            if name == POSTGRES:
                opened = postgres_table(request.getfixturevalue("postgres"))
            else:
                opened = KITS[name](shop.folder)
            kit = stack.enter_context(opened)
            for variable, value in kit.environment.items():
                monkeypatch.setenv(variable, value)
            return Bench(shop, kit)

        yield open_one
