"""How well profiles agree with what is known of the people behind identifiers."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from homespun.errors import ConfigurationError
from homespun.explain_chain import Identifier

_COLUMNS = {"person", "id_type", "id_value"}


@dataclass(frozen=True)
class Quality:
    """Pairs of identifiers, each of one person: how many are one profile, and how many should be.

    `missing` are identifiers that are someone's and are in no profile; `shared` those of several
    people, which no profile can get right and which are left out. `mixed_profiles` hold identifiers
    of several people, `split_people` are several profiles.
    """

    identifiers: int
    missing: int
    shared: int
    pairs_of_people: int
    pairs_of_profiles: int
    right_pairs: int
    mixed_profiles: int
    split_people: int

    @property
    def precision(self) -> float:
        """Of the pairs that are one profile, how many are one person."""
        return self.right_pairs / self.pairs_of_profiles if self.pairs_of_profiles else 1.0

    @property
    def recall(self) -> float:
        """Of the pairs that are one person, how many are one profile."""
        return self.right_pairs / self.pairs_of_people if self.pairs_of_people else 1.0


def read_truth(path: Path) -> dict[Identifier, set[str]]:
    """Read a CSV file of person, id_type and id_value: the people behind each identifier."""
    if not path.is_file():
        raise ConfigurationError(f"{path} is no file: give a CSV of person, id_type, id_value")
    people: dict[Identifier, set[str]] = defaultdict(set)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not set(rows.fieldnames or ()) >= _COLUMNS:
                raise ConfigurationError(f"{path} needs the columns person, id_type, id_value")
            for row in rows:
                people[Identifier(row["id_type"], row["id_value"])].add(row["person"])
    except (UnicodeDecodeError, csv.Error):
        raise ConfigurationError(f"{path} is no CSV in UTF-8: save it as one") from None
    return people


def measure(truth: Mapping[Identifier, set[str]], profiles: Mapping[Identifier, str]) -> Quality:
    """Compare profiles with people, over the identifiers that both know."""
    placed = {
        identifier: (next(iter(people)), profiles[identifier])
        for identifier, people in truth.items()
        if len(people) == 1 and identifier in profiles
    }
    cells = Counter(placed.values())
    people, found = (Counter(pair[side] for pair in placed.values()) for side in (0, 1))
    return Quality(
        identifiers=len(placed),
        missing=sum(identifier not in profiles for identifier in truth),
        shared=sum(len(people) > 1 for people in truth.values()),
        pairs_of_people=_pairs(people.values()),
        pairs_of_profiles=_pairs(found.values()),
        right_pairs=_pairs(cells.values()),
        mixed_profiles=sum(n > 1 for n in Counter(profile for _, profile in cells).values()),
        split_people=sum(n > 1 for n in Counter(person for person, _ in cells).values()),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
