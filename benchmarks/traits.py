"""What traits and audiences cost, at first and after a few new events, measured.

    python benchmarks/traits.py --events 5000000 --profiles 250000

20 traits and 20 audiences by the macros, in a project of their own on generated events; then 1 %
new events, and the same from nothing. Cost is the time that dbt spends in the models.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

REPOSITORY = Path(__file__).resolve().parents[1]
OURS = (
    "traits/int_owner_events",
    "traits/int_owners",
    "traits/profile_events",
    "traits/int_profile_lookup",
    "traits/int_profile_states",
    "audiences/audience_changes",
    "audiences/audience_builds",
)
GIVEN = (
    "stg_events",
    "stg_revisions",
    "as_of",
    "id_graph",
    "int_device_messages",
    "int_identity_settings",
    "int_message_identifiers",
    "int_profile_identifiers",
    "profiles",
    "profile_merges",
)
ORDER, VIEW, ADD = "'Order Completed'", "'Product Viewed'", "'Product Added'"
TRAITS = {
    "order_count": f"event_count({ORDER})",
    "orders_30d": f"event_count({ORDER}, within='30 days')",
    "orders_90d": f"event_count({ORDER}, within='90 days')",
    "big_orders": f"event_count({ORDER}, where=[['total', '>=', 200]])",
    "revenue": f"property_sum({ORDER}, 'total')",
    "revenue_90d": f"property_sum({ORDER}, 'total', within='90 days')",
    "average_order": f"property_average({ORDER}, 'total')",
    "smallest_order": f"property_minimum({ORDER}, 'total')",
    "largest_order": f"property_maximum({ORDER}, 'total')",
    "first_order_at": f"first_at({ORDER})",
    "last_order_at": f"last_at({ORDER})",
    "first_coupon": f"first_value({ORDER}, 'coupon')",
    "last_category": f"last_value({VIEW}, 'category')",
    "favourite_category": f"most_frequent({VIEW}, 'category')",
    "categories": f"unique_list({ADD}, 'category')",
    "category_count": f"unique_count({ADD}, 'category')",
    "active_days_7d": "active_days(within='7 days')",
    "active_days_90d": "active_days(within='90 days')",
    "views_7d": f"event_count({VIEW}, within='7 days')",
    "last_seen_at": "last_at()",
}
AUDIENCES = (
    f"performed({ORDER}, at_least=2)",
    f"performed({ORDER}, exactly=1)",
    f"performed({ORDER}, at_most=0)",
    f"performed({ORDER}, within='30 days')",
    f"performed({ORDER}, at_least=2, within='90 days')",
    f"performed({ORDER}, where=[['total', '>=', 250]], within='90 days')",
    f"performed({VIEW}, at_least=3, within='7 days')",
    f"performed({ADD}, within='2 days')",
    f"performed_then_not({ADD}, {ORDER}, first_between=['1 hour', '7 days'])",
    f"performed_then({ADD}, {ORDER}, within='1 day', first_within='30 days')",
    "trait_is('revenue', '>=', 500)",
    "trait_is('orders_90d', '>=', 2)",
    "trait_is('favourite_category', '=', 'c3')",
    "trait_is('active_days_90d', '>=', 10)",
    "trait_is('last_category', 'one of', 'c1', 'c2')",
    "trait_is('average_order', '>', 150)",
    "identifier_is('user_id')",
    "member_of('audience_10')",
    "top(1000, by='revenue')",
    "in_share('spring', 0, 50)",
)
SOURCE = """
create schema if not exists given;
create or replace table given.events as
select
    number,
    'm' || number as message_id,
    cast({profiles} * pow(hash(number, 'who') / 18446744073709551616.0, 2) as bigint) as person,
    case
        when hash(number, 'what') % 100 < 45 then 'Product Viewed'
        when hash(number, 'what') % 100 < 60 then 'Product Added'
        when hash(number, 'what') % 100 < 65 then 'Order Completed'
    end as event,
    timestamp '2025-01-01' + to_seconds(cast(number * 34560000.0 / {events} as bigint)) as timestamp
