"""dbt's targets, as dlt's destinations."""

import json
from pathlib import Path
from typing import Any

import dlt
import pytest

from homespun.errors import ConfigurationError
from homespun.project import Target
from ingestion.targets import SERVERS, destination_options
from tests.ingestion.shop import Shop, track

POSTGRES = {"host": "db", "user": "u", "password": "p", "dbname": "d"}


def target(type_: str, **settings: Any) -> Target:
    return Target("prod", type_, "main", {"type": type_, **settings})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            target("postgres", **POSTGRES, port="6543", sslmode="require"),
            {
                "credentials": {
                    "host": "db",
                    "port": 6543,
                    "username": "u",
                    "password": "p",
                    "database": "d",
                    "connect_timeout": 15,
                    "query": {"sslmode": "require"},
                },
                "create_indexes": False,
            },
        ),
        (
            target("redshift", host="c", user="u", **{"pass": "p"}, database="d"),
            {
                "credentials": {
                    "host": "c",
                    "port": 5439,
                    "username": "u",
                    "password": "p",
                    "database": "d",
                    "connect_timeout": 15,
                    "query": {},
                },
                "create_indexes": False,
            },
        ),
        (
            target("snowflake", account="a-b", user="u", database="d", role="r", private_key="k"),
            {
                "credentials": {
                    "host": "a-b",
                    "username": "u",
                    "database": "d",
                    "role": "r",
                    "private_key": "k",
                }
            },
        ),
        (
            target("bigquery", method="oauth", project="p", location="EU"),
            {"project_id": "p", "location": "EU"},
        ),
        (
            target("bigquery", method="service-account-json", project="p", keyfile_json={"a": 1}),
            {"project_id": "p", "credentials": {"a": 1}},
        ),
        (
            target("databricks", host="h", http_path="/sql", catalog="c", token="t"),  # noqa: S106
            {
                "credentials": {
                    "server_hostname": "h",
                    "http_path": "/sql",
                    "catalog": "c",
                    "access_token": "t",
                }
            },
        ),
    ],
    ids=lambda value: value.type if isinstance(value, Target) else "",
)
def test_a_target_is_translated_for_dlt(given: Target, expected: dict[str, Any]) -> None:
    options = SERVERS[given.type].options(given)

    assert options == expected
    assert getattr(dlt.destinations, given.type)(**options).config_params


def test_a_keyfile_is_read(tmp_path: Path) -> None:
    keyfile = tmp_path / "key.json"
    keyfile.write_text(json.dumps({"client_email": "loader@example.com"}))

    options = SERVERS["bigquery"].options(
        target("bigquery", method="service-account", project="p", keyfile=str(keyfile))
    )

    assert options["credentials"] == {"client_email": "loader@example.com"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (target("postgres", host="db"), "target 'prod' in profiles.yml has no 'user'"),
        (target("redshift", **POSTGRES, method="iam"), "method 'database' only"),
        (target("bigquery", method="x", project="p"), "does not know BigQuery's method 'x'"),
        (
            target("bigquery", method="service-account", project="p", keyfile="/none"),
            "there is no keyfile /none",
        ),
        (target("sqlite"), "knows duckdb, postgres, snowflake"),
    ],
)
def test_a_target_that_cannot_be_translated_says_what_is_wrong(wrong: Target, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        destination_options(wrong)


def test_a_warehouse_whose_extra_is_not_installed_is_refused_in_one_line(shop: Shop) -> None:
    (shop.folder / "profiles.yml").write_text(
        "shop: {target: prod, outputs: {prod: {type: databricks, host: h, http_path: /sql, "
        "token: secret-token, schema: main}}}\n"
    )
    path = shop.write("events.jsonl", [track("m1")])

    run = shop.command("load", path)

    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == (
        "homespun: target 'prod' is of type 'databricks', which needs databricks.sql: "
        "install it with pip install 'homespun[databricks]'\n"
    )


def test_redshift_needs_a_bucket_to_load_from(shop: Shop) -> None:
    pytest.importorskip("psycopg2", reason="install the extra: pip install 'homespun[redshift]'")
    (shop.folder / "profiles.yml").write_text(
        "shop: {target: prod, outputs: {prod: {type: redshift, host: h, user: u, password: p, "
        "dbname: d, schema: main}}}\n"
    )

    with pytest.raises(ConfigurationError, match="name one in the var homespun_staging_url"):
        shop.load(shop.write("events.jsonl", [track("m1")]))
