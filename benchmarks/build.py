"""What an incremental build costs: 1 % more messages, against the full build, as a share.

    .venv/bin/python benchmarks/build.py [--messages 1000000 5000000] [--folder FOLDER]

Each size has a warehouse of its own, made in SQL from nothing but the row's number, so that two
runs measure the same messages. One message in a hundred of the increment was delivered before. The
models of staging and spec are built; what is summed is each model's own time, as dbt reports it, so
that dbt's start does not hide growth. The whole command's time, with dbt's start and the end in
which DuckDB puts its file in order, stands beside it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

REPOSITORY = Path(__file__).resolve().parents[1]
INCREMENT = 0.01

_TABLES = """
create schema if not exists raw;
create table if not exists raw.events (
    payload varchar, message_id varchar, type varchar, event varchar, name varchar,
    user_id varchar, anonymous_id varchar, group_id varchar, previous_id varchar,
    original_timestamp timestamp, sent_at timestamp, received_at timestamp, timestamp timestamp,
    source varchar, loaded_at timestamp, file varchar, line bigint, _dlt_load_id varchar
);
create table if not exists raw.rejected_events (
    file varchar, line bigint, position_in_batch bigint, reason varchar, detail varchar,
    raw varchar, loaded_at timestamp, _dlt_load_id varchar
);
"""
# Of ten messages four are pages, one is an identify call and five are track calls.
_MESSAGES = """
insert into raw.events
with
    numbers as (
        select n, n % 10 as kind, hash(n) % 1000000 as chance from range($first, $last) t(n)
    ),
    people as (
        select *, 'u' || (chance % 50000) as person,
            timestamp '2026-01-01' + to_seconds(n * 2) as happened
        from numbers
    ),
    spoken as (
        select *,
            case when kind < 4 then 'page' when kind = 4 then 'identify' else 'track' end as type,
            case kind when 5 then 'Order Completed' when 6 then 'Product Added'
                when 7 then 'Checkout Started' when 8 then 'Product Viewed'
                when 9 then 'Product Viewed' end as event,
            case
                when kind < 4 then '{"path":"/p/' || chance || '","url":"https://shop.example.com/p/'
                    || chance || '","title":"Product ' || chance || '"}'
                when kind = 4 then 'null'
                else '{"order_id":"o' || n || '","product_id":"p' || (chance % 900) || '","total":'
                    || (chance % 20000) / 100 || ',"currency":"EUR","products":[{"product_id":"p'
                    || (chance % 900) || '","price":19.99,"quantity":1}]}'
            end as properties
        from people
    )
select
    '{"type":"' || type || '","messageId":"' || md5(n::varchar) || '","userId":"' || person
        || '","anonymousId":"a' || (chance % 70000) || '","context":{"ip":"192.0.2.7",'
        || '"locale":"en-GB","library":{"name":"analytics.js","version":"2.1"},"page":{"path":"/p/'
        || chance || '","url":"https://shop.example.com/p/' || chance
        || '"},"userAgent":"Mozilla/5.0 (X11)"},'
        || '"properties":' || properties || ',"traits":'
        || case when kind = 4 then '{"email":"' || person || '@example.com","plan":"free","age":42}'
            else 'null' end || '}',
    md5(n::varchar), type, event, null, person, 'a' || (chance % 70000), null, null,
    happened, happened + interval 1 second, happened + interval 2 second, null,
    'web', $loaded_at::timestamp, 'made.jsonl', n, $loaded_at
from spoken
"""


def main() -> None:
    """Build each size in full, add to it, build again; print the times and their share."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--folder", type=Path, help="where to keep the warehouses")
    arguments = parser.parse_args()
    for messages in arguments.messages:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            _measure(messages, Path(folder))


def _measure(messages: int, folder: Path) -> None:
    warehouse = folder / "build.duckdb"
    added = int(messages * INCREMENT)
    _add(warehouse, 0, messages, "2026-10-01")
    full, full_command = _build(folder, warehouse)
    _add(warehouse, messages, messages + added, "2026-10-02")
    _add(warehouse, 0, added // 100, "2026-10-02 00:00:01")
    increment, increment_command = _build(folder, warehouse)
    nothing, nothing_command = _build(folder, warehouse)
    print(
        f"{messages:>9,} messages: full {sum(full.values()):6.1f} s, "
        f"{added:,} more {sum(increment.values()):5.2f} s "
        f"({sum(increment.values()) / sum(full.values()):.1%}), "
        f"nothing new {sum(nothing.values()):.2f} s; the whole commands "
        f"{full_command:.1f} s, {increment_command:.1f} s, {nothing_command:.1f} s"
    )
    for model in sorted(full, key=lambda name: -full[name]):
        print(f"          {model:<20} {full[model]:6.2f} s  {increment[model]:5.2f} s")


def _add(warehouse: Path, first: int, last: int, loaded_at: str) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(_TABLES)
        connection.execute(_MESSAGES, {"first": first, "last": last, "loaded_at": loaded_at})


def _build(folder: Path, warehouse: Path) -> tuple[dict[str, float], float]:
    """The seconds that each model of staging and spec took, and those of the whole command."""
    selection = ["path:models/staging", "path:models/spec", "tracking_plan"]
    started = time.monotonic()
    subprocess.run(
        [
            Path(sys.executable).parent / "dbt",
            *("build", "--resource-type", "model", "--resource-type", "seed"),
            *("--threads", "1", "--select", *selection),
        ],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "HOMESPUN_DUCKDB_PATH": str(warehouse),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DO_NOT_TRACK": "1",
        },
        stdout=subprocess.DEVNULL,
        check=True,
    )
    command = time.monotonic() - started
    results = json.loads((folder / "target/run_results.json").read_text())["results"]
    return {
        result["unique_id"].split(".")[-1]: result["execution_time"]
        for result in results
        if result["unique_id"].startswith("model.")
    }, command


if __name__ == "__main__":
    main()
