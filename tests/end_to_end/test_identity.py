"""Identity by SQL against identity by hand, row for row: chance, chains, hubs and known cases."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.end_to_end.workshop import Workshop
from tests.identity.cases import by_chance, chain
from tests.identity.reference import Identifier, Message, Resolution, Rules, resolve

RANDOM_CASES = 400
LONG = 200
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    name: str
    messages: list[Message]


@pytest.fixture(scope="module")
def built(open_shared: Callable[[str], Workshop]) -> Workshop:
    """All cases in one warehouse: they share no identifier, so that one build answers each."""
    workshop = open_shared("identity")
    messages = [message for case in cases() for message in case.messages]
    Random(5).shuffle(messages)  # noqa: S311
    write(workshop.folder / "web.jsonl", messages)
    workshop.load(workshop.folder / "web.jsonl")
    workshop.make("+id_graph", "profile_merges", "identity_conflicts", "+message_profiles")
    return workshop


@pytest.fixture(scope="module")
def found(built: Workshop) -> Resolution:
    def rows(columns: str, table: str) -> set[tuple[Any, ...]]:
        answer = built.query(f"select {columns} from main_identity.{table}")
        assert len(answer) == len(set(answer)), f"{table} has a row twice"
        return set(answer)

    return Resolution(
        graph=rows("id_type, id_value, profile_id", "id_graph"),
        messages=rows("message_id, profile_id", "message_profiles"),
        merges=rows("profile_id, merged_profile_id, message_id, rule", "profile_merges"),
        conflicts=rows(
            "profile_id, refused_profile_id, message_id, refused_id_type, refused_id_value",
            "identity_conflicts",
        ),
    )


@pytest.mark.parametrize("table", ["graph", "messages", "merges", "conflicts"])
def test_every_case_comes_out_as_by_hand(found: Resolution, table: str) -> None:
    by_hand = {case.name: getattr(resolve(case.messages, Rules()), table) for case in cases()}

    wrong = {name: rows - getattr(found, table) for name, rows in by_hand.items()}

    assert {name: rows for name, rows in wrong.items() if rows} == {}
    assert getattr(found, table) == set().union(*by_hand.values())


def test_chance_makes_merges_and_conflicts_enough(found: Resolution) -> None:
    assert len(found.merges) > RANDOM_CASES / 2
    assert len(found.conflicts) > RANDOM_CASES / 2


@pytest.mark.parametrize("order", ["in_order", "reversed", "by_chance"])
def test_a_long_chain_is_one_profile(found: Resolution, order: str) -> None:
    profiles = {profile for _, value, profile in found.graph if value.startswith(f"{order}-")}

    assert len(profiles) == 1


def test_an_email_used_with_two_user_ids_stays_with_the_first(found: Resolution) -> None:
    profile = {value: profile for _, value, profile in found.graph}

    assert profile["jane@example.com"] == profile["abc123"] != profile["abc456"]


def test_a_shared_device_stays_with_the_first_who_signed_in(found: Resolution) -> None:
    profile = {value: profile for _, value, profile in found.graph}

    assert profile["device"] == profile["first"] != profile["second"]


def test_values_that_are_no_identity_are_in_no_graph(found: Resolution) -> None:
    tied = {value: profile for _, value, profile in found.graph if value.startswith("blocked-")}

    assert len(set(tied.values())) == len(tied) == len(BLOCKED)
    assert not {value for _, value, _ in found.graph} & set(BLOCKED)


def test_a_profile_merged_twice_ends_in_the_eldest(found: Resolution) -> None:
    profile = {value: profile for _, value, profile in found.graph}
    own = {name: Identifier("anonymous_id", f"third-{name}").profile_id for name in "abc"}

    merged = {(into, gone) for into, gone, _, _ in found.merges if gone in own.values()}

    assert merged == {(own["a"], own["b"]), (own["a"], own["c"])}
    assert {profile[f"third-{name}"] for name in "abc"} == {own["a"]}


BLOCKED = ("null", "-1", "0000-0000", "anonymous", " ", "UNDEFINED", "0.0", "(not set)", "{}")
SAID_AS_USER = {f"blocked-{number}": value for number, value in enumerate(BLOCKED)}


def cases() -> Iterator[Case]:
    rng = Random(7)  # noqa: S311
    for number in range(RANDOM_CASES):
        yield Case(f"case{number}", by_chance(rng, f"case{number}"))
    places = list(range(LONG))
    yield Case("chain in order", list(chain("in_order", places)))
    yield Case("chain reversed", list(chain("reversed", places[::-1])))
    yield Case("chain by chance", list(chain("by_chance", rng.sample(places, LONG))))
    yield Case("hub", list(hub()))
    yield from known_cases()
    yield Case("blocked", list(blocked()))


def hub() -> Iterator[Message]:
    """An office's address, used by 40 people on 80 devices."""
    office = Identifier("email", "hub-office@example.com")
    for number in range(80):
        device = Identifier("anonymous_id", f"hub-{number}")
        person = Identifier("user_id", f"hub-{number // 2}")
        yield Message(f"hub-{number:03}", number, "track", frozenset({office, device}))
        yield Message(f"hub-{number:03}-in", 80 - number, "identify", frozenset({person, device}))


def known_cases() -> Iterator[Case]:
    yield case("email", ("abc123", "jane@example.com", None), ("abc456", "jane@example.com", None))
    yield case("shared device", (None, None, "device"), ("first", None, "device"),
               ("second", None, "device"), ("first", None, "device"))  # fmt: skip
    yield case("merged twice", (None, None, "third-a"), (None, None, "third-b"),
               (None, None, "third-c"), (None, "third-bc@example.com", "third-c"),
               (None, "third-bc@example.com", "third-b"),
               (None, "third-ab@example.com", "third-b"),
               (None, "third-ab@example.com", "third-a"))  # fmt: skip


def blocked() -> Iterator[Message]:
    for number in range(len(BLOCKED)):
        device = Identifier("anonymous_id", f"blocked-{number}")
        yield Message(f"blocked-{number}", number, "track", frozenset({device}))


def case(name: str, *said: tuple[str | None, str | None, str | None]) -> Case:
    """Messages one second apart, each with a user_id, an email and an anonymous_id, or none."""
    return Case(
        name,
        [
            Message(
                f"{name} {at}",
                at,
                "identify",
                frozenset(
                    Identifier(id_type, value)
                    for id_type, value in zip(
                        ("user_id", "email", "anonymous_id"), values, strict=True
                    )
                    if value
                ),
            )
            for at, values in enumerate(said)
        ],
    )


def write(path: Path, messages: Iterable[Message]) -> None:
    path.write_text("".join(json.dumps(body(message)) + "\n" for message in messages))


def body(message: Message) -> dict[str, Any]:
    """The message as an SDK sends it; an address typed into a form is not normalised."""
    said: dict[str, list[str]] = {"user_id": [], "email": [], "anonymous_id": []}
    for identifier in sorted(message.identifiers):
        said[identifier.id_type].append(identifier.value)
    content: dict[str, Any] = {
        "type": message.kind,
        "messageId": message.message_id,
        "event": "Page Looked At",
        "timestamp": (BEGIN + timedelta(seconds=message.at)).isoformat(),
        "userId": SAID_AS_USER.get(message.message_id) or next(iter(said["user_id"]), None),
    }
    for key, value in zip(("anonymousId", "previousId"), said["anonymous_id"], strict=False):
        content[key] = value
    for email in said["email"]:
        if message.kind == "identify":
            content["traits"] = {"email": f" {email.title()} "}
        else:
            content["context"] = {"traits": {"email": email}}
    return content
