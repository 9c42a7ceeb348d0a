"""Tables by profile, built as events come, go and change hands, against fresh ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import duckdb
import pytest

from tests.end_to_end.workshop import REPOSITORY, Workshop
from tests.models.reference import AS_OF

SEED, PEOPLE, MESSAGES = 7, 60, 800
EVENTS = ("product_viewed", "product_added", "order_completed", "$page")
TRAITS = {
    "order_count": "event_count('Order Completed')",
    "orders_3d": "event_count('Order Completed', within='3 days')",
    "orders_before": "event_count('Order Completed', between=['2 days', '9 days'])",
    "order_count_big": "event_count('Order Completed', where=[['total', '>=', 50]])",
    "revenue": "property_sum('Order Completed', 'total')",
    "average_order": "property_average('Order Completed', 'total')",
    "smallest": "property_minimum('Order Completed', 'total')",
    "largest": "property_maximum('Order Completed', 'total')",
    "first_order_at": "first_at('Order Completed')",
    "last_seen_at": "last_at()",
    "first_hue": "property_minimum('Product Viewed', 'colour', type='string')",
    "days": "active_days()",
    "days_week": "active_days(within='1 week')",
    "favourite": "most_frequent(['Product Viewed', 'Product Added'], 'colour')",
    "first_colour": "first_value('Product Viewed', 'colour')",
    "last_colour": "last_value('Product Viewed', 'colour')",
    "colours": "unique_list('Product Added', 'colour')",
    "colour_count": "unique_count(['Product Added', 'Order Completed'], 'colour')",
    "colours_lately": "unique_count('Product Added', 'colour', within='90 hours')",
}
SELECT = "select\n    profile_id{}\nfrom {}\ngroup by 1"
BLOCK = "{{% call(events) homespun.by_profile() %}}\n{}\n{{% endcall %}}"
PLAIN = "{{ ref('profile_events') }}"
FREE = ",\n    count(*) filter (where {{ homespun.window_condition(within='2 days') }}) as lately"


@dataclass(frozen=True)
class Message:
    """A message as staging and identity know it."""

    id: str
    owner: int
    event: str
    hours_ago: int
    colour: str
    loaded: int


@dataclass(frozen=True)
class World:
    """All that tables by profile are made of, at a build."""

    messages: list[Message]
    owners: dict[int, str]
    devices: dict[str, int]
    hours_later: int = 0


def after_new_and_late_messages(world: World, rng: Random) -> World:
    more = [message(rng, f"n{place}", loaded=1) for place in range(30)]
    return replace(world, messages=world.messages + more, hours_later=30)


def after_merges_other_hands_and_revisions(world: World, rng: Random) -> World:
    owners = {owner: f"p{owner // 2}" if owner < 12 else who for owner, who in world.owners.items()}
    devices = {one.id: rng.randrange(PEOPLE) for one in rng.sample(world.messages, 20)}
    left = rng.sample(world.messages, len(world.messages) - 15)
    changed = [replace(one, colour="teal", loaded=3) for one in left[:15]]
    return World(changed + left[15:], owners, devices, hours_later=55)


def at_an_earlier_moment(world: World, rng: Random) -> World:
    return replace(world, hours_later=-40 + rng.randrange(3))


def after_later_messages(world: World, rng: Random) -> World:
    more = [
        replace(message(rng, f"l{place}", loaded=4), hours_ago=-56 - rng.randrange(9))
        for place in range(40)
    ]
    return replace(world, messages=world.messages + more, hours_later=66)


STEPS: tuple[Callable[[World, Random], World], ...] = (
    after_new_and_late_messages,
    after_merges_other_hands_and_revisions,
    after_later_messages,
    at_an_earlier_moment,
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A project with our tables by profile, built once."""
    folder = tmp_path_factory.mktemp("by_profile")
    (folder / "macros").symlink_to(REPOSITORY / "macros")
    (folder / "profiles.yml").symlink_to(REPOSITORY / "profiles.yml")
    (folder / "dbt_project.yml").write_text(
        "name: homespun\nprofile: homespun\nvars: {homespun_tracking_plan: none}\n"
        "models: {homespun: {+materialized: table}}\n"
    )
    models = folder / "models"
    models.mkdir()
    for name in ("profile_events", "int_profile_lookup", "int_profile_states"):
        (models / f"{name}.sql").symlink_to(REPOSITORY / f"models/traits/{name}.sql")
    for name in ("int_owner_events", "int_owners", "int_device_messages", "as_of"):
        (models / f"{name}.sql").write_text(f"select * from given.{name}")
    workshop = Workshop(folder)
    write_models(workshop, TRAITS)
    give(workshop, BEGINNING)
    workshop.dbt("run").succeeds()
    return workshop


def test_what_came_later_is_merged_with_what_is_kept(project: Workshop) -> None:
    mark(project)
    come = Message("later", QUIET, "order_completed", 0, "red", loaded=1)
    give(project, replace(BEGINNING, messages=[*BEGINNING.messages, come]))

    project.dbt("run").succeeds()

    rows = project.query("select profile_id, order_count, favourite, colours from kept_traits")
    assert {who: count for who, count, *_ in rows if count != 777} == {f"p{QUIET}": 778}
    assert {(favourite, colours) for *_, favourite, colours in rows} == {("marked", '["marked"]')}


