"""A small dbt project with one audience and its warehouse, without dbt: the manifest by hand."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from homespun.project import Project, read_project

Member = tuple[str | None, str | None, float | None]  # user_id, email, lifetime_value


@dataclass(frozen=True)
class Shop:
    """The project's folder, and what a test does with it."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        """The warehouse's file."""
        return self.folder / "shop.duckdb"

    @property
    def project(self) -> Project:
        """The project as the commands read it."""
        return read_project(self.folder, profiles_dir=self.folder)

    def write_audience(self, members: Iterable[Member], name: str = "vips") -> None:
        """Make the audience these members, as a build would."""
        rows = list(members)
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("create schema if not exists main_audiences")
            connection.execute(
                f"create or replace table main_audiences.{name} "
                "(user_id varchar, email varchar, lifetime_value double)"
            )
            if rows:
                connection.execute(
                    f"insert into main_audiences.{name} select unnest($1::varchar[]), "
                    "unnest($2::varchar[]), unnest($3::double[])",
                    [list(column) for column in zip(*rows, strict=True)],
                )

    def write_syncs(self, **syncs: Mapping[str, Any]) -> None:
        """Write the manifest with these syncs, each of which reads the audience `vips`."""
        audience = "model.shop.vips"
        columns = {"email": {"name": "email", "meta": {"pii": True}}}
        manifest = {
            "metadata": {"project_name": "shop"},
            "nodes": {
                audience: {
                    "database": "shop",
                    "schema": "main_audiences",
                    "alias": "vips",
                    "name": "vips",
                    "columns": columns,
                }
            },
            "exposures": {
                f"exposure.shop.{name}": {
                    "name": name,
                    "package_name": "shop",
                    "description": "",
                    "config": {"meta": {"sync": sync}},
                    "depends_on": {"nodes": [audience]},
                }
                for name, sync in syncs.items()
            },
        }
        (self.folder / "target").mkdir(exist_ok=True)
        (self.folder / "target" / "manifest.json").write_text(json.dumps(manifest))

    def query(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def run(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `homespun` in a process of its own, in the project's folder."""
        return subprocess.run(
            [sys.executable, "-c", "from homespun.cli import main; main()", *arguments],
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def hold_warehouse(self) -> subprocess.Popen[str]:
        """Another process that has the warehouse open until it is killed."""
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(self.warehouse)], stdout=subprocess.PIPE, text=True
        )
        assert holder.stdout
        holder.stdout.readline()
        return holder


_HOLD = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""


def make_shop(folder: Path) -> Shop:
    """A project in an empty folder, its audience empty."""
    (folder / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (folder / "profiles.yml").write_text(
        "shop:\n  target: dev\n  outputs:\n"
        "    dev: {type: duckdb, path: shop.duckdb, schema: main}\n"
    )
    shop = Shop(folder)
    shop.warehouse.write_bytes(_empty_warehouse())
    return shop


@cache
def _empty_warehouse() -> bytes:
    """The file of a warehouse whose audience is empty: quicker copied than made."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder))
        shop.write_audience([])
        return shop.warehouse.read_bytes()


def members(*numbers: int, value: float = 1.0) -> list[Member]:
    """Members with these numbers."""
    return [(f"u{n}", f"jane{n}@example.com", value) for n in numbers]
