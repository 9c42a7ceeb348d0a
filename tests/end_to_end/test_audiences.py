"""The history of audiences over several builds: who entered and exited, and why."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.end_to_end.workshop import Workshop

WATCHED = (
    *("+newly_signed_up", "+repeat_buyers", "+id_graph"),
    *("audience_sizes", "audience_memberships"),
)
DAY_1 = "2026-03-01T12:00:00Z"
DAY_9 = "2026-03-09T12:00:00Z"


@dataclass(frozen=True)
class Story:
    """A warehouse after four builds, and the number of each."""

    workshop: Workshop
    builds: list[int]

    def changes(self, build: int) -> set[tuple[str, str, str, str]]:
        """Audience, user id, change and reason, as a build (from 1) saw them."""
        rows = self.workshop.query(
            """
            select changes.audience, identifiers.id_value, changes.change, changes.reason
            from main_audiences.audience_changes as changes
            inner join main_identity.id_graph as identifiers
                on changes.profile_id = identifiers.profile_id and identifiers.id_type = 'user_id'
            where changes.build_number = ?
            """,
            self.builds[build - 1],
        )
        return set(rows)


@pytest.fixture(scope="module")
def story(
    open_shared: Callable[[str], Workshop], tmp_path_factory: pytest.TempPathFactory
) -> Story:
    workshop = open_shared("history")
    folder = tmp_path_factory.mktemp("events")
    chapters = [
        [
            event("Signed Up", DAY_1, userId="early"),
            event("Order Completed", DAY_1, userId="late"),
            event("Order Completed", DAY_1, userId="merged"),
            event("Order Completed", DAY_1, anonymousId="visitor"),
            event("注文", DAY_1, userId="far"),
        ],
        [
            event("Signed Up", DAY_9, userId="new"),
            event("Order Completed", "2026-02-20T12:00:00Z", received=DAY_9, userId="late"),
            event("", DAY_9, type="identify", userId="merged", anonymousId="visitor"),
        ],
    ]
    for number, messages in enumerate(chapters):
        path = folder / f"{number}.jsonl"
        path.write_text("".join(json.dumps(message) + "\n" for message in messages))
        workshop.load(path)
        workshop.make(*WATCHED)
    workshop.make(*WATCHED)
    workshop.dbt("run", "--full-refresh", "--select", *WATCHED).succeeds()
    rows = workshop.query("select distinct build_number from main_audiences.audience_builds")
    return Story(workshop, sorted(number for (number,) in rows))


def test_the_first_build_of_an_audience_is_a_change_of_its_definition(story: Story) -> None:
    assert story.changes(1) == {("newly_signed_up", "early", "entered", "definition_change")}


def test_a_change_says_what_brought_it_about(story: Story) -> None:
    assert story.changes(2) == {
        ("newly_signed_up", "new", "entered", "new_event"),
        ("newly_signed_up", "early", "exited", "aged"),
        ("repeat_buyers", "late", "entered", "late_event"),
        ("repeat_buyers", "merged", "entered", "merge"),
    }


def test_a_build_of_nothing_new_and_a_full_refresh_change_nothing(story: Story) -> None:
    assert story.changes(3) == set()
    assert story.changes(4) == set()


def test_the_members_as_of_a_past_build_are_known(story: Story) -> None:
    counts = story.workshop.query(
        """
        select sizes.build_number, sizes.audience, sizes.member_count, count(stays.profile_id)
        from main_audiences.audience_sizes as sizes
        left join main_audiences.audience_memberships as stays
            on sizes.audience = stays.audience
            and stays.entered_build_number <= sizes.build_number
            and coalesce(stays.exited_build_number > sizes.build_number, true)
        group by all
        """
    )

    assert len(counts) == 2 * len(story.builds)
    assert [row for row in counts if row[2] != row[3]] == []


def test_an_event_of_another_alphabet_has_its_name_and_begins_a_session(story: Story) -> None:
    rows = story.workshop.query(
        """
        select events.event, sessions.event_count
        from main_traits.profile_events as events
        inner join main_traits.sessions as sessions on events.profile_id = sessions.profile_id
        inner join main_identity.profiles as profiles on events.profile_id = profiles.profile_id
        where profiles.user_id = 'far'
        """
    )

    assert rows == [("注文", 1)]


def test_explain_says_which_conditions_hold_and_what_the_profile_has(story: Story) -> None:
    done = story.workshop.homespun("explain", "audience", "repeat_buyers", "user_id:late", "--json")

    told = done.succeeds().json()
    assert told["is_member"]
    assert [(one["says"], one["holds"]) for one in told["conditions"]] == [
        ("performed Order Completed at least 2 times", True)
    ]
    assert told["conditions"][0]["value"].startswith("2 times, last at 2026-03-01")
    assert [(one["change"], one["reason"]) for one in told["changes"]] == [
        ("entered", "late_event")
    ]


def test_explain_of_a_profile_that_is_no_member_says_what_it_lacks(story: Story) -> None:
    done = story.workshop.homespun("explain", "audience", "repeat_buyers", "user_id:new")

    assert "is not in repeat_buyers" in done.succeeds().stdout
    assert "no   performed Order Completed at least 2 times: 0 times" in done.stdout


@pytest.mark.parametrize(
    ("name", "identifier", "words"),
    [
        ("repeat_buyer", "user_id:new", "there is no audience 'repeat_buyer'"),
        ("repeat_buyers", "user_id:nobody", "no message names this user_id"),
        ("repeat_buyers", "new", "an identifier is ID_TYPE:VALUE"),
    ],
)
def test_explain_says_what_it_does_not_know(
    story: Story, name: str, identifier: str, words: str
) -> None:
    done = story.workshop.homespun("explain", "audience", name, identifier)

    assert words in done.ends_in(2).stderr


def event(name: str, at: str, *, received: str | None = None, **said: Any) -> dict[str, Any]:
    """A message; its id is made of what it says."""
    message = {
        "type": "track",
        "event": name,
        "timestamp": at,
        "receivedAt": received or at,
        "properties": {},
        **said,
    }
    return {**message, "messageId": json.dumps(message)}
