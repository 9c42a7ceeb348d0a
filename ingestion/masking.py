"""Hooks that take personal data out of messages before they land.

    # hooks.py in the project's folder
    from ingestion.masking import hash_fields, remove_fields

    pseudonyms = hash_fields("traits.email", "context.traits.email")
    no_addresses = remove_fields("context.ip")

and in dbt_project.yml: `homespun_transform_hooks: ["hooks:pseudonyms", "hooks:no_addresses"]`.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from typing import Any

from homespun.errors import ConfigurationError
from ingestion.hooks import Hook


def hash_fields(*paths: str, key_variable: str = "HOMESPUN_HASH_KEY") -> Hook:
    """Replace each text at a path by its keyed hash, so that equal texts stay equal.

    The key comes from the environment: without it, nobody can try out known values. Spaces around
    a text and its case do not count. Raises ConfigurationError when the variable is not set.
    """
    key = os.environ.get(key_variable, "").encode()
    if not key:
        raise ConfigurationError(f"set the environment variable {key_variable} to a long secret")

    def hashed(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return hmac.new(key, value.strip().lower().encode(), hashlib.sha256).hexdigest()

    return _changing(paths, lambda parent, name: parent.update({name: hashed(parent[name])}))


def remove_fields(*paths: str) -> Hook:
    """Remove whatever is at the paths."""
    return _changing(paths, lambda parent, name: parent.pop(name))


def mask_fields(*paths: str, by: str = "***") -> Hook:
    """Replace whatever is at the paths by the same text."""
    return _changing(paths, lambda parent, name: parent.update({name: by}))


def _changing(paths: tuple[str, ...], change: Callable[[dict[str, Any], str], Any]) -> Hook:
    """A hook that changes each field that is there, and passes over those that are not."""
    split = [path.split(".") for path in paths]

    def hook(message: dict[str, Any]) -> dict[str, Any]:
        for *parents, name in split:
            parent: Any = message
            for step in parents:
                parent = parent.get(step) if isinstance(parent, dict) else None
            if isinstance(parent, dict) and name in parent:
                change(parent, name)
        return message

    return hook
