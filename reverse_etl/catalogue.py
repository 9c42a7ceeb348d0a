"""Finds a destination's class: a module of `reverse_etl.destinations`, or an importable one."""

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

from homespun.errors import ConfigurationError
from reverse_etl import destinations
from reverse_etl.destination import Destination

_REQUIRED = ("capabilities", "Settings", "target", "prepare", "encode", "classify")


def shipped() -> list[str]:
    """The names of the destinations that come with Homespun."""
    return sorted(module.name for module in pkgutil.iter_modules(destinations.__path__))


def find_destination(sync: str, name: str, paths: Iterable[str]) -> type[Destination]:
    """The class for `webhook` or `acme.crm:Crm`; the latter may lie in one of `paths`.

    A shipped destination `sql_table` is the class `SqlTable` of the module with its name.
    Raises ConfigurationError that names what exists.
    """
    module_name, colon, class_name = name.partition(":")
    if not colon:
        if name not in shipped():
            raise ConfigurationError(
                f"sync {sync!r}: there is no destination {name!r}; it is one of: "
                f"{', '.join(shipped())}, or a class of your own such as 'acme.crm:Crm'"
            )
        module_name = f"{destinations.__name__}.{name}"
        class_name = "".join(part.capitalize() for part in name.split("_"))
    module = _import(sync, name, module_name, paths)
    found = getattr(module, class_name, None)
    missing = [part for part in _REQUIRED if not hasattr(found, part)]
    if not isinstance(found, type) or missing:
        raise ConfigurationError(
            f"sync {sync!r}: {name!r} is not a destination: {class_name!r} "
            + (f"lacks {', '.join(missing)}" if isinstance(found, type) else "is no class there")
        )
    return cast(type[Destination], found)


def _import(sync: str, name: str, module_name: str, paths: Iterable[str]) -> ModuleType:
    with _importable(paths):
        try:
            return importlib.import_module(module_name)
        except (ImportError, ValueError, SyntaxError) as error:
            raise ConfigurationError(
                f"sync {sync!r}: destination {name!r} cannot be imported: "
                f"{type(error).__name__}: {error}"
            ) from error


@contextmanager
def _importable(paths: Iterable[str]) -> Iterator[None]:
    """A project's own modules can be imported as if Python had been started in its folder."""
    added = [path for path in paths if path not in sys.path]
    sys.path.extend(added)
    try:
        yield
    finally:
        for path in added:
            sys.path.remove(path)
