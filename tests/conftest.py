"""What every test runs in: no settings from outside, and no word to anybody about the run."""

import os
from collections.abc import Iterator

import pytest

from tests.end_to_end.workshop import Workshop, open_workshop

_REAL_DATA = "HOMESPUN_REAL_DATA"


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        for name in os.environ:
            if name.startswith(("DBT_", "HOMESPUN_")) and name != _REAL_DATA:
                environment.delenv(name)
        environment.setenv("DO_NOT_TRACK", "1")
        environment.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        yield


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory, _own_environment: None) -> Workshop:
    """The project as `dbt docs generate` leaves it: parsed, compiled, described; nothing built.

    Read only: tests take its manifest, and other workshops spare themselves the parsing.
    """
    workshop = open_workshop(tmp_path_factory.mktemp("compiled"))
    workshop.dbt("docs", "generate").succeeds()
    return workshop
