"""What holds for every destination: pure functions, an outcome per row, no row lost."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from reverse_etl.batches import Batcher, Refusal
from reverse_etl.catalogue import find_destination, shipped
from reverse_etl.destination import (
    Answer,
    Change,
    Destination,
    Operation,
    Outcome,
    Request,
    Scope,
    Status,
    SyncInfo,
)
from reverse_etl.destinations.files import Files, FilesSettings
from reverse_etl.destinations.webhook import signature
from reverse_etl.vendor import identifier_reader

KEY = SecretStr("key")
SETTINGS: dict[str, dict[str, Any]] = {
    "customer_io": {"site_id": "site", "segment_id": 7, "api_key": KEY},
    "files": {"path": "memory://out", "format": "csv"},
    "klaviyo": {"list_id": "L1st", "api_key": KEY},
    "meta_audiences": {"audience_id": "23842", "access_token": KEY},
    "segment": {"write_key": KEY},
    "slack": {"channel": "#crm", "token": KEY},
    "sql_table": {"url": "sqlite:///crm.db", "table": "vips"},
    "webhook": {"url": "https://crm.example.com/list"},
}
IN_OTHER_WORDS = {"meta_audiences": {"ltv": "zip"}}  # fields that a vendor calls by its own names
FIELDS = {"email": "VARCHAR", "ltv": "DOUBLE"}
changes = st.lists(
    st.tuples(
        st.sampled_from(Operation),
        st.text(min_size=1, max_size=20),
        st.fixed_dictionaries(
            {"email": st.none() | st.text(max_size=40), "ltv": st.none() | st.floats()}
        ),
    ),
    min_size=1,
    max_size=12,
)


def make(name: str) -> Destination:
    words = IN_OTHER_WORDS.get(name, {})
    fields = {words.get(field, field): kind for field, kind in FIELDS.items()}
    info = SyncInfo("crm", "mirror", "user_id", "VARCHAR", fields, ("email",), Path("/nowhere"))
    cls = find_destination("crm", name, [])
    return cls(cls.Settings.model_validate(SETTINGS[name]), info)


def as_changes(
    rows: list[tuple[Operation, str, dict[str, Any]]], name: str = "webhook"
) -> list[Change]:
    words = IN_OTHER_WORDS.get(name, {})
    return [
        Change(
            token=f"run-{n}",
            operation=operation,
            key=key,
            document="{}"
            if operation is Operation.REMOVE
            else json.dumps({words.get(field, field): value for field, value in fields.items()}),
            identifiers={"email": "old@example.com"} if operation is Operation.REMOVE else {},
        )
        for n, (operation, key, fields) in enumerate(rows)
    ]


def test_every_shipped_destination_is_in_the_suite() -> None:
    assert sorted(SETTINGS) == shipped()


@pytest.mark.parametrize("name", SETTINGS)
@settings(max_examples=20, deadline=None)
@given(rows=changes, most_rows=st.integers(1, 5), most_bytes=st.integers(300, 5000))
def test_every_row_is_in_one_request_within_the_limits_or_refused(
    name: str, rows: list[tuple[Operation, str, dict[str, Any]]], most_rows: int, most_bytes: int
) -> None:
    destination = make(name)
    batcher = Batcher(destination, "crm", "run", rows=most_rows, size=most_bytes)

    made = list(batcher.requests([as_changes(rows, name)]))

    tokens: list[str] = []
    for one in made:
        if isinstance(one, Request):
            assert len(one.body) <= most_bytes
            assert len(one.batch.rows) <= most_rows
            kinds = {row.change.operation == "remove" for row in one.batch.rows}
            assert len(kinds) == 1 or destination.capabilities.digest
            tokens += [row.change.token for row in one.batch.rows]
        else:
            assert isinstance(one, Refusal)
            assert one.outcome.status is Status.REJECTED
            tokens.append(one.row.change.token)
    assert sorted(tokens) == sorted(change.token for change in as_changes(rows, name))


@pytest.mark.parametrize("name", SETTINGS)
@settings(max_examples=20, deadline=None)
@given(rows=changes)
def test_the_same_rows_make_the_same_bytes(
    name: str, rows: list[tuple[Operation, str, dict[str, Any]]]
) -> None:
    first, second = (
        [
            (made.url, made.body, dict(made.headers))
            for made in Batcher(make(name), "crm", "run", rows=5, size=10**6).requests(
                [as_changes(rows, name)]
            )
            if isinstance(made, Request)
        ]
        for _ in range(2)
    )

    assert first == second


@pytest.mark.parametrize("name", SETTINGS)
@settings(max_examples=20, deadline=None)
@given(
    status=st.integers(200, 599),
    body=st.binary(max_size=60) | st.sampled_from([b'{"results": [1]}', b"{}", b"[]", b"null"]),
    kind=st.sampled_from(["application/json", "text/html", ""]),
)
def test_no_answer_is_done_that_does_not_say_so(
    name: str, status: int, body: bytes, kind: str
) -> None:
    destination = make(name)
    fields = {"email": "jane@example.com"}
    rows = as_changes([(Operation.ADD, "u1", fields), (Operation.ADD, "u2", fields)])
    [request] = Batcher(destination, "crm", "run", rows=5, size=10**6).requests([rows])
    assert isinstance(request, Request)

    try:
        outcomes = destination.classify(request, Answer(status, {"content-type": kind}, body))
    except (ValueError, TypeError, LookupError, AttributeError):
        return  # the engine takes what cannot be read as unknown

    done = [o for o in outcomes.values() if o.status is Status.DONE]
    assert not done or 200 <= status < 300


def test_a_webhooks_answer_is_read_by_key_in_any_order() -> None:
    webhook = make("webhook")
    rows = as_changes([(Operation.ADD, key, {}) for key in ("u1", "u2", "u3", "u4")])
    [request] = Batcher(webhook, "crm", "run", rows=5, size=10**6).requests([rows])
    assert isinstance(request, Request)
    headers = {"content-type": "application/json"}
    results = [
        {"key": "u3", "status": "retry"},
        {"key": "u1", "status": "ok"},
        {"key": "u2", "status": "rejected", "reason": "no such plan"},
        {"key": "nobody", "status": "ok"},
    ]

    body = msgspec.json.encode({"results": results})

    outcomes = webhook.classify(request, Answer(207, headers, body))

    assert {place: outcome.status for place, outcome in outcomes.items()} == {
        0: Status.DONE,
        1: Status.REJECTED,
        2: Status.RETRY,
    }
    assert outcomes[1].reason == "no such plan"


@pytest.mark.parametrize(
    ("status", "expected", "scope"),
    [
        (204, Status.DONE, Scope.ROW),
        (301, Status.RETRY, Scope.TARGET),
        (400, Status.REJECTED, Scope.BATCH),
        (401, Status.RETRY, Scope.ACCOUNT),
        (408, Status.RETRY, Scope.BATCH),
        (410, Status.RETRY, Scope.TARGET),
        (413, Status.REJECTED, Scope.BATCH),
        (429, Status.RETRY, Scope.BATCH),
        (500, Status.UNKNOWN, Scope.BATCH),
        (504, Status.UNKNOWN, Scope.BATCH),
    ],
)
def test_a_webhooks_status_says_what_to_do(status: int, expected: Status, scope: Scope) -> None:
    webhook = make("webhook")
    [request] = Batcher(webhook, "crm", "run", rows=5, size=10**6).requests(
        [as_changes([(Operation.ADD, "u1", {})])]
    )
    assert isinstance(request, Request)

    outcome = webhook.classify(request, Answer(status))[0]

    assert (outcome.status, outcome.scope) == (expected, scope)


def test_the_signature_is_the_one_that_standard_webhooks_publishes() -> None:
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "value",
    ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\uff1d1"],
)
def test_text_that_a_spreadsheet_would_run_is_escaped_in_csv(value: str) -> None:
    escaped = _csv_cells({"path": "out", "format": "csv"}, value)
    kept = _csv_cells({"path": "out", "format": "csv", "formulas": "keep"}, value)

    assert escaped == ["add", f"'{value}", f"'{value}", "-3.5"]
    assert kept == ["add", value, value, "-3.5"]


def test_a_csv_removal_has_the_identifiers_in_their_columns() -> None:
    files = make("files")
    [request] = Batcher(files, "crm", "run", rows=5, size=10**6).requests(
        [as_changes([(Operation.REMOVE, "u1", {})])]
    )
    assert isinstance(request, Request)

    rows = list(csv.reader(io.StringIO(request.body.decode(), newline="")))

    assert rows == [["operation", "key", "email", "ltv"], ["remove", "u1", "old@example.com", ""]]


def test_files_are_written_at_an_fsspec_url_too() -> None:
    files = make("files")
    assert isinstance(files, Files)
    batcher = Batcher(files, "crm", "run", rows=1, size=10**6)
    rows = as_changes([(Operation.ADD, "u1", {}), (Operation.ADD, "u2", {})])

    for request in batcher.requests([rows]):
        assert isinstance(request, Request)
        assert files.send(request) == files.send(request) == Answer(200)
    files.send(files.finish("crm", "run"))

    import fsspec

    memory = fsspec.filesystem("memory")
    manifest = json.loads(memory.cat_file("/out/sync=crm/run=run/_MANIFEST.json"))
    assert [part["name"] for part in manifest["parts"]] == ["part-000001.csv", "part-000002.csv"]


def _csv_cells(settings: dict[str, Any], value: str) -> list[str]:
    info = SyncInfo("crm", "mirror", "email", "VARCHAR", FIELDS, (), Path())
    files = Files(FilesSettings.model_validate(settings), info)
    row = (Operation.ADD, value, {"email": value, "ltv": -3.5})
    [request] = Batcher(files, "crm", "run", rows=5, size=10**6).requests([as_changes([row])])
    assert isinstance(request, Request)
    return list(csv.reader(io.StringIO(request.body.decode(), newline="")))[1]


values = st.none() | st.text(max_size=9) | st.integers(-(2**53), 2**53) | st.floats()


@given(st.lists(st.dictionaries(st.sampled_from(["email", "phone", "ltv"]), values), max_size=4))
def test_identifiers_read_alone_are_those_among_the_fields(rows: list[dict[str, Any]]) -> None:
    info = SyncInfo("crm", "mirror", "id", "VARCHAR", FIELDS, ("email", "phone"), Path("/nowhere"))
    changes = [Change("t", Operation.ADD, "u1", json.dumps(row)) for row in rows]

    found = identifier_reader(info)(changes)

    for row, identifiers in zip(rows, found, strict=True):
        if isinstance(identifiers, Outcome):
            assert any(isinstance(value, float) for value in row.values())
        else:
            assert identifiers == info.identifiers_of(row)
