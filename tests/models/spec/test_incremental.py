"""Any split of the messages over loads and builds gives the tables of one full build."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.harness.tables import table_hashes
from tests.models.spec.conftest import Desk, message, rule

PLAN = [rule(), rule("id", "string", on_violation="block"), rule("total", "number")]
LENIENT = [{**each, "on_violation": ""} for each in PLAN]
INCREMENTS = 3
PUBLIC = ("main_spec",)
READ_BY_ALL = "main_staging.stg_events"


def test_any_split_and_a_change_of_plan_are_as_good_as_one_build(
    open_desk: Callable[[str], Desk],
) -> None:
    deliveries = made_deliveries(Random(5))  # noqa: S311
    at_once = open_desk("at_once").plan(*PLAN).load("all", deliveries).build()
    expected = hashes(at_once)

    rng = Random(1)  # noqa: S311
    split = open_desk("split").plan(*LENIENT)
    parts: list[list[dict[str, Any]]] = [[] for _ in range(INCREMENTS)]
    for delivery in rng.sample(deliveries, len(deliveries)):
        # The table of aliases stays empty until the last build.
        part = parts[-1] if delivery["type"] == "alias" else rng.choice(parts)
        part.append(delivery)
    for number, part in enumerate(parts):
        if number == 1:
            split.plan(*PLAN)
        split.load(f"part_{number}", part).build()

    assert hashes(split) == expected


def hashes(desk: Desk) -> dict[str, str]:
    found = table_hashes(desk.workshop.warehouse, schemas=("main_spec", "main_staging"))
    return {
        name: value
        for name, value in found.items()
        if name.startswith(PUBLIC) or name == READ_BY_ALL
    }


def made_deliveries(rng: Random) -> list[dict[str, Any]]:
    """Messages of all calls; some come again, later or at the same moment, and say other things."""
    deliveries = [made(rng, f"m{number % 120}", number) for number in range(240)]
    return deliveries + rng.sample(deliveries, 30)


def made(rng: Random, message_id: str, number: int) -> dict[str, Any]:
    user = f"u{rng.randrange(8)}"
    at = f"2026-03-{1 + rng.randrange(20):02}T10:00:{rng.randrange(3):02}Z"
    times = {"originalTimestamp": at, "sentAt": at, "receivedAt": at, "userId": user}
    kind = rng.choice(["track", "track", "order", "identify", "group", "page", "screen", "alias"])
    traits = {"age": rng.choice([number, "old"]), "email": f"{user}@example.com"}
    fields: dict[str, Any] = {
        "track": {"properties": {"id": rng.choice(["o1", 1]), "total": rng.choice([1, "x"])}},
        "order": {"event": "Order Completed", "properties": {"orderId": number, "total": "NA"}},
        "identify": {"type": "identify", "traits": traits},
        "group": {"type": "group", "groupId": f"g{number % 3}", "traits": {"name": f"n{number}"}},
        "page": {"type": "page", "name": f"p{number}"},
        "screen": {"type": "screen", "name": f"s{number}"},
        "alias": {"type": "alias", "previousId": f"a{number}"},
    }[kind]
    return message(message_id, **times, **fields)
