"""The project is read as dbt reads it: its folders, its target, its variables."""

from pathlib import Path

import pytest

from homespun.errors import ConfigurationError
from homespun.project import read_project

PROJECT = "name: shop\nprofile: shop\nvars: {a: 1, homespun: {homespun_raw_schema: landing}}\n"
PROFILES = """
shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: "{{ env_var('SHOP_FILE', 'shop.duckdb') }}", schema: main}
    prod: {type: duckdb, path: "{{ env_var('SHOP_FILE', 'prod.duckdb') }}", schema: live}
    pg: {type: postgres, host: localhost, schema: main}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SHOP_FILE", raising=False)
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "profiles.yml").write_text(PROFILES)
    return tmp_path


def test_the_profiles_target_is_the_default(folder: Path) -> None:
    project = read_project(folder)

    assert (project.name, project.target.name, project.target.type) == ("shop", "dev", "duckdb")
    assert project.layer_schema("spec") == "main_spec"
    assert project.manifest_path == folder / "target" / "manifest.json"


@pytest.mark.parametrize("path", ["", ":memory:", "md:shop", "jane's.duckdb", "a_folder"])
def test_a_path_that_is_no_file_to_stay_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (folder / "a_folder").mkdir()
    monkeypatch.setenv("SHOP_FILE", path)
    project = read_project(folder)

    with pytest.raises(ConfigurationError, match="path"):
        _ = project.duckdb_path


@pytest.mark.parametrize("how", ["argument", "environment"])
def test_another_target_may_be_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "environment":
        monkeypatch.setenv("DBT_TARGET", "prod")

    project = read_project(folder, target="prod" if how == "argument" else None)

    assert (project.target.name, project.layer_schema("spec")) == ("prod", "live_spec")


def test_a_variable_of_the_environment_has_its_value_or_its_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = read_project(folder).duckdb_path
    monkeypatch.setenv("SHOP_FILE", "/elsewhere/own.duckdb")

    own = read_project(folder).duckdb_path

    assert (default, own) == (folder / "shop.duckdb", Path("/elsewhere/own.duckdb"))


def test_vars_for_our_package_are_ours(folder: Path) -> None:
    assert read_project(folder).raw_schema == "landing"


def test_profiles_may_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "profiles.yml").rename(elsewhere / "profiles.yml")

    project = read_project(folder, profiles_dir=elsewhere)

    assert project.profiles_dir == elsewhere


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("dbt_project.yml", None, ["dbt_project.yml does not exist", "--project-dir"]),
        ("dbt_project.yml", "- a list", ["holds no settings"]),
        ("dbt_project.yml", "name: shop\nprofile: store\n", ["no profile 'store'", "has: shop"]),
        ("profiles.yml", "shop: {outputs: {dev: {}}}", ["no target 'default'", "has: dev"]),
        ("profiles.yml", "shop: [", ["profiles.yml is not valid YAML"]),
        ("profiles.yml", "shop: \"{{ env_var('SHOP_KEY') }}\"", ["SHOP_KEY: set it"]),
        ("profiles.yml", "shop: '{{ nonsense( }}'", ["cannot render"]),
    ],
)
def test_what_cannot_be_read_is_named_with_the_remedy(
    folder: Path, name: str, content: str | None, words: list[str]
) -> None:
    (folder / name).unlink() if content is None else (folder / name).write_text(content)

    with pytest.raises(ConfigurationError) as error:
        read_project(folder)

    assert [word for word in words if word not in str(error.value)] == []


def test_another_warehouse_than_duckdb_has_no_file(folder: Path) -> None:
    project = read_project(folder, target="pg")

    with pytest.raises(ConfigurationError, match="'pg' is of type 'postgres'"):
        _ = project.duckdb_path


def test_credentials_are_not_shown(folder: Path) -> None:
    (folder / "profiles.yml").write_text(
        "shop: {target: dev, outputs: {dev: {type: postgres, password: hush}}}"
    )

    assert "hush" not in repr(read_project(folder))
