"""The demo starts over, and so must never touch a warehouse that it did not make."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def demo(warehouse: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "homespun.demo"],
        cwd=REPOSITORY,
        env=os.environ | {"HOMESPUN_DUCKDB_PATH": str(warehouse)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("create table orders (id int)", "schema 'main'"),
        (
            "create schema raw; create table raw.events as select '/elsewhere/web.jsonl' as file",
            "1 events that are not the demo's",
        ),
    ],
)
def test_a_warehouse_of_ones_own_is_refused_and_kept(
    tmp_path: Path, statement: str, named: str
) -> None:
    warehouse = tmp_path / "mine.duckdb"
    neighbour = tmp_path / "mine.duckdb.bak"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(statement)
    neighbour.write_text("a copy")

    done = demo(warehouse)

    assert done.returncode == 2
    assert named in done.stdout
    assert "HOMESPUN_DUCKDB_PATH" in done.stdout
    assert warehouse.exists()
    assert neighbour.read_text() == "a copy"
