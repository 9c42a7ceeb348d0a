"""A sample shop's events, made up from a seed: same seed, same bytes, on any day."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from random import Random

from homespun.sample.behaviour import customer_messages, visitor_messages
from homespun.sample.clock import DAY, MIDNIGHT
from homespun.sample.facts import SampleFacts
from homespun.sample.messages import Message, identifiers
from homespun.sample.mischief import repeat, trouble
from homespun.sample.people import customers as make_customers
from homespun.sample.people import visitor as make_visitor
from homespun.sample.stories import deal
from homespun.sample.writing import Day, Truth

BLOCK = 400  # customers whose messages are held in memory, and so written in the order received
LEAST_DAYS = 100  # the longest story begins 92 days ago


def write_sample(
    out_dir: str | Path, *, seed: int = 7, customers: int = 400, days: int = 120
) -> SampleFacts:
    """Write `day_1`, `day_2` and `truth.csv`, over what was there; say what they hold.

    The shop opened `days` before midnight of 2026-04-01 UTC, where day one's files end; whatever
    reached the collector in the 24 hours after it is day two's, however long ago it happened.
    """
    if customers < 1 or days < LEAST_DAYS:
        raise ValueError(f"a sample has a customer and {LEAST_DAYS} days, not {customers}, {days}")
    out = Path(out_dir)
    opening = MIDNIGHT - days * DAY
    rng = Random(seed)  # noqa: S311 - a sample is meant to be guessed
    stories = deal(rng)
    with ExitStack() as files:
        first, second = (Day(out / name, files=files) for name in ("day_1", "day_2"))
        truth = Truth(out / "truth.csv", files=files)
        for start in range(0, customers, BLOCK):
            stop = min(start + BLOCK, customers)
            members = make_customers(rng, stories, range(start, stop), days)
            visitors = [make_visitor(rng, n, days) for n in range(start // 2, (stop + 1) // 2)]
            block = [*trouble(rng, visitors, opening)]
            for key, messages in chain(
                ((m.key, customer_messages(rng, m, opening)) for m in members),
                ((v.key, visitor_messages(rng, v)) for v in visitors),
            ):
                own = list(messages)
                block += own
                truth.add(key, {pair: None for m in own for pair in identifiers(m.body)})
            for message in sorted(_with_repeats(rng, block), key=_received):
                (first if message.received < MIDNIGHT else second).add(message)
        return SampleFacts(
            seed=seed,
            people=truth.people,
            customers=customers,
            identifiers=truth.identifiers,
            day_1=first.close(),
            day_2=second.close(),
        )


def _with_repeats(rng: Random, messages: Iterable[Message]) -> Iterator[Message]:
    for message in messages:
        yield message
        again = repeat(rng, message)
        if again is not None:
            yield again


def _received(message: Message) -> int:
    return message.received