from range({start}, {end}) as numbers (number);

create or replace table given.new_stg_events as
select
    message_id,
    case when event is null then 'page' else 'track' end as type,
    event,
    replace(lower(event), ' ', '_') as event_slug,
    'Home' as name,
    cast(null as varchar) as group_id,
    'web' as context_channel,
    '/p/' || (number % 1000) as context_page_path,
    cast(null as varchar) as context_page_referrer,
    case when number % 20 = 0 then 'spring' end as context_campaign_name,
    case when number % 20 = 0 then 'mail' end as context_campaign_source,
    cast(null as varchar) as context_campaign_medium,
    cast(json_object(
        'product_id', 'sku-' || (hash(number, 'sku') % 5000),
        'category', 'c' || (hash(number, 'category') % 12),
        'total', (hash(number, 'total') % 30000) / 100,
        'coupon', case when number % 7 = 0 then 'SPRING' end,
        'currency', 'EUR',
        'url', 'https://shop.example.com/p/' || number
    ) as json) as properties,
    timestamp,
    timestamp '2026-06-01' + to_seconds({load}) as loaded_at
from given.events;

create or replace table given.new_int_message_identifiers as
select
    message_id,
    cast(md5(case when number % 3 = 0 then 'u' else 'a' end || person) as uuid) as identifier_key,
    true as is_deciding,
    false as is_gone,
    '' as said_by
from given.events;
"""
KEEP = """
create table if not exists given.{name} as from given.new_{name} limit 0;
insert into given.{name} from given.new_{name};
drop table given.new_{name};
"""
PEOPLE = """
create or replace table given.as_of as select max(timestamp) as as_of from given.stg_events;
create or replace table given.id_graph as
select kind as id_type, left(kind, 1) || person as id_value, md5('p' || person) as profile_id
from range({profiles} + 1) as people (person), unnest(['user_id', 'anonymous_id']) as kinds (kind);
create or replace table given.int_profile_identifiers as
select
    cast(md5(id_value) as uuid) as identifier_key,
    cast(profile_id as uuid) as profile_key
from given.id_graph;
create or replace table given.int_identity_settings as select '' as said_by;
create or replace table given.int_device_messages as
select message_id, identifier_key from given.int_message_identifiers limit 0;
create or replace table given.profiles as
select profile_id, max(case when id_type = 'user_id' then id_value end) as user_id
from given.id_graph group by 1;
create or replace table given.profile_merges as
select profile_id, '' as message_id from given.profiles limit 0;
create or replace table given.stg_revisions as
select message_id, loaded_at from given.stg_events limit 0;
"""


def open_project(folder: Path) -> None:
    """A dbt project of our macros and models, with the benchmark's own, on generated tables."""
    (folder / "macros").symlink_to(REPOSITORY / "macros")
    (folder / "profiles.yml").symlink_to(REPOSITORY / "profiles.yml")
    (folder / "dbt_project.yml").write_text(
        "name: homespun\nprofile: homespun\nvars: {homespun_tracking_plan: none}\n"
        "models: {homespun: {+materialized: table}}\n"
    )
    models = folder / "models"
    models.mkdir()
    for name in OURS:
        (models / f"{Path(name).name}.sql").symlink_to(REPOSITORY / f"models/{name}.sql")
    for name in GIVEN:
        write_model(models, name, f"select * from given.{name}", materialized="view")
    for name, traits in (("twenty_traits", TRAITS), ("one_trait", ("order_count",))):
        columns = "".join(f",\n    {{{{ homespun.{TRAITS[key]} }}}} as {key}" for key in traits)
        select = f"select\n    profile_id{columns}\nfrom {{{{ events }}}}\ngroup by 1"
        block = f"{{% call(events) homespun.by_profile() %}}\n{select}\n{{% endcall %}}"
        write_model(models, name, block)
    joined = "{{ ref('profiles') }} left join {{ ref('twenty_traits') }} using (profile_id)"
    columns = ", ".join(TRAITS)
    write_model(models, "profile_traits", f"select profile_id, user_id, {columns} from {joined}")
    for place, condition in enumerate(AUDIENCES):
        write_model(
            models,
            f"audience_{place}",
            "select profile_id, user_id from {{ ref('profile_traits') }}\n"
            f"where {{{{ homespun.{condition} }}}}",
            post_hook="{{ homespun.record_audience_changes() }}",
        )


