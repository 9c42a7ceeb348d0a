"""The sample is read here by other means than it was written with, and must hold what it says."""

import csv
import gzip
import io
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import zstandard

from homespun.sample import SampleFacts, write_sample

MIDNIGHT = datetime(2026, 4, 1, tzinfo=UTC)
TYPES = ("identify", "track", "page", "screen", "group", "alias")
AUDIENCES = ("repeat_buyers", "cart_abandoners", "high_value", "lapsing", "newly_signed_up")
BLOCKED = ("null", "anonymous", "00000000-0000-0000-0000-000000000000")


class Rejected(Exception):
    """A line that a loader rejects; its message is the reason."""


@dataclass(frozen=True)
class Sample:
    folder: Path
    facts: SampleFacts

    @cached_property
    def days(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        day_1, day_2 = (read(lines_of(self.folder / day))[0] for day in ("day_1", "day_2"))
        return day_1, day_2


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    return Sample(folder, write_sample(folder))


@pytest.fixture(scope="module", params=[40, 400])
def any_sample(
    request: pytest.FixtureRequest, sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Sample:
    if request.param == sample.facts.customers:
        return sample
    folder = tmp_path_factory.mktemp("small")
    return Sample(folder, write_sample(folder, customers=request.param))


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = tmp_path / "first", tmp_path / "again", tmp_path / "other"

    facts = [
        write_sample(folder, seed=seed, customers=40)
        for folder, seed in ((first, 7), (again, 7), (other, 8))
    ]

    assert facts[0] == facts[1]
    assert bytes_in(first) == bytes_in(again)
    assert not set(bytes_in(first).values()) & set(bytes_in(other).values())


def test_writing_again_replaces_what_was_there(tmp_path: Path) -> None:
    write_sample(tmp_path / "twice", seed=8, customers=80)

    write_sample(tmp_path / "twice", customers=40)

    write_sample(tmp_path / "once", customers=40)
    assert bytes_in(tmp_path / "twice") == bytes_in(tmp_path / "once")


@pytest.mark.parametrize("day", ["day_1", "day_2"])
def test_a_reader_finds_what_the_facts_say(sample: Sample, day: str) -> None:
    facts = getattr(sample.facts, day)

    lines = list(lines_of(sample.folder / day))
    accepted, rejected = read(lines)

    assert len(lines) == facts.lines
    assert len(accepted) == facts.messages
    assert rejected == facts.rejected


def test_repeats_are_what_is_left_when_ids_are_counted_once(sample: Sample) -> None:
    day_1, day_2 = sample.days

    first = {identity(message) for message in day_1}
    second = {identity(message) for message in day_2} - first

    assert len(first) == sample.facts.day_1.unique_messages
    assert len(second) == sample.facts.day_2.unique_messages
    assert Counter(m["type"] for m in unique(day_1)) == sample.facts.day_1.types
    assert sample.facts.unique_messages + sample.facts.duplicates == sample.facts.messages


def test_some_repeats_are_in_one_file_some_in_two_and_some_a_day_later(sample: Sample) -> None:
    places = defaultdict(list)
    for day in ("day_1", "day_2"):
        for path in sorted((sample.folder / day).iterdir()):
            for message in read(lines_in(path))[0]:
                places[identity(message)].append((day, path.name))

    repeated = [found for found in places.values() if len(found) > 1]

    assert any(len(set(found)) == 1 for found in repeated)
    assert any(len({name for _, name in found}) == 2 for found in repeated)
    assert any(len({day for day, _ in found}) == 2 for found in repeated)


def test_day_one_is_large_enough_to_be_interesting(sample: Sample) -> None:
    messages = sample.facts.day_1.messages

    assert 12_000 < messages < 20_000
    assert set(sample.facts.day_1.types) == set(TYPES)
    assert set(sample.facts.day_1.sources) == {"web", "ios", "server"}


def test_files_hold_what_was_received_on_their_day_in_order(sample: Sample) -> None:
    day_1, day_2 = sample.days

    assert max(map(received, day_1)) < MIDNIGHT <= min(map(received, day_2))
    assert MIDNIGHT - max(map(received, day_1)) < timedelta(minutes=15)
    for path in sample.folder.glob("day_*/*.jsonl*"):
        times = [received(message) for message in read(lines_in(path))[0]]
        assert times == sorted(times)


def test_late_messages_happened_before_midnight(any_sample: Sample) -> None:
    day_1, day_2 = any_sample.days
    known = {identity(message) for message in day_1}
    on_the_way = timedelta(seconds=1)  # which the formula adds to every message's time

    late = [
        message
        for message in unique(day_2)
        if identity(message) not in known and happened(message) < MIDNIGHT + on_the_way
    ]

    assert any_sample.facts.day_2.late == len(late) > 0
    assert any(received(message) > MIDNIGHT + timedelta(hours=1) for message in late)


def test_the_spec_formula_is_right_where_the_clients_clock_is_not(sample: Sample) -> None:
    messages = [message for day in sample.days for message in unique(day)]

    wrong_by = [abs(parse(m["originalTimestamp"]) - happened(m)) for m in messages]

    assert sum(error > timedelta(hours=1) for error in wrong_by) > len(messages) / 50
    assert min(map(happened, messages)) >= MIDNIGHT - timedelta(days=120)
    assert all(happened(message) <= received(message) for message in messages)


def test_money_adds_up_to_the_cent(sample: Sample) -> None:
    day_1, day_2 = (unique(day) for day in sample.days)
    ordered = [m["properties"] for m in tracked(day_1, "Order Completed")]

    revenue = sum(properties["revenue"] for properties in ordered)

    assert revenue * 100 == sample.facts.day_1.revenue_cents
    assert all(p["revenue"] + p["shipping"] + p["tax"] == p["total"] for p in ordered)
    assert all(sum(line_cents(p)) == 100 * p["subtotal"] for p in ordered)
    assert tracked(day_2, "Order Refunded")


def test_one_source_writes_user_ids_as_numbers_and_the_others_as_text(sample: Sample) -> None:
    messages, _ = sample.days
    by_type = defaultdict(set)
    for message in messages:
        if message.get("userId") is not None:
            by_type[type(message["userId"])].add(str(message["userId"]))

    in_both = by_type[int] & by_type[str]

    assert len(in_both) > 300


def test_blocked_values_are_said_and_are_nobodys(sample: Sample) -> None:
    said = Counter[str]()
    for message in sample.days[0]:
        said.update(v for v in (message.get("userId"), message.get("anonymousId")) if v in BLOCKED)

    owned = {value for _, _, value in truth(sample.folder)}

    assert set(said) == set(BLOCKED)
    assert not owned & set(BLOCKED)


def test_truth_shares_only_browsers(sample: Sample) -> None:
    owners = defaultdict(set)
    for person, id_type, value in truth(sample.folder):
        owners[id_type, value].add(person)

    shared = {key for key, people in owners.items() if len(people) > 1}

    assert shared
    assert {id_type for id_type, _ in shared} == {"anonymous_id"}
    assert len(set().union(*owners.values())) == sample.facts.people
    assert len(truth(sample.folder)) == sample.facts.identifiers


def test_truth_covers_every_message(sample: Sample) -> None:
    people = owners_by_identifier(sample.folder)

    strangers = [
        message for day in sample.days for message in day if person_of(message, people) is None
    ]

    assert strangers == []


def test_a_customers_identifiers_are_tied_together_by_day_two(sample: Sample) -> None:
    owners = owners_by_identifier(sample.folder)
    tied = {pair: {pair} for pair in owners}
    for message in (message for day in sample.days for message in day):
        group: set[tuple[str, str]] = set()
        for pair in identifiers(message, owners):
            group |= tied[pair]
        tied.update(dict.fromkeys(group, group))

    apart = [
        person
        for person, id_type, value in truth(sample.folder)
        if person.startswith("customer")
        and ("user_id", user_id(person)) not in tied[id_type, value]
    ]

    assert apart == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_each_audience_has_members_and_day_two_changes_them(
    any_sample: Sample, audience: str
) -> None:
    day_1, day_2 = any_sample.days
    people = owners_by_identifier(any_sample.folder)

    before = members(audience, day_1, people)
    after = members(audience, day_1 + day_2, people)

    assert before & after, "stayed"
    assert after - before, "entered"
    assert before - after, "exited"


def test_more_customers_than_are_held_in_memory_are_as_different(tmp_path: Path) -> None:
    facts = write_sample(tmp_path, customers=410)

    user_ids = {value for _, id_type, value in truth(tmp_path) if id_type == "user_id"}
    accounts = facts.day_1.types["group"]

    assert len(user_ids) == 410
    assert accounts > 0
    assert len(read(lines_of(tmp_path / "day_1"))[0]) == facts.day_1.messages


@pytest.mark.parametrize("wrong", [{"customers": 0}, {"days": 99}])
def test_a_shop_too_small_or_too_young_is_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="100 days"):
        write_sample(tmp_path / "sample", **wrong)

    assert not (tmp_path / "sample").exists()


def test_the_command_prints_the_facts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "homespun.sample", tmp_path / "sample", "--customers", "1"]

    done = subprocess.run(command, capture_output=True, check=True, text=True)

    printed = json.loads(done.stdout)
    assert printed["customers"] == 1
    assert printed["day_1"]["lines"] == len(list(lines_of(tmp_path / "sample" / "day_1")))


