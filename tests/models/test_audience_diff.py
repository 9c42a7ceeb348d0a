"""`homespun audience diff` between a Git ref and the working tree, and the check of names."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from homespun.audience_diff.scratch import scratch_schemas
from tests.end_to_end.workshop import REPOSITORY, Workshop
from tests.models.laboratory import open_laboratory, unsaid_errors
from tests.models.reference import AS_OF, Event, Profile

HISTORY = ("audience_changes", "audience_builds")
READ_BY_HOOKS = {
    "int_owner_events": "'' as message_id, 0 as owner_key, '' as event, "
    "timestamp '2026-01-01' as timestamp, timestamp '2026-01-01' as loaded_at",
    "int_owners": "0 as owner_key, '' as profile_id",
    "int_device_messages": "'' as message_id, 0 as identifier_key",
    "profile_merges": "'' as message_id, '' as profile_id",
    "profiles": "'' as profile_id",
}
AUDIENCE = (
    "{{ config(materialized='table', post_hook='{{ homespun.record_audience_changes() }}') }}\n"
)
BUYERS = """
{{{{ config(materialized='table', post_hook='{{{{ homespun.record_audience_changes() }}}}') }}}}
select profile_id from {{{{ ref('profile_traits') }}}}
where {{{{ homespun.performed('Order Completed', within='{days} days') }}}}
"""
LATELY = """
{{{{ config(materialized='ephemeral') }}}}
select profile_id from {{{{ ref('profile_events') }}}}
where {{{{ homespun.event_condition(within='{days} days') }}}}
"""
LATECOMERS = f"""{AUDIENCE}
select profile_id from {{{{ ref('lately') }}}}
union all select profile_id from {{{{ ref('lately') }}}}
union all select cast(null as varchar)
"""
WRONG = {
    "performed('Order Complete')": "no event 'Order Complete'; did you mean 'order_completed'?",
    "performed('Order Completed', where=[['totl', '>', 1]])": "did you mean 'total'?",
    "performed('$pages')": "'$pages' is no call",
    "trait_is('spnt', '=', 1)": "did you mean 'spent'?",
    "performed('Order Completed', within='a month')": "no length of time",
    "performed('Order Completed', where=[['total', 'like', 1]])": "no way to compare",
}
COUNTS = ("base", "head", "entered", "left", "unchanged", "overlap")
PLAN = "event,property\nOrder Completed,\nOrder Completed,total\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Those of the last 10 days on the ref, of the last 20 in the working tree: p15 is new."""
    people = [
        Profile(f"p{days}", {"plan": None, "spent": None}, [], [order(days)])
        for days in (5, 15, 25)
    ]
    workshop = open_laboratory(tmp_path_factory.mktemp("diff"), people)
    folder, models = workshop.folder, workshop.folder / "models"
    (folder / "macros").unlink()
    shutil.copytree(REPOSITORY / "macros", folder / "macros")
    for name in HISTORY:
        shutil.copy2(REPOSITORY / f"models/audiences/{name}.sql", models)
    for name, columns in READ_BY_HOOKS.items():
        (models / f"{name}.sql").write_text(f"select {columns}")
    (folder / "seeds").mkdir()
    (models / "stg_plan.sql").write_text("select * from {{ ref('plan') }}")
    (folder / "seeds/plan.csv").write_text(PLAN)
    (models / "buyers.sql").write_text(BUYERS.format(days=10))
    (models / "lately.sql").write_text(LATELY.format(days=10))
    (models / "latecomers.sql").write_text(LATECOMERS)
    workshop.dbt("build").succeeds()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "dbt_project.yml", "models", "macros", "seeds")
    git(
        folder,
        *("-c", "user.name=shop", "-c", "user.email=shop@example.com"),
        *("commit", "--quiet", "--message", "Begin"),
    )
    (models / "buyers.sql").write_text(BUYERS.format(days=20))
    (models / "lately.sql").write_text(LATELY.format(days=20))
    (models / "added.sql").write_text(f"{AUDIENCE}select profile_id from {{{{ ref('profiles') }}}}")
    return workshop


def test_a_diff_says_who_enters_and_why_and_a_large_change_trips_the_gate(
    project: Workshop, tmp_path: Path
) -> None:
    page = tmp_path / "diff.md"
    done = project.homespun("audience", "diff", "--json", "--markdown", page, "--max-change", "0.5")

    told = {one["audience"]: one for one in done.ends_in(5).json()["audiences"]}
    buyers = told["buyers"]
    assert "'buyers' changes by 100%" in done.stderr
    assert [buyers[name] for name in COUNTS] == [1, 2, 1, 0, 1, 0.5]
    [example] = buyers["examples"]
    assert (example["profile_id"], example["change"]) == ("p15", "entered")
    assert (
        "performed Order Completed within 20 days: not asked before, yes now"
        in (example["reasons"])
    )
    assert "| `buyers` | 1 | 2 | 1 | 0 | 1 | 50% |" in page.read_text()
    schemas = project.query("select schema_name from duckdb_schemas()")
    assert {"homespun_diff_base", "homespun_diff_head"}.isdisjoint(name for (name,) in schemas)


def test_each_member_counts_once_and_what_is_said_inline_counts(project: Workshop) -> None:
    done = project.homespun("audience", "diff", "latecomers", "--json")

    [latecomers] = done.succeeds().json()["audiences"]
    assert [latecomers[name] for name in COUNTS] == [1, 2, 1, 0, 1, 0.5]


def test_an_audience_that_the_ref_has_not_passes_the_gate(project: Workshop) -> None:
    done = project.homespun("audience", "diff", "added", "--json", "--max-change", "0.1")

    [added] = done.succeeds().json()["audiences"]
    assert (added["is_new"], added["entered"]) == (True, 1)


def test_an_audience_that_cannot_be_built_is_told_and_leaves_nothing_behind(
    project: Workshop,
) -> None:
    broken = project.folder / "models/broken.sql"
    broken.write_text(f"{AUDIENCE}select no_such_column from {{{{ ref('profiles') }}}}")
    with duckdb.connect(str(project.warehouse)) as warehouse:
        warehouse.execute("create schema if not exists homespun_diff_of_ours")

    done = project.homespun("audience", "diff")

    broken.unlink()
    assert "'broken', as the working tree has it, fails" in done.ends_in(2).stderr
    schemas = project.query("select schema_name from duckdb_schemas() order by 1")
    assert [name for (name,) in schemas if "diff" in name] == ["homespun_diff_of_ours"]


def test_an_interrupted_query_leaves_nothing_behind(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        with pytest.raises(KeyboardInterrupt), scratch_schemas(connection):
            raise RuntimeError("Query interrupted")  # as DuckDB does at Ctrl-C

        schemas = connection.execute("select schema_name from duckdb_schemas()").fetchall()

    assert [name for (name,) in schemas if "diff" in name] == []


def test_a_wrong_name_is_an_error_that_suggests_the_nearest(project: Workshop) -> None:
    assert unsaid_errors(project, WRONG) == []


def order(days_ago: int) -> Event:
    said: dict[str, Any] = {"total": 1}
    return Event(f"m{days_ago}", "Order Completed", AS_OF - timedelta(days=days_ago), said)


def git(folder: Path, *arguments: str) -> None:
    program = shutil.which("git")
    assert program
    subprocess.run([program, *arguments], cwd=folder, check=True)
