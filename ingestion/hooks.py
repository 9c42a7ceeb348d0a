"""Runs a project's own functions over each message before it lands.

`homespun_transform_hooks` in dbt_project.yml lists them as `pkg.module:function`, found as Python
finds modules and in the project's folder. Each takes a message as a dict and returns the dict to
load; the payload is then that dict as JSON. A message whose function fails is rejected.
"""

import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import jiter
import msgspec

from homespun.errors import ConfigurationError
from ingestion.judge import Transform
from ingestion.messages import Refusal

Hook: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]


def make_transform(names: Sequence[str], *, folder: Path) -> Transform | None:
    """The hooks of these names, one after the other; None where there are none.

    Raises ConfigurationError for a name that leads to no function.
    """
    hooks = [(name, _find(name, folder)) for name in names]
    if not hooks:
        return None

    def transform(text: bytes) -> bytes:
        message = jiter.from_json(text, cache_mode="keys")
        if not isinstance(message, dict):
            return text
        for name, hook in hooks:
            message = _call(hook, name, message)
        try:
            return msgspec.json.encode(message)
        except (TypeError, ValueError, RecursionError) as error:
            raise Refusal("hook_failed", f"{names[-1]} made no JSON of it: {error}") from None

    return transform


def _call(hook: Hook, name: str, message: dict[str, Any]) -> dict[str, Any]:
    try:
        result = hook(message)
    except Exception as error:
        raise Refusal("hook_failed", f"{name} raised {type(error).__name__}") from None
    if not isinstance(result, dict):
        raise Refusal("hook_failed", f"{name} returned {type(result).__name__}, not a dict")
    return result


def _find(name: str, folder: Path) -> Hook:
    module_name, colon, function_name = name.partition(":")
    if not colon:
        raise ConfigurationError(
            f"homespun_transform_hooks: {name!r} must look like 'pkg.module:function'"
        )
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    try:
        hook = getattr(importlib.import_module(module_name), function_name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"homespun_transform_hooks: cannot find {name!r}: {error}"
        ) from error
    if not callable(hook):
        raise ConfigurationError(f"homespun_transform_hooks: {name!r} is no function")
    return hook  # type: ignore[no-any-return]
