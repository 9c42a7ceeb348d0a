"""What a run works with: the destination, the way to it, and what shares rows out and sends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import stamina

from homespun.errors import Unavailable
from homespun.project import Project
from reverse_etl.abilities import AnswerLost, NotSent, ReadsBack
from reverse_etl.batches import Batcher
from reverse_etl.config import Sync
from reverse_etl.delivery import Delivery
from reverse_etl.destination import Destination, Rate, SyncInfo
from reverse_etl.journal import Journal
from reverse_etl.journal_file import journal_path
from reverse_etl.pace import Pacer
from reverse_etl.permits import Permits
from reverse_etl.recorder import Recorder
from reverse_etl.settle import Policy
from reverse_etl.tally import Tally
from reverse_etl.transmission import transmit
from reverse_etl.wire import HttpWire


@dataclass(frozen=True)
class Equipment:
    """Everything that belongs to one run."""

    destination: Destination
    wire: HttpWire
    batcher: Batcher
    delivery: Delivery
    pacer: Pacer | None

    def close(self) -> None:
        """Let connections and files go."""
        self.wire.close()
        if self.pacer:
            self.pacer.close()


def equip(
    project: Project,
    sync: Sync,
    journal: Journal,
    *,
    types: Mapping[str, str],
    run: str,
    withheld: Callable[[Sequence[str]], set[str]],
    told: Callable[[Tally], None],
) -> Equipment:
    """Make it all from the sync's configuration.

    `withheld` says which keys may not be sent; `told` hears what was recorded.
    """
    config = sync.config
    destination = make_destination(project, sync, types)
    capabilities = destination.capabilities
    wire = HttpWire(
        destination,
        timeout=config.timeout,
        allow_private=bool(getattr(sync.settings, "allow_private", False)),
        connections=config.concurrency or capabilities.concurrency,
    )
    batcher = Batcher(
        destination,
        sync.name,
        run,
        rows=min(capabilities.max_rows, config.batch_rows or capabilities.max_rows),
        size=capabilities.max_bytes,
    )
    policy = Policy(
        capabilities=capabilities,
        attempts=config.attempts,
        max_wait=config.max_wait,
        resends=config.on_unknown == "resend",
        reads_back=isinstance(destination, ReadsBack),
    )
    pacer = _pacer(project, sync, destination)
    recorder = Recorder(journal, batcher, config=config, policy=policy, clean=sync.clean, told=told)
    delivery = Delivery(
        recorder,
        batcher,
        partial(transmit, destination=destination, wire=wire),
        config=config,
        policy=policy,
        pacer=pacer,
        permits=Permits(
            withheld if sync.rules else None, removes=config.mode == "mirror", policy=policy
        ),
    )
    return Equipment(destination, wire, batcher, delivery, pacer)


def rates_of(sync: Sync) -> list[Rate]:
    """The destination's own rates, and the one that is configured."""
    rate = sync.config.rate
    configured = [Rate(rate.requests, rate.seconds)] if rate else []
    return [*sync.destination_class.capabilities.rates, *configured]


def _pacer(project: Project, sync: Sync, destination: Destination) -> Pacer | None:
    rates = rates_of(sync)
    if not rates:
        return None
    file = journal_path(project, sync.name).with_name("rates.sqlite")
    account = f"{sync.config.destination} {sync.account or destination.target}"
    return Pacer(rates, file=file, account=account)


def patiently(action: Callable[[], object], sync: Sync) -> None:
    """Do what is safe to repeat, as often as a request. Raises Unavailable after that."""
    try:
        for attempt in stamina.retry_context(
            on=(NotSent, AnswerLost),
            attempts=sync.config.attempts,
            wait_initial=sync.config.backoff,
            wait_max=sync.config.max_wait,
            wait_jitter=sync.config.backoff,
            timeout=None,
        ):
            with attempt:
                action()
    except (NotSent, AnswerLost) as error:
        raise Unavailable(f"the destination is unavailable: {error}") from None


def make_destination(project: Project, sync: Sync, types: Mapping[str, str]) -> Destination:
    """The sync's destination with its settings; `types` are the relation's columns."""
    return sync.destination_class(sync.settings, _info(project, sync, types))


def _info(project: Project, sync: Sync, types: Mapping[str, str]) -> SyncInfo:
    config = sync.config
    names = [name for name, column in config.fields.items() if column == config.key]
    return SyncInfo(
        name=sync.name,
        mode=config.mode,
        key=names[0] if names else config.key,
        key_type=types[config.key],
        fields={name: types[column] for name, column in config.fields.items()},
        identifiers=sync.identifiers,
        directory=project.directory,
    )
