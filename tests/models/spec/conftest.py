"""A workshop with a tracking plan of its own, and messages written in a few words."""

import csv
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.end_to_end.workshop import REPOSITORY, Workshop, open_workshop

Message = Mapping[str, Any]
PLAN_COLUMNS = (
    *("call_type", "event", "property", "property_type", "is_required", "allowed_values"),
    *("pattern", "minimum", "maximum", "description", "owner", "version", "on_violation"),
)
SPEC = ("path:models/staging", "path:models/spec", "tracking_plan")


@dataclass(frozen=True)
class Desk:
    """A workshop whose plan and events a test writes."""

    workshop: Workshop

    def plan(self, *rules: Mapping[str, Any]) -> "Desk":
        """Make these rules the plan."""
        path = self.workshop.folder / "seeds/tracking_plan.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, PLAN_COLUMNS)
            writer.writeheader()
            writer.writerows(rules)
        return self

    def load(self, name: str, messages: Iterable[Message]) -> "Desk":
        """Load messages as one file."""
        path = self.workshop.folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(message) + "\n" for message in messages))
        self.workshop.homespun("load", path, "--source", "test").succeeds()
        return self

    def build(self, *arguments: str) -> "Desk":
        """Build staging and spec."""
        kinds = ("--resource-type", "model", "--resource-type", "seed")
        self.workshop.dbt("build", *kinds, "--select", *SPEC, *arguments).succeeds()
        return self

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask the warehouse."""
        return self.workshop.query(sql, *parameters)


@pytest.fixture(scope="session")
def open_desk(
    tmp_path_factory: pytest.TempPathFactory, compiled: Workshop
) -> Callable[[str], Desk]:
    """Makes workshops whose seeds are copies."""

    def open_one(name: str) -> Desk:
        workshop = open_workshop(tmp_path_factory.mktemp(name), parsed_by=compiled)
        (workshop.folder / "seeds").unlink()
        shutil.copytree(REPOSITORY / "seeds", workshop.folder / "seeds")
        return Desk(workshop)

    return open_one


def message(message_id: str, **fields: Any) -> dict[str, Any]:
    """A valid track call of user u1, changed as told."""
    return {
        "messageId": message_id,
        "type": "track",
        "userId": "u1",
        "originalTimestamp": "2026-03-01T10:00:00Z",
        "sentAt": "2026-03-01T10:00:00Z",
        "receivedAt": "2026-03-01T10:00:01Z",
        **({} if "type" in fields and fields["type"] != "track" else {"event": "Ordered"}),
        **fields,
    }


def rule(path: str = "", property_type: str = "", **fields: Any) -> dict[str, Any]:
    """A rule about a property of the event Ordered, or about the event, changed as told."""
    rules = {"property_type": property_type, "is_required": "false"} if path else {}
    return {"call_type": "track", "event": "Ordered", "property": path, **rules, **fields}
