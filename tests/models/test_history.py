"""Why an audience changed: a trait, and what happened since a build that was long ago."""

from datetime import timedelta

import duckdb
import pytest

from tests.end_to_end.workshop import REPOSITORY, Workshop
from tests.models.reference import AS_OF

GIVEN = {
    "int_owner_events": "message_id varchar, owner_key bigint, event varchar, "
    "timestamp timestamp, loaded_at timestamp",
    "int_owners": "owner_key bigint, profile_id varchar",
    "int_device_messages": "message_id varchar, identifier_key bigint",
    "profile_merges": "message_id varchar, profile_id varchar",
    "profiles": "profile_id varchar",
    "account_profiles": "account_id varchar, profile_id varchar",
    "profile_traits": "profile_id varchar, spent bigint",
    "as_of": "as_of timestamp",
}
PROFILE_EVENTS = """
select owners.profile_id, events.*, as_of.as_of
from {{ ref('int_owner_events') }} as events
inner join {{ ref('int_owners') }} as owners using (owner_key)
cross join {{ ref('as_of') }} as as_of
"""
AUDIENCE = """
{{{{ config({settings}, post_hook='{{{{ homespun.record_audience_changes() }}}}') }}}}
select {key} from {{{{ ref('{source}') }}}} where {condition}
"""
BUYERS = "homespun.performed('Order Completed', within='5 days')"
AUDIENCES = {
    "buyers": f"{{{{ {BUYERS} }}}}",
    "regulars": "{{ homespun.performed('Order Completed') }} "
    "and {{ homespun.performed(at_least=3) }}",
    "spenders_of_old": "{{ homespun.trait_is('spent', '>=', 0) }}",
    "spenders": "{{ homespun.trait_is('spent', '>=', 100) }}",
    "buying_accounts": f"{{{{ homespun.accounts_with('any', {BUYERS}) }}}}",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Some audiences: all is built, then the spenders alone, then, two loads later, all again."""
    folder = tmp_path_factory.mktemp("history")
    (folder / "macros").symlink_to(REPOSITORY / "macros")
    (folder / "profiles.yml").symlink_to(REPOSITORY / "profiles.yml")
    (folder / "dbt_project.yml").write_text(
        "name: homespun\nprofile: homespun\nvars: {homespun_tracking_plan: none}\n"
    )
    models = folder / "models"
    models.mkdir()
    for name in ("audience_changes", "audience_builds"):
        (models / f"{name}.sql").symlink_to(REPOSITORY / f"models/audiences/{name}.sql")
    for name in GIVEN:
        (models / f"{name}.sql").write_text(f"select * from given.{name}")
    (models / "profile_events.sql").write_text(PROFILE_EVENTS)
    for name, condition in AUDIENCES.items():
        of_accounts = name == "buying_accounts"
        (models / f"{name}.sql").write_text(
            AUDIENCE.format(
                settings="materialized='view', alias='b2b'"
                if of_accounts
                else "materialized='table'",
                key="account_id" if of_accounts else "profile_id",
                source="account_profiles" if of_accounts else "profile_traits",
                condition=condition,
            )
        )
    workshop = Workshop(folder)
    tell(workshop, BEGINNING)
    workshop.dbt("run").succeeds()
    tell(workshop, "update given.profile_traits set spent = 120 where profile_id = 'steady'")
    workshop.dbt("run", "--select", "spenders").succeeds()
    (models / "spenders_of_old.sql").rename(models / "spenders_renamed.sql")
    tell(workshop, said("m2", 2, "order_completed", day=1))
    tell(workshop, said("m3", 3, "$identify", day=2))
    tell(workshop, said("m4", 1, "$identify", day=2))
    tell(workshop, said("m5", 1, "$page", day=2))
    tell(workshop, "update given.profile_traits set spent = 500 where profile_id = 'late'")
    workshop.dbt("run").succeeds()
    return workshop


def test_a_trait_that_changed_is_the_reason_of_a_change(project: Workshop) -> None:
    assert changes(project, "spenders") == [
        ("steady", "entered", "trait_change"),  # computed anew: nothing was loaded, no time passed
        ("late", "entered", "trait_change"),  # said anew
    ]


def test_after_a_missed_load_the_reasons_are_those_since_the_last_build(project: Workshop) -> None:
    assert changes(project, "buyers") == [
        ("early", "entered", "definition_change"),
        ("early", "exited", "aged"),
        ("steady", "entered", "new_event"),
    ]


def test_who_ages_out_is_told_apart_from_one_who_said_something_of_no_matter(
    project: Workshop,
) -> None:
    assert ("early", "exited", "aged") in changes(project, "buyers")  # it sent an identify, too


def test_any_event_matters_to_an_audience_that_counts_any(project: Workshop) -> None:
    assert changes(project, "regulars") == [("early", "entered", "new_event")]


def test_who_is_in_an_audience_that_is_no_model_any_more_exits(project: Workshop) -> None:
    people = ("early", "late", "steady")
    entered, exited = (
        [(who, change, "definition_change") for who in people] for change in ("entered", "exited")
    )

    assert changes(project, "spenders_of_old") == entered + exited
    assert changes(project, "spenders_renamed") == entered
    sizes = project.query(
        "select member_count from main.audience_builds where audience = 'spenders_of_old' "
        "order by build_number"
    )
    assert sizes == [(3,), (0,)]


def test_an_audience_of_accounts_has_a_history_of_accounts(project: Workshop) -> None:
    assert changes(project, "b2b") == [
        ("first", "entered", "definition_change"),
        ("first", "exited", "aged"),
        ("second", "entered", "new_event"),
    ]


def test_explain_tells_of_an_account_by_its_profiles(project: Workshop) -> None:
    done = project.homespun("explain", "audience", "buying_accounts", "account_id:second", "--json")

    told = done.succeeds().json()
    assert (told["account_id"], told["is_member"]) == ("second", True)
    [condition] = told["conditions"]
    assert condition == {
        "says": "any of its profiles: performed Order Completed within 5 days",
        "holds": True,
        "value": "1 of 1 profiles",
    }
    assert [(one["change"], one["reason"]) for one in told["changes"]] == [("entered", "new_event")]


def test_explain_of_an_audience_of_accounts_asks_for_an_account(project: Workshop) -> None:
    done = project.homespun("explain", "audience", "buying_accounts", "user_id:someone")

    assert "ask for account_id:VALUE" in done.ends_in(2).stderr


def said(message_id: str, owner: int, event: str, *, day: int) -> str:
    """The SQL of a message of that day, loaded at its end, which is the last moment known."""
    at = f"timestamp '{AS_OF + timedelta(days=day)}'"
    return f"""
        insert into given.int_owner_events values (
            '{message_id}', {owner}, '{event}', {at} - interval 1 hour, {at}
        );
        update given.as_of set as_of = {at};
    """


BEGINNING = "create schema given;" + "".join(
    f"create table given.{name} ({columns});" for name, columns in GIVEN.items()
)
BEGINNING += f"""
    insert into given.int_owners values (1, 'early'), (2, 'steady'), (3, 'late');
    insert into given.profiles select profile_id from given.int_owners;
    insert into given.profile_traits select profile_id, 0 from given.int_owners;
    insert into given.account_profiles values ('first', 'early'), ('second', 'steady');
    insert into given.as_of values (timestamp '{AS_OF}');
    {said("m1", 1, "order_completed", day=-4)}
    {said("m0", 3, "$page", day=0)}
"""


def tell(project: Workshop, sql: str) -> None:
    """Change what the models read."""
    with duckdb.connect(str(project.warehouse)) as warehouse:
        warehouse.execute(sql)


def changes(project: Workshop, audience: str) -> list[tuple[str, str, str]]:
    """Who entered or exited, and why, in order."""
    return project.query(
        """
        select profile_id, change, reason from main.audience_changes
        where audience = ?
        order by build_number, profile_id
        """,
        audience,
    )
