"""The same messages in any order, files and builds, however often each, give the same tables."""

import gzip
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.end_to_end.conftest import Sample, Shop
from tests.end_to_end.workshop import Workshop
from tests.harness.tables import table_hashes

LAYERS = ("main_staging", "main_spec", "main_identity", "main_traits", "main_audiences")
HISTORY = "main_audiences.audience_changes"
PATH_DEPENDENT = (
    HISTORY,
    "main_audiences.audience_builds",
    "main_audiences.audience_memberships",
    "main_audiences.audience_sizes",
)
# What incremental models keep for themselves: when a row was last changed, and rows that are gone.
BOOKKEEPING = ("main_identity.int_", "main_staging.")
READ_BY_MODELS = {"main_staging.as_of", "main_staging.stg_events"}
INCREMENTS, FILES = 2, 4
SHARE_REPEATED = 0.3


@pytest.fixture(scope="module")
def at_once(open_shared: Callable[[str], Workshop], sample: Sample) -> Workshop:
    """One load of everything, one build."""
    workshop = open_shared("at_once")
    workshop.load(*sample.days, exit_code=1)
    workshop.make()
    return workshop


@pytest.fixture(scope="module")
def shuffled(
    open_shared: Callable[[str], Workshop], shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> Workshop:
    """The same messages in two increments, a build after each."""
    folder = tmp_path_factory.mktemp("shuffled")
    write_shuffled(folder, shop.workshop)
    workshop = open_shared("in_increments")
    for increment in sorted(folder.iterdir()):
        workshop.load(increment)
        workshop.make()
    return workshop


def test_two_days_apart_are_as_good_as_at_once(at_once: Workshop, shop: Shop) -> None:
    assert hashes(shop.workshop) == hashes(at_once)


def test_any_order_any_files_and_any_repeats_are_as_good_as_at_once(
    at_once: Workshop, shuffled: Workshop
) -> None:
    assert hashes(shuffled) == hashes(at_once)


def test_the_history_of_any_order_leads_to_the_same_members(
    at_once: Workshop, shuffled: Workshop, shop: Shop
) -> None:
    members = net_members(at_once)

    assert net_members(shuffled) == members
    assert net_members(shop.workshop) == members
    assert members


def hashes(workshop: Workshop) -> dict[str, str]:
    found = table_hashes(workshop.warehouse, schemas=LAYERS, volatile=("loaded_at",))
    for name in PATH_DEPENDENT:
        del found[name]
    assert len(found) > 30
    return {
        name: value
        for name, value in found.items()
        if name in READ_BY_MODELS or not name.startswith(BOOKKEEPING)
    }


def net_members(workshop: Workshop) -> set[tuple[str, str]]:
    """Who entered an audience once more than it left."""
    changes = workshop.query(
        f"""
        select audience, profile_id, sum(case when change = 'entered' then 1 else -1 end)
        from {HISTORY}
        group by 1, 2
        """
    )
    assert {net for _, _, net in changes} <= {0, 1}
    return {(audience, profile) for audience, profile, net in changes if net}


def write_shuffled(folder: Path, workshop: Workshop) -> None:
    """Each accepted message as it was received, some of them again, in files by chance."""
    rng = Random(11)  # noqa: S311
    rows = workshop.query("select source, payload from raw.events order by source, payload")
    rows += [row for row in rows if rng.random() < SHARE_REPEATED]
    rng.shuffle(rows)
    for increment in range(INCREMENTS):
        (folder / f"increment-{increment}").mkdir()
    files: dict[Path, list[bytes]] = {}
    for source, payload in rows:
        increment, number = rng.randrange(INCREMENTS), rng.randrange(FILES)
        path = folder / f"increment-{increment}" / f"{source}-{number}.jsonl.gz"
        files.setdefault(path, []).append(payload.encode() + b"\n")
    for path, lines in files.items():
        path.write_bytes(gzip.compress(b"".join(lines)))
