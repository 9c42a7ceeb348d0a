"""What one sync remembers: requests before they leave, outcomes after, and the runs they belong to.

An intent (a request with its exact bytes) is committed before the request may leave; its outcome
and the end of the intent are one transaction. A crash in between leaves the intent, which is sent
again: the same bytes under the same key.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb
import pyarrow

from homespun.failpoints import failpoint
from reverse_etl.journal_rows import (
    Decision,
    Done,
    Intent,
    done_table,
    intended_table,
    intent_table,
    outcome_table,
    restore_intent,
    table_of,
)

_UNPACKED_AT_ONCE = 20_000  # rows


def utc_now() -> datetime:
    """The time as the ledger keeps it: UTC, naive."""
    return datetime.now(UTC).replace(tzinfo=None)


class Journal:
    """What a sync remembers. Only the thread that opened it may use it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.last_sequence = 0
        self.unpack()
        self.reread_sequence()

    def reread_sequence(self) -> None:
        """Number further outcomes after the last that is known."""
        self.last_sequence = self._number(
            "select greatest(coalesce((select max(sequence) from decided), 0), max(folded_to)) "
            "from homespun_journal.meta"
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

    def unpack(self) -> None:
        """Bring the rows of all intents into `intended`, on which the views rest."""
        sizes = self.connection.execute(
            'select batch, "rows" from homespun_journal.intents '
            "where batch not in (select batch from intended)"
        ).fetchall()
        for batches in _shared_out(sizes):
            rows = self.connection.execute(
                "select batch, run, sync, job, request from homespun_journal.intents "
                "where list_contains($1, batch)",
                [batches],
            ).fetchall()
            table = intended_table([restore_intent(*row) for row in rows])
            self._append("intended", table)

    def intents(self, *, intended_before: datetime | None = None) -> list[Intent]:
        """What was left undecided, oldest first; only what is older, where a time is given."""
        rows = self.connection.execute(
            "select batch, run, sync, job, request from homespun_journal.intents "
            "where batch not in (select batch from homespun_journal.done) "
            "and ($1::timestamp is null or intended_at < $1) order by rowid",
            [intended_before],
        ).fetchall()
        return [restore_intent(*row) for row in rows]

    def assign_job(self, batch: str, job: str) -> None:
        """Remember which job of the destination will tell how the batch fared."""
        self.connection.execute(
            "update homespun_journal.intents set job = $1 where batch = $2", [job, batch]
        )

    def record(
        self,
        decisions: Sequence[Decision] = (),
        *,
        done: Sequence[Done] = (),
        ended: Sequence[str] = (),
        intents: Sequence[Intent] = (),
    ) -> None:
        """Commit outcomes, the end of their intents, and the intents that may now leave, in one.

        `done` are batches of which every row was applied; `ended` are other intents' batches.
        """
        at = utc_now()
        with self.transaction():
            if decisions:
                first = self.last_sequence + 1
                self._append(
                    "homespun_journal.outcomes", outcome_table(decisions, first=first, at=at)
                )
                self.last_sequence += len(decisions)
            if done:
                self._append(
                    "homespun_journal.done", done_table(done, first=self.last_sequence + 1, at=at)
                )
                self.last_sequence += sum(batch.rows for batch in done)
            if ended:
                self.connection.execute(
                    "delete from homespun_journal.intents where list_contains($1, batch)",
                    [list(ended)],
                )
            if intents:
                self._append("homespun_journal.intents", intent_table(intents, at=at))
        if decisions or done or ended:
            failpoint("sync.after_outcome")
        if intents:
            failpoint("sync.after_intent")

    def _number(self, sql: str) -> int:
        [(number,)] = self.connection.execute(sql).fetchall() or [(0,)]
        return int(number or 0)

    def _count(self, view: str) -> int:
        self.unpack()
        return self._number(f"select count(*) from {view}")  # noqa: S608 - ours

    def count_acknowledged(self) -> int:
        """How many keys the destination has acknowledged."""
        return self._count("acknowledged")

    def count_undecided(self) -> int:
        """How many keys wait for an answer."""
        return self._count("undecided")

    @property
    def has_unfolded_outcomes(self) -> bool:
        """Whether the state lags behind."""
        return self.last_sequence > self._number("select max(folded_to) from homespun_journal.meta")

    @property
    def is_new(self) -> bool:
        """Whether the warehouse was not yet asked for an earlier journal's state."""
        return not self._number("select max(asked_warehouse::integer) from homespun_journal.meta")

    @property
    def is_first_run(self) -> bool:
        """Whether nothing was ever planned for this target, or not to the end."""
        return not self._number("select max(begun::integer) from homespun_journal.meta")

    def end_first_run(self) -> None:
        """From now on a new row is sent, whatever the first run did."""
        self.connection.execute("update homespun_journal.meta set begun = true")

    def target(self) -> str | None:
        """The place that was kept in step so far."""
        rows = self.connection.execute("select target from homespun_journal.meta").fetchall()
        return None if rows[0][0] is None else str(rows[0][0])

    def set_target(self, target: str) -> None:
        """Remember the place that is kept in step."""
        self.connection.execute("update homespun_journal.meta set target = $1", [target])

    def append(
        self, table: str, rows: Sequence[tuple[object, ...]], schema: pyarrow.Schema
    ) -> None:
        """Add rows to one of the journal's tables, within a transaction of the caller."""
        self._append(f"homespun_journal.{table}", table_of(rows, schema))

    def _append(self, table: str, appended: pyarrow.Table) -> None:
        """DuckDB finds the argument by its name."""
        self.connection.execute(f"insert into {table} select * from appended")  # noqa: S608 - ours


def _shared_out(sizes: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """The batches in lists of so many rows as may be in memory at once."""
    batches: list[str] = []
    room = _UNPACKED_AT_ONCE
    for batch, rows in sizes:
        if batches and rows > room:
            yield batches
            batches, room = [], _UNPACKED_AT_ONCE
        batches.append(batch)
        room -= rows
    if batches:
        yield batches