def test_a_profile_with_an_event_out_of_order_is_computed_again(project: Workshop) -> None:
    mark(project)
    come = Message("late", QUIET, "order_completed", 5, "red", loaded=2)
    give(project, replace(BEGINNING, messages=[*BEGINNING.messages, come]))

    project.dbt("run").succeeds()

    rows = project.query("select profile_id, order_count, favourite, colours from kept_traits")
    kept = [row for row in rows if row[0] != f"p{QUIET}"]
    assert {tuple(row[1:]) for row in kept} == {(777, "marked", '["marked"]')}
    assert [row for row in rows if row[1] == 777 or "marked" in (row[2] or row[3])] == kept


def test_what_is_kept_is_what_would_be_computed_from_nothing(project: Workshop) -> None:
    rng = Random(SEED)  # noqa: S311
    world = BEGINNING
    write_models(project, {**TRAITS, "page_count": "event_count('$page')"})

    for step in STEPS:
        world = step(world, rng)
        give(project, world)
        project.dbt("run").succeeds()

        assert differences(project, "traits") == [], step.__name__
        assert differences(project, "free") == [], step.__name__


def test_an_expression_of_traits_is_none_of_them(project: Workshop) -> None:
    write_models(
        project,
        {
            **TRAITS,
            "mean": "property_sum('Order Completed', 'total') }} / "
            "{{ homespun.event_count('Order Completed')",
            "steps": "event_count('Order Completed') }} + "
            "{{ homespun.event_count('Product Viewed')",
        },
    )
    come = Message("more", QUIET, "order_completed", 0, "red", loaded=5)
    project.dbt("run").succeeds()
    give(project, replace(BEGINNING, messages=[*BEGINNING.messages, come]))

    project.dbt("run").succeeds()

    kept, plain = (
        f"select profile_id, mean, steps from {kind}_traits" for kind in ("kept", "plain")
    )
    assert project.query(f"({kept} except all {plain}) union all ({plain} except all {kept})") == []


def mark(project: Workshop) -> None:
    """Make what is kept of each profile unlike anything that could be computed."""
    with duckdb.connect(str(project.warehouse)) as warehouse:
        warehouse.execute(
            "update kept_traits set order_count = 777, colours_part = ['marked'], "
            "favourite_part = [{'key': 'marked', 'value': 9}]"
        )


def message(rng: Random, message_id: str, *, loaded: int) -> Message:
    return Message(
        message_id,
        rng.randrange(PEOPLE),
        rng.choice(EVENTS),
        rng.choice((-40, -1, 0, 1, 24, 48, 49, 72, 90, 168, 200, 216, 999)) + rng.randrange(3),
        rng.choice(("red", "blue", "green")),
        loaded,
    )


def write_models(project: Workshop, traits: Mapping[str, str]) -> None:
    """The traits by profile and plainly; and the same with one that is no macro's."""
    columns = "".join(
        f",\n    {{{{ homespun.{call} }}}} as {name}" for name, call in traits.items()
    )
    models = project.folder / "models"
    for name, body in (("traits", columns), ("free", columns + FREE)):
        (models / f"kept_{name}.sql").write_text(BLOCK.format(SELECT.format(body, "{{ events }}")))
        (models / f"plain_{name}.sql").write_text(SELECT.format(body, PLAIN))


BEGINNING = World(
    [message(Random(SEED + place), f"m{place}", loaded=0) for place in range(MESSAGES)],  # noqa: S311
    {owner: f"p{owner}" for owner in range(PEOPLE)},
    {},
)
# Who did nothing in the last hours, so that there is room for something late.
QUIET = min(
    set(range(PEOPLE)).difference(one.owner for one in BEGINNING.messages if abs(one.hours_ago) < 2)
)


def give(project: Workshop, world: World) -> None:
    """Make this what the models read."""
    rows = [
        (
            *(one.owner, one.id, one.event, one.colour, len(one.id + one.colour) * 7),
            *(AS_OF - timedelta(hours=one.hours_ago), AS_OF + timedelta(minutes=one.loaded)),
        )
        for one in world.messages
    ]
    with duckdb.connect(str(project.warehouse)) as warehouse:
        warehouse.execute(
            """
            create schema if not exists given;
            create or replace table given.said (
                owner_key bigint, message_id varchar, event varchar, colour varchar, total bigint,
                timestamp timestamp, loaded_at timestamp
            );
            create or replace table given.int_owners (owner_key bigint, profile_id varchar);
            create or replace table given.int_device_messages (
                message_id varchar, identifier_key bigint
            );
            create or replace table given.as_of (as_of timestamp);
            """
        )
        warehouse.executemany("insert into given.said values (?, ?, ?, ?, ?, ?, ?)", rows)
        warehouse.executemany(
            "insert into given.int_owners values (?, ?)", list(world.owners.items())
        )
        for device in world.devices.items():
            warehouse.execute("insert into given.int_device_messages values (?, ?)", device)
        warehouse.execute(
            "insert into given.as_of values (?)", [AS_OF + timedelta(hours=world.hours_later)]
        )
        warehouse.execute(
            """
            create or replace table given.int_owner_events as
            select
                *, cast(json_object('colour', colour, 'total', total) as json) as properties,
                cast(hash(said) >> 1 as bigint) as fingerprint,
                null as name, null as group_id, null as channel, null as page_path,
                null as page_referrer, null as campaign_name, null as campaign_source,
                null as campaign_medium
            from given.said
            """
        )


def differences(project: Workshop, name: str) -> list[object]:
    """Rows that only one of the two has."""
    columns = ", ".join(
        ["profile_id", *TRAITS, "page_count", *(["lately"] if name == "free" else [])]
    )
    kept, plain = (f"select {columns} from main.{kind}_{name}" for kind in ("kept", "plain"))
    found = project.query(f"({kept} except all {plain}) union all ({plain} except all {kept})")
    assert project.query(f"select count(*) from main.plain_{name}")[0][0] > 20
    return found[:3]
