"""Random profiles, traits and conditions of audiences: each as a macro's call and as Python."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from tests.models.reference import (
    AS_OF,
    Asked,
    Event,
    Profile,
    compares,
    first_by,
    followed,
    most_frequent,
    number,
    share,
    text,
)

EVENTS = ("Product Viewed", "Product Added", "Order Completed")
HOURS = (0, 1, 2, 23, 24, 25, 47, 48, 49, 167, 168, 169, 719, 720, 2000)
SPANS = ("1 hour", "2 hours", "24 hours", "2 days", "1 week", "30 days")
TEXTS = ("red", "Red", "reddish", "dark red", "blue", "it's", "5", "")
ACCOUNTS = [f"a{number}" for number in range(40)]  # a0 has no profile
VALUES: dict[str, Sequence[Any]] = {
    "colour": (*TEXTS, None, "' or 1=1 --"),
    "amount": (5, 5.5, 0.1, 100, "5", "n/a", None, -3, 0.2),
    "flag": (True, False, "true", None),
    "due": ("2026-03-31", "2026-03-30T12:00:00", "2026-03-24T12:00:00", "soon", None),
}


@dataclass(frozen=True)
class Definition:
    """A trait or a condition: the macro's call, and what it must give for a profile or account."""

    call: str
    expected: Callable[[Any], Any]


def profiles(rng: Random, count: int) -> list[Profile]:
    """Profiles with a few events each, many of them on the edges of windows and of each other."""
    return [
        Profile(
            id=f"p{place}",
            traits={"plan": rng.choice((*TEXTS[:5], None)), "spent": rng.choice((None, 1, 5, 9))},
            emails=rng.sample(["jane@example.com", "jo@example.org"], rng.randrange(3)),
            events=[_event(rng, f"m{place}-{turn}") for turn in range(rng.randrange(9))],
            accounts=rng.sample(ACCOUNTS[1:], rng.choice((0, 1, 1, 2))),
        )
        for place in range(count)
    ]


def _event(rng: Random, message_id: str) -> Event:
    at = AS_OF - timedelta(hours=rng.choice(HOURS), seconds=rng.choice((0, 0, 1)))
    names = rng.sample(list(VALUES), rng.randrange(len(VALUES) + 1))
    said = {name: rng.choice(VALUES[name]) for name in names}
    return Event(message_id, rng.choice(EVENTS), at, said)


def conditions(rng: Random) -> Iterator[Definition]:
    """Conditions without end, a third of them made of others."""
    while True:
        yield _condition(rng, depth=rng.choice((0, 0, 1)))


def rankings(rng: Random, people: Sequence[Profile]) -> Iterator[Definition]:
    """Conditions on a profile's place among all, without end."""
    while True:
        number, per = rng.randrange(1, 20), rng.choice((None, "plan"))
        ascending = rng.random() < 0.5
        limit = rng.choice((1, 5, None))
        ranked = [one for one in people if limit is None or (one.traits["spent"] or 0) >= limit]
        places = first_by(ranked, "spent", per, ascending=ascending)
        among = "" if limit is None else f", among=homespun.trait_is('spent', '>=', {limit})"
        yield _call(
            f"top({number}, by='spent', per={per!r}, ascending={ascending}{among})",
            lambda one, places=places, number=number: places.get(one.id, number + 1) <= number,
        )


def of_others(rng: Random, others: Mapping[str, Definition]) -> Iterator[Definition]:
    """Conditions on membership in these audiences, without end."""
    while True:
        order = rng.sample(list(others), rng.randrange(1, len(others) + 1))
        name = rng.choice(order)
        before = [others[one] for one in order[: order.index(name)]]
        yield _call(f"member_of({name!r})", others[name].expected)
        yield Definition(
            f"profile_id in (select profile_id from ({{{{ homespun.priority_list({order}) }}}}) "
            f"as chosen where audience = {name!r})",
            lambda one, name=name, before=before: (
                others[name].expected(one) and not any(other.expected(one) for other in before)
            ),
        )


