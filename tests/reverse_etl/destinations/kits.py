"""What the conformance suite has to know of each destination: its set-up, and a look inside."""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import duckdb
import psycopg
from pyarrow import parquet

from tests.harness.receiver import Fault, Receiver
from tests.reverse_etl.destinations.fake_customer_io import FakeCustomerIo
from tests.reverse_etl.destinations.fake_klaviyo import LIST, FakeKlaviyo
from tests.reverse_etl.destinations.fake_meta import AUDIENCE, FakeMeta
from tests.reverse_etl.destinations.fake_segment import FakeSegment
from tests.reverse_etl.destinations.postgres import Postgres
from tests.reverse_etl.destinations.vendor_server import SECRET

Members = Callable[[], set[str]]


class Far(Protocol):
    """A server that a destination speaks to."""

    requests: list[Any]

    def will(self, *faults: Fault) -> Any:
        """Play these faults with the next requests."""


@dataclass(frozen=True)
class Kit:
    """A destination, ready for the suite, in a shop's folder."""

    sync: Mapping[str, Any]  # its configuration
    members: Members  # the e-mail addresses at the destination
    far: Far | None = None  # where it speaks HTTP
    environment: Mapping[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)  # requests that are not as documented


@contextmanager
def webhook(folder: Path) -> Iterator[Kit]:
    with Receiver() as receiver:
        yield Kit(
            sync={
                "destination": "webhook",
                "settings": {"url": receiver.url, "allow_private": True, "signed": True},
                "fields": {"email": "email", "ltv": "lifetime_value"},
            },
            members=lambda: {fields["email"] for fields in receiver.members.values()},
            far=receiver,
            environment={"HOMESPUN_CRM_SECRET": SECRET, "HOMESPUN_CRM_TOKEN": SECRET},
        )


@contextmanager
def segment(folder: Path) -> Iterator[Kit]:
    with FakeSegment() as vendor:
        yield Kit(
            sync={
                "destination": "segment",
                "settings": {"url": vendor.url, "allow_private": True, "audience": "vip"},
                "fields": {"email": "email", "ltv": "lifetime_value"},
            },
            members=lambda: vendor.members,
            far=vendor,
            environment={"HOMESPUN_CRM_WRITE_KEY": SECRET},
        )


@contextmanager
def meta(folder: Path) -> Iterator[Kit]:
    with FakeMeta() as vendor:
        yield Kit(
            sync={
                "destination": "meta_audiences",
                "settings": {"url": vendor.url, "allow_private": True, "audience_id": AUDIENCE},
                "fields": {"email": "email", "zip": "lifetime_value"},
            },
            members=lambda: vendor.members,
            far=vendor,
            environment={"HOMESPUN_CRM_ACCESS_TOKEN": SECRET},
        )


@contextmanager
def customer_io(folder: Path) -> Iterator[Kit]:
    with FakeCustomerIo() as vendor:
        settings = {"url": vendor.url, "allow_private": True, "segment_id": 7, "site_id": "site"}
        yield Kit(
            sync={
                "destination": "customer_io",
                "settings": settings,
                "fields": {"email": "email", "ltv": "lifetime_value"},
            },
            members=lambda: vendor.members,
            far=vendor,
            environment={"HOMESPUN_CRM_API_KEY": SECRET},
        )


@contextmanager
def csv_files(folder: Path) -> Iterator[Kit]:
    yield _files(folder, "csv", _read_csv)


@contextmanager
def jsonl_files(folder: Path) -> Iterator[Kit]:
    yield _files(folder, "jsonl", _read_jsonl)


@contextmanager
def parquet_files(folder: Path) -> Iterator[Kit]:
    yield _files(folder, "parquet", _read_parquet)


@contextmanager
def sqlite_table(folder: Path) -> Iterator[Kit]:
    def members() -> set[str]:
        with closing(sqlite3.connect(folder / "crm.sqlite")) as connection:
            return {email for (email,) in connection.execute("select email from vips")}

    yield _table("sqlite:///crm.sqlite", members)


