"""What the guide says of every model, seed, source and macro, asked of dbt's manifest."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.workshop import REPOSITORY, Workshop

LAYERS = ("staging", "spec", "identity", "traits", "audiences", "activation")
PUBLIC_LAYERS = ("spec", "audiences")
IMPLEMENTATION = re.compile(r"[a-z]+__\w+")
CLOCK = re.compile(r"\b(current_(date|time|timestamp)|(now|today|getdate|sysdate)\s*\()", re.I)
NO_UNIQUE_TEST = {
    "audience_changes": "history: a profile may enter and exit an audience twice at one as_of",
    "stg_revisions": "a message and the plan's verdict on it may change at once",
    "stg_revised_owners": "a message and the plan's verdict on it may change at once",
}

Node = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(compiled: Workshop) -> dict[str, Any]:
    return compiled.manifest


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


@pytest.fixture(scope="module")
def macros(manifest: dict[str, Any]) -> list[Node]:
    return [macro for macro in manifest["macros"].values() if macro["package_name"] == "homespun"]


def test_docs_are_generated(compiled: Workshop) -> None:
    made = {path.name for path in (compiled.folder / "target").iterdir()}

    assert {"index.html", "manifest.json", "catalog.json"} <= made


def test_everything_is_described(manifest: dict[str, Any], macros: list[Node]) -> None:
    described = [
        *(
            node
            for node in manifest["nodes"].values()
            if node["resource_type"] in ("model", "seed")
        ),
        *manifest["sources"].values(),
        *manifest["exposures"].values(),
        *(macro for macro in macros if not IMPLEMENTATION.fullmatch(macro["name"])),
    ]

    assert [node["unique_id"] for node in described if not node["description"]] == []


def test_every_column_of_a_public_model_is_described(models: list[Node]) -> None:
    bare = [
        f"{model['name']}.{column['name']}"
        for model in models
        if model["config"]["access"] == "public"
        for column in model["columns"].values()
        if not column["description"]
    ]

    assert bare == []


def test_every_macro_file_opens_with_what_it_is_and_holds_one_public_macro(
    macros: list[Node],
) -> None:
    files = sorted((REPOSITORY / "macros").rglob("*.sql"))

    public = {}
    for macro in macros:
        if not IMPLEMENTATION.fullmatch(macro["name"]):
            public.setdefault(Path(macro["original_file_path"]).name, []).append(macro["name"])

    assert [path.name for path in files if not path.read_text().startswith("{#")] == []
    assert set(public) == {path.name for path in files}
    assert {name: found for name, found in public.items() if len(found) > 1} == {}


def test_every_model_is_a_pair_of_files(models: list[Node]) -> None:
    for model in models:
        path = Path(model["original_file_path"])
        assert model["patch_path"] == f"homespun://{path.with_suffix('.yml')}"
        assert path.stem == model["name"]


def test_models_that_others_rely_on_are_public_under_a_contract(models: list[Node]) -> None:
    loose = [
        model["name"]
        for model in models
        if layer(model) in PUBLIC_LAYERS
        and (model["config"]["access"], model["contract"]["enforced"]) != ("public", True)
    ]

    assert loose == []


def test_a_sync_rests_on_public_models(manifest: dict[str, Any]) -> None:
    for exposure in manifest["exposures"].values():
        for parent in exposure["depends_on"]["nodes"]:
            assert manifest["nodes"][parent]["config"]["access"] == "public", exposure["name"]


def test_the_first_sentence_of_a_model_says_its_grain(models: list[Node]) -> None:
    vague = [
        model["name"] for model in models if not model["description"].startswith(("One row", "The"))
    ]

    assert vague == []


def test_every_grain_is_proven_by_a_test(manifest: dict[str, Any], models: list[Node]) -> None:
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    proven = {
        test["attached_node"].rpartition(".")[2]
        for test in tests
        if (test.get("test_metadata") or {}).get("name") == "unique"
    }
    proven |= {test["name"].partition("_has_one_row")[0] for test in tests}

    unproven = {model["name"] for model in models} - proven

    assert unproven == set(NO_UNIQUE_TEST)


def test_a_layer_reads_only_from_those_before_it(
    manifest: dict[str, Any], models: list[Node]
) -> None:
    backwards = [
        (model["name"], parent["name"])
        for model in models
        for parent in parents(manifest, model)
        if LAYERS.index(layer(parent)) > LAYERS.index(layer(model))
    ]

    assert backwards == []


def test_only_staging_reads_sources(models: list[Node]) -> None:
    readers = {layer(model) for model in models if model["sources"]}

    assert readers == {"staging"}


def test_no_model_reads_the_wall_clock(models: list[Node], macros: list[Node]) -> None:
    texts = {model["name"]: model["compiled_code"] for model in models}
    texts |= {macro["name"]: macro["macro_sql"] for macro in macros}

    assert [name for name, text in texts.items() if CLOCK.search(text)] == []


def test_no_model_asks_which_warehouse_it_is_on(models: list[Node]) -> None:
    assert [model["name"] for model in models if "target." in model["raw_code"]] == []


def test_tests_are_named_as_claims(manifest: dict[str, Any]) -> None:
    singular = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and "test_metadata" not in node
    ]
    names = [*singular, *(test["name"] for test in manifest["unit_tests"].values())]

    assert len(singular) >= 10
    assert [n for n in names if n.count("_") < 2 or n.startswith(("test_", "assert_"))] == []


def test_a_typed_table_has_a_column_for_each_planned_property(models: list[Node]) -> None:
    columns = {model["name"]: set(model["columns"]) for model in models}
    with (REPOSITORY / "seeds/tracking_plan.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["property"]]

    missing = [
        (table, row["property"])
        for row in rows
        if (table := row["event"].lower().replace(" ", "_")) in columns
        and row["property"] not in columns[table]
    ]

    assert missing == []


def layer(node: Node) -> str:
    """The folder of models/ that a model lies in."""
    return str(node["fqn"][1])


def parents(manifest: dict[str, Any], model: Node) -> Iterator[Node]:
    for unique_id in model["depends_on"]["nodes"]:
        if unique_id.startswith("model."):
            yield manifest["nodes"][unique_id]
