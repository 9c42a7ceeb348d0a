"""What one sync remembers: requests before they leave, outcomes after, and the runs they belong to.

An intent (a request with its exact bytes) is committed before the request may leave; its outcome
and the end of the intent are one transaction. A crash in between leaves the intent, which is sent
again: the same bytes under the same key.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import msgspec
import pyarrow

from homespun.failpoints import failpoint
from reverse_etl.destination import Batch, Request, Status
from reverse_etl.journal_rows import Decision, intent_rows, outcome_rows, restore_row


def utc_now() -> datetime:
    """The time as the ledger keeps it: UTC, naive."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Intent:
    """A request that may have been sent, and the job that will tell how it fared."""

    request: Request
    job: str | None = None


@dataclass(frozen=True)
class Done:
    """A batch of which every row was applied."""

    batch: str
    rows: int
    status: Status
    attempts: int


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
            self._insert_intents(intents)
        failpoint("sync.after_intent")

    def intents(self) -> list[Intent]:
        """What was left undecided, oldest first."""
        batches = self.connection.execute(
            "select batch, run, sync, job, method, url, headers, body "
            "from homespun_journal.intents order by intended_at, batch"
        ).fetchall()
        return [self._restore(*row) for row in batches]

    def _restore(self, batch: str, run: str, sync: str, job: str | None, *sent: Any) -> Intent:
        method, url, headers, body = sent
        rows = self.connection.execute(
            "select change, operation, key, document, body, identifiers, remote_id, fingerprint, "
            "previous, share from homespun_journal.intent_rows where batch = $1 order by place",
            [batch],
        ).fetchall()
        prepared = tuple(map(restore_row, rows))
        stored = Batch(id=batch, sync=sync, run=run, rows=prepared)
        return Intent(Request(stored, method, url, body, msgspec.json.decode(headers)), job)

    def assign_job(self, batch: str, job: str) -> None:
        """Remember which job of the destination will tell how the batch fared."""
        self.connection.execute(
            "update homespun_journal.intents set job = $1 where batch = $2", [job, batch]
        )

    def decide(
        self,
        decisions: Sequence[Decision],
        *,
        done: Sequence[Done] = (),
        ended: Sequence[str] = (),
        followed_by: Sequence[Intent] = (),
    ) -> None:
        """Commit outcomes, the end of their intents and what follows them, all in one.

        `done` are batches of which every row was applied; `ended` are other intents' batches.
        """
        gone = [*ended, *(batch.batch for batch in done)]
        with self.transaction():
            self._insert_outcomes(decisions)
            self._insert_done(done)
            for table in ("intents", "intent_rows"):
                self.connection.execute(
                    f"delete from homespun_journal.{table} "  # noqa: S608 - a name of ours
                    "where list_contains($1::varchar[], batch)",
                    [gone],
                )
            self._insert_intents(followed_by)
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

    def _insert_intents(self, intents: Sequence[Intent]) -> None:
        for intent in intents:
            request = intent.request
            self.connection.execute(
                "insert into homespun_journal.intents values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                [
                    request.batch.id,
                    request.batch.run,
                    request.batch.sync,
                    intent.job,
                    request.method,
                    request.url,
                    msgspec.json.encode(request.headers).decode(),
                    request.body,
                    utc_now(),
                ],
            )
        if intents:
            rows = intent_rows(intent.request.batch for intent in intents)
            self._append("intent_rows", rows)

    def _insert_outcomes(self, decisions: Sequence[Decision]) -> None:
        if decisions:
            rows = outcome_rows(decisions, first=self._sequence + 1, at=utc_now())
            self._append("outcomes", rows)
            self._sequence += len(decisions)

    def _insert_done(self, done: Sequence[Done]) -> None:
        """The outcomes of whole batches, from the rows of their intents."""
        firsts: list[int] = []
        for batch in done:
            firsts.append(self._sequence + 1)
            self._sequence += batch.rows
        self.connection.execute(
            """
            insert into homespun_journal.outcomes
            select
                done.first + place, run, batch, change, key, operation, done.status, null,
                done.attempts, $5, fingerprint, identifiers, remote_id
            from homespun_journal.intent_rows
            join (
                select
                    unnest($1::varchar[]) as batch, unnest($2::bigint[]) as first,
                    unnest($3::varchar[]) as status, unnest($4::integer[]) as attempts
            ) as done using (batch)
            """,
            [
                [batch.batch for batch in done],
                firsts,
                [batch.status.value for batch in done],
                [batch.attempts for batch in done],
                utc_now(),
            ],
        )

    def _append(self, table: str, rows: pyarrow.Table) -> None:
        self.connection.register("appended", rows)
        self.connection.execute(
            f"insert into homespun_journal.{table} select * from appended"  # noqa: S608 - ours
        )
        self.connection.unregister("appended")
