"""What a sample holds, counted while it is written, so that others can be measured against it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from homespun.sample.clock import MIDNIGHT
from homespun.sample.messages import Message

Counts = Mapping[str, int]


@dataclass(frozen=True)
class DayFacts:
    """One day's three files: `messages` a loader accepts, repeats included, and what it rejects.

    A line holds one message, or a batch of them. Counts by type, event, source and broken plan are
    of unique messages; a message is unique on the day that received it first.
    """

    lines: int
    messages: int
    duplicates: int
    late: int
    revenue_cents: int
    refunded_cents: int
    rejected: Counts
    types: Counts
    events: Counts
    sources: Counts
    violations: Counts

    @property
    def unique_messages(self) -> int:
        """How many messages were received for the first time."""
        return self.messages - self.duplicates


@dataclass(frozen=True)
class SampleFacts:
    """Both days, and who is behind them."""

    seed: int
    people: int
    customers: int
    identifiers: int
    day_1: DayFacts
    day_2: DayFacts

    @property
    def lines(self) -> int:
        """Lines in all files."""
        return self.day_1.lines + self.day_2.lines

    @property
    def messages(self) -> int:
        """Messages that a loader accepts, repeats included."""
        return self.day_1.messages + self.day_2.messages

    @property
    def unique_messages(self) -> int:
        """Messages that are left once repeats are gone."""
        return self.day_1.unique_messages + self.day_2.unique_messages

    @property
    def duplicates(self) -> int:
        """Messages received again."""
        return self.day_1.duplicates + self.day_2.duplicates

    @property
    def rejected(self) -> Counts:
        """Messages and lines that a loader rejects, by reason."""
        return Counter(self.day_1.rejected) + Counter(self.day_2.rejected)


@dataclass(slots=True)
class DayTally:
    """A day's facts in the making."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)

    def add(self, message: Message) -> None:
        """Count one message, whatever became of it."""
        if message.rejected:
            self.rejected[message.rejected] += 1
            return
        self.counts["messages"] += 1
        if message.repeated:
            self.counts["duplicates"] += 1
            return
        self.counts["late"] += message.happened < MIDNIGHT <= message.received
        self.types[message.body["type"]] += 1
        self.sources[message.source] += 1
        if message.violation:
            self.violations[message.violation] += 1
        if message.body["type"] == "track":
            event = message.body["event"]
            self.events[event] += 1
            if event in ("Order Completed", "Order Refunded"):
                self.counts[event] += round(message.body["properties"]["revenue"] * 100)

    def facts(self, lines: int) -> DayFacts:
        """Say what was counted, keys in order."""
        return DayFacts(
            lines=lines,
            messages=self.counts["messages"],
            duplicates=self.counts["duplicates"],
            late=self.counts["late"],
            revenue_cents=self.counts["Order Completed"],
            refunded_cents=self.counts["Order Refunded"],
            rejected=_in_order(self.rejected),
            types=_in_order(self.types),
            events=_in_order(self.events),
            sources=_in_order(self.sources),
            violations=_in_order(self.violations),
        )


def _in_order(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
