"""A folder in which dbt builds the identity models from messages that a test wrote into raw."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from tests.identity.reference import Identifier, Message, Resolution

REPOSITORY = Path(__file__).resolve().parents[2]
BEGIN = datetime(2026, 1, 1)  # noqa: DTZ001 - the warehouse's timestamps are naive, in UTC
MODELS = ("id_graph", "profiles", "profile_merges", "identity_conflicts", "message_profiles")
_RAW_EVENTS = {
    **dict.fromkeys(
        ("payload", "message_id", "type", "event", "name", "user_id", "anonymous_id", "group_id",
         "previous_id"),
        "varchar",
    ),
    **dict.fromkeys(("original_timestamp", "sent_at", "received_at", "timestamp"), "timestamp"),
    "source": "varchar",
    "loaded_at": "timestamp",
    "file": "varchar",
    "line": "bigint",
}  # fmt: skip


@dataclass(frozen=True)
class Delivery:
    """A message as it was received once; what was received first counts."""

    message: Message
    received: int = 0


@dataclass(frozen=True)
class IdentityProject:
    """The repository's dbt project, with seeds and a warehouse of its own."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        return self.folder / "identity.duckdb"

    def load(self, deliveries: Iterable[Delivery], *, load: int = 0) -> None:
        """Add messages to raw, as one load does; loads are numbered."""
        self._insert([_row(delivery, load) for delivery in deliveries])

    def load_payloads(self, said: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        """Add a message of each user, of a type, with a payload, to raw."""
        self._insert(
            [
                _row(
                    Delivery(Message(f"m{at}", at, kind, frozenset({Identifier("user_id", user)}))),
                    0,
                )
                | {"payload": json.dumps(payload)}
                for at, (user, kind, payload) in enumerate(said)
            ]
        )

    def _insert(self, rows: Sequence[Mapping[str, Any]]) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in _RAW_EVENTS.items())
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("create schema if not exists raw")
            connection.execute(f"create table if not exists raw.events ({columns})")
            for start in range(0, len(rows), 500):
                batch = rows[start : start + 500]
                marks = ", ".join(f"({', '.join('?' * len(_RAW_EVENTS))})" for _ in batch)
                connection.execute(
                    f"insert into raw.events values {marks}",
                    [row.get(name) for row in batch for name in _RAW_EVENTS],
                )

    def override(self, rows: Iterable[Iterable[str]]) -> None:
        """Write the seed of overrides."""
        seed = self.folder / "seeds/identity_overrides.csv"
        header = seed.read_text().splitlines()[0]
        seed.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n")

    def build(
        self, variables: Mapping[str, Any] | None = None, *, models: Iterable[str] = MODELS
    ) -> None:
        """Build the identity models, or others, and all they read."""
        self.run(
            "dbt", "--no-use-colors", "build", "--quiet",
            "--resource-type", "model", "--resource-type", "seed",
            "--select", *(f"+{model}" for model in models),
            "--vars", json.dumps(variables or {}),
        )  # fmt: skip

    def run(self, program: str, *arguments: str) -> str:
        """Run `dbt` or `homespun`; what it printed."""
        done = subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            cwd=self.folder,
            env={**os.environ, "HOMESPUN_DUCKDB_PATH": str(self.warehouse)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def rows(self, columns: str, table: str) -> set[tuple[Any, ...]]:
        """The rows of one identity model, none of them twice."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            rows = connection.execute(f"select {columns} from main_identity.{table}").fetchall()
        assert len(rows) == len(set(rows)), f"{table} has a row twice"
        return set(rows)

    def resolution(self) -> Resolution:
        """What the models say."""
        return Resolution(
            graph=self.rows("id_type, id_value, profile_id", "id_graph"),
            messages=self.rows("message_id, profile_id", "message_profiles"),
            merges=self.rows("profile_id, merged_profile_id, message_id, rule", "profile_merges"),
            conflicts=self.rows(
                "profile_id, refused_profile_id, message_id, refused_id_type, refused_id_value",
                "identity_conflicts",
            ),
        )

    def everything(self) -> dict[str, set[tuple[Any, ...]]]:
        """Every row of every public relation."""
        return {model: self.rows("*", model) for model in MODELS}


def open_project(folder: Path) -> IdentityProject:
    """The project and its check of limits linked into a folder; the seeds copied, to be written."""
    for name in ("dbt_project.yml", "profiles.yml", "models", "macros"):
        (folder / name).symlink_to(REPOSITORY / name)
    checks = folder / "tests/models"
    checks.mkdir(parents=True)
    (checks / "a_profile_keeps_its_limits.sql").symlink_to(
        REPOSITORY / "tests/models/a_profile_keeps_its_limits.sql"
    )
    (folder / "seeds").mkdir()
    for seed in (REPOSITORY / "seeds").iterdir():
        (folder / "seeds" / seed.name).write_bytes(seed.read_bytes())
    return IdentityProject(folder)


def _row(delivery: Delivery, load: int) -> dict[str, Any]:
    message = delivery.message
    said: dict[str, list[str]] = {}
    for identifier in sorted(message.identifiers):
        said.setdefault(identifier.id_type, []).append(identifier.value)
    traits = {kind: said[kind][0] for kind in ("email", "phone") if kind in said}
    is_identify = message.kind == "identify"
    payload = {"traits": traits} if is_identify else {"context": {"traits": traits}}
    devices = [*said.get("anonymous_id", []), None, None]
    return {
        "payload": json.dumps(payload),
        "message_id": message.message_id,
        "type": message.kind,
        "event": "Page Looked At",
        "user_id": said.get("user_id", [None])[0],
        "anonymous_id": devices[0],
        "previous_id": devices[1],
        "original_timestamp": BEGIN + timedelta(seconds=message.at),
        "received_at": BEGIN + timedelta(days=365, seconds=delivery.received),
        "source": "web",
        "loaded_at": BEGIN + timedelta(days=400, seconds=load),
    }
