"""Translates dbt's target into what dlt needs to reach the same warehouse.

DuckDB is the embedded warehouse (`ingestion.embedded`); all others are servers.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from homespun.errors import ConfigurationError
from homespun.project import Target

STAGING_VAR: Final = "homespun_staging_url"


@dataclass(frozen=True)
class Server:
    """A kind of warehouse: its drivers, which its extra installs, and how dbt describes it."""

    modules: tuple[str, ...]
    options: Callable[[Target], dict[str, Any]]
    needs_staging: bool = False


def destination_options(target: Target) -> dict[str, Any]:
    """What dlt's destination of the target's type is called with.

    Raises ConfigurationError for a type we do not know, for a missing setting, and where the
    type's drivers are not installed.
    """
    server = find_server(target)
    options = server.options(target)
    missing = [module for module in server.modules if not _is_installed(module)]
    if missing:
        raise ConfigurationError(
            f"target {target.name!r} is of type {target.type!r}, which needs {missing[0]}: "
            f"install it with pip install 'homespun[{target.type}]'"
        )
    return options


def find_server(target: Target) -> Server:
    """The kind of warehouse that the target is. Raises ConfigurationError for one unknown."""
    if target.type not in SERVERS:
        raise ConfigurationError(
            f"target {target.name!r} is of type {target.type!r}; "
            f"homespun load knows duckdb, {', '.join(SERVERS)}"
        )
    return SERVERS[target.type]


def postgres_credentials(target: Target) -> dict[str, Any]:
    """The connection of a PostgreSQL target, or of one that speaks its protocol."""
    setting = _reader(target)
    ssl = ("sslmode", "sslcert", "sslkey", "sslrootcert")
    found = {name: setting(name, required=False) for name in (*ssl, "keepalives_idle")}
    return _present(
        host=setting("host"),
        port=int(setting("port", required=False) or (5439 if target.type == "redshift" else 5432)),
        username=setting("user"),
        password=setting("password", "pass"),
        database=setting("dbname", "database"),
        connect_timeout=int(setting("connect_timeout", required=False) or 15),
        query=_present(**found),
    )


def _postgres(target: Target) -> dict[str, Any]:
    return {"credentials": postgres_credentials(target), "create_indexes": False}


def _redshift(target: Target) -> dict[str, Any]:
    if target.settings.get("method", "database") != "database":
        raise ConfigurationError(
            f"target {target.name!r}: homespun load knows Redshift's method 'database' only"
        )
    return _postgres(target)


def _snowflake(target: Target) -> dict[str, Any]:
    setting = _reader(target)
    optional = ("password", "warehouse", "role", "authenticator", "token", "private_key")
    found = {name: setting(name, required=False) for name in optional}
    return {
        "credentials": _present(
            host=setting("account"),
            username=setting("user", required=False),
            database=setting("database"),
            private_key_path=setting("private_key_path", required=False),
            private_key_passphrase=setting("private_key_passphrase", required=False),
            **found,
        )
    }


def _bigquery(target: Target) -> dict[str, Any]:
    setting = _reader(target)
    match setting("method"):
        case "service-account":
            keyfile = Path(str(setting("keyfile"))).expanduser()
            if not keyfile.is_file():
                raise ConfigurationError(f"target {target.name!r}: there is no keyfile {keyfile}")
            credentials = json.loads(keyfile.read_text())
        case "service-account-json":
            credentials = setting("keyfile_json")
        case "oauth":
            credentials = None  # what gcloud has set up on this machine
        case other:
            raise ConfigurationError(
                f"target {target.name!r}: homespun load does not know BigQuery's method {other!r}; "
                "use service-account, service-account-json or oauth"
            )
    return _present(
        credentials=credentials,
        location=setting("location", required=False),
        project_id=setting("project", "database"),
    )


def _databricks(target: Target) -> dict[str, Any]:
    setting = _reader(target)
    return {
        "credentials": _present(
            server_hostname=setting("host"),
            http_path=setting("http_path"),
            catalog=setting("catalog", required=False) or "hive_metastore",
            access_token=setting("token", required=False),
            client_id=setting("client_id", required=False),
            client_secret=setting("client_secret", required=False),
        )
    }


SERVERS: Final[Mapping[str, Server]] = {
    "postgres": Server(("psycopg2", "adbc_driver_postgresql"), _postgres),
    "snowflake": Server(("snowflake.connector",), _snowflake),
    "bigquery": Server(("google.cloud.bigquery",), _bigquery),
    "redshift": Server(("psycopg2",), _redshift, needs_staging=True),
    "databricks": Server(("databricks.sql",), _databricks),
}


def _reader(target: Target) -> Callable[..., Any]:
    def setting(*names: str, required: bool = True) -> Any:
        for name in names:
            if target.settings.get(name) not in (None, ""):
                return target.settings[name]
        if required:
            raise ConfigurationError(f"target {target.name!r} in profiles.yml has no {names[0]!r}")
        return None

    return setting


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
