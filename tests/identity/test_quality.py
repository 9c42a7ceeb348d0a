"""How well profiles agree with who is who, with the guard against shared devices on and off."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identity.project import Delivery, IdentityProject, open_project
from tests.identity.reference import Identifier, Message

PEOPLE = [f"person-{number}" for number in range(5)]
TABLET = Identifier("anonymous_id", "tablet")


def said_by(person: str) -> list[Identifier]:
    return [Identifier("email", f"{person}@example.com"), Identifier("anonymous_id", person)]


def visits(*, with_tablet: bool) -> Iterator[Message]:
    """Everyone uses a device of their own, and then a tablet in a shop."""
    for at, person in enumerate(PEOPLE):
        email, device = said_by(person)
        yield Message(f"{person}-own", at, "identify", frozenset({email, device}))
        if with_tablet:
            yield Message(f"{person}-shop", 10 + at, "identify", frozenset({email, TABLET}))


def quality(project: IdentityProject) -> tuple[float, float]:
    """Precision and recall, as the command prints them."""
    truth = project.folder / "truth.csv"
    with truth.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person", "id_type", "id_value"])
        for person in PEOPLE:
            writer.writerows([person, *each] for each in [*said_by(person), TABLET])
    found = json.loads(project.run("homespun", "explain", "quality", str(truth), "--json"))
    return found["precision"], found["recall"]


@pytest.fixture
def project(tmp_path: Path) -> IdentityProject:
    return open_project(tmp_path)


def test_without_shared_devices_nothing_is_wrong_and_nothing_missing(
    project: IdentityProject,
) -> None:
    project.load(Delivery(message) for message in visits(with_tablet=False))

    project.build()

    assert quality(project) == (1, 1)


def test_only_the_guard_keeps_the_people_of_a_shared_device_apart(
    project: IdentityProject,
) -> None:
    project.load(Delivery(message) for message in visits(with_tablet=True))

    project.build()
    guarded = quality(project)
    project.build({"homespun_shared_device_limit": 0})

    assert guarded == (1, 1)
    assert quality(project) == (len(PEOPLE) / 45, 1)
