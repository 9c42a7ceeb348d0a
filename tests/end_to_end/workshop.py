"""A folder in which the real commands run on the repository's dbt project, and leave it alone."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

REPOSITORY = Path(__file__).resolve().parents[2]
_LINKED = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests/models")
_PARSED = Path("target", "partial_parse.msgpack")


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def words(self) -> str:
        """All that it said."""
        return self.stdout + self.stderr

    def succeeds(self) -> "Done":
        """Itself, when it ended well."""
        return self.ends_in(0)

    def ends_in(self, exit_code: int) -> "Done":
        """Itself, when it ended in this exit code."""
        assert self.exit_code == exit_code, self.words
        return self

    def json(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.stdout)


@dataclass(frozen=True)
class Workshop:
    """A dbt project's folder with a warehouse of its own."""

    folder: Path
    warehouse_name: str = "homespun.duckdb"

    @property
    def warehouse(self) -> Path:
        """The warehouse's file, at the place where a clone has it."""
        return self.folder / self.warehouse_name

    @property
    def manifest(self) -> dict[str, Any]:
        """What dbt knows of the project."""
        content: dict[str, Any] = json.loads((self.folder / "target/manifest.json").read_text())
        return content

    def homespun(self, *arguments: str | Path, **environment: str) -> Done:
        """Run `homespun`."""
        return self._run("homespun", arguments, environment)

    def dbt(self, *arguments: str, **environment: str) -> Done:
        """Run `dbt`."""
        return self._run("dbt", ("--no-use-colors", *arguments), environment)

    def load(self, *paths: Path, exit_code: int = 0) -> Any:
        """Load files; the report."""
        return self.homespun("load", *paths, "--json").ends_in(exit_code).json()

    def make(self, *select: str) -> None:
        """Build models and seeds without their tests, which others have passed already."""
        kinds = ("--resource-type", "model", "--resource-type", "seed")
        self.dbt("build", *kinds, *(("--select", *select) if select else ())).succeeds()

    def query(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def _run(
        self, program: str, arguments: tuple[str | Path, ...], environment: Mapping[str, str]
    ) -> Done:
        done = subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)


def open_workshop(folder: Path, *, parsed_by: Workshop | None = None) -> Workshop:
    """The repository's project in an empty folder: linked, not copied."""
    for name in _LINKED:
        link = folder / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(REPOSITORY / name)
    if parsed_by is not None:
        (folder / "target").mkdir()
        shutil.copy2(parsed_by.folder / _PARSED, folder / _PARSED)
    return Workshop(folder)
