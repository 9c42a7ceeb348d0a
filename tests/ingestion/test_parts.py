"""Lines in are rows out, however the bytes fall into files, parts and blocks."""

import io
import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from isal import igzip

from ingestion.files import find_files
from ingestion.framing import BrokenOff, LongLine, frame_lines
from ingestion.messages import MAX_LINE_BYTES
from ingestion.parts import divide
from ingestion.reading import Counts, read_part
from ingestion.sources import FixedName
from ingestion.tables import EVENTS, REJECTED_EVENTS
from tests.ingestion.shop import track

lines = st.one_of(
    st.just(b""),
    st.just(b" \r"),
    st.builds(track, st.text(max_size=5)),
    st.builds(lambda rest: track("m")[:-1] + rest, st.binary(max_size=12)),
    st.builds(lambda id_: b'{"batch":[' + track(id_) + b",1]}", st.sampled_from("ab")),
    st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")),
)
contents = st.builds(
    lambda parts, end: b"\n".join(parts) + end,
    st.lists(lines, max_size=12),
    st.sampled_from([b"", b"\n"]),
)


class Kept:
    """Rows in memory."""

    def __init__(self) -> None:
        self.tables: list[pa.Table] = []

    def add(self, table: pa.Table) -> None:
        self.tables.append(table)

    def rows(self) -> list[dict[str, object]]:
        """In the order of the lines: those that the judge read come after a block's others."""
        rows = [row for table in self.tables for row in table.to_pylist()]
        return sorted(rows, key=lambda row: row["line"])


def read(
    path: Path, readers: int
) -> tuple[Counts, list[dict[str, object]], list[dict[str, object]]]:
    """All rows of a file that is read in so many parts."""
    files = find_files([str(path)], base=path.parent, source=FixedName("s"))
    kept = {EVENTS: Kept(), REJECTED_EVENTS: Kept()}
    in_all = Counts()
    parts = [part for group in divide(files, readers, least_bytes=1) for part in group]
    for part in sorted(parts, key=lambda part: part.start):
        *_, (_, counts) = read_part(part, kept)
        in_all.add(counts)
    return in_all, kept[EVENTS].rows(), kept[REJECTED_EVENTS].rows()


@given(contents)
def test_each_line_ends_in_events_or_in_rejected_events(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "events.jsonl")
        path.write_bytes(content)

        counts, events, rejected = read(path, 1)

    seen = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if seen[-1] == b"":
        seen.pop()
    blank = sum(not line.strip() for line in seen)
    assert (counts.lines, counts.blank_lines) == (len(seen) - blank, blank)
    assert (counts.events, sum(counts.rejected.values())) == (len(events), len(rejected))
    places = [(row["line"], None) for row in events] + [
        (row["line"], row["position_in_batch"]) for row in rejected
    ]
    assert {line for line, _ in places} == {
        number for number, line in enumerate(seen, 1) if line.strip()
    }


@given(contents, st.integers(2, 5))
def test_parts_hold_what_the_whole_file_holds(content: bytes, readers: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "events.jsonl")
        path.write_bytes(content)

        whole, in_parts = read(path, 1), read(path, readers)

    assert in_parts == whole


@pytest.fixture(scope="module")
def packed() -> dict[str, bytes]:
    """The same lines, one of them too large, as each codec compresses them."""
    chance = random.Random(7)  # noqa: S311
    written = [track(str(number), x=chance.randbytes(50_000).hex()) for number in range(120)]
    too_large = chance.randbytes(2_000_000).hex() + "x" * MAX_LINE_BYTES
    written[70:72] = [b"{", track("long", x=too_large)]
    content = b"\n".join(written)
    return {"gzip": igzip.compress(content), "zstd": pa.compress(content, "zstd", asbytes=True)}


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
@pytest.mark.parametrize("what", ["whole", "cut short", "overwritten", "with garbage", "twice"])
def test_parts_of_a_compressed_file_hold_what_the_whole_file_holds(
    tmp_path: Path, packed: dict[str, bytes], codec: str, what: str
) -> None:
    path = tmp_path / "events.jsonl.gz"
    good = packed[codec]
    middle = len(good) // 2
    became = {
        "whole": good,
        "cut short": good[:middle],
        "overwritten": good[:middle] + bytes(1000) + good[middle + 1000 :],
        "with garbage": good + b"garbage" * 1000,
        "twice": good + good,
    }
    path.write_bytes(became[what])

    (counts, events, rejected), in_parts = read(path, 1), read(path, 3)

    assert counts.lines > 50
    assert in_parts[0] == counts
    assert in_parts[1] == events
    assert in_parts[2] == rejected


def test_readers_share_a_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl.gz"
    chance = random.Random(7)  # noqa: S311
    written = [track(str(number), x=chance.randbytes(5_000).hex()) for number in range(2_000)]
    path.write_bytes(igzip.compress(b"\n".join(written)))
    files = find_files([str(path)], base=tmp_path, source=FixedName("s"))

    shares = []
    for (part,) in divide(files, 3, least_bytes=1):
        *_, (_, counts) = read_part(part, {EVENTS: Kept(), REJECTED_EVENTS: Kept()})
        shares.append(counts.lines)

    assert sum(shares) == 2_000
    assert min(shares) > 300


class Dribble(io.BytesIO):
    """A stream that gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 7, 7))


@given(st.binary(max_size=60).map(lambda content: content.replace(b"\xef", b"")), st.integers(1, 9))
def test_framing_loses_no_byte_whatever_the_limit(content: bytes, limit: int) -> None:
    found: dict[int, bytes] = {}
    long: dict[int, LongLine] = {}

    for frame in frame_lines(Dribble(content), limit=limit):
        assert not isinstance(frame, BrokenOff)
        if isinstance(frame, LongLine):
            long[frame.number] = frame
        else:
            found |= dict(enumerate(frame.lines, frame.first))

    expected = content.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    assert sorted([*found, *long]) == list(range(1, len(expected) + 1))
    for number, line in enumerate(expected, 1):
        if number in long:
            assert long[number].length == len(line)
            assert line.startswith(long[number].beginning)
            assert len(line) > limit
        else:
            assert found[number] == line
