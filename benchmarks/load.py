"""How long `homespun load` takes against bare DuckDB, and plain dlt, on the same events.

    python benchmarks/load.py --events 1000000 --pairs 5 [--gzip] [--plain-dlt]

Each pair runs both in processes of their own, in turns, into new warehouse files. Bare DuckDB is
one `create table as select * from read_json(...)` of the same columns: the envelope typed, the
rest as JSON. The figures are medians; peak memory is that of the largest process.
"""

import argparse
import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

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
SHOP = "https://shop.example.com"


def messages(count: int) -> Iterator[dict[str, Any]]:
    """Messages of a shop's web site, about a kilobyte each, the same ones every time."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    start = datetime(2026, 1, 1)  # noqa: DTZ001
    agents = [
        f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{chance.randint(90, 140)}.0.{chance.randint(1000, 9000)}.1 Safari/537.36"
        for system in ("Windows NT 10.0; Win64; x64", "X11; Linux x86_64", "Macintosh; Intel")
        for _ in range(40)
    ]
    for number in range(count):
        moment = start + timedelta(seconds=number * 0.3)
        path = f"/p/{chance.randint(1, 5000)}"
        sent = moment + timedelta(milliseconds=chance.randint(5, 900))
        message: dict[str, Any] = {
            "messageId": f"ajs-{chance.getrandbits(128):032x}",
            "anonymousId": str(uuid.UUID(int=chance.getrandbits(128))),
            "type": "track",
            **_kind(chance, number, count, path),
            "context": {
                "library": {"name": "analytics.js", "version": "2.11.1"},
                "ip": f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}.1",
                "userAgent": chance.choice(agents),
                "locale": "en-GB",
                "page": {"path": path, "title": "Shop", "url": SHOP + path, "referrer": ""},
                "campaign": {"source": chance.choice(["mail", "ads"]), "medium": "cpc"},
                "screen": {"width": 1920, "height": 1080, "density": 2},
            },
            "integrations": {"All": True},
            "originalTimestamp": _iso(moment),
            "sentAt": _iso(sent),
            "receivedAt": _iso(sent + timedelta(milliseconds=40)),
            "timestamp": _iso(moment + timedelta(milliseconds=40)),
        }
        yield message


def _kind(chance: random.Random, number: int, count: int, path: str) -> dict[str, Any]:
    user = {"userId": f"user_{chance.randint(1, count // 5 + 1)}"} if chance.random() < 0.4 else {}
    product = {
        "product_id": f"sku-{chance.randint(1, 5000)}",
        "price": round(chance.random() * 200, 2),
        "quantity": chance.randint(1, 5),
        "name": f"Thing {chance.getrandbits(32):x}",
    }
    kind = chance.random()
    if kind < 0.5:
        event = chance.choice(["Product Viewed", "Product Added", "Checkout Started"])
        properties = {**product, "currency": "EUR", "url": SHOP + path}
        return {**user, "event": event, "properties": properties}
    if kind < 0.6:
        total = round(chance.random() * 500, 2)
        properties = {"order_id": f"o{number}", "total": total, "products": [product] * 2}
        return {**user, "event": "Order Completed", "properties": properties}
    if kind < 0.7:
        traits = {"email": f"user{chance.randint(1, count)}@example.com", "plan": "pro"}
        return {"type": "identify", "userId": f"user_{number}", "traits": traits}
    title = f"Product {chance.getrandbits(40):x}"
    properties = {"path": path, "title": title, "url": SHOP + path}
    return {**user, "type": "page", "name": "Product", "properties": properties}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds") + "Z"


def write_events(path: Path, count: int) -> None:
    """Write the file to load; `path` says whether it is compressed."""
    with gzip.open(path, "wb", 6) if path.suffix == ".gz" else path.open("wb") as file:
        for message in messages(count):
            file.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")


def measure(code: str, *arguments: str, folder: Path) -> tuple[float, float, float]:
    """Seconds by the clock, seconds of CPU and peak megabytes of one run in a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "dbt_project.yml").write_text("name: bench\nprofile: bench\n")
    (folder / "profiles.yml").write_text(
        "bench: {target: dev, outputs: {dev: {type: duckdb, path: warehouse.duckdb}}}\n"
    )
    environment = {**os.environ, "DO_NOT_TRACK": "1", "RUNTIME__DLTHUB_TELEMETRY": "false"}
    for name in ("HOMESPUN_DUCKDB_PATH", "DBT_PROFILES_DIR", "DBT_PROJECT_DIR", "DBT_TARGET"):
        environment.pop(name, None)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"a run failed with exit code {process.returncode}")
    seconds = time.perf_counter() - started
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Measure, and print one line a run and the ratios of the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--plain-dlt", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        events = Path(scratch, "events.jsonl" + (".gz" if options.gzip else ""))
        write_events(events, options.events)
        print(f"{options.events:,} events, {events.stat().st_size / 1e6:,.0f} MB")
        runs = {
            "bare": [BARE, str(events), "warehouse.duckdb"],
            "homespun": [HOMESPUN, "load", str(events)],
        }
        if options.plain_dlt:
            runs["plain dlt"] = [PLAIN_DLT, str(events), "warehouse.duckdb", "pipelines"]
        figures: dict[str, list[tuple[float, float, float]]] = {name: [] for name in runs}
        for _ in range(options.pairs):
            for name, (code, *arguments) in runs.items():
                figures[name].append(measure(code, *arguments, folder=Path(scratch, "run")))
                wall, cpu, peak = figures[name][-1]
                print(f"{name:10} {wall:8.2f} s {cpu:8.2f} s CPU {peak:8.0f} MB")
        ours = figures.pop("homespun")
        for name, theirs in figures.items():
            ratios = [
                [a / b for a, b in zip(x, y, strict=True)]
                for x, y in zip(ours, theirs, strict=True)
            ]
            wall, cpu, _ = (statistics.median(column) for column in zip(*ratios, strict=True))
            print(f"homespun / {name}: {wall:.3f} of the time, {cpu:.3f} of the CPU")


if __name__ == "__main__":
    main()
