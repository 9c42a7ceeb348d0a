"""Another company's project, which installs this repository as a dbt package."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.workshop import REPOSITORY, Done, Workshop

OURS = "homespun"


@pytest.fixture(scope="module")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The consumer's events loaded, and its project built with every warning an error."""
    folder = tmp_path_factory.mktemp("consumer") / "acme"
    left_behind = shutil.ignore_patterns(
        "target", "logs", "dbt_packages", "*.duckdb*", "*-lock.yml"
    )
    shutil.copytree(REPOSITORY / "tests" / "consumer", folder, ignore=left_behind)
    workshop = Workshop(folder, warehouse_name="acme.duckdb")
    packages = folder / "packages.yml"
    packages.write_text(packages.read_text().replace("../..", str(REPOSITORY)))
    workshop.load(folder / "events.jsonl")
    workshop.dbt("deps").succeeds()
    workshop.dbt("build", "--warn-error").succeeds()
    return workshop


@pytest.fixture(scope="module")
def syncs(consumer: Workshop) -> tuple[Done, Done]:
    """A sync, and another one."""
    return consumer.homespun("sync", "--json"), consumer.homespun("sync", "--json")


def test_its_audience_holds_who_read_three_articles(consumer: Workshop) -> None:
    members = consumer.query("select user_id, email from main_acme_audiences.loyal_readers")

    assert members == [("reader-1", "reader@example.com")]


def test_its_audience_of_our_macros_holds_who_meets_its_conditions(consumer: Workshop) -> None:
    members = consumer.query("select user_id from main_acme_audiences.bystanders")

    assert members == [("reader-2",)]


def test_our_macros_know_the_names_in_its_own_plan(consumer: Workshop) -> None:
    model = consumer.folder / "models/audiences/misspelt.sql"
    model.write_text(
        "select profile_id from {{ ref('homespun', 'profile_traits') }} "
        "where {{ homespun.performed('Article Red') }}"
    )

    done = consumer.dbt("compile", "--select", "misspelt")

    model.unlink()
    assert done.exit_code != 0
    assert "no event 'Article Red'; did you mean 'article_read'?" in done.words


def test_its_own_plan_is_the_one_that_is_checked(consumer: Workshop) -> None:
    violations = consumer.query(
        "select message_id, violation, field from main_spec.plan_violations"
    )

    assert set(violations) == {
        ("a4", "missing_required", "article_id"),
        ("a4", "out_of_range", "minutes"),
        ("a6", "unplanned_event", None),
    }


def test_its_own_blocked_identifiers_link_nobody(consumer: Workshop) -> None:
    identifiers = {
        value for (value,) in consumer.query("select id_value from main_identity.id_graph")
    }

    assert "reader-1" in identifiers
    assert "newsroom" not in identifiers


def test_changes_of_its_audience_are_in_the_history(consumer: Workshop) -> None:
    changes = consumer.query("select audience, change from main_audiences.audience_changes")

    assert sorted(changes) == [("bystanders", "entered"), ("loyal_readers", "entered")]


def test_none_of_our_examples_or_tests_ran(consumer: Workshop) -> None:
    results = json.loads((consumer.folder / "target/run_results.json").read_text())["results"]

    ours = [id_ for id_ in (row["unique_id"] for row in results) if f".{OURS}." in id_]

    kinds = Counter(id_.partition(".")[0] for id_ in ours)
    assert set(kinds) == {"model", "operation"}  # the operation asks whether there are events
    assert kinds["model"] > 20
    assert not {id_.rpartition(".")[2] for id_ in ours} & {
        "repeat_buyers", "cart_abandoners", "high_value", "lapsing", "newly_signed_up"
    }  # fmt: skip


def test_its_sync_sends_the_audience_once(consumer: Workshop, syncs: tuple[Done, Done]) -> None:
    first, second = (report(done) for done in syncs)

    assert (first["sync"], first["added"], first["sent"]) == ("loyal_readers_to_file", 1, 1)
    assert (second["added"], second["changed"], second["sent"]) == (0, 0, 0)
    assert "reader@example.com" in written(consumer.folder / "exports")


def report(done: Done) -> dict[str, Any]:
    [only] = done.succeeds().json()["syncs"]
    content: dict[str, Any] = only
    return content


def written(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.rglob("*.jsonl"))
