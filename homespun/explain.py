"""Why identifiers are one profile, or are not: read from the identity models."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from homespun.errors import ConfigurationError
from homespun.explain_chain import Identifier, Link, shortest_chain
from homespun.manifest import read_manifest, relation_names
from homespun.project import Project

_MODELS = ("id_graph", "profile_merges", "identity_conflicts", "identity_links", "stg_events")


@dataclass(frozen=True)
class Merge:
    """A profile that became part of another."""

    merged_profile_id: str
    message_id: str | None
    rule: str
    at: datetime


@dataclass(frozen=True)
class Refusal:
    """A merge that was refused."""

    identifier: Identifier
    message_id: str
    broken_limit: str
    at: datetime


@dataclass(frozen=True)
class ProfileStory:
    """A profile: its identifiers in the order of first sight, and what happened to it."""

    profile_id: str
    identifiers: Sequence[Identifier]
    merges: Sequence[Merge]
    refusals: Sequence[Refusal]


@dataclass(frozen=True)
class PairStory:
    """Two identifiers: the shortest chain of messages between them, empty where there is none."""

    is_one_profile: bool
    chain: Sequence[Link]
    refusals: Sequence[Refusal]


def parse_identifier(text: str) -> Identifier:
    """`ID_TYPE:VALUE` as an identifier. Raises ConfigurationError when it is not of that form."""
    id_type, colon, id_value = text.partition(":")
    if not (id_type and colon and id_value):
        raise ConfigurationError("an identifier is ID_TYPE:VALUE, such as email:jane@example.com")
    return Identifier(id_type, id_value)


def _spellings(identifier: Identifier) -> Iterator[Identifier]:
    """What people may mean by an identifier, the most literal first."""
    id_type, value = identifier.id_type.strip(), identifier.id_value.strip()
    yield identifier
    yield Identifier(id_type, value)
    yield Identifier(id_type.lower(), value.lower())
    if id_type.lower() == "phone":
        number = re.sub(r"^((?:\+|00)[^(]*)\(0\)", r"\1", value)
        yield Identifier("phone", re.sub("^00", "+", re.sub(r"[-\s()./]", "", number)))


class Explainer:
    """Answers from one warehouse; every question reads only the profiles that it is about."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, project: Project) -> None:
        self._connection = connection
        self._names = relation_names(read_manifest(project), _MODELS)

    def profile_id(self, identifier: Identifier) -> str:
        """The id of the profile that holds an identifier, in whatever casing it is given."""
        return self._profile_of(self.normalised(identifier))

    def profile(self, identifier: Identifier) -> ProfileStory:
        """The profile that holds an identifier."""
        profile_id = self._profile_of(identifier)
        identifiers = self._rows(
            "select id_type, id_value from {id_graph} where profile_id = ? "
            "order by first_seen_at, id_type, id_value",
            profile_id,
        )
        merges = self._rows(
            "select merged_profile_id, message_id, rule, merged_at from {profile_merges} "
            "where profile_id = ? order by merged_at, message_id, merged_profile_id",
            profile_id,
        )
        refusals = self._refusals("? in (profile_id, refused_profile_id)", profile_id)
        return ProfileStory(
            profile_id, [Identifier(*row) for row in identifiers], [Merge(*row) for row in merges],
            refusals,
        )  # fmt: skip

    def pair(self, one: Identifier, other: Identifier) -> PairStory:
        """Why two identifiers are one profile, or why they are not."""
        profiles = (self._profile_of(one), self._profile_of(other))
        links = self._links(profiles)
        refusals = self._refusals(
            "(profile_id, refused_profile_id) in ((?, ?), (?, ?))", *profiles, *profiles[::-1]
        )
        return PairStory(profiles[0] == profiles[1], shortest_chain(links, one, other), refusals)

    def normalised(self, identifier: Identifier) -> Identifier:
        """The identifier as the warehouse has it: as given, or else as it is cleaned there."""
        for id_type, id_value in _spellings(identifier):
            found = self._rows(
                "select id_type, id_value from {id_graph} where id_type = ? and id_value = ?",
                id_type, id_value,
            )  # fmt: skip
            if found:
                return Identifier(*found[0])
        types = self._rows("select distinct id_type from {id_graph} order by 1")
        raise ConfigurationError(
            f"no message names this {identifier.id_type}; "
            f"there are identifiers of the types {', '.join(row[0] for row in types)}"
        )

    def _profile_of(self, identifier: Identifier) -> str:
        rows = self._rows(
            "select profile_id from {id_graph} where id_type = ? and id_value = ?", *identifier
        )
        return str(rows[0][0])

    def _links(self, profiles: Iterable[str]) -> list[Link]:
        rows = self._rows(
            "select links.id_type, links.id_value, links.other_id_type, links.other_id_value, "
            "links.message_id, events.source, links.link_rule, links.linked_at, "
            "not links.is_one_profile "
            "from {identity_links} as links "
            "left join {stg_events} as events on links.message_id = events.message_id "
            "where links.profile_id in (?, ?) and links.other_profile_id in (?, ?) "
            "order by links.linked_at, links.message_id, links.other_id_type, links.other_id_value",
            *profiles, *profiles,
        )  # fmt: skip
        return [Link(Identifier(*row[:2]), Identifier(*row[2:4]), *row[4:]) for row in rows]

    def _refusals(self, condition: str, *values: str) -> list[Refusal]:
        rows = self._rows(
            "select refused_id_type, refused_id_value, message_id, broken_limit, refused_at "
            "from {identity_conflicts} where " + condition + " "
            "order by refused_at, message_id, refused_id_type, refused_id_value",
            *values,
        )
        return [Refusal(Identifier(*row[:2]), *row[2:]) for row in rows]

    def _rows(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql.format(**self._names), list(values)).fetchall()
