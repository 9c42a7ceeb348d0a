"""Files: Parquet keeps the warehouse's types, names come from ids, the manifest comes last."""

import datetime
import decimal
import io
import json
from typing import Any

import fsspec
import pyarrow
import pytest
from pyarrow import parquet

from reverse_etl.batches import Batcher
from reverse_etl.destination import Change, Operation, Request, SyncInfo
from reverse_etl.destinations.files import Files, FilesSettings
from reverse_etl.sync import sync
from tests.harness.shop import Shop, members
from tests.reverse_etl.destinations.conftest import Bench, OpenBench

TYPES = {
    "orders": "BIGINT",
    "spent": "DECIMAL(18,3)",
    "is_vip": "BOOLEAN",
    "seen_at": "TIMESTAMP",
    "born": "DATE",
    "tags": "VARCHAR[]",
    "email": "VARCHAR",
}
ROW = {
    "orders": 2**53 + 1,
    "spent": 1.25,
    "is_vip": True,
    "seen_at": "2026-03-01T12:00:00.000000Z",
    "born": "1986-02-03",
    "tags": ["a"],
    "email": "=jane@example.com",
}


def request(shop: Shop, form: str, changes: list[Change]) -> Request:
    info = SyncInfo("crm", "mirror", "user_id", "BIGINT", TYPES, ("email",), shop.folder)
    files = Files(FilesSettings.model_validate({"path": "out", "format": form}), info)
    [made] = Batcher(files, "crm", "run", rows=5, size=10**6).requests([changes])
    assert isinstance(made, Request)
    return made


def test_parquet_columns_have_the_types_and_values_of_the_warehouse(shop: Shop) -> None:
    changes = [
        Change("run-1", Operation.ADD, "1", json.dumps(ROW)),
        Change("run-2", Operation.REMOVE, "2", identifiers={"email": "jane2@example.com"}),
    ]

    made = request(shop, "parquet", changes[:1])
    table = parquet.read_table(io.BytesIO(made.body))

    assert table.schema.field("spent").type == pyarrow.decimal128(18, 3)
    assert table.to_pylist() == [
        {
            "operation": "add",
            "key": 1,
            "orders": 2**53 + 1,
            "spent": decimal.Decimal("1.250"),
            "is_vip": True,
            "seen_at": datetime.datetime(2026, 3, 1, 12),  # noqa: DTZ001 - UTC by contract
            "born": datetime.date(1986, 2, 3),
            "tags": '["a"]',
            "email": "=jane@example.com",
        }
    ]


def test_a_parquet_removal_has_the_identifiers_in_their_columns(shop: Shop) -> None:
    removal = Change("run-2", Operation.REMOVE, "2", identifiers={"email": "jane2@example.com"})

    [row] = parquet.read_table(io.BytesIO(request(shop, "parquet", [removal]).body)).to_pylist()

    assert {name: value for name, value in row.items() if value is not None} == {
        "operation": "remove",
        "key": 2,
        "email": "jane2@example.com",
    }


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_the_same_rows_are_the_same_file_under_the_same_name(shop: Shop, form: str) -> None:
    change = Change("run-1", Operation.ADD, "1", json.dumps(ROW))

    first, second = (request(shop, form, [change]) for _ in range(2))

    assert (first.url, first.body) == (second.url, second.body)
    assert first.url.endswith(f"out/sync=crm/run=run/part-000001.{form}")


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_run_at_an_fsspec_url_ends_with_its_manifest(open_bench: OpenBench, form: str) -> None:
    bench: Bench = open_bench(f"files ({form})")
    place = f"memory://{bench.shop.folder.name}-{form}"

    report = bench.run(*members(*range(5)), settings={"path": place, "format": form}, batch_rows=2)

    memory: Any = fsspec.filesystem("memory")
    [manifest] = memory.glob(f"{place[9:]}/sync=crm/run=*/_MANIFEST.json")
    written = [json.loads(memory.cat_file(manifest))]
    assert report.exit_code == 0
    assert [part["name"] for part in written[0]["parts"]] == [
        f"part-00000{n}.{form}" for n in (1, 2, 3)
    ]
    times = {memory.created(path): path for path in memory.find(place)}
    assert times[max(times)].endswith("_MANIFEST.json")


def test_a_run_that_could_write_nothing_does_not_fail_those_after_it(shop: Shop) -> None:
    (shop.folder / "out").write_text("no folder")
    settings = {"destination": "files", "settings": {"path": "out"}, "key": "user_id"}
    shop.write_syncs(crm={**settings, "fields": ["email"], "attempts": 1})
    shop.write_audience(members(1, 2))
    [blocked] = sync(shop.project)
    (shop.folder / "out").unlink()

    [report] = sync(shop.project)

    assert (blocked.exit_code, report.exit_code, report.sent) == (4, 0, 2)
    assert "Not a directory" in blocked.message
    assert len(list(shop.folder.glob("out/sync=crm/run=*/_MANIFEST.json"))) == 1


def test_a_run_whose_rows_are_all_refused_writes_nothing_and_is_over(shop: Shop) -> None:
    settings = {"destination": "files", "settings": {"path": "out"}, "key": "user_id"}
    shop.write_syncs(crm={**settings, "fields": ["lifetime_value"]})
    shop.write_audience([("u1", None, float("nan"))])

    [refused], [again] = sync(shop.project), sync(shop.project)

    assert (refused.exit_code, refused.rejected, again.exit_code) == (1, 1, 0)
    assert not (shop.folder / "out").exists()


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("field", ["key", "operation"])
def test_a_field_does_not_take_the_name_of_a_column_that_is_there(
    shop: Shop, form: str, field: str
) -> None:
    settings = {"path": "out", "format": form}
    fields = {field: "user_id", "email": "email"}
    shop.write_syncs(
        crm={"destination": "files", "settings": settings, "key": "user_id", "fields": fields}
    )
    shop.write_audience(members(1))

    [report] = sync(shop.project)

    assert report.exit_code == 2
    assert f"a second column {field!r}" in report.message
    assert not (shop.folder / "out").exists()


def test_a_bucket_without_credentials_is_told_so(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(shop.folder / "none"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    fsspec.get_filesystem_class("s3").clear_instance_cache()  # one may know credentials
    shop.write_audience(members(1, 2))
    shop.write_syncs(
        out={"destination": "files", "settings": {"path": "s3://bucket/x"}, "key": "user_id"}
    )

    [report] = sync(shop.project)

    assert (report.status, report.exit_code, report.held) == ("misconfigured", 2, 0)
    assert "the storage does not accept the credentials, or finds none" in report.message
