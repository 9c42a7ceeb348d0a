"""How long `homespun load` takes against bare DuckDB, and plain dlt, on the same events.

    python -m benchmarks.load --events 1000000 --pairs 5 [--gzip] [--plain-dlt] [--hooks]

Each pair runs all in processes of their own, in turns, into new warehouse files. Bare DuckDB is
one `create table as select * from read_json(...)` of the same columns: the envelope typed, the
rest as JSON. The figures are medians of the pairs' ratios; peak memory is that of all processes
of a run together. `--hooks` reads with a hook that renames a field of each message.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.messages import write_events

BARE = """
import duckdb, sys
duckdb.connect(sys.argv[2]).execute('''
    create table events as select * from read_json(?, format = 'newline_delimited', columns = {
        messageId: 'varchar', type: 'varchar', event: 'varchar', name: 'varchar',
        userId: 'varchar', anonymousId: 'varchar', groupId: 'varchar', previousId: 'varchar',
        originalTimestamp: 'timestamp', sentAt: 'timestamp', receivedAt: 'timestamp',
        timestamp: 'timestamp', context: 'json', properties: 'json', traits: 'json',
        integrations: 'json'})
''', [sys.argv[1]])
"""
HOMESPUN = "from homespun.cli import main; main()"
PLAIN_DLT = """
import dlt, json, sys
def events():
    for line in open(sys.argv[1]):
        yield json.loads(line)
dlt.pipeline('plain', pipelines_dir=sys.argv[3], dataset_name='raw',
             destination=dlt.destinations.duckdb(sys.argv[2])).run(events(), table_name='events')
"""
HOOKS = """
def rename(message):
    if "properties" in message and "currency" in message["properties"]:
        message["properties"]["currency_code"] = message["properties"].pop("currency")
    return message
"""
_UNSET = (
    *("HOMESPUN_DUCKDB_PATH", "DBT_PROFILES_DIR", "DBT_PROJECT_DIR", "DBT_TARGET"),
    "PYTHONDONTWRITEBYTECODE",  # an installed package is compiled
)


@dataclass(frozen=True)
class Run:
    """A program to measure, and the hooks of the project that it runs in."""

    code: str
    arguments: list[str]
    hooks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Figures:
    """What a run took: seconds by the clock and of CPU, and the memory of all its processes."""

    wall: float
    cpu: float
    peak: float


def measure(run: Run, folder: Path) -> Figures:
    """Run in a new folder, and in processes of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    variables = json.dumps({"homespun_transform_hooks": run.hooks})
    (folder / "dbt_project.yml").write_text(f"name: bench\nprofile: bench\nvars: {variables}\n")
    (folder / "profiles.yml").write_text(
        "bench: {target: dev, outputs: {dev: {type: duckdb, path: warehouse.duckdb}}}\n"
    )
    (folder / "bench_hooks.py").write_text(HOOKS)
    environment = {**os.environ, "DO_NOT_TRACK": "1", "RUNTIME__DLTHUB_TELEMETRY": "false"}
    for name in _UNSET:
        environment.pop(name, None)
    started = time.perf_counter()
    with (folder / "stderr").open("wb") as notes:
        process = subprocess.Popen(
            [sys.executable, "-c", run.code, *run.arguments],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=notes,
        )
    peak = 0.0
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        peak = max(peak, _megabytes(process.pid))
        time.sleep(0.05)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"a run failed: {(folder / 'stderr').read_text()}")
    wall = time.perf_counter() - started
    return Figures(wall, usage.ru_utime + usage.ru_stime, peak)


def _megabytes(process: int) -> float:
    """The resident memory of a process and of all below it; Linux tells."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / 1e6 + sum(_megabytes(int(child)) for child in children)


def main() -> None:
    """Measure, and print one line a run and what the medians say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--gzip", action="store_true", help="the file is gzipped")
    parser.add_argument("--plain-dlt", action="store_true", help="against dlt fed with dicts too")
    parser.add_argument("--hooks", action="store_true", help="a hook reads each message as a dict")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        events = Path(scratch, "events.jsonl" + (".gz" if options.gzip else ""))
        write_events(events, options.events)
        print(f"{options.events:,} events, {events.stat().st_size / 1e6:,.0f} MB", flush=True)
        runs = {
            "bare": Run(BARE, [str(events), "warehouse.duckdb"]),
            "homespun": Run(HOMESPUN, ["load", str(events)]),
        }
        if options.plain_dlt:
            runs["plain dlt"] = Run(PLAIN_DLT, [str(events), "warehouse.duckdb", "pipelines"])
        if options.hooks:
            arguments = ["load", "--check", str(events)]
            runs["hooks"] = Run(HOMESPUN, arguments, ["bench_hooks:rename"])
        taken: dict[str, list[Figures]] = {name: [] for name in runs}
        for _ in range(options.pairs):
            for name, run in runs.items():
                figures = measure(run, Path(scratch, "run"))
                taken[name].append(figures)
                print(
                    f"{name:10} {figures.wall:8.2f} s {figures.cpu:8.2f} s CPU "
                    f"{figures.peak:8,.0f} MB",
                    flush=True,
                )
        _report(taken, options.events)


def _report(taken: dict[str, list[Figures]], events: int) -> None:
    bare, ours = taken["bare"], taken["homespun"]
    for one, other, first, second in (
        ("homespun", "bare", ours, bare),
        ("plain dlt", "homespun", taken.get("plain dlt", []), ours),
    ):
        if first:
            pairs = list(zip(first, second, strict=True))
            wall = statistics.median(a.wall / b.wall for a, b in pairs)
            cpu = statistics.median(a.cpu / b.cpu for a, b in pairs)
            print(f"{one} / {other}: {wall:.2f} times the time, {cpu:.2f} times the CPU")
    print(f"homespun, peak memory: {max(figures.peak for figures in ours):,.0f} MB")
    if "hooks" in taken:
        hooks = statistics.median(events / figures.cpu for figures in taken["hooks"])
        whole = statistics.median(events / figures.wall for figures in bare)
        print(f"hooks: {hooks:,.0f} messages/s a core where bare DuckDB reads {whole:,.0f}/s")


if __name__ == "__main__":
    main()
