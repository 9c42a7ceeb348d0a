"""What one sync remembers: requests before they leave, outcomes after, and the runs they belong to.

An intent (a request with its exact bytes) is committed before the request may leave; its outcome
and the end of the intent are one transaction. A crash in between leaves the intent, which is sent
again: the same bytes under the same key.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import msgspec

from homespun.failpoints import failpoint
from reverse_etl.destination import Batch, Outcome, Prepared, Request


def utc_now() -> datetime:
    """The time as the ledger keeps it: UTC, naive."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Intent:
    """A request that may have been sent, and the job that will tell how it fared."""

    request: Request
    job: str | None = None


@dataclass(frozen=True)
class Decision:
    """How one row of a batch ended."""

    batch: Batch
    row: Prepared
    outcome: Outcome
    attempts: int


@dataclass(frozen=True)
class RunRecord:
    """How a run ended."""

    status: str
    plan: str | None
    added: int
    changed: int
    removed: int
    sent: int
    rejected: int
    held: int
    requests: int
    error: str | None


class Journal:
    """What a sync remembers. Only the thread that opened it may use it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._sequence = 0
        self.reread_sequence()

    def reread_sequence(self) -> None:
        """Number further outcomes after the last that is known."""
        self._sequence = self._number(
            "select greatest(coalesce(max(sequence), 0), max(folded_to)) "
            "from homespun_journal.meta left join homespun_journal.outcomes on true"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it, or nothing."""
        self.connection.begin()
        try:
            yield
            self.connection.commit()
        except BaseException:
            self.connection.rollback()
            raise

    def intend(self, intents: Sequence[Intent]) -> None:
        """Commit requests before they may leave."""
        with self.transaction():
            for intent in intents:
                self._insert_intent(intent)
        failpoint("sync.after_intent")

    def intents(self) -> list[Intent]:
        """What was left undecided, oldest first."""
        rows = self.connection.execute(
            "select run, batch, sync, job, method, url, headers, body, rows "
            "from homespun_journal.intents order by intended_at, batch"
        ).fetchall()
        return [_restore(*row) for row in rows]

    def assign_job(self, batch: str, job: str) -> None:
        """Remember which job of the destination will tell how the batch fared."""
        self.connection.execute(
            "update homespun_journal.intents set job = $1 where batch = $2", [job, batch]
        )

    def decide(
        self, decisions: Sequence[Decision], *, ended: Iterable[str], followed_by: Sequence[Intent]
    ) -> None:
        """Commit outcomes, the end of their intents and what follows them, all in one."""
        with self.transaction():
            self._insert_outcomes(decisions)
            self.connection.execute(
                "delete from homespun_journal.intents where list_contains($1::varchar[], batch)",
                [list(ended)],
            )
            for intent in followed_by:
                self._insert_intent(intent)
        failpoint("sync.after_outcome")

    def _number(self, sql: str) -> int:
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def count_acknowledged(self) -> int:
        """How many keys the destination has acknowledged."""
        return self._number("select count(*) from acknowledged")

    def count_undecided(self) -> int:
        """How many keys wait for an answer."""
        return self._number("select count(*) from undecided")

    def count_refused(self) -> int:
        """How many rows are kept back because the destination rejected them."""
        return self._number("select count(*) from refused")

    def begin_run(self, run: str) -> None:
        """Note that a run began; one that a crash ended is from now on `interrupted`."""
        with self.transaction():
            self.connection.execute(
                "update homespun_journal.runs set status = 'interrupted', finished_at = $1 "
                "where finished_at is null",
                [utc_now()],
            )
            self.connection.execute(
                "insert into homespun_journal.runs (run, started_at, status, unfinished) "
                "values ($1, $2, 'running', false)",
                [run, utc_now()],
            )

    def end_run(self, run: str, record: RunRecord) -> None:
        """Note how a run ended."""
        self.connection.execute(
            "update homespun_journal.runs set finished_at = $2, status = $3, plan = $4, "
            "added = $5, changed = $6, removed = $7, sent = $8, rejected = $9, held = $10, "
            "requests = $11, error = $12 where run = $1",
            [run, utc_now(), *astuple(record)],
        )

    def expect_finish(self, run: str) -> None:
        """The destination is to be told when all of this run is delivered."""
        self.connection.execute(
            "update homespun_journal.runs set unfinished = true where run = $1", [run]
        )

    def deliveries_to_finish(self) -> list[str]:
        """The runs to tell about: nothing of them is undecided any more."""
        rows = self.connection.execute(
            "select run from homespun_journal.runs where unfinished "
            "and run not in (select run from homespun_journal.intents)"
        ).fetchall()
        return [str(row[0]) for row in rows]

    def mark_finished(self, run: str) -> None:
        """The destination was told."""
        self.connection.execute(
            "update homespun_journal.runs set unfinished = false where run = $1", [run]
        )

    @property
    def has_unfolded_outcomes(self) -> bool:
        """Whether the state lags behind."""
        return self._sequence > self._number("select max(folded_to) from homespun_journal.meta")

    @property
    def is_new(self) -> bool:
        """Whether the warehouse was not yet asked for an earlier journal's state."""
        return not self._number("select max(asked_warehouse::integer) from homespun_journal.meta")

    def target(self) -> str | None:
        """The place that was kept in step so far."""
        row = self.connection.execute("select target from homespun_journal.meta").fetchone()
        return str(row[0]) if row and row[0] is not None else None

    def set_target(self, target: str) -> None:
        """Remember the place that is kept in step."""
        self.connection.execute("update homespun_journal.meta set target = $1", [target])

    def _insert_intent(self, intent: Intent) -> None:
        request = intent.request
        self.connection.execute(
            "insert into homespun_journal.intents "
            "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            [
                request.batch.id,
                request.batch.run,
                request.batch.sync,
                intent.job,
                request.method,
                request.url,
                msgspec.json.encode(request.headers).decode(),
                request.body,
                [row.change.key for row in request.batch.rows],
                msgspec.msgpack.encode(request.batch.rows),
                utc_now(),
            ],
        )

    def _insert_outcomes(self, decisions: Sequence[Decision]) -> None:
        first = self._sequence + 1
        self._sequence += len(decisions)
        columns: tuple[Callable[[Decision], Any], ...] = (
            lambda d: d.batch.run,
            lambda d: d.batch.id,
            lambda d: d.row.change.token,
            lambda d: d.row.change.key,
            lambda d: d.row.change.operation.value,
            lambda d: d.outcome.status.value,
            lambda d: d.outcome.reason or None,
            lambda d: d.attempts,
            lambda d: d.row.change.fingerprint,
            lambda d: _json_or_null(d.row.identifiers),
            lambda d: d.outcome.remote_id or d.row.change.remote_id,
        )
        lists = [[read(decision) for decision in decisions] for read in columns]
        self.connection.execute(
            "insert into homespun_journal.outcomes select unnest(range($1, $1 + $2)), "
            "unnest($3::varchar[]), unnest($4::varchar[]), unnest($5::varchar[]), "
            "unnest($6::varchar[]), unnest($7::varchar[]), unnest($8::varchar[]), "
            "unnest($9::varchar[]), unnest($10::integer[]), $14, unnest($11::ubigint[]), "
            "unnest($12::varchar[]), unnest($13::varchar[])",
            [first, len(decisions), *lists, utc_now()],
        )


def _json_or_null(identifiers: Any) -> str | None:
    return msgspec.json.encode(identifiers).decode() if identifiers else None


def _restore(
    run: str,
    batch: str,
    sync: str,
    job: str | None,
    method: str,
    url: str,
    headers: str,
    body: bytes,
    rows: bytes,
) -> Intent:
    prepared = msgspec.msgpack.decode(rows, type=tuple[Prepared, ...])
    request = Request(
        batch=Batch(id=batch, sync=sync, run=run, rows=prepared),
        method=method,
        url=url,
        body=body,
        headers=msgspec.json.decode(headers),
    )
    return Intent(request, job)
