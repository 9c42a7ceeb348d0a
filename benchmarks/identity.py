"""What identity costs: all of it against scipy, and a small build against a full one.

`python -m benchmarks.identity --edges 5000000` makes that many messages, each of which ties two
identifiers (devices to users, users to e-mails, shared devices, chains of aliases), builds the
identity models with dbt, one after the other, adds `--new` messages and builds again. It prints
one JSON object: the seconds of each model, and those of scipy's connected_components on the same
edges with the encoding of their identifiers, taken before and after the full build: by numpy's
`unique` of the strings as the warehouse hands them over (`objects`), and of fixed-width bytes that
were made of them before (`bytes`), a third of the time for who knows to make them.

`full` and `incremental` are what the warehouse took for each model's statements, commits included;
`dbt_seconds` is the whole of a model as dbt reports it, with the writing of its SQL.
`full_to_scipy` counts all models: reading, cleaning and checking the identifiers of each message,
the graph, and a row for each profile. `graph_to_scipy` counts what scipy does, from two columns of
text to the component of each identifier, and each merge besides: the models that encode the
identifiers and resolve their edges; the hash that names an identifier, which
int_message_identifiers makes while it reads the messages, so that it is timed alone here
(`hash_seconds`); and reading from a view where each identifier ended (`read_seconds`). Needs numpy
and scipy: `pip install numpy scipy`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

REPOSITORY = Path(__file__).resolve().parents[1]
CHAIN = 10_000  # links of a chain
GRAPH = ("int_identifiers", "int_later_edges", "int_device_users", "int_resolved_identifiers")
READ = "int_profile_identifiers"  # a view that a model reads, and where each identifier ended
LOG = ("--log-format-file", "json", "--log-level-file", "debug")
MATERIALIZATIONS = ("table", "incremental", "identity_resolution")
_ENDS = """
select
    coalesce(user_id, anonymous_id) as one,
    case
        when user_id is null then previous_id
        else coalesce(context_traits_email, anonymous_id)
    end as other
from main_staging.stg_events
"""
_MESSAGES = """
select
    'm' || message as message_id,
    case when kind = 'chain' then 'alias' else 'track' end as type,
    case when kind != 'chain' then 'user-' || person end as user_id,
    case
        when kind = 'own' then 'device-' || message
        when kind = 'shared' then 'tablet-' || person // 2
        when kind = 'chain' then 'link-' || message
    end as anonymous_id,
    case when kind = 'chain' then 'link-' || message + 20 end as previous_id,
    case when kind = 'email' then 'person-' || person || '@example.com' end as context_traits_email,
    timestamp '2026-01-01' + to_seconds($load * 30000000 + cast(hash(message) % 30000000 as bigint))
        as timestamp,
    timestamp '2027-01-01' + to_seconds($load) as loaded_at
from (
    select
        message,
        cast(hash(message * 7) % ($edges // 5) as bigint) as person,
        case
            when message % 20 < 13 then 'own'
            when message % 20 < 17 then 'email'
            when message % 20 < 19 then 'shared'
            when message // 20 % $chain = 0 then 'own'
            else 'chain'
        end as kind
    from range($first, $first + $count) as messages(message)
) as kinds
"""


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--new", type=int, default=10_000)
    parser.add_argument("--scipy", type=int, default=1, help="how often before, and after")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "identity.duckdb"
        _begin(warehouse, folder)
        _add_messages(warehouse, edges=arguments.edges, first=0, count=arguments.edges, load=0)
        scipy = [_scipy_seconds(warehouse) for _ in range(arguments.scipy)]
        hashing = _hash_seconds(warehouse)
        full, full_by_dbt = _build(warehouse, folder)
        reading = _read_seconds(warehouse)
        scipy += [_scipy_seconds(warehouse) for _ in range(arguments.scipy)]
        _add_messages(
            warehouse, edges=arguments.edges, first=arguments.edges, count=arguments.new, load=1
        )
        incremental, incremental_by_dbt = _build(warehouse, folder)
    total, part = sum(full.values()), sum(incremental.values())
    answer: dict[str, Any] = {
        "edges": arguments.edges,
        "new_edges": arguments.new,
        "scipy_seconds": scipy,
        "hash_seconds": hashing,
        "read_seconds": reading,
        "full_seconds": total,
        "incremental_seconds": part,
        "incremental_share": part / total,
        "full": full,
        "incremental": incremental,
        "dbt_seconds": {
            "full": full_by_dbt,
            "incremental": incremental_by_dbt,
            "incremental_share": incremental_by_dbt / full_by_dbt,
        },
    }
    if scipy:
        graph = hashing + reading + sum(full[model] for model in GRAPH)
        for name, ours in (("full_to_scipy", total), ("graph_to_scipy", graph)):
            answer[name] = {
                encoded: ours * len(scipy) / sum(taken[encoded] for taken in scipy)
                for encoded in scipy[0]
            }
    print(json.dumps(answer, indent=2))


def _begin(warehouse: Path, folder: str) -> None:
    """Empty staging, and the seeds."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.events (payload varchar, message_id varchar, type varchar, "
            "event varchar, name varchar, user_id varchar, anonymous_id varchar, group_id varchar, "
            "previous_id varchar, original_timestamp timestamp, sent_at timestamp, "
            "received_at timestamp, timestamp timestamp, source varchar, loaded_at timestamp)"
        )
    _dbt(warehouse, folder, "seed")
    _dbt(warehouse, folder, "run", "--select", "+stg_revisions", "+stg_events")
    with duckdb.connect(str(warehouse)) as connection:  # a table, that messages can be put into
        connection.execute("create table main_staging.made as from main_staging.stg_events")
        connection.execute("drop view main_staging.stg_events")
        connection.execute("alter table main_staging.made rename to stg_events")


def _add_messages(warehouse: Path, *, edges: int, first: int, count: int, load: int) -> None:
    parameters = {"edges": edges, "first": first, "count": count, "load": load, "chain": CHAIN}
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"insert into main_staging.stg_events by name {_MESSAGES}", parameters)