def write_model(folder: Path, name: str, sql: str, **config: str) -> None:
    """A model with a configuration of its own."""
    settings = ", ".join(f"{key}={value!r}" for key, value in config.items())
    head = f"{{{{ config({settings}) }}}}\n" if settings else ""
    (folder / f"{name}.sql").write_text(f"{head}{sql}\n")


def load(folder: Path, events: int, profiles: int, start: int, end: int) -> None:
    """Make the events numbered from start to end, as staging and identity would leave them."""
    with duckdb.connect(str(folder / "w.duckdb")) as warehouse:
        facts = {"events": events, "profiles": profiles, "start": start, "end": end, "load": start}
        warehouse.execute(SOURCE.format(**facts))
        for name in ("stg_events", "int_message_identifiers"):
            warehouse.execute(KEEP.format(name=name))
        warehouse.execute(PEOPLE.format(profiles=profiles))


def build(folder: Path, *options: str) -> dict[str, float]:
    """Run all models; the seconds that each of them took, and `wall` for all."""
    subprocess.run(
        [Path(sys.executable).parent / "dbt", "--quiet", "run", "--threads", "1", *options],
        cwd=folder,
        env={**os.environ, "HOMESPUN_DUCKDB_PATH": "w.duckdb", "DO_NOT_TRACK": "1"},
        check=True,
    )
    results: dict[str, Any] = json.loads((folder / "target/run_results.json").read_text())
    seconds = {
        row["unique_id"].rpartition(".")[2]: row["execution_time"] for row in results["results"]
    }
    return {**seconds, "wall": results["elapsed_time"]}


def report(title: str, seconds: dict[str, float]) -> float:
    """Print the seconds of a build; those of all traits and audiences."""
    events = sum(seconds[Path(name).name] for name in OURS)
    audiences = sum(took for name, took in seconds.items() if name.startswith("audience_"))
    traits = seconds["twenty_traits"] + seconds["profile_traits"]
    total = events + audiences + traits
    print(
        f"{title:<24}{total:7.1f} s  events {events:.1f}, traits {traits:.1f}, "
        f"audiences {audiences:.1f}; {seconds['wall']:.1f} s by the clock"
    )
    return total


def fingerprints(folder: Path) -> dict[str, tuple[int, int]]:
    """What the traits' and audiences' rows are, in any order."""
    names = [*(f"audience_{place}" for place in range(len(AUDIENCES))), "profile_traits"]
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as warehouse:
        return {
            name: warehouse.execute(
                f"select count(*), sum(hash(one)) from {name} as one"
            ).fetchall()[0]
            for name in names
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--profiles", type=int, default=250_000)
    options = parser.parse_args(arguments)
    events, profiles = options.events, options.profiles
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "bench")
        folder.mkdir()
        open_project(folder)
        load(folder, events, profiles, 0, events)
        print(f"{events:,} events of {profiles:,} profiles")
        first_seconds = build(folder)
        first = report("first computation", first_seconds)
        load(folder, events, profiles, events, events + events // 100)
        after = report("after 1 % new events", build(folder))
        kept = fingerprints(folder)
        shutil.rmtree(folder / "target")
        report("all of it from nothing", build(folder, "--full-refresh"))
        print(f"after 1 % new events / first: {after / first:.1%}")
        twenty, one = first_seconds["twenty_traits"], first_seconds["one_trait"]
        read = sum(first_seconds[Path(name).name] for name in OURS)
        print(
            f"20 traits / 1 trait: {(read + twenty) / (read + one):.2f} with the events that they "
            f"read, {twenty / one:.2f} without"
        )
        different = sorted(
            name for name, value in fingerprints(folder).items() if kept[name] != value
        )
        print(f"rows that differ from those made from nothing: {', '.join(different) or 'none'}")


if __name__ == "__main__":
    main()