@contextmanager
def duckdb_table(folder: Path) -> Iterator[Kit]:
    def members() -> set[str]:
        with duckdb.connect(str(folder / "crm.duckdb")) as connection:
            return {email for (email,) in connection.execute("select email from vips").fetchall()}

    yield _table("duckdb:///crm.duckdb", members)


@contextmanager
def postgres_table(server: Postgres) -> Iterator[Kit]:
    def members() -> set[str]:
        with psycopg.connect(server.url, password=SECRET) as connection:
            return {email for (email,) in connection.execute("select email from vips")}

    with psycopg.connect(server.url, password=SECRET) as connection:
        connection.execute("drop table if exists vips")
    yield _table(server.url, members, environment={"HOMESPUN_CRM_PASSWORD": SECRET})


def _table(url: str, members: Members, environment: Mapping[str, str] | None = None) -> Kit:
    return Kit(
        sync={
            "destination": "sql_table",
            "settings": {"url": url, "table": "vips"},
            "fields": {"email": "email", "ltv": "lifetime_value"},
        },
        members=members,
        environment=environment or {},
    )


@contextmanager
def klaviyo(folder: Path) -> Iterator[Kit]:
    with FakeKlaviyo() as vendor:
        settings = {"url": vendor.url, "allow_private": True, "list_id": LIST, "poll_every": 0.001}
        yield Kit(
            sync={
                "destination": "klaviyo",
                "settings": settings,
                "fields": {"email": "email", "external_id": "user_id", "ltv": "lifetime_value"},
            },
            members=lambda: vendor.members,
            far=vendor,
            environment={"HOMESPUN_CRM_API_KEY": SECRET},
            problems=vendor.problems,
        )


def _files(folder: Path, form: str, read: Callable[[Path], list[tuple[str, str, str]]]) -> Kit:
    def members() -> set[str]:
        """The runs in the order in which their manifests were written."""
        known: dict[str, str] = {}
        manifests = folder.glob("out/sync=crm/run=*/_MANIFEST.json")
        for manifest in sorted(manifests, key=lambda path: path.stat().st_mtime_ns):
            rows = [
                row
                for part in json.loads(manifest.read_text())["parts"]
                for row in read(manifest.parent / part["name"])
            ]
            for operation, key, email in rows:
                if operation == "remove":
                    known.pop(key, None)
                else:
                    known[key] = email
        return set(known.values())

    return Kit(
        sync={
            "destination": "files",
            "settings": {"path": "out", "format": form},
            "fields": {"email": "email", "ltv": "lifetime_value"},
        },
        members=members,
    )


def _read_csv(part: Path) -> list[tuple[str, str, str]]:
    with part.open(newline="", encoding="utf-8") as file:
        return [(row["operation"], row["key"], row["email"]) for row in csv.DictReader(file)]


def _read_jsonl(part: Path) -> list[tuple[str, str, str]]:
    rows = map(json.loads, part.read_text().splitlines())
    return [(row["operation"], row["key"], row["fields"]["email"]) for row in rows]


def _read_parquet(part: Path) -> list[tuple[str, str, str]]:
    rows = parquet.read_table(part).to_pylist()
    return [(row["operation"], row["key"], row["email"]) for row in rows]


KITS = {
    "customer_io": customer_io,
    "klaviyo": klaviyo,
    "meta_audiences": meta,
    "segment": segment,
    "webhook": webhook,
    "files (csv)": csv_files,
    "files (jsonl)": jsonl_files,
    "files (parquet)": parquet_files,
    "sql_table (duckdb)": duckdb_table,
    "sql_table (sqlite)": sqlite_table,
}
ONLY_FORMATS = ("files (jsonl)", "files (parquet)")  # otherwise as `files (csv)`
POSTGRES = "sql_table (postgres)"
OVER_HTTP = ["customer_io", "klaviyo", "meta_audiences", "segment", "webhook"]
