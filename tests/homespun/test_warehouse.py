"""The warehouse is waited for, its holder is named, and a missing one is no empty one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from homespun.errors import ConfigurationError, LockHeld, Unavailable
from homespun.project import Project, read_project
from homespun.warehouse import connect

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (tmp_path / "profiles.yml").write_text(
        "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n"
    )
    return read_project(tmp_path)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_holder_is_named_after_the_wait(project: Project, read_only: bool) -> None:
    with (
        holder(project) as process,
        pytest.raises(LockHeld) as error,
        connect(project, read_only=read_only, lock_timeout=0),
    ):
        pass

    assert f"process {process.pid}" in str(error.value)
    assert "shop.duckdb" in str(error.value)


def test_a_warehouse_that_is_let_go_of_in_time_is_opened(project: Project) -> None:
    with holder(project) as process:
        process.terminate()
        with connect(project, read_only=False, lock_timeout=20) as connection:
            answer = connection.execute("select 42").fetchall()

    assert answer == [(42,)]


def test_a_missing_warehouse_is_not_made_by_reading_it(project: Project) -> None:
    with (
        pytest.raises(ConfigurationError, match="yet: run `homespun load PATH`"),
        connect(project, read_only=True),
    ):
        pass

    assert not project.duckdb_path.exists()


def test_a_file_that_is_no_warehouse_is_unavailable(project: Project) -> None:
    project.duckdb_path.write_bytes(b"not a database" * 1000)

    with pytest.raises(Unavailable, match=r"shop\.duckdb"), connect(project, read_only=True):
        pass


def test_a_file_is_free_again_afterwards(project: Project) -> None:
    with connect(project, read_only=False) as connection:
        connection.execute("create table t as select 1 as one")

    with duckdb.connect(str(project.duckdb_path)) as connection:
        assert connection.execute("from t").fetchall() == [(1,)]


@contextmanager
def holder(project: Project) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has the warehouse open."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project.duckdb_path)],
        env=os.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()
