"""Kill a sync at random over changing audiences and a faulty destination, and check the end.

`python -m tests.harness.trials --trials 200 --seed 7` runs that many seeded trials and prints
what they cost; each must end with no wrong, missing or extra row, no drift between ledger and
destination, and one final outcome for every row that was sent.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.harness.receiver import HARMLESS_IN_THE_END, Receiver
from tests.harness.shop import Member, Shop, make_shop

POINTS = (
    "after_lock", "after_plan", "after_intent", "after_send", "after_answer", "after_outcome",
    "after_fold", "before_publish", "after_publish",
)  # fmt: skip
PEOPLE = 120
VERSIONS = 3


@dataclass(frozen=True)
class Trial:
    """How one trial ended."""

    seed: int
    kills: int
    applied: int  # operations at the destination
    needed: int  # the fewest that lead from each audience to the next
    problems: tuple[str, ...]


def run_trial(seed: int, *, honours_keys: bool = True) -> Trial:
    """Run one trial; the same seed makes the same audiences, faults and kills."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    kills = needed = 0
    current: dict[str, Member] = {}
    with tempfile.TemporaryDirectory() as folder, Receiver(honours_keys=honours_keys) as receiver:
        shop = make_shop(Path(folder))
        _write_sync(shop, receiver)
        for _ in range(VERSIONS):
            wanted = _next_audience(current, chance)
            needed += _changes(current, wanted)
            current = wanted
            shop.write_audience(wanted.values())
            receiver.will(*chance.choices(HARMLESS_IN_THE_END, k=chance.randrange(4)))
            kills += _run_and_kill(shop, chance)
            shop.run("sync")
        receiver.faults.clear()
        last = [shop.run("sync").returncode for _ in range(2)]
        problems = _problems(shop, receiver, current, last)
        return Trial(seed, kills, len(receiver.operations), needed, problems)


def _write_sync(shop: Shop, receiver: Receiver) -> None:
    shop.write_syncs(
        crm={
            "destination": "webhook",
            "settings": {"url": receiver.url, "allow_private": True},
            "key": "user_id",
            "fields": {"email": "email", "ltv": "lifetime_value"},
            "guard": {"max_removed_share": 1},
            "batch_rows": 15,
            "backoff": 0.001,
            "timeout": 2,
        }
    )


def _next_audience(current: dict[str, Member], chance: random.Random) -> dict[str, Member]:
    """Some leave, some change, some enter."""
    kept = {key: member for key, member in current.items() if chance.random() > 0.3}
    for number in chance.sample(range(PEOPLE), 60):
        key = f"u{number}"
        kept[key] = (key, f"jane{number}@example.com", float(chance.randrange(3)))
    return kept


def _changes(before: dict[str, Member], after: dict[str, Member]) -> int:
    keys = before.keys() | after.keys()
    return sum(before.get(key) != after.get(key) for key in keys)


def _run_and_kill(shop: Shop, chance: random.Random) -> int:
    """One run that dies at a fail point, or after a random time; one if it was killed."""
    if chance.random() < 0.5:
        armed = f"sync.{chance.choice(POINTS)}@{chance.randrange(1, 4)}=kill"
        return int(shop.run("sync", environment={"HOMESPUN_FAILPOINT": armed}).returncode == -9)
    running = subprocess.Popen(
        [sys.executable, "-c", "from homespun.cli import main; main()", "sync"],
        cwd=shop.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        running.wait(timeout=chance.uniform(0.5, 1.5))
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
        return 1
    return 0


def _problems(
    shop: Shop, receiver: Receiver, wanted: dict[str, Member], last: list[int]
) -> tuple[str, ...]:
    expected = {key: {"email": email, "ltv": value} for key, email, value in wanted.values()}
    problems = []
    if receiver.members != expected:
        wrong = [
            k
            for k in expected.keys() | receiver.members
            if expected.get(k) != receiver.members.get(k)
        ]
        problems.append(f"{len(wrong)} rows are wrong, missing or extra")
    state = {key for (key,) in shop.query("select key from main_activation.sync_state")}
    if state != set(receiver.members):
        problems.append("ledger and destination differ")
    if last[-1] != 0:
        problems.append(f"the last run ended with {last[-1]}")
    final = Counter(
        change
        for (change,) in shop.query(
            "select change from main_activation.sync_log where status in ('done', 'rejected')"
        )
    )
    if any(times > 1 for times in final.values()):
        problems.append("a row has two final outcomes")
    return tuple(problems)


def main() -> None:
    """Run the trials that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    trials = [run_trial(asked.seed + number) for number in range(asked.trials)]
    for trial in trials:
        if trial.problems:
            sys.stdout.write(f"seed {trial.seed}: {'; '.join(trial.problems)}\n")
    applied, needed = sum(t.applied for t in trials), sum(t.needed for t in trials)
    sys.stdout.write(
        f"{len(trials)} trials, {sum(t.kills for t in trials)} kills, "
        f"{sum(bool(t.problems) for t in trials)} with problems; "
        f"{applied} operations applied where {needed} are needed ({applied / needed:.2f})\n"
    )
    sys.exit(any(trial.problems for trial in trials))


if __name__ == "__main__":
    main()
