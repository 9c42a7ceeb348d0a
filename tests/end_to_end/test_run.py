"""`homespun run` and `homespun doctor`, on a project of two models of its own."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.workshop import Workshop

PROJECT = """
name: tiny
version: 1.0.0
profile: tiny
flags: {send_anonymous_usage_stats: false}
vars:
  homespun_sources: [{path: events, source: web}]
"""
PROFILES = """
tiny:
  target: dev
  outputs: {dev: {type: duckdb, path: homespun.duckdb, schema: main}}
"""
READERS = "select message_id as reader, user_id from raw.events where user_id = '{user}'"
MODELS = """
models:
  - name: good
    columns: [{name: reader, data_tests: [unique]}]
  - name: bad
    columns: [{name: user_id, data_tests: [{accepted_values: {arguments: {values: [nobody]}}}]}]
exposures:
  - name: good_to_files
    type: application
    owner: {name: News, email: news@example.com}
    depends_on: [ref('good')]
    config: {meta: {sync: {destination: files, settings: {path: out/good}, key: reader}}}
  - name: bad_to_files
    type: application
    owner: {name: News, email: news@example.com}
    depends_on: [ref('bad')]
    config: {meta: {sync: {destination: files, settings: {path: out/bad}, key: reader}}}
"""


def message(number: int, **fields: str) -> str:
    identity = {"type": "track", "messageId": f"m{number}", "event": "Article Read"}
    return json.dumps(identity | fields) + "\n"


@pytest.fixture
def tiny(tmp_path: Path) -> Workshop:
    for name, text in {
        "dbt_project.yml": PROJECT,
        "profiles.yml": PROFILES,
        "models/models.yml": MODELS,
        "models/good.sql": READERS.format(user="u1"),
        "models/bad.sql": READERS.format(user="u2"),
        "events/day.jsonl": message(1, userId="u1") + message(2, userId="u2"),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return Workshop(tmp_path)


def test_a_sync_whose_audience_failed_a_test_is_left_out_and_the_others_go_on(
    tiny: Workshop,
) -> None:
    done = tiny.homespun("run", "--json").ends_in(1)

    report = done.json()
    assert [(load["events"], load["rejected"]) for load in report["loads"]] == [(2, {})]
    assert any("accepted_values_bad" in node for node in report["build"]["not_done"])
    assert [(sync["sync"], sync["sent"]) for sync in report["syncs"]] == [("good_to_files", 1)]
    assert report["syncs_left_out"] == ["bad_to_files"]
    assert "bad_to_files" in done.stderr
    assert (tiny.folder / "out/good").is_dir()
    assert not (tiny.folder / "out/bad").exists()


def test_a_run_loads_only_what_is_new(tiny: Workshop) -> None:
    tiny.homespun("run", "--select", "good")
    (tiny.folder / "events/next_day.jsonl").write_text(message(3, userId="u1"))

    report = tiny.homespun("run", "--select", "good", "--json").succeeds().json()

    assert [(load["files"], load["skipped_files"]) for load in report["loads"]] == [(1, 1)]
    assert [(sync["sync"], sync["added"]) for sync in report["syncs"]] == [("good_to_files", 1)]
    assert report["syncs_left_out"] == []


def test_the_warehouse_is_the_projects_wherever_the_command_is_given(
    tiny: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = Workshop(tmp_path_factory.mktemp("elsewhere"))

    arguments = ("--project-dir", tiny.folder, "--select", "good")
    elsewhere.homespun("run", *arguments).succeeds()

    assert tiny.query("select count(*) from good") == [(1,)]
    assert not elsewhere.warehouse.exists()


def test_a_selection_that_matches_nothing_is_an_error(tiny: Workshop) -> None:
    done = tiny.homespun("run", "--select", "goood").ends_in(2)

    assert "--select goood matches nothing" in done.stderr


def test_a_project_that_dbt_cannot_read_is_an_error(tiny: Workshop) -> None:
    (tiny.folder / "models/models.yml").write_text("models: [")

    done = tiny.homespun("run").ends_in(2)

    assert "dbt built nothing" in done.stderr


def test_a_malformed_source_is_named(tiny: Workshop) -> None:
    (tiny.folder / "dbt_project.yml").write_text(PROJECT.replace("source: web", "name: web"))

    done = tiny.homespun("run").ends_in(2)

    assert "homespun_sources" in done.stderr
    assert not tiny.warehouse.exists()


@pytest.mark.parametrize(("setting", "exit_code"), [("source", 4), ("name", 2)])
def test_a_secret_in_a_source_is_not_told(tiny: Workshop, setting: str, exit_code: int) -> None:
    url = "'http://jane:top-secret@127.0.0.1:9/web.jsonl?sig=top-secret'"
    (tiny.folder / "dbt_project.yml").write_text(
        PROJECT.replace("path: events, source", f"path: {url}, {setting}")
    )

    done = tiny.homespun("run", "--json").ends_in(exit_code)

    assert "127.0.0.1:9/web.jsonl?***" in done.stderr
    assert "top-secret" not in done.stderr + done.stdout


def test_doctor_names_what_is_missing_and_then_is_content(tiny: Workshop) -> None:
    before = tiny.homespun("doctor").ends_in(2)
    tiny.homespun("run", "--select", "good")
    after = tiny.homespun("doctor", "--json").succeeds().json()

    assert "run `homespun load PATH`" in before.stdout
    assert "there is no manifest" in before.stdout
    assert [finding["exit_code"] for finding in after["findings"]] == [0] * len(after["findings"])
    assert {"sync good_to_files", "sync bad_to_files"} <= {
        finding["subject"] for finding in after["findings"]
    }
