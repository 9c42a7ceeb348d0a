"""A model keeps its contract, and takes another form, at a build after the first."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.workshop import REPOSITORY, Done, Workshop

CONFIG = {
    "materialized": "incremental",
    "incremental_strategy": "append",
    "on_schema_change": "append_new_columns",
    "contract": {"enforced": True},
}


@pytest.fixture(scope="module")
def built_twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workshop, Done]:
    """A project of our macros, whose models changed between two builds; and the second build."""
    folder = tmp_path_factory.mktemp("contracts")
    (folder / "macros").symlink_to(REPOSITORY / "macros")
    (folder / "profiles.yml").symlink_to(REPOSITORY / "profiles.yml")
    (folder / "dbt_project.yml").write_text("name: homespun\nprofile: homespun\n")
    (folder / "models").mkdir()
    workshop = Workshop(folder)
    write(folder, "kept", "select 1 as id, 'a' as name", id="int", name="text")
    write(folder, "broken", "select 1 as id", id="integer")
    write(folder, "renamed", "select 1 as id", id="integer")
    write(folder, "grown", "select 1 as id", id="integer")
    write_view(folder, "seen", "select 1 as id")
    write_view(folder, "lost", "select 1 as id")
    write_table(folder, "turned", "select 1 as id")
    write_view(folder, "settled", "select 1 as id")
    write_table(folder, "replaced", "select 1 as id -- so far")
    write_table(folder, "counted", "select 1 as id")
    write_table(folder, "undone", "select 1 as id")
    write_table(folder, "unhooked", "select 1 as id")
    workshop.dbt("run").succeeds()

    write(folder, "kept", "select 'b' as name, 2 as id", id="int", name="text")
    write(folder, "broken", "select 'two' as id", id="integer")
    write(folder, "renamed", "select 2 as number", id="integer")
    write(folder, "grown", "select 2 as id, 'b' as name", id="integer", name="varchar")
    write_view(folder, "seen", "select 'b' as name, 2 as id")
    write_view(folder, "lost", "select id from nowhere")
    write_view(folder, "turned", "select 2 as id")
    write_table(folder, "settled", "select 2 as id")
    write_table(folder, "replaced", "select 'b' as name, 2 as id -- so far")
    write_table(folder, "counted", "select id + 1 as id from {{ this }}")
    write_table(folder, "undone", "select cast('two' as integer) as id")
    write_table(folder, "unhooked", "select 2 as id", post_hook="select id from nowhere")
    return workshop, workshop.dbt("run")


def write(folder: Path, model: str, sql: str, **types: str) -> None:
    columns = [{"name": column, "data_type": data_type} for column, data_type in types.items()]
    described = {"name": model, "config": CONFIG, "columns": columns}
    (folder / f"models/{model}.sql").write_text(sql)
    (folder / f"models/{model}.yml").write_text(json.dumps({"models": [described]}))


def write_view(folder: Path, model: str, sql: str) -> None:
    (folder / f"models/{model}.sql").write_text(f"{{{{ config(materialized='view') }}}} {sql}")


def write_table(folder: Path, model: str, sql: str, **config: str) -> None:
    settings = {"materialized": "table", **config}
    (folder / f"models/{model}.sql").write_text(f"{{{{ config(**{settings}) }}}} {sql}")


@pytest.mark.parametrize("model", ["broken", "renamed"])
def test_rows_that_break_the_contract_are_refused(
    built_twice: tuple[Workshop, Done], model: str
) -> None:
    workshop, second = built_twice

    assert second.exit_code == 1
    assert f"Compilation Error in model {model}" in second.stdout
    assert "This model has an enforced contract that failed." in second.stdout
    assert workshop.query(f"select * from {model}") == [(1,)]


def test_the_order_of_columns_and_the_name_of_a_type_break_no_contract(
    built_twice: tuple[Workshop, Done],
) -> None:
    workshop, _ = built_twice

    assert workshop.query("select id, name from kept order by id") == [(1, "a"), (2, "b")]


def test_a_column_that_the_contract_gains_is_added(built_twice: tuple[Workshop, Done]) -> None:
    workshop, _ = built_twice

    assert workshop.query("select id, name from grown order by id") == [(1, None), (2, "b")]


def test_a_view_and_a_table_are_replaced_whatever_they_were(
    built_twice: tuple[Workshop, Done],
) -> None:
    workshop, _ = built_twice

    assert workshop.query("select name, id from seen") == [("b", 2)]
    assert workshop.query("select id from turned") == [(2,)]
    assert workshop.query("select name, id from replaced") == [("b", 2)]
    assert workshop.query("select id from counted") == [(2,)]
    assert workshop.query("select id from settled") == [(2,)]
    assert workshop.query(
        "select table_name, table_type from information_schema.tables "
        "where table_name like 'turned%' or table_name like 'settled%' order by 1"
    ) == [("settled", "BASE TABLE"), ("turned", "VIEW")]


@pytest.mark.parametrize("model", ["lost", "undone", "unhooked"])
def test_what_can_not_be_made_stays_as_it_was(
    built_twice: tuple[Workshop, Done], model: str
) -> None:
    workshop, _ = built_twice

    assert workshop.query(f"select id from {model}") == [(1,)]
