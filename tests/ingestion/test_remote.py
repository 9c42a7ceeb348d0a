"""Event files behind URLs, on real servers on loopback that answer as S3, Google and Azure do."""

import base64
import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import fsspec
import pytest
from gcp_storage_emulator.server import create_server
from moto.server import ThreadedMotoServer

from homespun.errors import ConfigurationError, Unavailable
from ingestion.files import find_files
from ingestion.sources import read_source_rule
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


@pytest.fixture(scope="module")
def google() -> Iterator[str]:
    """The address of a server with an empty bucket called `landing`."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = create_server("127.0.0.1", port, in_memory=True, default_bucket="landing")
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """How to reach an empty server."""
    program = shutil.which("azurite-blob")
    if program is None:
        pytest.skip("Azurite is not installed: npm install -g azurite")
    pytest.importorskip("adlfs", reason="install the extra: pip install 'homespun[az]'")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    key = base64.b64encode(b"a key of the test").decode()
    server = subprocess.Popen(
        [
            *(program, "--blobHost", "127.0.0.1", "--blobPort", str(port)),
            *("--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"),
        ],
        cwd=tmp_path_factory.mktemp("azurite"),
        env={**os.environ, "AZURITE_ACCOUNTS": f"shop:{key}"},
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    while b"successfully listen" not in server.stdout.readline():
        assert server.poll() is None
    yield (
        f"DefaultEndpointsProtocol=http;AccountName=shop;AccountKey={key};"
        f"BlobEndpoint=http://127.0.0.1:{port}/shop;"
    )
    server.terminate()
    server.communicate()


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


class Quiet(BaseHTTPRequestHandler):
    """Answers without a word on stderr."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_once() -> Iterator[str]:
    """The address of a server that has a file for the first who asks, and nothing afterwards."""

    class Handler(Quiet):
        def do_HEAD(self) -> None:
            self.send_response(404 if asked else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            asked.append(self.path)

        do_GET = do_HEAD

    asked: list[str] = []
    with serve(Handler) as address:
        yield address


@contextmanager
def serve_signed() -> Iterator[str]:
    """The address of a server that gives a message to whoever may read, by a query with `sig`."""

    class Handler(Quiet):
        def do_GET(self) -> None:
            allowed = "sig" in self.path.lower()
            content = track(self.path[:14]) if allowed else b""
            if ".json?" in self.path:
                content = content.replace(b",", b",\n")
            self.send_response(200 if allowed else 403)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_HEAD(self) -> None:  # what is signed is one method
            self.send_error(403)

    with serve(Handler) as address:
        yield address


@contextmanager
def serve(handler: type[Quiet]) -> Iterator[str]:
    """The address of a server that answers so."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


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
    third = shop.load("s3://landing")

    assert [report.events for report in (first, second, third)] == [1, 0, 1]
    assert shop.column("select message_id from raw.events order by 1") == ["m1", "m2"]


def test_a_key_that_looks_like_a_pattern_is_a_key_where_it_exists(
    shop: Shop, bucket: fsspec.AbstractFileSystem
) -> None:
    bucket.pipe("landing/[day]/a*.jsonl", track("m1"))
    bucket.pipe("landing/[day]/ab.jsonl", track("m2"))

    one = shop.load("s3://landing/[day]/a*.jsonl")
    both = shop.load("s3://landing/[day]")

    assert (one.events, both.events) == (1, 1)


def test_objects_of_google_storage_are_loaded(
    shop: Shop, google: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", google)
    system = fsspec.filesystem("gs", skip_instance_cache=True)
    system.pipe("landing/web/a.jsonl.gz", gzip.compress(track("m1") + b"\n{"))

    first = shop.load("gs://landing/web")
    second = shop.load("gs://landing/web/*.gz")

    assert (first.events, first.rejected) == (1, {"invalid_json": 1})
    assert (second.files, second.skipped_files) == (0, 1)
    assert shop.column("select file from raw.events") == ["gs://landing/web/a.jsonl.gz"]


def test_blobs_of_azure_are_loaded(shop: Shop, azure: str) -> None:
    content = gzip.compress(track("m1") + b"\n{").hex()
    fill = (
        "import fsspec; system = fsspec.filesystem('az'); system.mkdir('landing');"
        f"system.pipe('landing/web/a.jsonl.gz', bytes.fromhex('{content}'))"
    )
    told = {"AZURE_STORAGE_CONNECTION_STRING": azure}
    subprocess.run([sys.executable, "-c", fill], env={**os.environ, **told}, check=True)

    first = shop.command("load", "az://landing/web", "--json", **told)
    second = shop.command("load", "az://landing/*/*.gz", "--json", **told)

    assert json.loads(first.stdout)["rejected"] == {"invalid_json": 1}
    assert json.loads(second.stdout)["skipped_files"] == 1
    assert shop.query("select message_id, source from raw.events") == [("m1", "a")]


def test_a_url_that_leads_nowhere_is_an_error_with_a_remedy(
    shop: Shop, bucket: fsspec.AbstractFileSystem
) -> None:
    with pytest.raises(ConfigurationError, match=r"s3://landing/none\.jsonl does not exist"):
        shop.load("s3://landing/none.jsonl")


def test_a_file_url_is_a_local_file(shop: Shop) -> None:
    path = shop.write("events.jsonl", [track("m1")])

    first, second = shop.load(f"file://{path}"), shop.load(path)

    assert (first.events, second.skipped_files) == (1, 1)


def test_files_in_an_archive_are_files_of_a_chained_url(shop: Shop) -> None:
    with zipfile.ZipFile(shop.folder / "day.zip", "w") as archive:
        archive.writestr("web/a::b.jsonl", track("m1"))

    report = shop.load(f"zip://web::file://{shop.folder}/day.zip")

    assert (report.files, report.events) == (1, 1)


def test_files_of_two_archives_are_two_files_by_whatever_name(shop: Shop) -> None:
    for day in ("1", "2"):
        with zipfile.ZipFile(shop.folder / f"{day}.zip", "w") as archive:
            archive.writestr("web/a.jsonl", track(day))
    urls = [f"zip://web::file://{shop.folder}/{day}.zip" for day in ("1", "2")]

    first = shop.load(*urls)
    second = shop.load(f"zip://web/*.jsonl::simplecache::{urls[1].partition('::')[2]}")

    assert (first.files, first.events, second.skipped_files) == (2, 2, 1)
    files = shop.column("select file from raw.events order by file")
    assert files == [f"file://{shop.folder}/{day}.zip/web/a.jsonl" for day in ("1", "2")]


def test_a_password_is_not_told_by_a_file_that_vanished_before_it_was_read() -> None:
    with serve_once() as address:
        url = f"http://loader:top-secret@{address}/a.jsonl"
        [file] = find_files([url], base=Path(), source=read_source_rule(None))

        with pytest.raises(Unavailable, match="cannot be read") as error:
            file.open().read()

    assert "top-secret" not in str(error.value)


def test_a_password_in_a_url_is_not_told() -> None:
    url = "ftp://loader:top-secret@127.0.0.1:1/a.jsonl"

    with pytest.raises(Unavailable, match="does not answer") as error:
        find_files([url], base=Path(), source=read_source_rule(None))

    assert "top-secret" not in str(error.value)


@pytest.mark.parametrize(
    ("query", "signed_again"),
    [
        ("X-Amz-Date=1&X-Amz-Signature=top-secret", "X-Amz-Date=2&X-Amz-Signature=top-secret-too"),
        (
            "AWSAccessKeyId=k&Expires=1&Signature=top-secret",
            "AWSAccessKeyId=l&x-amz-security-token=top-secret&Signature=top-secret-too",
        ),
        ("X-Goog-Expires=1&X-Goog-Signature=top-secret", "X-Goog-Signature=top-secret-too"),
        ("sv=2026&se=1&sp=r&sig=top-secret", "sv=2026&se=2&sp=r&sig=top-secret-too"),
    ],
)
def test_a_signed_url_is_the_file_however_often_it_is_signed_and_its_signature_is_not_kept(
    shop: Shop, query: str, signed_again: str
) -> None:
    with serve_signed() as address:
        url = f"http://{address}/web.jsonl"
        first = shop.load(f"{url}?{query}")
        second = shop.load(f"{url}?{signed_again}")

    assert (first.events, second.skipped_files) == (1, 1)
    assert shop.query("select file, source from raw.events") == [(url, "web")]
    assert b"top-secret" not in (shop.folder / "shop.duckdb").read_bytes()


def test_a_query_that_tells_files_apart_is_kept_as_a_hash(shop: Shop) -> None:
    with serve_signed() as address:
        urls = [f"http://{address}/web.json?st={at}&token=top-secret&Signature=x" for at in "12"]
        first, second = shop.load(*urls), shop.load(*reversed(urls))

    assert (first.events, second.skipped_files) == (2, 2)
    assert shop.column("select distinct source from raw.events") == ["web"]
    assert not [file for file in shop.column("select file from raw.events") if "secret" in file]


@pytest.mark.parametrize("name", ["web.jsonl", "web 1.jsonl", "web's.jsonl"])
@pytest.mark.parametrize("said", ["Expires=1", "name=it's", "name=a b"])
def test_the_query_of_a_url_is_not_told(name: str, said: str) -> None:
    with serve_signed() as address, pytest.raises(ConfigurationError) as error:
        find_files(
            [f"http://{address}/{name}?{said}&Policy=top-secret"],
            base=Path(),
            source=read_source_rule(None),
        )

    assert f"{name}?*** " in str(error.value)
    assert "top-secret" not in str(error.value)


@pytest.mark.parametrize("query", ["", "?Expires=1&Signature=x"])
def test_a_page_that_cannot_be_reached_is_unavailable_where_none_need_be_there(query: str) -> None:
    with serve(Quiet) as address:
        url = f"http://{address}/web.jsonl{query}"

    with pytest.raises(Unavailable, match="does not answer"):
        find_files([url], base=Path(), source=read_source_rule(None), allow_empty=True)


def test_a_server_that_does_not_answer_is_unavailable(
    shop: Shop, bucket: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fsspec.get_filesystem_class("s3").clear_instance_cache()

    with pytest.raises(Unavailable, match="does not answer"):
        shop.load("s3://landing/a.jsonl")
