"""What people's decisions about identities move: identifiers, messages, traits and audiences."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import duckdb

from homespun.conditions import audience_nodes
from homespun.explain_chain import Identifier
from homespun.manifest import Relation, read_manifest, relation_names
from homespun.project import Project

_MODELS = (
    "id_graph",
    "identity_conflicts",
    "identity_links",
    "int_identifiers",
    "int_message_identifiers",
    "profile_traits",
)
State = Literal["applied", "no effect", "overruled", "unknown identifier", "not built yet"]


@dataclass(frozen=True)
class Holdings:
    """What a profile has now."""

    traits: Sequence[str] = ()
    audiences: Sequence[str] = ()


@dataclass(frozen=True)
class Effect:
    """An override, and what is elsewhere than it would be without it."""

    action: str
    one: Identifier
    other: Identifier
    reason: str | None
    author: str | None
    state: State
    identifiers: Sequence[Identifier] = ()
    messages: int = 0
    profiles: Mapping[str, Holdings] = field(default_factory=dict)  # the profiles concerned, as now


def moved_by_merge(
    links: Iterable[tuple[Identifier, Identifier]], one: Identifier, other: Identifier
) -> set[Identifier]:
    """The identifiers that only the override ties to `one`; none where messages tie both anyway."""
    side = _reached(links, other)
    return set() if one in side else side


def _reached(links: Iterable[tuple[Identifier, Identifier]], start: Identifier) -> set[Identifier]:
    beside: dict[Identifier, list[Identifier]] = {}
    for one, other in links:
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    reached, waiting = {start}, [start]
    while waiting:
        new = set(beside.get(waiting.pop(), ())) - reached
        reached |= new
        waiting += new
    return reached


class OverrideReport:
    """Reads the overrides and what they moved from one warehouse."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, project: Project) -> None:
        manifest = read_manifest(project)
        self._connection = connection
        self._names = relation_names(manifest, (*_MODELS, "identity_overrides"))
        self._audiences = _audiences(manifest)

    def effects(self) -> list[Effect]:
        """What each override does, in the seed's order of decision."""
        rows = self._rows(
            "select action, id_type, id_value, other_id_type, other_id_value, reason, author "
            "from {identity_overrides} order by decided_at, id_type, id_value, other_id_value"
        )
        return [
            self._effect(row[0], Identifier(*row[1:3]), Identifier(*row[3:5]), row[5], row[6])
            for row in rows
        ]

    def _effect(
        self, action: str, one: Identifier, other: Identifier, reason: str, author: str
    ) -> Effect:
        known = [found for each in (one, other) if (found := self._profile(each)) is not None]
        if len(known) < 2:
            return Effect(action, one, other, reason, author, "unknown identifier")
        profiles = sorted(set(known))
        is_merge = action == "merge"
        if is_merge and len(profiles) == 2 and self._is_split(*profiles):
            return Effect(action, one, other, reason, author, "overruled")  # a split wins
        if is_merge != (len(profiles) == 1):
            return Effect(action, one, other, reason, author, "not built yet")
        moved = self._merged(profiles[0], one, other) if is_merge else self._split(*profiles)
        return Effect(
            action, one, other, reason, author, "applied" if moved else "no effect",
            identifiers=sorted(moved), messages=self._messages(moved),
            profiles={profile: self._holdings(profile) for profile in profiles},
        )  # fmt: skip

    def _merged(self, profile: str, one: Identifier, other: Identifier) -> set[Identifier]:
        """The side of the merge that was seen first later."""
        links = [
            (Identifier(*row[:2]), Identifier(*row[2:4]))
            for row in self._rows(
                "select id_type, id_value, other_id_type, other_id_value, link_rule "
                "from {identity_links} where profile_id = ? and is_one_profile",
                profile,
            )
            if row[4] != "override" or {row[:2], row[2:4]} != {one, other}
        ]
        [eldest] = self._rows(
            "select id_type, id_value from {int_identifiers} "
            "where identifier_key = cast(? as uuid)",
            profile,
        )
        if Identifier(*eldest) in _reached(links, other):
            one, other = other, one
        return moved_by_merge(links, one, other)

    def _split(self, *profiles: str) -> set[Identifier]:
        """The younger side, where nothing but the override keeps both apart."""
        members = self._rows(
            "select id_type, id_value from {id_graph} where profile_id = ("
            "select replace(cast(identifier_key as varchar), '-', '') from {int_identifiers} "
            "where identifier_key in (cast(? as uuid), cast(? as uuid)) "
            "order by first_seen_at desc, first_message_id desc, priority desc, id_type desc, "
            "id_value desc limit 1) and exists (select 1 from {identity_conflicts} "
            "where broken_limit = 'kept apart by an override' "
            "and (profile_id, refused_profile_id) in ((?, ?), (?, ?)))",
            *profiles, *profiles, *profiles[::-1],
        )  # fmt: skip
        return {Identifier(*row) for row in members}

    def _is_split(self, *profiles: str) -> bool:
        rows = self._rows(
            "select 1 from {identity_overrides} as decided "
            "inner join {id_graph} as a "
            "on (a.id_type, a.id_value) = (decided.id_type, decided.id_value) inner join "
            "{id_graph} as b on (b.id_type, b.id_value) = (other_id_type, other_id_value) "
            "where action = 'split' and (a.profile_id, b.profile_id) in ((?, ?), (?, ?))",
            *profiles, *profiles[::-1],
        )  # fmt: skip
        return bool(rows)

    def _profile(self, identifier: Identifier) -> str | None:
        rows = self._rows(
            "select profile_id from {id_graph} where id_type = ? and id_value = ?", *identifier
        )
        return str(rows[0][0]) if rows else None

    def _messages(self, identifiers: Collection[Identifier]) -> int:
        return sum(
            int(row[0])
            for identifier in identifiers
            for row in self._rows(
                "select count(*) from {int_message_identifiers} "
                "where is_deciding and id_type = ? and id_value = ?",
                *identifier,
            )
        )

    def _holdings(self, profile: str) -> Holdings:
        traits = self._names["profile_traits"]
        found = self._connection.execute(
            f"select * from {traits} where profile_id = ?",  # noqa: S608
            [profile],
        )
        names = [column[0] for column in found.description or ()]
        row = found.fetchone() or ()
        return Holdings(
            traits=[
                name
                for name, value in zip(names, row, strict=False)
                if value is not None and name != "profile_id"
            ],
            audiences=[
                name
                for name, relation in self._audiences.items()
                if self._rows(f"select 1 from {relation} where profile_id = ? limit 1", profile)  # noqa: S608
            ],
        )

    def _rows(self, sql: str, *values: str | None) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql.format(**self._names), list(values)).fetchall()


def _audiences(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The relations of the audiences, by name."""
    return {
        name: Relation(node["database"], node["schema"], node["alias"]).quoted()
        for name, node in audience_nodes(manifest).items()
    }
