"""A dbt project for one test, and ways to see what a load left in it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from homespun.project import Project, read_project
from ingestion.load import LoadReport, load

PROFILES = """
shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: shop.duckdb, schema: main}
"""


@dataclass(frozen=True)
class Shop:
    """A dbt project in a folder, with an embedded warehouse."""

    folder: Path

    @property
    def project(self) -> Project:
        return read_project(self.folder)

    def write(self, name: str, content: bytes | Iterable[bytes]) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else b"\n".join(content) + b"\n")
        return str(path)

    def load(self, *paths: str, **options: Any) -> LoadReport:
        return load(paths, project=self.project, **options)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / "shop.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def column(self, sql: str) -> list[Any]:
        return [row[0] for row in self.query(sql)]

    def command(
        self, *arguments: str, before: Sequence[str] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `homespun`, by the program that is named before it."""
        return subprocess.run(
            [*before, sys.executable, "-c", "from homespun.cli import main; main()", *arguments],
            cwd=self.folder,
            env={**os.environ, "DO_NOT_TRACK": "1", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def make_shop(folder: Path) -> Shop:
    """An empty project."""
    (folder / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (folder / "profiles.yml").write_text(PROFILES)
    return Shop(folder)


def track(message_id: str, **fields: object) -> bytes:
    """The line of a track message."""
    message = {"messageId": message_id, "type": "track", "event": "E", "userId": "u", **fields}
    return json.dumps(message).encode()