def _build(warehouse: Path, folder: str) -> tuple[dict[str, float], float]:
    """Seconds of each identity model's statements, and of all models as dbt has them."""
    models = [f"path:models/identity,config.materialized:{kind}" for kind in MATERIALIZATIONS]
    log = Path(folder) / "logs/dbt.log"
    log.unlink(missing_ok=True)
    _dbt(warehouse, folder, "run", "--threads", "1", "--select", READ, *models)
    results = json.loads((Path(folder) / "target/run_results.json").read_text())["results"]
    by_dbt = sum(result["execution_time"] for result in results)
    ids = [result["unique_id"] for result in results]
    seconds = {node: 0.0 for node in ids if node.startswith("model.")}
    for line in log.read_text().splitlines():
        event = json.loads(line)
        if event["info"]["name"] == "SQLQueryStatus":
            node = event["data"].get("node_info", {}).get("unique_id")
            if node in seconds:
                seconds[node] += event["data"]["elapsed"]
    return {node.split(".")[-1]: round(each, 2) for node, each in seconds.items()}, by_dbt


def _dbt(warehouse: Path, folder: str, *arguments: str) -> None:
    subprocess.run(
        [Path(sys.executable).parent / "dbt", "--quiet", *LOG, *arguments],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "HOMESPUN_DUCKDB_PATH": str(warehouse),
            "DBT_TARGET_PATH": f"{folder}/target",
            "DBT_LOG_PATH": f"{folder}/logs",
        },
        check=True,
    )


def _hash_seconds(warehouse: Path) -> float:
    """From two columns of strings to the keys by which the models know them."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute(f"create temp table ends as {_ENDS}")
        start = time.perf_counter()
        connection.execute(
            "create temp table keys as select cast(unhex(md5(one)) as uuid) as one, "
            "cast(unhex(md5(other)) as uuid) as other from ends"
        )
        return round(time.perf_counter() - start, 2)


def _read_seconds(warehouse: Path) -> float:
    """To the profile of each identifier."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        start = time.perf_counter()
        connection.execute(
            "create temp table ended as "
            f"select identifier_key, profile_key from main_identity.{READ}"
        )
        return round(time.perf_counter() - start, 2)


def _scipy_seconds(warehouse: Path) -> dict[str, float]:
    """From two columns of strings to the component of each identifier."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        ends = connection.execute(_ENDS).fetchnumpy()
    strings = np.concatenate([ends["one"], ends["other"]])
    return {
        name: _component_seconds(values)
        for name, values in (("objects", strings), ("bytes", strings.astype("S")))
    }


def _component_seconds(values: np.ndarray) -> float:
    """From the ends of all edges, the ones and then the others, to their components."""
    start = time.perf_counter()
    identifiers, numbers = np.unique(values, return_inverse=True)
    left, right = np.split(numbers, 2)
    graph = coo_matrix(
        (np.ones(len(left), dtype=np.int8), (left, right)), shape=(len(identifiers),) * 2
    )
    connected_components(graph, directed=False)
    return round(time.perf_counter() - start, 2)


if __name__ == "__main__":
    main()
