"""Small files that unfold to much: they take little time and memory, and harm no other file."""

import gzip
import json
import shutil

import pytest

from tests.ingestion.shop import Shop, track

MEGABYTE = 1024 * 1024
FILES = {
    "arrays.jsonl.gz": gzip.compress(b"[" * MEGABYTE) * 40,
    "blank.jsonl.gz": gzip.compress(b"\n" * MEGABYTE) * 10,
    "document.json.gz": gzip.compress(b" " * MEGABYTE) * 40,
    "gzip.jsonl.gz": gzip.compress(gzip.compress(track("m2") * 3)),
    "gzips.jsonl.gz": gzip.compress(gzip.compress(b"x" * MEGABYTE) * 40),
    "line.jsonl.gz": gzip.compress(b"x" * MEGABYTE) * 700,
    "ordinary.jsonl": track("m1"),
}


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="it takes prlimit to limit a load")
def test_what_unfolds_to_much_is_refused_or_counted_within_bounds(shop: Shop) -> None:
    for name, content in FILES.items():
        shop.write(f"events/{name}", content)

    run = shop.command(
        "load", "events", "--json", before=["prlimit", "--cpu=20", f"--data={600 * MEGABYTE}"]
    )

    report = json.loads(run.stdout)
    assert report["blank_lines"] == 10 * MEGABYTE
    assert shop.query(
        "select parse_filename(file), reason, count(*) from raw.rejected_events "
        "group by all order by all"
    ) == [
        ("arrays.jsonl.gz", "too_large", 1),
        ("document.json.gz", "too_large", 1),
        ("gzip.jsonl.gz", "invalid_encoding", 1),
        ("gzips.jsonl.gz", "invalid_encoding", 1),
        ("line.jsonl.gz", "too_large", 1),
    ]
    assert shop.column("select message_id from raw.events") == ["m1"]
