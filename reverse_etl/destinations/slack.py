"""Slack: one message a run that says how many entered, changed and left; no row's values.

A message that is sent twice is read twice, so one whose answer was lost is held until a person
decides (`on_unknown: resend` sends it again).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

import msgspec
from pydantic import BaseModel, SecretStr

from homespun.errors import ConfigurationError
from reverse_etl.abilities import Wire
from reverse_etl.destination import (
    Answer,
    Batch,
    Capabilities,
    Change,
    Operation,
    Outcome,
    Prepared,
    Rate,
    Repeat,
    Request,
    Scope,
    Status,
    SyncInfo,
    for_all,
)
from reverse_etl.http_answers import outcome_of_status, read_object
from reverse_etl.settings import variable
from reverse_etl.vendor import VendorSettings, WebAddress, with_headers

_WORDS = {Operation.ADD: "entered", Operation.CHANGE: "changed", Operation.REMOVE: "left"}
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_ACCOUNT = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked"})


class SlackSettings(VendorSettings):
    """An incoming webhook's secret address, or a bot's token and a channel."""

    url: WebAddress = "https://slack.com"
    name: str | None = None  # of the audience, as people know it; the sync's where none is given
    channel: str | None = None
    token: SecretStr | None = None
    webhook_url: SecretStr | None = None


class Slack:
    """Posts digests."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        repeat=dict.fromkeys(Operation, Repeat.NONE),
        max_rows=100_000,
        digest=True,
        rates=(Rate(1, 1),),
        concurrency=1,
    )
    Settings: ClassVar[type[BaseModel]] = SlackSettings

    def __init__(self, settings: SlackSettings, info: SyncInfo) -> None:
        self._settings = settings
        self._sync = info.name
        self._name = settings.name or info.name

    @property
    def target(self) -> str:
        """The channel; a webhook's is known by its secret address alone."""
        return f"{self._settings.url}#{self._settings.channel or 'webhook'}"

    def prepare(self, changes: Iterable[Change]) -> Iterator[Prepared | Outcome]:
        """A row is only counted."""
        return (Prepared(change, b"") for change in changes)

    def encode(self, batch: Batch) -> Request:
        """One message about all rows."""
        counts = Counter(row.change.operation for row in batch.rows)
        told = [
            f"{counts[operation]:,} {word}"
            for operation, word in _WORDS.items()
            if counts[operation]
        ]
        name = "".join(_ESCAPED.get(char, char) for char in self._name)
        message = {"text": f"*{name}*: {', '.join(told)}"}
        if self._settings.channel:
            message["channel"] = self._settings.channel
        url = f"{self._settings.url.rstrip('/')}/api/chat.postMessage"
        headers = {"content-type": "application/json; charset=utf-8"}
        return Request(batch, "POST", url, msgspec.json.encode(message), headers)

    def authorize(self, request: Request, wire: Wire) -> Request:
        """Add the token, or put the secret address in."""
        needed = "token" if self._settings.channel else "webhook_url"
        secret = getattr(self._settings, needed)
        if not secret:
            raise ConfigurationError(
                f"sync {self._sync!r}: Slack needs the setting {needed!r}: "
                f"set {variable(self._sync, needed)} in the environment"
            )
        if needed == "webhook_url":
            return replace(request, url=secret.get_secret_value())
        return with_headers(request, {"authorization": f"Bearer {secret.get_secret_value()}"})

    def classify(self, request: Request, answer: Answer) -> dict[int, Outcome]:
        """A webhook answers `ok` as text; the API answers 200 always, and says `ok` inside."""
        outcome = outcome_of_status(answer)
        if outcome.status is Status.REJECTED:
            reason = f"{outcome.reason}: Slack does not take the message: check the settings"
            outcome = Outcome(Status.RETRY, reason, Scope.TARGET)
        elif outcome.status is Status.DONE:
            outcome = self._outcome_in(answer)
        return for_all(request, outcome)

    def _outcome_in(self, answer: Answer) -> Outcome:
        if not self._settings.channel:
            is_taken = answer.body.strip() == b"ok"
            return (
                Outcome(Status.DONE) if is_taken else Outcome(Status.UNKNOWN, "no `ok` came back")
            )
        content = read_object(answer)
        if isinstance(content, Outcome):
            return content
        error = str(content.get("error"))
        if content.get("ok") is True:
            return Outcome(Status.DONE)
        if content.get("ok") is not False or error in _PASSING:
            return Outcome(Status.UNKNOWN, "the answer does not say that it was posted")
        if error == "ratelimited":
            return Outcome(Status.RETRY, error, Scope.BATCH)
        scope = Scope.ACCOUNT if error in _ACCOUNT else Scope.TARGET
        return Outcome(Status.RETRY, f"Slack refuses: {error}", scope)
