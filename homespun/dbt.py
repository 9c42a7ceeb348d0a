"""BUILD: dbt, run as a person would run it, and what it says of each node afterwards."""

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from homespun.errors import DONE, SOME_FAILED, ConfigurationError
from homespun.project import Project
from homespun.warehouse import LOCK_TIMEOUT, connect

_GOOD = {"success", "pass", "warn", "no-op"}


@dataclass(frozen=True)
class BuildReport:
    """What `dbt build` did: nodes by kind, and the unique ids of those that ended well or not."""

    exit_code: int
    nodes: Mapping[str, int]
    done: Sequence[str]
    not_done: Sequence[str]


def build(
    project: Project,
    *,
    select: Sequence[str] = (),
    allow_empty: bool = False,
    lock_timeout: float = LOCK_TIMEOUT,
    output: IO[str] | None = None,
) -> BuildReport:
    """Run `dbt build`; its words go to `output`, stderr by default.

    Waits for a warehouse that another process holds, which dbt would not. Raises
    ConfigurationError when nothing was built: dbt says why in its output, or the selection, which
    dbt forgives, matches nothing and `allow_empty` is not set.
    """
    if project.target.type == "duckdb" and project.duckdb_path.exists():
        with connect(project, read_only=False, lock_timeout=lock_timeout):
            pass
    results_path = project.target_path / "run_results.json"
    results_path.unlink(missing_ok=True)
    command = [
        _dbt(),
        "build",
        *("--project-dir", str(project.directory)),
        *("--profiles-dir", str(project.profiles_dir)),
        *("--target", project.target.name),
        *(("--select", *select) if select else ()),
    ]
    dbt_exit_code = _run(command, project.directory, output or sys.stderr)
    results = json.loads(results_path.read_text())["results"] if results_path.exists() else []
    is_built = any(result["status"] in _GOOD for result in results)
    if not is_built and dbt_exit_code != DONE:
        raise ConfigurationError("dbt built nothing: its output above says what to mend")
    if not results and not allow_empty:
        raise ConfigurationError(f"--select {' '.join(select)} matches nothing: see `dbt ls`")
    return _report(results)


def compile_models(project: Project, *, directory: Path, target_path: Path, name: str) -> None:
    """Compile all models of a tree of the project as for a full build; write nothing else.

    Raises ConfigurationError, with dbt's words, when it cannot be compiled.
    """
    command = [
        _dbt(),
        "--quiet",
        "compile",
        "--full-refresh",
        *("--project-dir", str(directory)),
        *("--profiles-dir", str(project.profiles_dir)),
        *("--target", project.target.name),
        *("--target-path", str(target_path)),
    ]
    if _run(command, project.directory, sys.stderr) != DONE:
        raise ConfigurationError(
            f"dbt cannot compile the project as {name} has it: its output above says why"
        )


def fit_models(manifest: Mapping[str, Any], report: BuildReport) -> set[str]:
    """The names of the models that a build made, and none of whose tests failed."""
    tested = {
        unique_id
        for test in report.not_done
        for unique_id in manifest["nodes"].get(test, {}).get("depends_on", {}).get("nodes", ())
    }
    return {
        manifest["nodes"][unique_id]["name"]
        for unique_id in report.done
        if unique_id.startswith("model.") and unique_id not in tested
    }


def _dbt() -> str:
    """The dbt beside our Python, else the one on the path (dbt v2 is a program of its own)."""
    beside = Path(sys.executable).parent / "dbt"
    found = str(beside) if beside.exists() else shutil.which("dbt")
    if found is None:
        raise ConfigurationError("there is no dbt: install it beside homespun, or put it on PATH")
    return found


def _run(command: Sequence[str], folder: Path, output: IO[str]) -> int:
    """Run to the end; an interruption is passed on, so that dbt can cancel what it runs.

    It runs in the project's folder, from which the warehouse's path is meant.
    """
    with subprocess.Popen(command, cwd=folder, stdout=output, stderr=output) as process:  # noqa: S603
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise


def _report(results: Sequence[Mapping[str, Any]]) -> BuildReport:
    not_done = [result["unique_id"] for result in results if result["status"] not in _GOOD]
    return BuildReport(
        exit_code=SOME_FAILED if not_done else DONE,
        nodes=dict(Counter(result["unique_id"].partition(".")[0] for result in results)),
        done=[result["unique_id"] for result in results if result["status"] in _GOOD],
        not_done=not_done,
    )
