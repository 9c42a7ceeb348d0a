"""The plan in SQL judges as a JSON Schema validator judges by the plan's own export."""

from collections.abc import Callable
from random import Random
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

from homespun.plan.rules import Rule
from homespun.plan.schema import to_segment
from tests.models.spec.conftest import Desk, message, rule

PAYLOADS = 5000
PLAN = [
    rule(),
    rule("id", "string", is_required="true", pattern="^o[0-9]+"),
    rule("total", "number", minimum="0", maximum="100"),
    rule("count", "integer", is_required="true", maximum="3"),
    rule("gift", "boolean"),
    rule("size", "string", allowed_values="s|m|l"),
    rule("address", "object"),
    rule("address.street", "string", is_required="true"),
    rule("address.geo", "object"),
    rule("address.geo.lat", "number", minimum="-90", maximum="90"),
    rule("tags", "array"),
    rule("tags.$", "string"),
    rule("products", "array", is_required="true"),
    rule("products.$", "object"),
    rule("products.$.sku", "string", is_required="true"),
    rule("products.$.price", "number", minimum="0"),
    rule("products.$.sizes", "array"),
    rule("products.$.sizes.$", "integer"),
    rule("a\\.b", "string"),
    rule("any", "any"),
]
# What else may stand where a value of another kind belongs. (What no column can hold, such as
# 1e300, is a violation of ours, and none of a validator.)
STRANGERS: tuple[Any, ...] = (
    *("", "o1", "1", "true", "s|m", "o\n", "é💰", 0, -1, 1.5, 2.0, 1e15, 10**15, True, False),
    *([], {}, [1], [None], {"sku": "a"}, {"": 1}, {"$": 1}, None),
)


def test_the_verdicts_are_those_of_a_validator(open_desk: Callable[[str], Desk]) -> None:
    rng = Random(15)  # noqa: S311
    bodies = {f"m{number}": made(rng) for number in range(PAYLOADS)}
    (exported,) = to_segment(Rule(**each) for each in PLAN)["rules"]
    validator = Draft7Validator(exported["jsonSchema"], format_checker=FormatChecker())
    invalid = {
        name for name, body in bodies.items() if not validator.is_valid({"properties": body})
    }

    desk = open_desk("verdicts").plan(*PLAN)
    desk.load("all", [message(name, properties=body) for name, body in bodies.items()]).build()
    rows = desk.rows(
        "select distinct message_id from main_spec.plan_violations "
        "where violation != 'unplanned_property'"  # the export lets others in, as Protocols does
    )

    wrong = {name for (name,) in rows} ^ invalid
    assert {name: bodies[name] for name in sorted(wrong)} == {}
    assert PAYLOADS / 5 < len(invalid) < PAYLOADS * 4 / 5


def made(rng: Random) -> dict[str, Any]:
    """Properties that keep to the plan, but for a few."""

    def value(good: Any) -> Any:
        return rng.choice(STRANGERS) if rng.random() < 0.03 else good

    def product() -> Any:
        return value(
            {
                "sku": value(rng.choice(["a", "b"])),
                **some(price=rng.random() * 9, sizes=[value(1) for _ in range(rng.randrange(3))]),
            }
        )

    def some(**fields: Any) -> dict[str, Any]:
        return {name: value(good) for name, good in fields.items() if rng.random() < 0.5}

    body = {
        "id": value(f"o{rng.randrange(9)}"),
        "count": value(rng.choice([1, 2, 3, 3.0])),
        "products": value([product() for _ in range(rng.randrange(3))]),
        "a.b": value("x"),
        **some(
            total=rng.choice([0, 99.99, 100]),
            gift=rng.random() < 0.5,
            size=rng.choice(["s", "m", "l"]),
            address={"street": value("s"), **some(geo=some(lat=rng.uniform(-90, 90)))},
            tags=[value("t") for _ in range(rng.randrange(3))],
            any=rng.choice(STRANGERS),
            colour="unplanned",
        ),
    }
    for name in ("id", "count", "products"):
        if rng.random() < 0.02:
            del body[name]
    return body
