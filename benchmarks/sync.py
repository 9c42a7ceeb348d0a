"""How fast `homespun sync` is against a bare HTTP client, and its diff against the bare SQL join.

    python benchmarks/sync.py --changes 100000 --pairs 5 --members 5000000

Delivery: a server in a process of its own takes 500 rows a request and answers after 20 ms. The
bare client sends the same number of requests of the same size with the same concurrency; the two
run in turns. Two ratios are printed: of the time between the first request and the last answer,
and of the whole sync (the diff, the ledger and its publication in the warehouse included).
Diff: the members with 1 % changed, against one full join of the audience's hashed columns with the
state. Each sync runs in a process of its own; peak memory is that process's. How long the
warehouse's file is locked is read from Linux's /proc/locks.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import httpx2

ROWS = 500
CONCURRENCY = 4
LOCKS = Path("/proc/locks")  # Linux's list of what is locked, by inode
ANSWER_AFTER = 0.02
RUN = """
import json, resource, sys, time
started = time.perf_counter()
from pathlib import Path
from homespun.project import read_project
from reverse_etl.sync import sync
project = read_project(Path(sys.argv[1]), profiles_dir=Path(sys.argv[1]))
imported = time.perf_counter()
[report] = sync(project)
ended = time.perf_counter()
assert report.exit_code == 0, report
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"import": imported - started, "sync": ended - imported, "sent": report.sent,
                  "requests": report.requests, "peak": peak}))
"""


class Receiver(asyncio.Protocol):
    """Answers each request after a while, and tells when asked how long the requests took."""

    first = last = 0.0

    def connection_made(self, transport: Any) -> None:
        """Begin to read."""
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(fields.get(b"content-length", 0))
        if not found or len(body) < length:
            return
        self._received = b""
        if head.startswith(b"GET"):
            self._answer(json.dumps([Receiver.first, Receiver.last]).encode())
            Receiver.first = Receiver.last = 0.0
            return
        Receiver.first = Receiver.first or time.perf_counter()
        asyncio.get_running_loop().call_later(ANSWER_AFTER, self._answer, b"")

    def _answer(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)
        Receiver.last = Receiver.last if body else time.perf_counter()


async def serve() -> None:
    """Print the port and answer until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def make_project(folder: Path, url: str, *, members: int) -> None:
    """A project with one audience and one sync, as dbt would leave it."""
    (folder / "target").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: bench\nprofile: bench\n")
    (folder / "profiles.yml").write_text(
        "bench: {target: dev, outputs: {dev: {type: duckdb, path: bench.duckdb}}}\n"
    )
    model = {"database": "bench", "schema": "main", "alias": "vips", "name": "vips", "columns": {}}
    sync = {
        "destination": "webhook",
        "settings": {"url": url, "allow_private": True},
        "key": "user_id",
        "fields": ["email", "lifetime_value", "orders"],
        "batch_rows": ROWS,
        "concurrency": CONCURRENCY,
    }
    exposure = {
        "name": "crm",
        "package_name": "bench",
        "config": {"meta": {"sync": sync}},
        "depends_on": {"nodes": ["model.bench.vips"]},
    }
    manifest = {
        "metadata": {"project_name": "bench"},
        "nodes": {"model.bench.vips": model},
        "exposures": {"exposure.bench.crm": exposure},
    }
    (folder / "target" / "manifest.json").write_text(json.dumps(manifest))
    with duckdb.connect(str(folder / "bench.duckdb")) as connection:
        connection.execute(
            "create table vips as select 'user_' || i as user_id, "
            "'jane' || i || '@example.com' as email, "
            "i % 1000 * 1.5 as lifetime_value, i % 7 as orders from range($1) as t (i)",
            [members],
        )