def bytes_in(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def lines_of(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.iterdir()):
        yield from lines_in(path)


def lines_in(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    elif path.suffix == ".zst":
        content = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
    yield from content.splitlines()


def read(lines: Iterator[bytes] | list[bytes]) -> tuple[list[dict[str, Any]], Counter[str]]:
    accepted, rejected = [], Counter[str]()
    for line in lines:
        try:
            value = parse_line(line)
        except Rejected as reason:
            rejected[str(reason)] += 1
            continue
        for message in value.get("batch", [value]):
            try:
                accepted.append(checked(message))
            except Rejected as reason:
                rejected[str(reason)] += 1
    return accepted, rejected


def parse_line(line: bytes) -> dict[str, Any]:
    def each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise Rejected("duplicate_key")
        return dict(pairs)

    try:
        value = json.loads(line.decode(), object_pairs_hook=each_key_once, parse_float=Decimal)
    except UnicodeDecodeError:
        raise Rejected("invalid_encoding") from None
    except json.JSONDecodeError:
        raise Rejected("invalid_json") from None
    if not isinstance(value, dict):
        raise Rejected("not_an_object")
    return value


def checked(message: dict[str, Any]) -> dict[str, Any]:
    if "type" not in message:
        raise Rejected("missing_type")
    if message["type"] not in TYPES:
        raise Rejected("unknown_type")
    if message.get("userId") is None and message.get("anonymousId") is None:
        raise Rejected("no_user_anon_id")
    if message["type"] == "track" and "event" not in message:
        raise Rejected("missing_event")
    if message["type"] == "group" and "groupId" not in message:
        raise Rejected("missing_group_id")
    try:
        parse(message["originalTimestamp"])
    except ValueError:
        raise Rejected("bad_timestamp") from None
    return message


def unique(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first received of each message."""
    latest_first = sorted(messages, key=received, reverse=True)
    return list({identity(message): message for message in latest_first}.values())


def identity(message: dict[str, Any]) -> str:
    return message.get("messageId") or json.dumps(message, default=str)


def tracked(messages: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [message for message in messages if message.get("event") == event]


def line_cents(properties: dict[str, Any]) -> Iterator[Decimal]:
    return (line["price"] * line["quantity"] * 100 for line in properties["products"])


def parse(time: str) -> datetime:
    return datetime.fromisoformat(time)


def received(message: dict[str, Any]) -> datetime:
    return parse(message["receivedAt"])


def happened(message: dict[str, Any]) -> datetime:
    original = parse(message["originalTimestamp"])
    if "sentAt" not in message:
        return original
    return received(message) - (parse(message["sentAt"]) - original)


def truth(folder: Path) -> list[tuple[str, str, str]]:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        return [(row["person"], row["id_type"], row["id_value"]) for row in csv.DictReader(file)]


def owners_by_identifier(folder: Path) -> dict[tuple[str, str], str]:
    return {(id_type, value): person for person, id_type, value in reversed(truth(folder))}


def user_id(person: str) -> str:
    return str(10_000 + int(person.removeprefix("customer-")))


def identifiers(
    message: dict[str, Any], people: dict[tuple[str, str], str]
) -> list[tuple[str, str]]:
    """The identifiers of a message that are somebody's, strongest first."""
    context = message["context"]
    candidates = (
        ("user_id", str(message.get("userId"))),
        ("email", message.get("traits", {}).get("email")),
        ("email", context.get("traits", {}).get("email")),
        ("phone", str(message.get("traits", {}).get("phone")).replace(" ", "")),
        ("anonymous_id", message.get("anonymousId")),
        ("anonymous_id", message.get("previousId")),
        ("ios.id", context.get("device", {}).get("id")),
    )
    return [pair for pair in candidates if pair in people]


def person_of(message: dict[str, Any], people: dict[tuple[str, str], str]) -> str | None:
    return next((people[pair] for pair in identifiers(message, people)), None)


def members(
    audience: str, messages: list[dict[str, Any]], people: dict[tuple[str, str], str]
) -> set[str]:
    """Who is in an audience, by its definition and by who people really are."""
    as_of = max(map(received, messages))
    histories: defaultdict[str, list[tuple[timedelta, str, Decimal]]] = defaultdict(list)
    for message in unique(messages):
        person = person_of(message, people)
        if message["type"] == "track" and person is not None:
            revenue = message.get("properties", {}).get("revenue", Decimal(0))
            histories[person].append((as_of - happened(message), message["event"], revenue))
    return {person for person, history in histories.items() if is_member(audience, history)}


def is_member(audience: str, history: list[tuple[timedelta, str, Decimal]]) -> bool:
    def ages(event: str) -> list[timedelta]:
        return sorted(age for age, name, _ in history if name == event)

    def within(event: str, days: int) -> int:
        return sum(age <= timedelta(days=days) for age in ages(event))

    never = timedelta.max
    last_order = min(ages("Order Completed"), default=never)
    last_added = min(ages("Product Added"), default=never)
    match audience:
        case "repeat_buyers":
            return within("Order Completed", 90) >= 2
        case "cart_abandoners":
            return timedelta(hours=1) <= last_added <= timedelta(days=7) and last_added < last_order
        case "high_value":
            signs = {"Order Completed": 1, "Order Refunded": -1}
            return sum(signs.get(name, 0) * revenue for _, name, revenue in history) >= 500
        case "lapsing":
            return timedelta(days=45) <= last_order <= timedelta(days=90)
        case _:
            return within("Signed Up", 7) > 0