def of_accounts(rng: Random) -> Iterator[Definition]:
    """Conditions on accounts, of which the members are given, without end."""
    for inner in conditions(rng):
        if inner.call.startswith("{{"):
            quantifier, holds = rng.choice((("any", any), ("all", all), ("none", _none)))
            yield Definition(
                f"{{{{ homespun.accounts_with({quantifier!r}, {inner.call[3:-3]}) }}}}",
                lambda members, inner=inner, quantifier=quantifier, holds=holds: (
                    holds(inner.expected(one) for one in members)
                    and (quantifier != "all" or bool(members))
                ),
            )


def _none(values: Iterable[bool]) -> bool:
    return not any(values)


def traits(rng: Random) -> Iterator[Definition]:
    """Traits without end."""
    while True:
        yield _trait(rng)


def _condition(rng: Random, depth: int) -> Definition:
    if depth:
        return _junction(rng, depth)
    kinds = (_performed, _performed, _performed, _followed, _followed, _of_trait, _of_email, _share)
    return rng.choice(kinds)(rng)


def _junction(rng: Random, depth: int) -> Definition:
    left, right = _condition(rng, depth - 1), _condition(rng, depth - 1)
    match rng.choice(("and", "or", "not")):
        case "and":
            return Definition(
                f"({left.call} and {right.call})",
                lambda one: left.expected(one) and right.expected(one),
            )
        case "or":
            return Definition(
                f"({left.call} or {right.call})",
                lambda one: left.expected(one) or right.expected(one),
            )
        case _:
            return Definition(f"(not {left.call})", lambda one: not left.expected(one))


def _performed(rng: Random) -> Definition:
    asked, words = _asked(rng)
    count = rng.randrange(4)
    match rng.choice(("at_least", "at_most", "exactly", "")):
        case "at_least":
            return _call(
                f"performed({words}, at_least={count})", lambda one: len(asked.of(one)) >= count
            )
        case "at_most":
            return _call(
                f"performed({words}, at_most={count})", lambda one: len(asked.of(one)) <= count
            )
        case "exactly":
            return _call(
                f"performed({words}, exactly={count})", lambda one: len(asked.of(one)) == count
            )
        case _:
            return _call(f"performed({words})", lambda one: bool(asked.of(one)))


def _followed(rng: Random) -> Definition:
    first, _ = _asked(rng)
    then, _ = _asked(rng)
    then = Asked(then.events, then.where)
    within = rng.choice((None, *SPANS))
    is_followed = rng.random() < 0.5
    arguments = (
        f"{list(first.events) or None!r}, {list(then.events) or None!r}, within={within!r}, "
        f"first_where={_jinja(first.where)}, then_where={_jinja(then.where)}, "
        f"first_within={first.within!r}, first_between={first.between!r}"
    )
    return _call(
        f"performed_then{'' if is_followed else '_not'}({arguments})",
        lambda one: is_followed in followed(first, then, within, one),
    )


def _of_trait(rng: Random) -> Definition:
    name, values = rng.choice((("plan", TEXTS[:5]), ("spent", (1, 4, 5, 9))))
    operator, *operands = _comparison(rng, values, is_number=name == "spent")
    arguments = ", ".join([repr(name), repr(operator), *map(json.dumps, operands)])
    return _call(
        f"trait_is({arguments})", lambda one: compares(one.traits[name], operator, operands)
    )


def _of_email(rng: Random) -> Definition:
    domain = rng.choice(("@example.com", "@example.org", "@EXAMPLE.com"))
    return _call(
        f"identifier_is('email', 'ends with', {domain!r})",
        lambda one: any(email.endswith(domain) for email in one.emails),
    )


def _share(rng: Random) -> Definition:
    low, high = sorted(rng.sample(range(101), 2))
    return _call(f"in_share('s', {low}, {high})", lambda one: low <= share(one.id, "s") < high)


