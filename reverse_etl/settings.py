"""A destination's settings: the exposure's, under the environment's; errors without values."""

import json
import os
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from homespun.errors import ConfigurationError


def variable(sync: str, setting: str) -> str:
    """The environment variable that sets a setting of a sync."""
    return f"HOMESPUN_{sync}_{setting}".upper()


def read_settings(
    sync: str, configured: Mapping[str, Any], model: type[BaseModel], *, needs_secrets: bool
) -> dict[str, Any]:
    """The exposure's settings under the environment's; secrets from the environment alone."""
    values = dict(configured)
    for name, definition in model.model_fields.items():
        found = os.environ.get(variable(sync, name))
        is_secret = "SecretStr" in str(definition.annotation)
        if is_secret and name in values:
            raise ConfigurationError(
                f"sync {sync!r}: settings.{name} is a secret: take it out of the project and "
                f"set {variable(sync, name)} in the environment"
            )
        if found:
            values[name] = found if is_secret else _parse(found, str(definition.annotation))
        elif is_secret and definition.is_required() and not needs_secrets:
            values[name] = ""
    return values


def _parse(text: str, annotation: str) -> Any:
    """Lists and mappings are written as JSON, all else as it is."""
    if text[:1] in "[{" and ("dict" in annotation or "list" in annotation or "tuple" in annotation):
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text


def explain(sync: str, prefix: str, model: type[BaseModel], error: ValidationError) -> str:
    """The first error in our words, without the value that caused it."""
    problem: Mapping[str, Any] = error.errors(
        include_input=False, include_url=False, include_context=False
    )[0]
    place = prefix + ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        inner = model.model_fields.get(str(problem["loc"][0]))
        allowed = getattr(inner.annotation if inner else model, "model_fields", model.model_fields)
        return f"sync {sync!r}: unknown key {place!r}; allowed: {', '.join(allowed)}"
    if problem["type"] == "missing":
        remedy = (
            f"set {variable(sync, str(problem['loc'][-1]))} in the environment"
            + (
                ""
                if "SecretStr" in str(model.model_fields[str(problem["loc"][0])].annotation)
                else f", or {place} in the exposure's meta.sync"
            )
            if prefix
            else f"add it to the exposure's meta.sync; allowed: {', '.join(model.model_fields)}"
        )
        return f"sync {sync!r}: {place!r} is missing: {remedy}"
    message = problem["msg"].removeprefix("Value error, ")
    secrets = [
        f": set {variable(sync, setting)} in the environment"
        for setting, definition in model.model_fields.items()
        if "SecretStr" in str(definition.annotation) and repr(setting) in message
    ]
    return f"sync {sync!r}: {place.rstrip('.') or 'meta.sync'}: {message}{''.join(secrets)}"