def run_sync(folder: Path) -> dict[str, float]:
    """One sync in a process of its own, and how long it had the warehouse's file locked."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "DO_NOT_TRACK": "1"},
    )
    warehouse = f":{(folder / 'bench.duckdb').stat().st_ino} "
    locked, before = 0.0, time.perf_counter()
    while process.poll() is None:
        time.sleep(0.01)
        now = time.perf_counter()
        locked += now - before if warehouse in LOCKS.read_text() else 0
        before = now
    output = process.stdout.read() if process.stdout else b""
    measured: dict[str, float] = {**json.loads(output), "locked": locked}
    return measured


def run_bare(url: str, *, requests: int, size: int) -> float:
    """The same requests from a bare client, in seconds."""
    body = b"x" * size
    with httpx2.Client() as client, ThreadPoolExecutor(CONCURRENCY) as pool:
        started = time.perf_counter()
        for answer in pool.map(lambda _: client.post(url, content=body), range(requests)):
            answer.raise_for_status()
        return time.perf_counter() - started


def measure_delivery(port: int, *, changes: int, pairs: int) -> None:
    """Deliver `changes` rows, in turns with the bare client."""
    url = f"http://127.0.0.1:{port}/list"
    delivery, whole = [], []
    for _ in range(pairs):
        with tempfile.TemporaryDirectory() as folder:
            make_project(Path(folder), url, members=changes)
            ours = run_sync(Path(folder))
            first, last = httpx2.get(url).json()
            bare = run_bare(url, requests=int(ours["requests"]), size=ROWS * 190)
            httpx2.get(url)
            nothing = run_sync(Path(folder))
        delivery.append(bare / (last - first))
        whole.append(bare / ours["sync"])
        print(
            f"bare {bare:.2f} s; homespun {last - first:.2f} s, the whole sync {ours['sync']:.2f} "
            f"s, {ours['peak']:.0f} MB, the warehouse locked for {ours['locked']:.2f} s; "
            f"nothing to send {nothing['sync']:.2f} s"
        )
    print(
        f"{changes:,} changes: {statistics.median(delivery):.2f} of the bare client's speed; "
        f"{statistics.median(whole):.2f} with the diff and the ledger"
    )


BARE_JOIN = """
    select count(*) from (
        select
            user_id as key,
            md5_number_lower(concat_ws(chr(31), email, lifetime_value, orders)) as fingerprint
        from bench.vips
    ) as hashed
    full join state on hashed.key = state.key
    where hashed.fingerprint is distinct from state.fingerprint
"""


def measure_diff(port: int, *, members: int) -> None:
    """The diff of many members, 1 % of them changed, by a dry run and by the bare join."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make_project(place, f"http://127.0.0.1:{port}/list", members=members)
        _record_baseline(place)
        with duckdb.connect(str(place / "bench.duckdb")) as connection:
            connection.execute(f"attach '{place / 'known.duckdb'}' as known")
            connection.execute(
                "create table known.main.state as select user_id as key, md5_number_lower("
                "concat_ws(chr(31), email, lifetime_value, orders)) as fingerprint from vips"
            )
            connection.execute("update vips set orders = orders + 1 where hash(user_id) % 100 = 0")
        bare = _bare_join(place)
        ours = run_sync(place)
        first, last = httpx2.get(f"http://127.0.0.1:{port}/list").json()
        rest = ours["sync"] - (last - first)
        print(
            f"{members:,} members, {ours['sent']:,.0f} changed: bare join {bare:.2f} s; homespun "
            f"{rest:.2f} s beside delivery ({rest / bare:.1f} times), {ours['peak']:.0f} MB, "
            f"the warehouse locked for {ours['locked']:.2f} s"
        )


def _record_baseline(place: Path) -> None:
    """A first run that records the members as sent."""
    path = place / "target" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["exposures"]["exposure.bench.crm"]["config"]["meta"]["sync"]["first_run"] = "baseline"
    path.write_text(json.dumps(manifest))
    run_sync(place)


def _bare_join(place: Path) -> float:
    with duckdb.connect(str(place / "known.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{place / 'bench.duckdb'}' as bench (read_only)")
        started = time.perf_counter()
        connection.execute(BARE_JOIN).fetchall()
        return time.perf_counter() - started


def main() -> None:
    """Measure what the command line asks for."""
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--members", type=int, default=5_000_000)
    asked = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True
    )
    try:
        port = int(server.stdout.readline() if server.stdout else 0)
        if asked.pairs:
            measure_delivery(port, changes=asked.changes, pairs=asked.pairs)
        if asked.members:
            measure_diff(port, members=asked.members)
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