def _trait(rng: Random) -> Definition:
    asked, words = _asked(rng)
    name = rng.choice(list(VALUES))
    least = rng.randrange(1, 4)

    def values(one: Profile) -> list[Any]:
        return [event.properties.get(name) for event in _in_order(asked.of(one))]

    def texts(one: Profile) -> list[str]:
        return [said for value in values(one) if (said := text(value)) is not None]

    def numbers(one: Profile) -> list[Any]:
        return [found for value in values(one) if (found := number(value)) is not None]

    def times(one: Profile) -> list[Any]:
        return [event.at for event in asked.of(one)]

    def if_any(function: Callable[[Any], Any], of: Callable[[Profile], list[Any]]) -> Any:
        return lambda one: function(found) if (found := of(one)) else None

    about = f"{list(asked.events) or None!r}, {name!r}{words[words.index(', where=') :]}"
    kinds: list[tuple[str, Callable[[Profile], Any]]] = [
        (f"event_count({words})", lambda one: len(asked.of(one))),
        (f"active_days({words})", lambda one: len({at.date() for at in times(one)})),
        (f"first_at({words})", if_any(min, times)),
        (f"last_at({words})", if_any(max, times)),
        (
            f"time_since_first({words}, unit='hour')",
            if_any(lambda found: (AS_OF - min(found)) // timedelta(hours=1), times),
        ),
        (f"property_sum({about})", if_any(sum, numbers)),
        (f"property_minimum({about})", if_any(min, numbers)),
        (f"property_maximum({about}, type='string')", if_any(max, texts)),
        (
            f"property_average({about})",
            if_any(lambda found: round(sum(found) / len(found), 9), numbers),
        ),
        (f"first_value({about})", if_any(lambda found: found[0], texts)),
        (f"last_value({about})", if_any(lambda found: found[-1], texts)),
        (f"most_frequent({about}, minimum={least})", lambda one: most_frequent(values(one), least)),
        (f"unique_list({about})", lambda one: sorted(set(texts(one)))),
        (f"unique_count({about})", lambda one: len(set(texts(one)))),
    ]
    return _call(*rng.choice(kinds))


def _in_order(events: Sequence[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.at, event.message_id))


def _asked(rng: Random) -> tuple[Asked, str]:
    """What is asked of events, and the same as a macro's arguments."""
    near, far = sorted(rng.sample(range(len(SPANS)), 2))
    asked = Asked(
        events=rng.sample(EVENTS, rng.choice((0, 1, 1, 1, 2))),
        where=[_where(rng) for _ in range(rng.choice((0, 0, 1, 1, 2)))],
        within=rng.choice((None, SPANS[far])),
    )
    if asked.within is None and rng.random() < 0.5:
        asked = Asked(asked.events, asked.where, between=[SPANS[near], SPANS[far]])
    window = f"within={asked.within!r}, between={asked.between!r}"
    return asked, f"{list(asked.events) or None!r}, where={_jinja(asked.where)}, {window}"


def _where(rng: Random) -> list[Any]:
    name = rng.choice(list(VALUES))
    values = [value for value in VALUES[name] if value is not None]
    if name == "due":
        operator = rng.choice(("before", "after", "within"))
        operand = rng.choice(SPANS) if operator == "within" else rng.choice(values[:3])
        return [name, operator, operand]
    numbers = [value for value in values if not isinstance(value, str | bool)]
    is_number = bool(numbers) and rng.random() < 0.7
    return [name, *_comparison(rng, numbers if is_number else values, is_number=is_number)]


def _comparison(rng: Random, values: Sequence[Any], *, is_number: bool) -> list[Any]:
    some = rng.sample(list(values), rng.randrange(1, 3))
    one = ("=", "!=", "<", "<=", ">", ">=")
    many = ("one of", "none of")
    parts = ("contains", "does not contain", "starts with", "ends with")
    operator = rng.choice((*one, *many, "exists", "does not exist", *(() if is_number else parts)))
    if operator.endswith("exist") or operator == "exists":
        return [operator]
    if operator in parts:
        return [operator, *(text(value) for value in some)]
    return [operator, *(some if operator in many else some[:1])]


def _jinja(where: Sequence[Sequence[Any]]) -> str:
    return json.dumps([list(condition) for condition in where])


def _call(call: str, expected: Callable[[Profile], Any]) -> Definition:
    return Definition("{{ homespun." + call + " }}", expected)
