"""Event files behind URLs, on a real S3-compatible server on loopback."""

import gzip
from collections.abc import Iterator

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from homespun.errors import ConfigurationError, Unavailable
from tests.ingestion.shop import Shop, track

DAY = "s3://landing/segment-logs/web/1440460800000"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an empty server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> fsspec.AbstractFileSystem:
    """A bucket called `landing`, which S3's usual environment leads to."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    system = fsspec.filesystem("s3")
    if system.exists("landing"):
        system.rm("landing", recursive=True)
    system.mkdir("landing")
    return system


def test_segments_archive_loads_as_it_is(shop: Shop, bucket: fsspec.AbstractFileSystem) -> None:
    content = gzip.compress(track("m1") + b"\n" + track("m2") + b"\n{")
    bucket.pipe(f"{DAY}/1440547200000.eebf2cb95f2e.1.2.abcd.gz", content)
    bucket.pipe(f"{DAY}/readme.txt", b"not events")

    report = shop.load("s3://landing/segment-logs")

    assert (report.files, report.events, report.rejected) == (1, 2, {"invalid_json": 1})
    assert shop.query("select distinct source, file from raw.events") == [
        ("web", f"{DAY}/1440547200000.eebf2cb95f2e.1.2.abcd.gz")
    ]


def test_an_object_is_loaded_once_and_again_when_it_is_replaced(
    shop: Shop, bucket: fsspec.AbstractFileSystem
) -> None:
    bucket.pipe("landing/a.jsonl", track("m1"))
    first = shop.load("s3://landing/*.jsonl")
    second = shop.load("s3://landing/a.jsonl")
    bucket.pipe("landing/a.jsonl", track("m2"))
    bucket.invalidate_cache()
    third = shop.load("s3://landing")

    assert [report.events for report in (first, second, third)] == [1, 0, 1]
    assert shop.column("select message_id from raw.events order by 1") == ["m1", "m2"]


def test_a_url_that_leads_nowhere_is_an_error_with_a_remedy(
    shop: Shop, bucket: fsspec.AbstractFileSystem
) -> None:
    with pytest.raises(ConfigurationError, match=r"s3://landing/none\.jsonl does not exist"):
        shop.load("s3://landing/none.jsonl")


def test_a_file_url_is_a_local_file(shop: Shop) -> None:
    path = shop.write("events.jsonl", [track("m1")])

    assert shop.load(f"file://{path}").events == 1


def test_a_server_that_does_not_answer_is_unavailable(
    shop: Shop, bucket: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fsspec.get_filesystem_class("s3").clear_instance_cache()

    with pytest.raises(Unavailable, match="does not answer"):
        shop.load("s3://landing/a.jsonl")
