"""Runs a project's own functions over each message before it lands.

`homespun_transform_hooks` in dbt_project.yml lists them as `pkg.module:function`, found as Python
finds modules and in the project's folder. Each takes a message as a dict and returns the dict to
load; the payload is then that dict as JSON, or the text as it was read where it is still the same.
One whose parameter is annotated as `pyarrow.Table` takes many messages at once
(`ingestion.batch_hooks`); such ones come after all others. A message whose function fails is
rejected. A function may be called again for a message that it failed for. What functions print
goes to stderr.
"""

import importlib
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any, Final, TypeAlias

import pyarrow as pa

from homespun.errors import ConfigurationError, HomespunError
from ingestion.batch_hooks import NamedHooks, call_hook
from ingestion.judge import Transform
from ingestion.messages import Refusal

Hook: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Transforms:
    """A project's hooks: those over dicts as one function, then those over Arrow tables."""

    of_message: Transform | None
    of_batch: NamedHooks


NO_TRANSFORMS: Final = Transforms(None, ())


def make_transforms(names: Sequence[str], *, folder: Path) -> Transforms:
    """The hooks of these names, in their order.

    Raises ConfigurationError for a name that leads to no function.
    """
    found = [(name, _find(name, folder)) for name in names]
    of_batch = [(name, hook) for name, hook in found if _takes_table(hook)]
    of_message = [(name, hook) for name, hook in found if not _takes_table(hook)]

    def transform(message: dict[str, Any]) -> dict[str, Any]:
        for name, hook in of_message:
            message = _call(hook, name, message)
        return message

    return Transforms(transform if of_message else None, of_batch)


def _takes_table(hook: Callable[..., Any]) -> bool:
    """Whether the first parameter is annotated as a `pyarrow.Table`."""
    try:
        first, *_ = signature(hook, eval_str=True).parameters.values()
    except (NameError, TypeError, ValueError):
        return False
    return first.annotation is pa.Table


def _call(hook: Hook, name: str, message: dict[str, Any]) -> dict[str, Any]:
    result = call_hook(hook, name, message)
    if not isinstance(result, dict):
        raise Refusal("hook_failed", f"{name} returned {type(result).__name__}, not a dict")
    return result


def _find(name: str, folder: Path) -> Callable[..., Any]:
    module_name, colon, function_name = name.partition(":")
    if not colon:
        raise ConfigurationError(
            f"homespun_transform_hooks: {name!r} must look like 'pkg.module:function'"
        )
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    try:
        with redirect_stdout(sys.stderr):
            hook = getattr(importlib.import_module(module_name), function_name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"homespun_transform_hooks: cannot find {name!r}: {error}"
        ) from error
    except (HomespunError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise ConfigurationError(
            f"homespun_transform_hooks: {module_name!r} cannot be imported: "
            f"it raised {type(error).__name__}"
        ) from error
    if not callable(hook):
        raise ConfigurationError(f"homespun_transform_hooks: {name!r} is no function")
    return hook  # type: ignore[no-any-return]
