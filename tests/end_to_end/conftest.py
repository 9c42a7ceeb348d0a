"""What the end-to-end tests share: a workshop each, and one shop whose two days are over."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from homespun.sample import SampleFacts, write_sample
from tests.end_to_end.workshop import Workshop, open_workshop
from tests.harness.receiver import Receiver

AUDIENCES = ("cart_abandoners", "high_value", "lapsing", "newly_signed_up", "repeat_buyers")


@dataclass(frozen=True)
class Sample:
    """The sample shop's events, and what they hold."""

    folder: Path
    facts: SampleFacts

    @property
    def days(self) -> tuple[Path, Path]:
        """The folders of both days."""
        return self.folder / "day_1", self.folder / "day_2"


@dataclass(frozen=True)
class Day:
    """What one day's load, build and sync left behind."""

    load: dict[str, Any]
    members: dict[str, set[str]]  # profile ids by audience
    synced: dict[str, dict[str, Any]]  # reports by sync
    received: dict[str, dict[str, Any]]  # what the webhook's list holds
    again: dict[str, dict[str, Any]]  # reports of a second sync


@dataclass(frozen=True)
class Shop:
    """A workshop in which the main job has run on both days of the sample."""

    workshop: Workshop
    sample: Sample
    days: tuple[Day, Day]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Every message loaded, once: as it was first received."""
        rows = self.workshop.query(
            "select message_id, payload from raw.events order by received_at, payload"
        )
        first: dict[str, dict[str, Any]] = {}
        for message_id, payload in rows:
            first.setdefault(message_id, json.loads(payload))
        return list(first.values())


@pytest.fixture
def workshop(tmp_path: Path, compiled: Workshop) -> Workshop:
    """An empty warehouse for one test."""
    return open_workshop(tmp_path, parsed_by=compiled)


@pytest.fixture(scope="module")
def open_shared(
    tmp_path_factory: pytest.TempPathFactory, compiled: Workshop
) -> Callable[[str], Workshop]:
    """Open empty warehouses that a module's tests share."""

    def open_named(name: str) -> Workshop:
        return open_workshop(tmp_path_factory.mktemp(name), parsed_by=compiled)

    return open_named


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    return Sample(folder, write_sample(folder, customers=100))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, compiled: Workshop, sample: Sample) -> Shop:
    """The main job, done: both days loaded, built with every test, and synced. Read only."""
    workshop = open_workshop(tmp_path_factory.mktemp("shop"), parsed_by=compiled)
    with Receiver() as receiver:
        first, second = (
            _live_through(day, workshop, receiver, tests=tests)
            for day, tests in zip(sample.days, (False, True), strict=True)
        )
    return Shop(workshop, sample, (first, second))


def _live_through(day: Path, workshop: Workshop, receiver: Receiver, *, tests: bool) -> Day:
    loaded = workshop.load(day, exit_code=1)
    if tests:
        workshop.dbt("build").succeeds()
    else:
        workshop.make()
    synced, again = (_sync(workshop, receiver) for _ in range(2))
    return Day(
        load=loaded,
        members={
            name: {
                profile
                for (profile,) in workshop.query(f"select profile_id from main_audiences.{name}")
            }
            for name in AUDIENCES
        },
        synced=synced,
        received=dict(receiver.members),
        again=again,
    )


def _sync(workshop: Workshop, receiver: Receiver) -> dict[str, dict[str, Any]]:
    url = {"HOMESPUN_CART_ABANDONERS_TO_WEBHOOK_URL": receiver.url}
    done = workshop.homespun("sync", "--json", **url).succeeds()
    return {report["sync"]: report for report in done.json()["syncs"]}
