"""The configuration of a sync: what its exposure says, checked, with the environment's settings."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from homespun.errors import ConfigurationError
from homespun.manifest import Exposure
from reverse_etl.catalogue import find_destination
from reverse_etl.destination import Destination, Operation
from reverse_etl.masking import without_personal
from reverse_etl.permission import Consent, Integrations, Rule, Suppressed
from reverse_etl.settings import explain, read_settings

_SYNC_NAME = re.compile(r"\w+", re.ASCII)


class Guard(BaseModel):
    """What stops a plan until a person approves it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_removed_share: float = Field(0.5, ge=0, le=1)
    min_removed: int = Field(5, ge=1)  # fewer removals than this never trip the guard
    max_changed_share: float | None = Field(None, ge=0)
    min_changed: int = Field(5, ge=1)
    max_rejected_share: float = Field(0.5, ge=0, le=1)
    min_rejected: int = Field(20, ge=1)
    allow_empty: bool = False  # an audience that may well be empty
    max_build_age: float | None = Field(None, gt=0)  # hours since dbt last built the audience


class Pace(BaseModel):
    """At most `requests` in any `seconds`, where the destination's own limit is not enough."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    requests: int = Field(ge=1)
    seconds: float = Field(1.0, gt=0)


class SyncConfig(BaseModel):
    """`meta.sync` of an exposure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    destination: str
    settings: dict[str, Any] = {}
    mode: Literal["mirror", "upsert", "append"] = "mirror"
    first_run: Literal["send", "adopt", "baseline"] = "send"
    key: str
    cursor: str = ""  # of an append: a column that only grows, such as loaded_at
    fields: dict[str, str] = {}
    identifiers: tuple[str, ...] | None = None
    case_sensitive_keys: bool = False
    skip_null_keys: bool = False
    consent: Consent | None = None
    integrations: Integrations | None = None
    suppressed: tuple[Suppressed, ...] = ()
    guard: Guard = Field(default_factory=lambda: Guard.model_validate({}))
    batch_rows: int | None = Field(None, ge=1)
    concurrency: int | None = Field(None, ge=1, le=64)
    rate: Pace | None = None
    attempts: int = Field(5, ge=1, le=20)  # of one request in one run
    backoff: float = Field(1.0, ge=0)  # seconds before the second attempt, doubled each time
    max_wait: float = Field(60.0, ge=0)  # seconds; asked to wait longer, the sync ends
    timeout: float = Field(30.0, gt=0)  # seconds for a whole answer
    give_up_after: float = Field(14.0, gt=0)  # days that a row is tried in run after run
    wait_for_jobs: float = Field(600.0, ge=0)  # seconds; a later run goes on asking
    on_unknown: Literal["hold", "resend"] = "hold"  # where a repeat is a second effect

    @field_validator("fields", mode="before")
    @classmethod
    def _names_may_stand_for_themselves(cls, value: Any) -> Any:
        return {name: name for name in value} if isinstance(value, list) else value


@dataclass(frozen=True)
class Sync:
    """A sync, ready to run: an exposure with a valid configuration."""

    exposure: Exposure
    config: SyncConfig
    destination_class: type[Destination]
    settings: BaseModel
    doubt: str = ""  # why the audience may be wrong, as dbt's last results say

    @property
    def name(self) -> str:
        """The exposure's name."""
        return self.exposure.name

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What says whom this sync may send."""
        consent, model = self.config.consent, self.exposure.consents
        if consent is not None and not consent.relation and model is not None:
            place = f"{model.database}.{model.schema}.{model.name}"
            consent = consent.model_copy(update={"relation": place, "column": "preference"})
        said = (consent, self.config.integrations)
        return (*(rule for rule in said if rule is not None), *self.config.suppressed)

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The fields that are kept for a later removal: as configured, or those named like one."""
        if self.config.identifiers is not None:
            return self.config.identifiers
        return tuple(name for name in self.config.fields if names_an_identifier(name))

    @property
    def account(self) -> str:
        """What stands for the account at the destination: its secrets; empty where it has none."""
        return " ".join(self._secrets())

    @property
    def personal_fields(self) -> frozenset[str]:
        """The fields whose columns are marked personal in the project."""
        columns = self.exposure.personal
        return frozenset(name for name, column in self.config.fields.items() if column in columns)

    def clean(self, reason: str) -> str:
        """A destination's words, fit to be kept: short, one line, nothing personal or secret."""
        for secret in self._secrets():
            reason = reason.replace(secret, "***")
        short = without_personal(reason)[:300]
        return "".join(char if char.isprintable() else " " for char in short)

    def _secrets(self) -> list[str]:
        values = (getattr(self.settings, name) for name in type(self.settings).model_fields)
        return [v.get_secret_value() for v in values if isinstance(v, SecretStr) and v]


def names_an_identifier(name: str) -> bool:
    """Whether a field is one by its name: `email`, `phone`, `id` and what ends in `_id`."""
    lowered = name.lower()
    return lowered in {"email", "phone", "id", "userid"} or lowered.endswith("_id")


def select(exposures: Iterable[Exposure], names: Iterable[str]) -> list[Exposure]:
    """The exposures with these names, all of them without names.

    Raises ConfigurationError on a name that no sync has; it names the nearest.
    """
    by_name = {exposure.name: exposure for exposure in exposures}
    wanted = list(dict.fromkeys(names)) or list(by_name)
    for name in wanted:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name) or sorted(by_name)
            raise ConfigurationError(
                f"there is no sync {name!r}; did you mean: {', '.join(near) or 'none is defined'}"
            )
    return [by_name[name] for name in wanted]


def configure(exposure: Exposure, project_paths: Iterable[str], *, needs_secrets: bool) -> Sync:
    """Check an exposure's `meta.sync` and read its settings.

    Raises ConfigurationError that names the sync, the key and what is allowed, never a value.
    """
    name = exposure.name
    if not _SYNC_NAME.fullmatch(name):
        raise ConfigurationError(f"sync {name!r}: a name is letters, digits and underscores only")
    if exposure.problem:
        raise ConfigurationError(exposure.problem)
    try:
        config = SyncConfig.model_validate(exposure.sync)
    except ValidationError as error:
        raise ConfigurationError(explain(name, "", SyncConfig, error)) from None
    destination = find_destination(name, config.destination, project_paths)
    if config.mode == "mirror" and Operation.REMOVE not in destination.capabilities.repeat:
        raise ConfigurationError(
            f"sync {name!r}: destination {config.destination!r} cannot remove, so mode 'mirror' "
            "is not possible: use 'upsert' or 'append'"
        )
    if config.cursor and config.mode != "append":
        raise ConfigurationError(f"sync {name!r}: a cursor is for mode 'append' alone")
    if config.first_run == "adopt" and not hasattr(destination, "read_back"):
        raise ConfigurationError(
            f"sync {name!r}: destination {config.destination!r} cannot be read, so first_run "
            "'adopt' is not possible: use 'send' or 'baseline'"
        )
    if config.consent and not config.consent.relation and exposure.consents is None:
        raise ConfigurationError(
            f"sync {name!r}: consent needs a relation: the project has no model profile_consents"
        )
    if unknown := set(config.identifiers or ()) - set(config.fields):
        raise ConfigurationError(
            f"sync {name!r}: identifiers {sorted(unknown)} are no fields; it has: "
            f"{', '.join(config.fields) or 'none'}"
        )
    values = read_settings(name, config.settings, destination.Settings, needs_secrets=needs_secrets)
    try:
        settings = destination.Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(explain(name, "settings.", destination.Settings, error)) from None
    return Sync(exposure, config, destination, settings)
